"""Notes of what happens, for whoever asks afterwards: one ring for each of phone, ui and sync, in the runtime folder.
Made first of all in a process and closed last; nothing here may keep a process from running."""

from collections.abc import Callable
from typing import Any

from desk.compose.clock import now
from desk.domain.commands import Command
from desk.settings import Settings
from desk.support.from_messages import note_of
from desk.support.notes import Notes
from desk.support.state import State
from desk.support.warnings_log import WarningNotes

STATE_EVERY_S = 60.0


class ProcessNotes:
    """Of this process. Any thread."""

    def __init__(self, settings: Settings, role: str) -> None:
        self._notes = Notes(settings.runtime_dir / "notes", role, now)
        self._warnings = WarningNotes(self._notes)
        self._warnings.put_on()
        self._notes.started()
        self._state = State()
        self._told_at_s = 0.0
        self.note = self._notes.note

    def send(self, message: Any) -> None:
        """As a client of the phone's, or as whoever reads a link: what the message says is noted, if anything."""
        found = note_of(message)
        if found is not None:
            self._notes.note(*found)
            self._state.heard(*found)

    def tick(self, now_s: float) -> None:
        """Once a second: what has stood for long is said again now and then, or nobody who looks ten minutes back would
        know of it. `now_s` is monotonic."""
        if now_s - self._told_at_s >= STATE_EVERY_S:
            self._told_at_s = now_s
            for kind, fields in self._state.now():
                self._notes.note(kind, fields)

    def sip_listener(self) -> Callable[[bool, bytes], None]:
        """What hears every SIP message that passes."""
        from desk.support.sip_text import SipText  # the phone's alone

        text = SipText().text
        return lambda out, untrusted: self._notes.note("sip", {"out": out, "text": text(untrusted)})

    def link(self, role: str, *, up: bool) -> None:
        """The link to another process came or went."""
        self._notes.note("link", {"to": role, "up": up})

    def command(self, command: Command) -> None:
        """The agent asked the phone for this."""
        call_id = getattr(command, "call_id", None)
        self._notes.note(
            "command", {"command": type(command).__name__, **({"call_id": str(call_id)} if call_id else {})}
        )

    def close(self) -> None:
        self._warnings.take_off()
        self._notes.close()
