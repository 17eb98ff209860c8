"""The seat's unit under a systemd of the test's own: what it starts again, and what it leaves alone. As root only, for
it has to be told that this computer was started by systemd."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk import exit_codes
from desk.demo.processes import NotReady, wait_until
from tests.installer.supervised import UNIT, starts_again

MANAGER = Path("/usr/lib/systemd/systemd")
BEGIN = f"mount -t tmpfs t /run && mkdir -p /run/systemd/system && exec {MANAGER} --user"
WAIT_S = 30.0
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not MANAGER.exists() or shutil.which("unshare") is None,
    reason="needs root and systemd",
)


class Account:
    """One whose systemd has the seat's unit; its Desk ends with one code of a list after the other, then stays."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.program = folder, folder / "desk"
        unit = folder / "config" / "systemd" / "user" / "desk.service"
        unit.parent.mkdir(parents=True)
        text = UNIT.read_text("utf-8").replace("/usr/bin/desk", str(self.program))
        assert "RestartSec=5\n" in text
        unit.write_text(text.replace("RestartSec=5\n", "RestartSec=50ms\n"), "utf-8")
        (folder / "run").mkdir(mode=0o700)
        self._env = {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(unit.parents[2]),
            "XDG_RUNTIME_DIR": str(folder / "run"),
        }
        self._manager = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", BEGIN],
            env=self._env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def is_up(self) -> bool:
        if self._manager.poll() is not None:
            raise NotReady("no systemd of one's own here")
        return (self.folder / "run" / "systemd" / "private").exists() and not self.systemctl("list-units").returncode

    def systemctl(self, *words: str) -> subprocess.CompletedProcess[str]:
        asked = ["systemctl", "--user", *words]
        return subprocess.run(asked, env=self._env, capture_output=True, text=True, timeout=WAIT_S, check=False)

    def desk_ends_with(self, *codes: str) -> None:
        """In words of the shell, one for each start."""
        ends = "".join(f"{number}) {code};; " for number, code in enumerate(codes, 1))
        self.program.write_text(
            f"#!/bin/sh\necho started >>{self.folder}/starts\n"
            f"case $(wc -l <{self.folder}/starts) in {ends} *) exec sleep 600;; esac\n",
            "utf-8",
        )
        self.program.chmod(0o755)

    def starts(self) -> int:
        file = self.folder / "starts"
        return len(file.read_text("utf-8").splitlines()) if file.exists() else 0

    def wait_for_starts(self, times: int) -> None:
        wait_until(f"start {times} of the seat", lambda: self.starts() == times, WAIT_S)

    def wait_for_end(self) -> None:
        """For good: between two starts the unit is "activating"."""
        shown = ("show", "desk.service", "--value", "-p", "ActiveState")
        wait_until("the seat's end", lambda: self.systemctl(*shown).stdout.strip() in ("inactive", "failed"), WAIT_S)

    def close(self) -> None:
        self._manager.send_signal(signal.SIGTERM)  # it ends what it has started
        self._manager.wait(WAIT_S)


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    made = Account(tmp_path)
    try:
        try:
            wait_until("a systemd", made.is_up, WAIT_S)
        except NotReady as error:
            pytest.skip(str(error))
        yield made
    finally:
        made.close()


def test_a_seat_that_made_way_is_started_until_it_may_and_one_that_is_told_to_end_is_not(account: Account) -> None:
    made_way = f"exit {exit_codes.MADE_WAY}"
    account.desk_ends_with(made_way, made_way, made_way, f"exit {exit_codes.FAULT}", "kill -KILL $$")
    assert account.systemctl("start", "desk.service").returncode == 0
    account.wait_for_starts(6)
    assert account.systemctl("stop", "desk.service").returncode == 0
    account.wait_for_end()
    assert account.starts() == 6


def test_where_the_package_was_removed_nobody_goes_on_trying(account: Account) -> None:
    account.desk_ends_with(f"rm {account.program}; exit {exit_codes.MADE_WAY}")
    account.systemctl("start", "desk.service")
    account.wait_for_end()
    assert account.starts() == 1


@pytest.mark.parametrize("code", range(8))
def test_the_stand_in_of_the_other_tests_says_the_same(account: Account, code: int) -> None:
    account.desk_ends_with(f"exit {code}")
    account.systemctl("start", "desk.service")
    if starts_again(code):
        account.wait_for_starts(2)
    else:
        account.wait_for_end()
        assert account.starts() == 1
