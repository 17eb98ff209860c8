"""Legal hold: a recording that a dispute needs is kept, whatever the rules of retention say, until a supervisor lets it
go. Both need a reason; both are changes of the recording, so that their history stays in the log. A refused try is on
record as well. Retention may be deleting the recording meanwhile: it is looked at again in the transaction that writes.
A worker's thread; raises `StoreFull`, `StoreBroken`."""

from collections.abc import Callable
from enum import Enum

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.changes import Patch
from desk.domain.identity import CallId
from desk.domain.listening import Access, Listener, NotAllowed, may_export
from desk.usecases.listening_log import ListeningLog
from desk.usecases.ports import CallLog, ChangeAuthor
from desk.usecases.recording_ports import RecordingChanges

MOST_REASON = 500  # characters


class NoHold(Enum):
    """Why nothing was changed. The words for it belong to the ui."""

    NOT_ALLOWED = "not_allowed"  # `HoldRefused.not_allowed` says why
    NO_REASON = "no_reason"
    NO_RECORDING = "no_recording"
    DELETED = "deleted"  # too late


class HoldRefused(Exception):
    def __init__(self, refusal: NoHold, not_allowed: NotAllowed | None = None) -> None:
        super().__init__(refusal.value)
        self.refusal, self.not_allowed = refusal, not_allowed


class LegalHold:
    """`listener`: who sits here."""

    def __init__(
        self,
        calls: CallLog,
        changes: RecordingChanges,
        author: ChangeAuthor,
        listener: Callable[[], Listener],
        listening_log: ListeningLog,
    ) -> None:
        self._calls, self._changes, self._author = calls, changes, author
        self._listener, self._listening_log = listener, listening_log

    def put(self, call_id: CallId, why: str) -> None:
        """Keep this recording. Raises `HoldRefused`."""
        self._set(call_id, why, on=True)

    def lift(self, call_id: CallId, why: str) -> None:
        """The rules count for it again. Raises `HoldRefused`."""
        self._set(call_id, why, on=False)

    def _set(self, call_id: CallId, why: str, *, on: bool) -> None:
        listener = self._listener()
        refused = may_export(listener)
        if refused is not None:
            self._listening_log.note(Access.REFUSED, call_id, f"legal hold: {refused.value}")
            raise HoldRefused(NoHold.NOT_ALLOWED, refused)
        reason = " ".join(why.split())[:MOST_REASON]
        if not reason:
            raise HoldRefused(NoHold.NO_REASON)
        if self._checked(call_id).legal_hold is on:
            return
        patch: Patch = {"legal_hold": on, "legal_hold_by": listener.agent, "legal_hold_why": reason}
        change = self._author.change("recording", call_id, patch, reason)

        def fits(entry: RecordingEntry | None) -> bool:
            return _refusal(entry) is None and entry is not None and entry.legal_hold is not on

        if not self._changes.append_if(call_id, fits, [change]):
            self._checked(call_id)  # deleted since; or another window has done it, which is as good

    def _checked(self, call_id: CallId) -> RecordingEntry:
        entry = self._calls.recording(call_id)
        refusal = _refusal(entry)
        if entry is None or refusal is not None:
            raise HoldRefused(refusal or NoHold.NO_RECORDING)
        return entry


def _refusal(entry: RecordingEntry | None) -> NoHold | None:
    if entry is None or entry.kept is not RecordingKept.KEPT:
        return NoHold.NO_RECORDING
    return NoHold.DELETED if entry.deleted_at is not None else None
