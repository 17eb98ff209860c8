"""Putting a call into the call log: its telephone facts, read from the manifest, become one change of the entity
"call", and what became of its recording one change of "recording". Who it was with and what about is not touched: that
is the agent's to say, and may have been said while the call still ran.

Both are done at most once however often they are asked for, because whoever asks may be killed before he has noted
that it is done. The sync process's worker."""

from dataclasses import dataclass

from desk.domain.call_log import CallEntry, Outcome, RecordingEntry
from desk.domain.identity import CallId
from desk.domain.journal import Journal
from desk.domain.numbers import lookup_key
from desk.domain.party import Direction
from desk.domain.patches import patch_of
from desk.usecases.ports import CallLog, ChangeAuthor, ChangeLog

# What the agent says of a call, in `CallEntry`'s words.
AGENTS_OWN = ("person_id", "household_id", "ticket_id")


@dataclass(frozen=True, slots=True)
class _Rule:
    """A row of the table; None = whatever it is."""

    outcome: Outcome
    direction: Direction | None = None
    interrupted: bool | None = None
    answered: bool | None = None
    by_us: bool | None = None
    causes: frozenset[int] | None = None

    def fits(self, journal: Journal) -> bool:
        return (
            self.direction in (None, journal.direction)
            and self.interrupted in (None, journal.interrupted)
            and self.answered in (None, journal.answered_at is not None)
            and self.by_us in (None, journal.by_us)
            and (self.causes is None or journal.cause in self.causes)
        )


# Final answers that mean that nobody took the call, rather than that it could not be put through (RFC 3261 section 21).
NOBODY = frozenset({408, 480, 486, 487, 600, 603})

# The first row that fits decides.
OUTCOMES = (
    _Rule(Outcome.INTERRUPTED, interrupted=True),
    _Rule(Outcome.ANSWERED, answered=True),
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
        if known is not None and known.outcome is not None:
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
        )
        patch = patch_of(entry, "call_id", *AGENTS_OWN)
        self._change_log.append([self._author.change("call", journal.call_id, patch)])
        return True

    def recording(self, entry: RecordingEntry) -> bool:
        """Log what became of the recording unless it is logged. Returns and raises as `call` does."""
        if self.recording_of(entry.call_id) is not None:
            return False
        self._change_log.append([self._author.change("recording", entry.call_id, patch_of(entry, "call_id"))])
        return True

    def recording_of(self, call_id: CallId) -> RecordingEntry | None:
        """What the log says already of this call's recording."""
        return self._calls.recording(call_id)
