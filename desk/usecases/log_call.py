"""Putting a call into the call log: its telephone facts, read from the manifest, become one change of the entity
"call", and what became of its recording one change of "recording". Who it was with and what about is not touched: that
is the agent's to say, and may have been said while the call still ran.

Both are done at most once however often they are asked for, because whoever asks may be killed before he has noted
that it is done. The sync process's worker."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.identity import CallId
from desk.domain.journal import REST_AWAY, Journal, WhyMissing
from desk.domain.numbers import lookup_key
from desk.domain.party import Direction
from desk.domain.patches import patch_of
from desk.domain.tally import Tally
from desk.domain.times import to_text
from desk.usecases.ports import CallLog, ChangeAuthor, ChangeLog

# What the agent says of a call, in `CallEntry`'s words.
AGENTS_OWN = ("person_id", "household_id", "ticket_id")
# What is known of some calls only. It is left out where it is not: most calls' changes are then taken by a centre that
# does not know these fields yet.
OF_SOME_CALLS = (
    *("transferred_to", "codec", "mos_mean_x100", "mos_worst_x100", "mos_worst_at", "loss_permille", "jitter_ms"),
    *("round_trip_ms", "diagnosis"),
)
# The same of recordings, the other way round.
OF_ALL_RECORDINGS = frozenset({"kept", "why", "file", "sha256", "length_ms", "interrupted", "marks"})
# What is said of a recording when it is there, in `RecordingEntry`'s words: others may be faster than the seal.
LATER = ("vaulted_at", "legal_hold", "legal_hold_by", "legal_hold_why", "deleted_at", "deleted_by", "deleted_why")
_LONGEST_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class _Rule:
    """A row of the table; None = whatever it is."""

    outcome: Outcome
    direction: Direction | None = None
    interrupted: bool | None = None
    answered: bool | None = None
    by_us: bool | None = None
    causes: frozenset[int] | None = None
    transferred: bool | None = None
    rang: bool | None = None

    def fits(self, journal: Journal) -> bool:
        return (
            self.direction in (None, journal.direction)
            and self.interrupted in (None, journal.interrupted)
            and self.answered in (None, journal.answered_at is not None)
            and self.by_us in (None, journal.by_us)
            and (self.causes is None or journal.cause in self.causes)
            and self.transferred in (None, bool(journal.transferred_to))
            and self.rang in (None, journal.rang)
        )


# Final answers that mean that nobody took the call, rather than that it could not be put through (RFC 3261 section 21).
NOBODY = frozenset({408, 480, 486, 487, 600, 603})

# Sent elsewhere without an answer (RFC 3261 section 21.3).
REDIRECTED = frozenset(range(300, 400))
# It rang until somebody on the way had enough.
RANG_TOO_LONG = frozenset({408, 480})

# The first row that fits decides.
OUTCOMES = (
    _Rule(Outcome.INTERRUPTED, interrupted=True),
    _Rule(Outcome.TRANSFERRED, answered=True, transferred=True),
    _Rule(Outcome.ANSWERED, answered=True),
    _Rule(Outcome.FORWARDED, Direction.INCOMING, by_us=True, causes=REDIRECTED),
    _Rule(Outcome.MISSED, Direction.INCOMING, by_us=True, rang=False),
    _Rule(Outcome.MISSED, Direction.INCOMING, by_us=False, causes=RANG_TOO_LONG),
    _Rule(Outcome.REJECTED, Direction.INCOMING, by_us=True),
    _Rule(Outcome.ABANDONED, Direction.INCOMING, causes=frozenset({200, 487})),
    _Rule(Outcome.UNANSWERED, Direction.OUTGOING, by_us=True),
    _Rule(Outcome.UNANSWERED, Direction.OUTGOING, causes=NOBODY),
    _Rule(Outcome.FAILED),
)


def outcome_of(journal: Journal) -> Outcome:
    """How a call that has ended went."""
    return next(rule.outcome for rule in OUTCOMES if rule.fits(journal))


class LogCall:
    """`area_code`: the office's, put before local numbers."""

    def __init__(self, change_log: ChangeLog, author: ChangeAuthor, calls: CallLog, area_code: str = "") -> None:
        self._change_log, self._author, self._calls = change_log, author, calls
        self._area_code = area_code

    def call(self, journal: Journal) -> bool:
        """Log the call unless it is logged. Returns whether it was written now. Raises `StoreFull`, `StoreBroken`."""
        known = self._calls.get(journal.call_id)
        if known is not None and known.outcome is not None and not _can_be_read_now(known, journal):
            return False
        entry = CallEntry(
            call_id=journal.call_id,
            line=journal.line,
            direction=journal.direction,
            number=journal.party.number,
            lookup_key=lookup_key(journal.party.number, self._area_code),
            display_name=journal.party.display_name,
            diversion=journal.party.diversion,
            offered_at=journal.offered_at,
            seat=journal.seat,
            agent=journal.agent,
            outcome=outcome_of(journal),
            answered_at=journal.answered_at,
            ended_at=journal.ended_at,
            cause=journal.cause,
            reason=journal.reason,
            transferred_to=journal.transferred_to,
            **_heard(journal.heard),
        )
        patch = patch_of(entry, "call_id", *AGENTS_OWN)
        patch = {name: value for name, value in patch.items() if name not in OF_SOME_CALLS or value not in (None, "")}
        self._change_log.append([self._author.change("call", journal.call_id, patch)])
        return True

    def recording(self, entry: RecordingEntry) -> bool:
        """Log what became of the recording unless it is logged. Returns and raises as `call` does."""
        if self.recording_of(entry.call_id) is not None:
            return False
        patch = patch_of(entry, "call_id", *LATER)
        patch = {
            name: value for name, value in patch.items() if name in OF_ALL_RECORDINGS or value not in (None, "", [])
        }
        self._change_log.append([self._author.change("recording", entry.call_id, patch)])
        return True

    def sealed_again(self, entry: RecordingEntry) -> bool:
        """Log what is another one since the recording was sealed once more, because the first was lost before the vault
        had it. What was said before stays in the change log. Returns and raises as `call` does."""
        known = self.recording_of(entry.call_id)
        if known is None or known.vaulted_at is not None:
            return False
        before = patch_of(known, "call_id", *LATER)
        after = patch_of(entry, "call_id", *LATER)
        patch = {name: value for name, value in after.items() if value != before[name]}
        if not patch:
            return False
        was_lost = known.kept is RecordingKept.KEPT
        reason = "sealed again: it was lost before the vault had it" if was_lost else "its manifest can be read now"
        self._change_log.append([self._author.change("recording", entry.call_id, patch, reason)])
        return True

    def vaulted(self, call_id: CallId, at: datetime) -> bool:
        """Log that the vault has confirmed this recording, unless it is logged. Returns and raises as `call` does."""
        known = self.recording_of(call_id)
        if known is None or known.vaulted_at is not None:
            return False
        self._change_log.append([self._author.change("recording", call_id, {"vaulted_at": to_text(at)})])
        return True

    def recording_of(self, call_id: CallId) -> RecordingEntry | None:
        """What the log says already of this call's recording."""
        return self._calls.recording(call_id)


