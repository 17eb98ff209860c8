"""Two people signed in to one PC at the same time, each with an account of the system: nobody gets into the other's
seat, and whoever tries is told what to do."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desk import exit_codes
from desk.launcher import SeatLock
from desk.link.addresses import TOKEN_FILE, address_for, write_token
from desk.link.sockets import LinkServer

OTHER = 65534  # nobody: any account but this one
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two people")


@dataclass(frozen=True)
class Pc:
    folder: Path

    def tell(self, *words: str, data: Path, run: Path) -> tuple[int, str]:
        """What a `desk` of the other person ends with and says; their seat has these folders."""
        file = self.folder / "second" / "settings.toml"
        file.write_text(f'data_dir = "{data}"\nruntime_dir = "{run}"\n[seat]\nlanguage = "en"\n', "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "desk", "--settings", str(file), *words],
            user=OTHER,
            group=OTHER,
            extra_groups=[],
            cwd="/",
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(file.parent),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONPATH": str(Path(__file__).parents[2]),
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert done.stderr.count("\n") == 1, done.stderr
        return done.returncode, done.stderr.strip()


@pytest.fixture
def pc() -> Iterator[Pc]:
    """pytest's own folders are root's alone."""
    with tempfile.TemporaryDirectory(prefix="desk-pc-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for person, owner in (("first", 0), ("second", OTHER)):
            (folder / person).mkdir(mode=0o700)
            os.chown(folder / person, owner, owner)
        yield Pc(folder)


@pytest.fixture
def first(pc: Pc) -> Iterator[LinkServer]:
    """The first person's seat runs, in folders that others can see, as far as it lets them."""
    home = pc.folder / "first"
    home.chmod(0o755)
    lock = SeatLock(home / "data")
    write_token(home / "run", b"1" * 32)
    server = LinkServer(address_for(home / "run", "launcher"), b"1" * 32, "launcher")
    server.start()
    yield server
    assert (home / "run" / TOKEN_FILE).exists()
    assert not server.peers
    server.close()
    lock.release()


def test_somebody_elses_data_cannot_be_used(pc: Pc, first: LinkServer) -> None:
    code, said = pc.tell(data=pc.folder / "first" / "data", run=pc.folder / "second" / "run")
    assert code == exit_codes.FAULT
    assert said.startswith(f"Desk may not write {pc.folder}/first/data")
    assert "Give this user the right to it" in said


@pytest.mark.parametrize("words", [(), ("dial", "tel:110")])
def test_somebody_elses_runtime_folder_cannot_be_used(pc: Pc, first: LinkServer, words: tuple[str, ...]) -> None:
    code, said = pc.tell(*words, data=pc.folder / "second" / "data", run=pc.folder / "first" / "run")
    assert code == exit_codes.FAULT
    assert "Give this seat a runtime_dir of its own in the settings." in said


def test_a_shared_data_folder_says_that_somebody_else_is_signed_in(pc: Pc, first: LinkServer) -> None:
    for path in (pc.folder / "first" / "data", pc.folder / "first" / "data" / "seat.lock"):
        path.chmod(0o777)
    code, said = pc.tell(data=pc.folder / "first" / "data", run=pc.folder / "second" / "run")
    assert code == exit_codes.ALREADY_RUNNING
    assert "they have to close it first" in said


def test_settings_of_somebody_else_are_told_as_that(pc: Pc) -> None:
    (pc.folder / "first" / "settings.toml").write_text("", "utf-8")
    file = pc.folder / "first" / "settings.toml"
    code, said = pc.tell("--settings", str(file), data=pc.folder / "second" / "d", run=pc.folder / "second" / "run")
    assert code == exit_codes.FAULT
    assert "Permission denied" in said
    assert str(file.parent) in said


def test_by_default_each_has_a_runtime_folder_of_their_own(pc: Pc) -> None:
    shown = []
    code = "from desk.settings import Settings; print(Settings().runtime_dir)"
    for user in (0, OTHER):
        env = {"PATH": os.environ["PATH"], "HOME": "/", "PYTHONPATH": str(Path(__file__).parents[2])}
        done = subprocess.run(
            [sys.executable, "-c", code],
            user=user,
            env=env,
            cwd="/",
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        shown.append(done.stdout)
    assert shown[0] != shown[1]
