"""What is kept of a call for good: the call log's entry, its recording, and who it was with; and what a list of calls
may be narrowed down by."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.diagnosis import Diagnosis
from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.domain.party import Direction, Party


class Outcome(Enum):
    ANSWERED = "answered"
    ABANDONED = "abandoned"  # incoming, the caller gave up
    REJECTED = "rejected"  # incoming, refused by the agent
    UNANSWERED = "unanswered"  # outgoing, nobody answered or busy
    FAILED = "failed"  # no route, 4xx-6xx
    INTERRUPTED = "interrupted"  # the phone process died under it
    TRANSFERRED = "transferred"  # answered, and its far side was sent to somebody else by us
    FORWARDED = "forwarded"  # incoming, sent elsewhere unanswered: by a forwarding that the seat has set
    MISSED = "missed"  # incoming, nobody refused it and nobody took it: do not disturb, rung too long


@dataclass(frozen=True, slots=True)
class CallEntry:
    """Written when the call has ended (the telephone facts, from its manifest) and when the agent says who it was
    with and what it was about (person, household, ticket): different fields of the same entity.
    `number` as received, `lookup_key` as in `NumberEntry`.

    How it was heard stands from `codec` on, None where it was never measured (an unanswered call, an older Desk).
    Whole numbers, because the change log holds no others: MOS (1.0-4.5, ITU-T G.107) in hundredths, loss in thousandths
    of the packets, both ways the worse one. `mos_worst_at` is when the worst moment began."""

    call_id: CallId
    line: str
    direction: Direction
    number: str
    lookup_key: str
    display_name: str
    diversion: str
    offered_at: datetime
    seat: str
    agent: str
    outcome: Outcome | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cause: int = 0
    reason: str = ""
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None
    ticket_id: TicketId | None = None
    transferred_to: str = ""
    codec: str = ""
    mos_mean_x100: int | None = None
    mos_worst_x100: int | None = None
    mos_worst_at: datetime | None = None
    loss_permille: int | None = None
    jitter_ms: int | None = None
    round_trip_ms: int | None = None
    diagnosis: Diagnosis | None = None

    @property
    def party(self) -> Party:
        """The other side as signalling gave it; a number that is not there was withheld."""
        return Party(self.number, self.display_name, self.diversion, withheld=not self.number)

    @property
    def mos_mean(self) -> float | None:
        return None if self.mos_mean_x100 is None else self.mos_mean_x100 / 100

    @property
    def mos_worst(self) -> float | None:
        return None if self.mos_worst_x100 is None else self.mos_worst_x100 / 100


@dataclass(frozen=True, slots=True)
class Tie:
    """Whom an agent said a call is with; either may be unknown."""

    person_id: PersonId | None = None
    household_id: HouseholdId | None = None


MISSED_OUTCOMES = frozenset({Outcome.ABANDONED, Outcome.MISSED})


@dataclass(frozen=True, slots=True)
class CallPlace:
    """A call's place in the list, newest first: what comes after it is older."""

    offered_at: datetime
    call_id: CallId


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls; an empty field narrows nothing down. `since` is inside, `until` is not. A call belongs to somebody
    by any of `lookup_keys`, `person_ids`, `household_ids`, by a number that holds `digits`, or by a name in signalling
    that holds `shown_name`: whichever of these five are given, one of them must fit."""

    direction: Direction | None = None
    outcomes: frozenset[Outcome] = frozenset()
    seat: str = ""
    agent: str = ""
    since: datetime | None = None
    until: datetime | None = None
    lookup_keys: tuple[str, ...] = ()
    person_ids: tuple[PersonId, ...] = ()
    household_ids: tuple[HouseholdId, ...] = ()
    digits: str = ""
    shown_name: str = ""

    @property
    def of_somebody(self) -> bool:
        return bool(self.lookup_keys or self.person_ids or self.household_ids or self.digits or self.shown_name)


class RecordingKept(Enum):
    KEPT = "kept"
    MISSING = "missing"  # `why` says for what reason there is none


@dataclass(frozen=True, slots=True)
class RecordingEntry:
    """One per call, same id as the call. `file`: the sealed audio's name in the vault (see `desk.domain.seal`),
    `sha256` of that file, as it lies there. Fields come in several changes: the seal's, the vault's, a supervisor's.

    `spans`: from which place in the recording on its audio belongs to which time: "0 2026-11-22T08:00:00.000000Z"
    (milliseconds, time; a stop of the audio begins a new one). Times in ms are within the recording; those of what was
    heard come from both channels (`desk.domain.heard`) and are None where nobody measured."""

    call_id: CallId
    kept: RecordingKept
    why: str = ""
    file: str = ""
    sha256: str = ""
    length_ms: int = 0
    interrupted: bool = False
    marks: tuple[str, ...] = ()  # "12.340 held", seconds from the start of the audio and the mark's name
    # the seal
    codec: str = ""  # "opus", "flac"
    size_bytes: int | None = None
    spans: tuple[str, ...] = ()
    chain: str = ""  # the seat's chain, and the recording's place in it, from 1
    chain_place: int | None = None
    seal_hash: str = ""
    # the vault
    vaulted_at: datetime | None = None
    # what was heard
    caller_first_ms: int | None = None  # their first word
    agent_first_ms: int | None = None
    caller_talk_ms: int | None = None
    agent_talk_ms: int | None = None
    both_talk_ms: int | None = None
    longest_silence_ms: int | None = None  # both silent, not on hold
    long_silences: tuple[str, ...] = ()  # "12.340 11.2": where and how long, in seconds, those over ten seconds
    hold_count: int | None = None
    hold_ms: int | None = None
    paused_ms: int | None = None  # recording paused for sensitive data
    caller_silent: bool | None = None  # throughout
    agent_silent: bool | None = None
    # its fate
    legal_hold: bool = False
    legal_hold_by: str = ""
    legal_hold_why: str = ""
    deleted_at: datetime | None = None
    deleted_by: str = ""
    deleted_why: str = ""