def _can_be_read_now(known: CallEntry, journal: Journal) -> bool:
    """What was logged of a call that nobody could read, or of which only a part was here, was next to nothing; somebody
    has mended its manifest, or the rest has come back."""
    return known.reason in (WhyMissing.UNREADABLE.value, REST_AWAY) and known.reason != journal.reason


def _heard(tally: Tally | None) -> dict[str, Any]:
    """The fields of a `CallEntry` that tell how it was heard, {} where that was never measured."""
    if tally is None or not tally.spans:
        return {}
    return {
        "codec": tally.codec,
        "mos_mean_x100": _whole(tally.mean_mos, 100, 450),
        "mos_worst_x100": _whole(tally.worst_mos, 100, 450),
        "mos_worst_at": tally.worst_at,
        "loss_permille": _whole(tally.mean_loss, 10, 1000),
        "jitter_ms": _whole(tally.mean_jitter_ms, 1, _LONGEST_MS),
        "round_trip_ms": _whole(tally.mean_round_trip_ms, 1, _LONGEST_MS),
        "diagnosis": tally.diagnosis,
    }


def _whole(value: float | None, scale: int, most: int) -> int | None:
    """As the log holds it. What a damaged manifest claims stays within bounds."""
    return None if value is None or value != value else round(min(max(value * scale, 0), most))
