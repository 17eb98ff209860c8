"""Replay: the recordings of a call or a ticket, and one of them to be heard by whoever may. Rights come first, then the
recording is opened (what is read of it is proven to be what was sealed, see `recording_ports.AudioStream`), then the
play is put on record, and only then is there something to hear. A try that fails, for whatever reason but that there is
nothing to hear, is on record as well. A worker's thread."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from desk.domain.call_log import CallEntry, RecordingEntry, RecordingKept
from desk.domain.identity import CallId, TicketId
from desk.domain.listening import Access, Listener, NotAllowed, may_hear
from desk.usecases.listening_log import ListeningLog
from desk.usecases.ports import CallLog, Clock, KeyMissing, KeyringWeak
from desk.usecases.recording_ports import (
    AudioStream,
    NotForYou,
    Opener,
    RecordingAway,
    StreamBroken,
    VaultAway,
    VaultRefused,
)


class Refusal(Enum):
    """Why a recording cannot be heard. The words for it belong to the ui."""

    NOT_SEALED = "not_sealed"  # the call still runs, or its recording is being made: in a moment
    MISSING = "missing"  # there is none, and the log says why
    DELETED = "deleted"  # its time was over, or somebody ordered it: `ReplayRefused.entry` says who and why
    NOT_ALLOWED = "not_allowed"  # `ReplayRefused.not_allowed` says why
    NOT_FOR_YOU = "not_for_you"  # no key in this seat's keyring opens it
    AWAY = "away"  # the log knows it, the vault does not hold it
    VAULT_AWAY = "vault_away"  # the vault does not answer: later
    UNREADABLE = "unreadable"  # it is there and the system or the vault does not let us read it
    CHANGED = "changed"  # not what was sealed


class ReplayRefused(Exception):
    """`detail`: `RecordingEntry.why` of a missing one, else the system's words for the log."""

    def __init__(
        self,
        refusal: Refusal,
        detail: str = "",
        *,
        entry: RecordingEntry | None = None,
        not_allowed: NotAllowed | None = None,
    ) -> None:
        super().__init__(f"{refusal.value}: {detail}" if detail else refusal.value)
        self.refusal, self.detail, self.entry, self.not_allowed = refusal, detail, entry, not_allowed


@dataclass(frozen=True, slots=True)
class Recorded:
    """A call of a ticket with what the log knows of its recording. `refusal` None: it may be asked for."""

    call: CallEntry
    recording: RecordingEntry | None
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Tape:
    """A recording that may be heard. `audio`: the audio file while it is being loaded, two channels (left caller, right
    agent); whoever takes the tape closes it. `play_id`: this play in the listening log (`Replay.heard`)."""

    call_id: CallId
    audio: AudioStream
    entry: RecordingEntry
    play_id: str

    @property
    def codec(self) -> str:
        """ "opus", "flac"; "" of recordings from before there were seals, which are Opus."""
        return self.entry.codec

    @property
    def length_ms(self) -> int:
        return self.entry.length_ms

    @property
    def interrupted(self) -> bool:
        return self.entry.interrupted

    @property
    def marks(self) -> tuple[str, ...]:
        return self.entry.marks

    @property
    def spans(self) -> tuple[str, ...]:
        return self.entry.spans


class Replay:
    """`listener`: who sits here. `own_days`: how long agents may hear their own calls; `may_answer`
    (`ReadScores.may_answer`): and for longer those of which they may answer a score."""

    def __init__(
        self,
        calls: CallLog,
        opener: Opener,
        log: ListeningLog,
        listener: Callable[[], Listener],
        clock: Clock,
        own_days: int,
        may_answer: Callable[[CallId], bool] = lambda _call_id: False,
    ) -> None:
        self._calls, self._opener, self._log = calls, opener, log
        self._listener, self._clock, self._own_days, self._may_answer = listener, clock, own_days, may_answer

    def of_ticket(self, ticket_id: TicketId) -> list[Recorded]:
        """The ticket's calls, newest first."""
        return [self._recorded(call) for call in self._calls.of_ticket(ticket_id)]

    def of_call(self, call_id: CallId) -> Recorded | None:
        """None where the log does not know the call (yet)."""
        call = self._calls.get(call_id)
        return self._recorded(call) if call is not None else None

    def open(self, call_id: CallId) -> Tape:
        """The recording of this call, on record as played. Raises `ReplayRefused`, `StoreFull`, `StoreBroken`."""
        call, entry = self._calls.get(call_id), self._calls.recording(call_id)
        self._check_rights(call_id, call)
        if entry is None:
            raise ReplayRefused(Refusal.NOT_SEALED)
        if entry.deleted_at is not None:
            raise self._refused(call_id, Refusal.DELETED, entry.deleted_why, entry)
        if entry.kept is RecordingKept.MISSING:
            raise ReplayRefused(Refusal.MISSING, entry.why, entry=entry)
        audio = self._open(call_id, entry)
        try:
            play_id = self._log.note(Access.PLAYED, call_id)
        except BaseException:
            audio.close()
            raise
        return Tape(call_id, audio, entry, play_id)

    def heard(self, tape: Tape, from_ms: int, until_ms: int) -> None:
        """The play is over: put on record what was heard of it."""
        self._log.heard(tape.play_id, from_ms, until_ms)

    def _check_rights(self, call_id: CallId, call: CallEntry | None) -> None:
        now = self._clock()
        taken_by, at = (call.agent, call.offered_at) if call is not None else ("", now)
        why = may_hear(self._listener(), taken_by, at, now, self._own_days, lambda: self._may_answer(call_id))
        if why is not None:
            self._log.note(Access.REFUSED, call_id, f"play: {why.value}")
            raise ReplayRefused(Refusal.NOT_ALLOWED, why.value, not_allowed=why)

    def _open(self, call_id: CallId, entry: RecordingEntry) -> AudioStream:
        try:
            return self._opener.open(entry)
        except RecordingAway as error:
            raise self._refused(call_id, Refusal.AWAY, str(error), entry) from error
        except VaultAway as error:
            raise self._refused(call_id, Refusal.VAULT_AWAY, str(error), entry) from error
        except VaultRefused as error:
            raise self._refused(call_id, Refusal.UNREADABLE, str(error), entry) from error
        except (NotForYou, KeyMissing, KeyringWeak) as error:
            raise self._refused(call_id, Refusal.NOT_FOR_YOU, str(error), entry) from error
        except StreamBroken as error:
            raise self._refused(call_id, Refusal.CHANGED, str(error), entry) from error

    def _refused(self, call_id: CallId, refusal: Refusal, detail: str, entry: RecordingEntry) -> ReplayRefused:
        self._log.note(Access.REFUSED, call_id, f"play: {refusal.value}")
        return ReplayRefused(refusal, detail, entry=entry)

    def _recorded(self, call: CallEntry) -> Recorded:
        entry = self._calls.recording(call.call_id)
        if entry is None:
            return Recorded(call, None, Refusal.NOT_SEALED)
        if entry.deleted_at is not None:
            return Recorded(call, entry, Refusal.DELETED)
        return Recorded(call, entry, Refusal.MISSING if entry.kept is RecordingKept.MISSING else None)
