"""Drives a phone in a process of its own over the link, as the ui does."""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from desk.demo.processes import Child, wait_until
from desk.domain.commands import Command
from desk.domain.snapshots import PhoneSnapshot
from desk.link.addresses import address_for
from desk.link.sockets import LinkClient
from tests.telephony.phone_child import TOKEN

ROOT = Path(__file__).parent.parent.parent
_Event = TypeVar("_Event")


class Driver:
    """`messages`: everything the phone has said, the snapshot first."""

    def __init__(
        self,
        folder: Path,
        config: Mapping[str, Any],
        env: Mapping[str, str],
        password: str | None,
        prefix: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        if password is not None:
            self.set_password(password)
        self.address = address_for(folder / "run", "phone")
        (folder / "phone.json").write_text(json.dumps({**config, "address": self.address}))
        self.messages: list[Any] = []
        self._arrived = threading.Condition()
        argv = [*prefix, sys.executable, "-X", "faulthandler", "-m", "tests.telephony.phone_child", str(folder)]
        self.child = Child(argv, folder / "phone.out", {**env, "PYTHONPATH": str(ROOT)})
        self._client = LinkClient(self.address, TOKEN, "ui", self._came)
        self._client.start()
        self.wait(PhoneSnapshot, timeout_s=20.0)

    def set_password(self, password: str) -> None:
        (self.folder / "password").write_text(password)

    def _came(self, message: Any) -> None:
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()

    def do(self, command: Command) -> None:
        self._client.send(command)

    def snapshot(self) -> PhoneSnapshot:
        """As a window that attaches now is given it: encoded, sent, decoded."""
        came: list[Any] = []
        client = LinkClient(self.address, TOKEN, "tool", came.append)
        client.start()
        try:
            wait_until("a snapshot", lambda: came, 5.0)
        finally:
            client.close()
        assert isinstance(came[0], PhoneSnapshot)
        return came[0]

    def mark(self) -> int:
        return len(self.messages)

    def wait(
        self,
        kind: type[_Event],
        timeout_s: float = 20.0,
        after: int = 0,
        matches: Callable[[_Event], bool] = lambda _: True,
        **fields: Any,
    ) -> _Event:
        """The first message of this type with these fields, behind the first `after`."""
        found: list[_Event] = []

        def came() -> bool:
            found[:] = [
                message
                for message in self.messages[after:]
                if isinstance(message, kind)
                and matches(message)
                and all(getattr(message, key) == value for key, value in fields.items())
            ]
            return bool(found)

        with self._arrived:
            if not self._arrived.wait_for(came, timeout_s):
                said = "\n".join(str(message)[:200] for message in self.messages[after:])
                output = (self.folder / "phone.out").read_text(errors="replace")[-2000:]
                raise AssertionError(f"no {kind.__name__} {fields} within {timeout_s} s, but:\n{said}\n{output}")
        return found[0]

    def names(self, after: int = 0) -> list[str]:
        """Names of the call events, in order."""
        return [type(m).__name__ for m in self.messages[after:] if hasattr(m, "call_id")]

    def log_lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "phone.log").read_text().splitlines()]

    def stop(self) -> int:
        code = self.child.stop()
        self._client.close()
        return code


@contextmanager
def phone(
    folder: Path,
    line: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    headset: str = "none",
    env: Mapping[str, str] = os.environ,
    password: str | None = None,
    prefix: Sequence[str] = (),
    **config: Any,
) -> Iterator[Driver]:
    """A phone that runs (by the command `prefix`); at the end it must leave by itself, cleanly, and have logged no
    fault."""
    lines = [line] if isinstance(line, Mapping) else line
    bound = [{"bind": "127.0.0.1", **one} for one in lines]
    driver = Driver(folder, {"lines": bound, "headset": headset, **config}, env, password, prefix)
    try:
        yield driver
    finally:
        code = driver.stop()
    assert code == 0, (folder / "phone.out").read_text(errors="replace")[-3000:]
    faults = [entry for entry in driver.log_lines() if entry["levelno"] >= 40]
    assert not faults, faults
