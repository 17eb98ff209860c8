"""Bundles and computers for tests: see `stub`."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import minisign

from desk.demo.processes import wait_until
from desk.signed import KeyPair
from desk.updating import choice as choices
from desk.updating.choice import Choice

ROOT = Path(__file__).parent.parent.parent
WAIT_S = 60.0
SCRIPT = """#!{python}
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.updating.stub import main
sys.exit(main(Path(__file__), {limit_s}))
"""


def a_bundle(
    folder: Path, version: str, does: str = "well", *, steps: int = 0, store: bool = False, limit_s: float = 60.0
) -> Path:
    """A folder like a bundle's; its program."""
    stamp = folder / "_internal" / "desk" / "_build.json"
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(json.dumps({"version": version, "commit": "", "committed_at": ""}), "utf-8")
    (folder / "behaviour.json").write_text(
        json.dumps({"version": version, "does": does, "steps": steps, "store": store}), "utf-8"
    )
    program = folder / "desk"
    program.write_text(SCRIPT.format(python=sys.executable, root=str(ROOT), limit_s=limit_s), "utf-8")
    program.chmod(0o755)
    return program


@dataclass
class Computer:
    """One with an installed Desk and one seat. `limit_s`: how long a version on trial may take."""

    folder: Path
    limit_s: float = 60.0
    store: bool = False
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.data_dir.mkdir(parents=True)
        self.install("1.0")

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    @property
    def own(self) -> Path:
        return choices.folder_of(self.data_dir)

    @property
    def choice(self) -> Choice:
        return choices.read(self.own)

    def install(self, version: str, does: str = "well") -> None:
        """The package."""
        a_bundle(self.folder / "installed", version, does, store=self.store, limit_s=self.limit_s)

    def lay(self, version: str, does: str = "well", steps: int = 0) -> Path:
        """A version beside the installed one; its folder."""
        place = self.folder / "versions" / version
        a_bundle(place, version, does, steps=steps, store=self.store, limit_s=self.limit_s)
        return place

    def choose(self, version: str, does: str = "well", steps: int = 0, installed: str = "1.0") -> None:
        """From the next start on it is tried."""
        place = self.lay(version, does, steps)
        choices.write(self.own, choices.trial_of(self.choice, version, place, installed))

    def begin(self, *words: str) -> "subprocess.Popen[bytes]":
        """As somebody clicks on the icon."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("DESK_")}
        process = subprocess.Popen(
            [self.folder / "installed" / "desk", "--settings", self.data_dir / "settings.toml", *words], env=env
        )
        self.processes.append(process)
        return process

    def run(self, *words: str) -> int:
        return self.begin(*words).wait(WAIT_S)

    def said(self) -> list[str]:
        file = self.data_dir / "seat.log"
        return file.read_text("utf-8").splitlines() if file.exists() else []

    def forget(self) -> None:
        (self.data_dir / "seat.log").unlink(missing_ok=True)

    def until_said(self, line: str) -> None:
        wait_until(line, lambda: line in self.said(), WAIT_S)

    def clean_up(self) -> None:
        (self.data_dir / "end").touch()
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()


def open_keys() -> KeyPair:
    """Without a password: opening a key that has one takes a second."""
    pair = minisign.KeyPair.generate()
    return KeyPair(bytes(pair.secret_key).decode("utf-8"), pair.public_key.to_base64().decode("ascii"))


def words_of(lines: Iterable[str], word: str) -> list[str]:
    """The versions that said it, in order."""
    return [line.partition(" ")[0] for line in lines if line.partition(" ")[2] == word]
