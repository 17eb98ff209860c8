"""The listening log: who heard, looked for, took out or was refused what. An entry is durable when `note` returns, so
that a sound which is heard is on record before it is heard; where it cannot be written, nothing may be heard.

One play is one entry: what was heard of it is added when the player stops. A play whose end never came (the window was
killed) stays without it. A worker's thread; raises `StoreFull`, `StoreBroken`."""

from collections.abc import Callable

from desk.domain.identity import CallId
from desk.domain.listening import Access, Listener, Listening
from desk.domain.patches import patch_of
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, NewId


class ListeningLog:
    """`listener`: who sits here, asked with every entry."""

    def __init__(
        self,
        log: ChangeLog,
        author: ChangeAuthor,
        clock: Clock,
        new_id: NewId,
        seat: str,
        listener: Callable[[], Listener],
    ) -> None:
        self._log, self._author, self._clock, self._new_id = log, author, clock, new_id
        self._seat, self._listener = seat, listener

    def note(self, access: Access, call_id: str = "", detail: str = "") -> str:
        """The new entry's id."""
        entry = Listening(
            self._new_id(), access, self._listener().agent, self._seat, self._clock(), CallId(call_id), detail
        )
        self._log.append([self._author.change("listening", entry.listening_id, patch_of(entry, "listening_id"))])
        return entry.listening_id

    def heard(self, listening_id: str, from_ms: int, until_ms: int) -> None:
        """What was heard of it, from the earliest to the latest moment."""
        patch = {"from_ms": max(0, from_ms), "until_ms": max(0, from_ms, until_ms)}
        self._log.append([self._author.change("listening", listening_id, patch)])
