"""What the manual shows to be typed at a seat, typed there: a home of its own with a real keyring and a sample estate,
each page's commands in the order in which they stand. Only folders outside the home are others."""

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
from tests.imports.workbook import write_xlsx
from tests.needed import program
from tools.manual.blocks import DOCS, ROOT, commands, marked

# Page, how those of its commands begin that need nothing but a seat, and the exit code of a sample, whose calls
# have no recordings.
TYPED = (
    ("imports.md", "import residents", 0),
    ("imports.md", "export tickets", 0),
    ("recordings.md", "reconcile", 1),
    ("backup.md", "reconcile", 1),
    ("backup.md", "verify", 0),
    ("scoring.md", "score draw", 0),
    ("seat-store.md", "store export", 0),
    ("provisioning.md", "config", 0),
    ("notifying.md", "secret set", 0),
    ("recordings.md", "secret set", 0),
    ("pbx-trunk.md", "secret set", 0),
)
_nft = shutil.which("nft", path=f"{os.environ['PATH']}:/usr/sbin")  # an ordinary user of Debian's has no /usr/sbin
NFT = [*([] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]), _nft] if _nft else []
# Page, one of its commands as it stands there, in a block or in a sentence, and the exit code.
NAMED = (
    ("recordings.md", "verify", 0),
    ("recordings.md", "verify --since 2026-11-01 --until 2026-11-30 --json report.json", 0),
    ("recordings.md", "keys new", 0),
    ("recordings.md", "keys show", 0),
    ("recordings.md", "retention", 0),
    ("recordings.md", "retention --list", 0),
    ("seat-register.md", "seats list", 0),
    ("seat-register.md", "seats export seats.csv", 0),
    ("seat-register.md", "seats check", 1),  # no seat runs
    ("imports.md", "export hook", 0),
    ("imports.md", "export hook --retry", 0),
    ("scoring.md", "score check FOLDER", 0),
    ("scoring.md", "score agreement --weeks 4", 0),
    ("follow-up.md", "follow-up sample --week 2026-W47", 0),
    ("follow-up.md", "follow-up figures --days N", 0),
    ("clocks-and-moves.md", "policies FOLDER", 0),
    ("support.md", "bundle --minutes 60", 0),
    ("support.md", "bundle list", 0),
    ("troubleshooting.md", "config show", 0),
    ("seat-store.md", "store check", 0),
    ("seat-store.md", "store show", 0),
    ("updates.md", "update status", 0),
    ("updates.md", "update hold", 0),
    ("updates.md", "update hold --off", 0),
)
GIVEN = {  # what a person puts in the place of a word in capitals
    "score check FOLDER": ("FOLDER", str(ROOT / "resources" / "sheets")),
    "policies FOLDER": ("FOLDER", str(ROOT / "resources" / "policies")),
    "follow-up figures --days N": ("N", "30"),
}
SUPERVISOR = "9001"  # of the sample
LIST = [
    ["项目", "楼栋", "单元", "房号", "姓名", "手机号码", "身份"],
    ["阳光花园", "5", "2", "203", "王建国", "13800138000", "业主"],
    ["阳光花园", "5", "2", "204", "李秀英", "13800138001", "租户"],
]

pytestmark = [pytest.mark.timeout(300), pytest.mark.skipif("DESK_DOCS" not in os.environ, reason="make docs")]


@dataclass
class Home:
    folder: Path
    keyring: dict[str, str]

    def type(self, words: str, code: int = 0) -> None:
        done = self.bash(f"desk {words}".replace("/media/usb", str(self.folder / "usb")))
        assert done.returncode == code, f"desk {words}\n{done.stdout}\n{done.stderr}"

    def bash(self, script: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["bash", "-euc", script],
            cwd=self.folder,
            env={
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "HOME": str(self.folder),
                "LC_ALL": "C.UTF-8",
                **self.keyring,
            },
            input="y\n",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("home")
    (folder / "usb").mkdir()
    write_xlsx(folder / "业主资料.xlsx", LIST)
    settings = folder / ".config" / "desk" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'[seat]\nagent = "{SUPERVISOR}"\n')
    with keyring_session() as keyring:
        home = Home(folder, keyring)
        home.type("demo data --households 20")
        yield home


@pytest.mark.parametrize(("page", "beginning", "code"), TYPED)
def test_what_the_page_shows_to_be_typed_is_done(home: Home, page: str, beginning: str, code: int) -> None:
    shown = [one.words for one in commands(DOCS / page) if one.whole and one.words.startswith(beginning)]
    assert shown
    for words in shown:
        home.type(words, code)


@pytest.mark.parametrize(("page", "words", "code"), NAMED)
def test_what_the_page_names_is_done(home: Home, page: str, words: str, code: int) -> None:
    assert words in {one.words for one in commands(DOCS / page)}
    home.type(words.replace(*GIVEN[words]) if words in GIVEN else words, code)


def test_a_bundle_is_opened_with_its_s_key_as_the_page_says(home: Home) -> None:
    page = (DOCS / "support.md").read_text("utf-8")
    (keygen,) = re.findall(r"^age-keygen .*$", page, re.MULTILINE)
    opening = "bundle open FILE --key desk-support.key --to FOLDER"
    assert opening in {one.words for one in commands(DOCS / "support.md")}
    done = home.bash(keygen)
    (recipient,) = re.findall(r"age1\w+", done.stdout + done.stderr)
    settings = home.folder / ".config" / "desk" / "settings.toml"
    before = settings.read_text("utf-8")
    settings.write_text(f'{before}[support]\nrecipients = ["{recipient}"]\n', "utf-8")
    try:
        home.type("bundle --out it.bundle")
        home.type(opening.replace("FILE", "it.bundle").replace("FOLDER", "opened"))
    finally:
        settings.write_text(before, "utf-8")
    assert list((home.folder / "opened").rglob("report.json"))


def can_filter() -> bool:
    """Whether nftables is there and may look at the rules of a network: of its own, where this user may have one."""
    return bool(NFT) and not subprocess.run([*NFT, "list", "ruleset"], capture_output=True, check=False).returncode


@pytest.mark.skipif(not can_filter(), reason="nftables is not installed, or may do nothing here")
def test_the_firewall_of_the_page_is_one(tmp_path: Path) -> None:
    (rules,) = re.findall(r"```text\n(table inet desk .*?)```", (DOCS / "network.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "rules").write_text(rules, "utf-8")
    done = subprocess.run([*NFT, "-c", "-f", str(tmp_path / "rules")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_the_doctor_says_becomes_metrics(home: Home) -> None:
    """A seat without a headset and a registrar has something to tell; the page's filter makes lines of it."""
    program("jq", "jq")
    done = home.bash(marked(DOCS / "monitoring.md")["doctor's metrics"])
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert re.fullmatch(r'desk_doctor_worst\{seat="S01"\} [0-3]', lines[0])
    assert len({line.rpartition(" ")[0] for line in lines}) == len(lines) > 10  # Prometheus takes no series twice
    assert all(re.fullmatch(r'desk_doctor\{seat="S01",check="[a-z_.]+"\} [0-3]', line) for line in lines[1:]), lines
