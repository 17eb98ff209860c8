"""Updates, bad versions, packages and power cuts in any order: a seat always comes up afterwards, with everything that
was ever written. Six rounds; 200 by chance with DESK_SOAK or DESK_INSTALL set."""

import json
import os
import random
import signal
import time
from pathlib import Path

import pytest

from desk.store.store import Store
from tests.updating.bundles import Computer, words_of
from tests.updating.stub import FileSecrets

LONG = bool(os.environ.get("DESK_SOAK") or os.environ.get("DESK_INSTALL"))
SHORT = (("update", "well"), ("cut", "well"), ("update", "shot"), ("package", ""), ("cut", "hangs"), ("lost", ""))
ROUNDS = 200 if LONG else len(SHORT)
LIMIT_S = 20.0  # of a trial: far more than a start on a busy computer
CUT_WITHIN_S = 1.2


@pytest.mark.timeout(3600 if LONG else 240)
def test_whatever_happens_a_seat_comes_up_and_nothing_that_was_written_is_lost(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    computer = Computer(tmp_path, limit_s=LIMIT_S, store=True)
    kinds = ["well", "well", "dies", "shot", "hangs"]
    newest, cuts, backs, written = 0, 0, 0, set[str]()
    try:
        for round_ in range(ROUNDS):
            computer.forget()
            computer.limit_s = LIMIT_S
            action = chance.choice(["update", "update", "update", "cut", "cut", "package", "lost"])
            does = chance.choice(kinds)
            if not LONG:
                action, does = SHORT[round_]
            if action in ("update", "cut"):
                newest += 1
                computer.limit_s = 1.0 if does == "hangs" else LIMIT_S
                computer.install(_installed(computer))  # with this round's limit
                computer.choose(f"2.{newest}", does, steps=newest, installed=_installed(computer))
            elif action == "package":
                newest += 1
                computer.install(f"1.{newest}")
            elif computer.choice.folder and chance.random() < 0.5:
                (Path(computer.choice.folder) / "desk").unlink(missing_ok=True)
            if action == "cut":
                process = computer.begin()
                time.sleep(chance.uniform(0, CUT_WITHIN_S))
                _cut_power(process.pid)
                process.wait()
                cuts += 1
            before = computer.choice
            assert computer.run() == 0, (round_, action, before)
            healthy = words_of(computer.said(), "healthy")
            assert healthy, (round_, action, before, computer.said())
            assert healthy[-1] not in computer.choice.failed
            assert not computer.choice.trial
            backs += bool(computer.choice.went_back)
            written |= {line.rpartition(" ")[2] for line in computer.said() if " wrote " in line}
            assert written <= _kept(computer), (round_, action)
    finally:
        computer.clean_up()
    assert cuts
    assert backs
    assert len(written) >= ROUNDS


def _installed(computer: Computer) -> str:
    told = json.loads((computer.folder / "installed" / "behaviour.json").read_text("utf-8"))
    return str(told["version"])


def _kept(computer: Computer) -> set[str]:
    """What the oldest Desk there is finds in the store."""
    store = Store.open(computer.data_dir / "seat.db", FileSecrets())
    try:
        with store.read() as connection:
            rows = set(connection.exec_driver_sql("SELECT name FROM person").scalars())
            log = set(connection.exec_driver_sql("SELECT change_id FROM change").scalars())
    finally:
        store.close()
    assert rows == log
    return log


def _cut_power(pid: int) -> None:
    """Whatever runs, at once: the starter first, so that it cannot judge."""
    family = [pid]
    for one in family:
        try:
            family += map(int, Path(f"/proc/{one}/task/{one}/children").read_text("ascii").split())
        except OSError:
            continue
    for one in family:
        try:
            os.kill(one, signal.SIGKILL)
        except ProcessLookupError:
            continue
