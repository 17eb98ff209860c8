"""The manual's way to an enrolled seat, followed to the letter: the company's file, the list and every command as they
stand in docs/provisioning.md, with a real keyring. Only folders are others, and the code is the one that was made."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desk.demo.keyring_session import keyring_session
from tests.telephony.certificates import new_ca
from tools.manual.blocks import DOCS, ROOT

PAGE = (DOCS / "provisioning.md").read_text(encoding="utf-8")
CONSOLE = [line[2:] for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
KEY_PASSWORD = "of the company's key"
SHOWN_CODE = re.compile(r"\b[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}\b")

# Beside the certificate, as the page's tree has it; from what is shipped.
BROUGHT = {"policies/routes.toml": "policies/routes.toml", "texts/categories.toml": "categories.toml"}

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif("DESK_DOCS" not in os.environ, reason="make docs; tests/end2end enrols a seat always"),
]


@dataclass
class It:
    """IT's folder, the share, and a seat's own home, all in one."""

    folder: Path
    keyring: dict[str, str]

    def run(self, command: str) -> str:
        """One command of the page."""
        for shown in ("/srv/desk", "/mnt/desk"):
            command = command.replace(shown, str(self.folder / "share"))
        if SHOWN_CODE.search(command):
            command = SHOWN_CODE.sub(self.code("S01"), command)
        done = subprocess.run(
            ["bash", "-euc", command],
            cwd=self.folder,
            env={
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "HOME": str(self.folder / "home"),
                "LC_ALL": "C.UTF-8",
                **self.keyring,
            },
            input=KEY_PASSWORD + "\n",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def code(self, seat: str) -> str:
        """The one that was made for it."""
        with (self.folder / "codes.csv").open(encoding="utf-8-sig", newline="") as file:
            row = next(row for row in csv.reader(file) if seat in row)
        return str(SHOWN_CODE.findall(",".join(row))[0])


def block(kind: str, beginning: str) -> str:
    """The block of this kind that begins so."""
    found = [text for text in re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL) if text.startswith(beginning)]
    assert len(found) == 1
    return str(found[0])


@pytest.fixture(scope="module")
def it(tmp_path_factory: pytest.TempPathFactory) -> Iterator[It]:
    folder = tmp_path_factory.mktemp("it")
    for name in ("home", "share", "it/files/policies", "it/files/texts", "ca"):
        (folder / name).mkdir(parents=True)
    (folder / "it" / "company.toml").write_text(block("toml", "[company]\nname"), encoding="utf-8")
    (folder / "list.csv").write_text(block("csv", "seat,"), encoding="utf-8")
    shutil.copyfile(new_ca(folder / "ca").certificate, folder / "it" / "files" / "ca.pem")
    for name, shipped in BROUGHT.items():
        shutil.copyfile(ROOT / "resources" / shipped, folder / "it" / "files" / name)
    with keyring_session() as keyring:
        yield It(folder, keyring)


def test_the_page_leads_from_nothing_to_a_seat_that_has_its_settings_and_its_passwords(it: It) -> None:
    said = {command: it.run(command) for command in CONSOLE}
    assert len(said) >= 7
    told = json.loads(it.run("desk config explain line.registrar --json"))
    assert "pbx.example.com" in json.dumps(told)
    kept = it.run(
        'python -c \'import keyring; print(keyring.get_password("desk", "sip:8001@pbx.example.com"))\'',
    )
    assert kept.strip() == "the-password-of-8001"
