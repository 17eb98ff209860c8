"""A bundle's program for tests: the real starter, the real choice, the real seat store, and a seat that does what
`behaviour.json` beside it says. Run as the script that `bundles.a_bundle` writes.

"does": "well" (healthy, ends with 0), "stays" (healthy, runs until told), "dies" (exit code 1 at once), "made way"
(for an installer, at once), "shot" (SIGKILL), "hangs" (never healthy), "again" (healthy, asks to be started anew
once). "steps": further steps of the store's schema. What happens is written to `seat.log` in the data folder, one line
each: version and word."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from desk import exit_codes
from desk.updating import choice as choices
from desk.updating import starter

KEY = "ab" * 32
TICK_S = 0.02
PATIENCE_S = 60.0
AT_ONCE = {"dies": exit_codes.FAULT, "made way": exit_codes.MADE_WAY}


@dataclass(frozen=True)
class FileSecrets:
    """The keyring of the stub: one key for all."""

    def get(self, entry: str) -> str | None:
        return KEY

    def set(self, entry: str, value: str) -> None:
        return


def main(program: Path, limit_s: float) -> int:
    argv = sys.argv[1:]
    told = json.loads((program.parent / "behaviour.json").read_text("utf-8"))
    installed = starter.Installed(program, str(told["version"]))
    folder = choices.folder_of(data_dir_of(argv))
    code = starter.start(argv, installed, folder, limit_s)
    if code is None:
        code = seat(told, data_dir_of(argv), dials="dial" in argv)
        if code == exit_codes.AGAIN:
            code = starter.again(argv, installed, folder)
    return code


def data_dir_of(argv: list[str]) -> Path:
    return Path(argv[argv.index("--settings") + 1]).parent


def seat(told: dict[str, object], data_dir: Path, *, dials: bool = False) -> int:
    """What the launcher and its processes are to a real one."""
    log = _Log(data_dir, str(told["version"]))
    does = str(told["does"])
    log.say("started")
    if dials:
        log.say("dials")
    if does in AT_ONCE:
        return AT_ONCE[does]
    if told.get("store"):
        _work(told, data_dir, log)
    if does == "shot":
        os.kill(os.getpid(), signal.SIGKILL)
    until = time.monotonic() + PATIENCE_S
    if does == "hangs":
        while time.monotonic() < until:
            time.sleep(TICK_S)
        return exit_codes.FAULT
    folder = choices.folder_of(data_dir)
    kept = choices.read(folder)
    if kept.trial and kept.version == told["version"]:
        choices.write(folder, choices.confirmed(kept))
    log.say("healthy")
    if does == "again" and not (data_dir / "was-again").exists():
        (data_dir / "was-again").touch()
        return exit_codes.AGAIN
    while does == "stays" and not (data_dir / "end").exists() and time.monotonic() < until:
        time.sleep(TICK_S)
    log.say("ended")
    return exit_codes.OK


def _work(told: dict[str, object], data_dir: Path, log: "_Log") -> None:
    """Open the store as this version does, and write a change into it."""
    from sqlalchemy import Connection

    from desk.domain.changes import Change
    from desk.domain.identity import ChangeId
    from desk.store import schema
    from desk.store.change_log import SqlChangeLog
    from desk.store.store import Store

    def step(number: int) -> Callable[[Connection], None]:
        def take(connection: Connection) -> None:
            connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS of_tomorrow_{number} (id TEXT PRIMARY KEY)")

        return take

    further = tuple(step(number) for number in range(int(str(told.get("steps", 0)))))
    schema.STEPS = (*schema.STEPS, *further)
    store = Store.open(data_dir / "seat.db", FileSecrets())
    import uuid6

    change_id = str(uuid6.uuid7())
    change = Change(
        ChangeId(change_id), "person", change_id, datetime.now(UTC), "1001", "S01", {"name": change_id}, "", 0
    )
    SqlChangeLog(store).append([change])
    log.say(f"wrote {change_id}")  # durable from here on
    store.close()


class _Log:
    def __init__(self, data_dir: Path, version: str) -> None:
        self._file, self._version = data_dir / "seat.log", version

    def say(self, word: str) -> None:
        with self._file.open("a", encoding="utf-8") as stream:
            stream.write(f"{self._version} {word}\n")
