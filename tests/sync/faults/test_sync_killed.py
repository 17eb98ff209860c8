"""The sync process is killed, by SIGKILL, at random instants of pushing and pulling, and started again: everything
arrives once. `make test` kills it 3 times, `DESK_SOAK=1` 100 times."""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from desk.demo.processes import wait_until
from tests.making import ticket
from tests.sync.conftest import Seat

MakeSeat = Callable[..., Seat]
KILLS = 100 if os.environ.get("DESK_SOAK") else 3
EACH = 60
WAIT_S = 60.0


@contextmanager
def sync_process(seat: Seat) -> Iterator[subprocess.Popen[str]]:
    reached = seat.access
    with tempfile.TemporaryDirectory(prefix="desk-") as runtime_dir:
        command = [sys.executable, "-m", "tests.sync.faults.sync_child", str(seat.store.file.parent)]
        command += [str(reached.port), reached.database, reached.user, str(reached.ca_file), runtime_dir]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        with child:
            try:
                assert child.stdout is not None
                assert child.stdout.readline() == "ready\n"
                yield child
            finally:
                child.kill()


def everywhere(seats: list[Seat], count: int) -> bool:
    seats[1].exchange()
    held = [len(seat.rows()["ticket"]) for seat in seats]
    return held == [count] * len(seats) and seats[0].outbox.unsent_count() == 0


@pytest.mark.timeout(3_600 if os.environ.get("DESK_SOAK") else 240)
def test_the_sync_process_killed_anywhere_loses_and_doubles_nothing(make_seat: MakeSeat, tmp_path: Path) -> None:
    here, there = make_seat("S01"), make_seat("S02", "1002")
    chance = random.Random(6)
    for kill in range(KILLS):
        here.log.append([ticket(f"here{kill}-{number}", description="漏" * 200) for number in range(EACH)])
        there.log.append([ticket(f"there{kill}-{number}", description="漏" * 200) for number in range(EACH)])
        there.exchange()
        with sync_process(here):
            time.sleep(chance.uniform(0.0, 0.3))  # where it dies is left to chance
    with sync_process(here):
        wait_until("everything to be everywhere", partial(everywhere, [here, there], 2 * EACH * KILLS), WAIT_S)
    there.exchange()
    assert here.rows() == there.rows()
