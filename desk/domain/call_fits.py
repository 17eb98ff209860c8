"""Whether a call fits what is looked for: the one definition of a search, asked of every call before it is shown. The
index (`desk.domain.call_words`) only says which calls are worth asking. Pure, any thread, some microseconds a call."""

from dataclasses import dataclass
from datetime import timedelta

from desk.domain.call_log import CallEntry, RecordingEntry, RecordingKept
from desk.domain.call_search import CallHit, CallQuery, Recorded, Whose
from desk.domain.identity import BuildingId
from desk.domain.tickets import Ticket

# Letters and digits as they are compared: wide forms narrow, capitals small. A table, because PostgreSQL has to do the
# very same (`translate`) whatever its locale.
WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + chr(0x3000)
NARROW = "".join(chr(code) for code in range(0x21, 0x7F)).lower() + " "
CAPITALS, SMALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
_SECOND = timedelta(seconds=1)
_ANYBODY = Whose()
_FOLDING = str.maketrans(WIDE + CAPITALS, NARROW + SMALL)


@dataclass(frozen=True, slots=True)
class SearchedCall:
    """A call with all that is searched. `tickets`: the one that it points to and those taken from it, newest first.
    `building_ids`: of the call's household, of the tickets and of their households. `points_x10`: of the newest final
    score."""

    call: CallEntry
    recording: RecordingEntry | None = None
    tickets: tuple[Ticket, ...] = ()
    points_x10: int | None = None
    building_ids: frozenset[BuildingId] = frozenset()

    @property
    def hit(self) -> CallHit:
        return CallHit(self.call, self.recording, self.tickets[0] if self.tickets else None, self.points_x10)


def fold_text(text: str) -> str:
    return text.translate(_FOLDING)


def text_of(ticket: Ticket) -> str:
    """What words are looked for in, folded."""
    return fold_text(f"{ticket.description}\n{ticket.place_text}\n{ticket.caller_name}")


def length_s(call: CallEntry) -> int | None:
    """How long they talked, in whole seconds; None where nobody answered, or nobody has hung up yet."""
    if call.answered_at is None or call.ended_at is None:
        return None
    return max(0, (call.ended_at - call.answered_at) // _SECOND)


def recorded(recording: RecordingEntry | None) -> Recorded | None:
    """None: not sealed yet."""
    if recording is None:
        return None
    if recording.deleted_at is not None:
        return Recorded.DELETED
    return Recorded.KEPT if recording.kept is RecordingKept.KEPT else Recorded.MISSING


def fits_call(query: CallQuery, call: CallEntry) -> bool:
    """As far as the call's own entry goes: what fails here needs no look at anything else. Whether it is of a person or
    of a home its tickets may tell, too."""
    length = length_s(call)
    return (
        (query.since is None or call.offered_at >= query.since)
        and (query.until is None or call.offered_at < query.until)
        and (query.direction is None or call.direction is query.direction)
        and (not query.outcomes or call.outcome in query.outcomes)
        and (not query.agents or call.agent in query.agents)
        and (not query.seat or call.seat == query.seat)
        and (query.least_length_s is None or (length is not None and length >= query.least_length_s))
        and (query.most_length_s is None or (length is not None and length <= query.most_length_s))
        and (
            query.most_mos_x100 is None
            or (call.mos_worst_x100 is not None and call.mos_worst_x100 <= query.most_mos_x100)
        )
        and (query.diagnosis is None or call.diagnosis is query.diagnosis)
        and all(whose.person_ids or whose.household_ids or _is_of(whose, call) for whose in query.whose)
    )


def fits(query: CallQuery, found: SearchedCall) -> bool:
    """Whether everything that is asked for is there. Quality is that of the call's worst moment."""
    recording, points = found.recording, found.points_x10
    return (
        fits_call(query, found.call)
        and all(_is_of(whose, found.call, found.tickets) for whose in query.whose)
        and (query.building_id is None or query.building_id in found.building_ids)
        and _fit_tickets(query, found.tickets)
        and (query.least_hold_s is None or _at_least(recording.hold_ms if recording else None, query.least_hold_s))
        and (
            query.least_silence_s is None
            or _at_least(recording.longest_silence_ms if recording else None, query.least_silence_s)
        )
        and (query.least_score is None or (points is not None and points // 10 >= query.least_score))
        and (query.most_score is None or (points is not None and points // 10 <= query.most_score))
        and (query.scored is None or (points is not None) is query.scored)
        and (query.recorded is None or recorded(recording) is query.recorded)
        and (query.legal_hold is None or (recording is not None and recording.legal_hold) is query.legal_hold)
    )


def in_category(code: str, wanted: str) -> bool:
    """Whether this leaf is the one that is wanted, or hangs below it ("repair.")."""
    return code.startswith(wanted) if wanted.endswith(".") else code == wanted


def _at_least(given_ms: int | None, seconds: int) -> bool:
    return given_ms is not None and given_ms // 1000 >= seconds


def _is_of(whose: Whose, call: CallEntry, tickets: tuple[Ticket, ...] = ()) -> bool:
    return whose == _ANYBODY or (
        call.lookup_key in whose.lookup_keys
        or _names(whose, call)
        or any(_names(whose, ticket) for ticket in tickets)
        or any(digits in call.number or digits in call.lookup_key for digits in whose.digits)
        or any(fold_text(name) in fold_text(call.display_name) for name in whose.shown_names)
    )


def _names(whose: Whose, given: CallEntry | Ticket) -> bool:
    return given.person_id in whose.person_ids or given.household_id in whose.household_ids


def _fit_tickets(query: CallQuery, tickets: tuple[Ticket, ...]) -> bool:
    texts = [text_of(ticket) for ticket in tickets] if query.words else []
    return (
        (not query.ticket_number or any(ticket.number.startswith(query.ticket_number) for ticket in tickets))
        and (not query.kinds or any(ticket.kind in query.kinds for ticket in tickets))
        and (
            not query.categories
            or any(in_category(ticket.category, wanted) for ticket in tickets for wanted in query.categories)
        )
        and all(any(fold_text(word) in text for text in texts) for word in query.words)
    )
