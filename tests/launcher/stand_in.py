"""A stand-in for phone, sync or ui: a real process with a real life (`desk.link.child`, `desk.log.crash`), that does
what a file in its folder tells it. Used by the launcher's tests: `python stand_in.py ROLE FOLDER`.

Files it obeys: `<role>.refuse` (exit at once with this code), `<role>.deaf` (never attach), `<role>.calm` (ignore
requests to stop), `<role>.busy` (a call is up), `<role>.stuck` (its main loop hangs), `<role>.leave` (end with this
code, once), `<role>.restart` (ask for the seat to begin anew, again and again). It writes what happens to
`<role>.log`, one thing a line with its pid."""

import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desk.demo.processes import wait_until
from desk.link.child import ChildLife
from desk.log import crash


def main() -> int:
    role, folder = sys.argv[1], Path(sys.argv[2])
    orders = Orders(role, folder)
    orders.say("started")
    if (refuse := orders.text("refuse")) is not None:
        return int(refuse)
    kept = crash.keep(folder / "crashes", role, datetime.now(UTC))
    if orders.text("deaf") is not None:
        signal.signal(signal.SIGTERM, lambda *_: orders.say("terminated"))
        threading.Event().wait()
    life = ChildLife(
        role,
        folder / "run",
        lambda: datetime.now(UTC),
        busy=lambda: orders.text("busy") is not None,
        on_message=lambda message: orders.say(words(message)),
    )
    life.start()
    if orders.text("calm") is not None:
        signal.signal(signal.SIGTERM, lambda *_: orders.say("terminated"))
    wait_until("the launcher", lambda: life.attached or life.stop_requested.is_set(), 20.0)
    life.ready()
    orders.say("ready")
    while not life.stop_requested.wait(0.1) or orders.text("calm") is not None:
        life.beat()
        if orders.text("restart") is not None:
            orders.say("asked")
            life.ask_restart("a test wants it")
        if orders.text("stuck") is not None:
            stuck_here()
        if (code := orders.text("leave")) is not None:
            (folder / f"{role}.leave").unlink()
            life.close()
            return int(code)
    orders.say(f"stopping {life.stop_reason}")
    life.close()
    kept.close()
    return 0


def stuck_here() -> None:
    threading.Event().wait()


def words(message: Any) -> str:
    return " ".join(str(part) for part in (type(message).__name__, *vars_of(message)))


def vars_of(message: Any) -> list[Any]:
    return [getattr(message, name) for name in message.__slots__]


class Orders:
    def __init__(self, role: str, folder: Path) -> None:
        self._role, self._folder = role, folder
        self._lock = threading.Lock()

    def text(self, order: str) -> str | None:
        try:
            return (self._folder / f"{self._role}.{order}").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def say(self, what: str) -> None:
        with self._lock, (self._folder / f"{self._role}.log").open("a", encoding="utf-8") as log:
            log.write(f"{os.getpid()} {what}\n")


if __name__ == "__main__":
    code = main()
    os._exit(code)
