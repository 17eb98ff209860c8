"""Replay: the recordings of a call or a ticket, and one of them to be heard, after it has been made sure that the file
is still the one that was sealed. What is checked is what is played: the bytes are read once. A worker's thread."""

import hashlib
import hmac
from dataclasses import dataclass
from enum import Enum

from desk.domain.call_log import CallEntry, RecordingEntry, RecordingKept
from desk.domain.identity import CallId, TicketId
from desk.usecases.ports import CallLog, RecordingFiles


class Refusal(Enum):
    """Why a recording cannot be heard. The words for it belong to the ui."""

    NOT_SEALED = "not_sealed"  # the call still runs, or its recording is being made: in a moment
    MISSING = "missing"  # there is none, and the log says why
    AWAY = "away"  # the log knows it, the file is not on this seat
    UNREADABLE = "unreadable"  # the file is there and the system does not let us read it
    CHANGED = "changed"  # not the file that was sealed


class ReplayRefused(Exception):
    """`detail`: `RecordingEntry.why` of a missing one, else the system's words for the log."""

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        super().__init__(f"{refusal.value}: {detail}" if detail else refusal.value)
        self.refusal, self.detail = refusal, detail


@dataclass(frozen=True, slots=True)
class Recorded:
    """A call of a ticket with what the log knows of its recording. `refusal` None: it may be asked for."""

    call: CallEntry
    recording: RecordingEntry | None
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Tape:
    """A recording, proven to be the sealed one. `opus`: the whole file, two channels (left caller, right agent)."""

    call_id: CallId
    opus: bytes
    length_ms: int
    interrupted: bool
    marks: tuple[str, ...]


class Replay:
    def __init__(self, calls: CallLog, files: RecordingFiles) -> None:
        self._calls, self._files = calls, files

    def of_ticket(self, ticket_id: TicketId) -> list[Recorded]:
        """The ticket's calls, newest first."""
        return [self._recorded(call) for call in self._calls.of_ticket(ticket_id)]

    def of_call(self, call_id: CallId) -> Recorded | None:
        """None where the log does not know the call (yet)."""
        call = self._calls.get(call_id)
        return self._recorded(call) if call is not None else None

    def open(self, call_id: CallId) -> Tape:
        """The recording of this call, checked. Raises `ReplayRefused`."""
        entry = self._calls.recording(call_id)
        if entry is None:
            raise ReplayRefused(Refusal.NOT_SEALED)
        if entry.kept is RecordingKept.MISSING:
            raise ReplayRefused(Refusal.MISSING, entry.why)
        try:
            untrusted_opus = self._files.read(entry.file)
        except FileNotFoundError as error:
            raise ReplayRefused(Refusal.AWAY, str(error)) from error
        except OSError as error:
            raise ReplayRefused(Refusal.UNREADABLE, str(error)) from error
        if not hmac.compare_digest(hashlib.sha256(untrusted_opus).hexdigest(), entry.sha256.lower()):
            raise ReplayRefused(Refusal.CHANGED)
        return Tape(call_id, untrusted_opus, entry.length_ms, entry.interrupted, entry.marks)

    def _recorded(self, call: CallEntry) -> Recorded:
        entry = self._calls.recording(call.call_id)
        if entry is None:
            return Recorded(call, None, Refusal.NOT_SEALED)
        return Recorded(call, entry, Refusal.MISSING if entry.kept is RecordingKept.MISSING else None)
