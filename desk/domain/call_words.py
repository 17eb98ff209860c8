"""The index of calls, as words: `words_of` makes the words that a call is filed under, `bound` the condition on words
that every call that fits a query meets. Both stand here, so that they cannot drift apart; `desk.domain.call_fits`
decides in the end, so the condition may let through too much, and never too little.

A number (length, hold, silence, score, MOS) is filed under every step of its ladder that it reaches: any threshold is
one word. A length is filed under its second besides, for spans shorter than a step. Names and texts are filed under
each character and each pair of neighbours, numbers under each three digits. Keys of which there are millions (a
number, a person, a home) are filed under two of 256 words each, by their MD5: a bound for the few that have thousands
of calls; the others have indexes of their own.

PostgreSQL makes the same words in SQL (central schema, steps 0004 and 0015). Pure, any thread; some 60 us a call."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import md5
from typing import TypeAlias

from desk.domain.call_fits import SearchedCall, fold_text, length_s, recorded, text_of
from desk.domain.call_log import CallEntry, Outcome, RecordingEntry
from desk.domain.call_search import CallQuery, Recorded, Whose
from desk.domain.diagnosis import Diagnosis
from desk.domain.party import Direction
from desk.domain.tickets import Ticket

LENGTHS_S = (
    *(0, 5, 10, 15, 20, 30, 40, 50, 60, 75, 90, 105, 120, 135, 150, 180, 210, 240, 270, 300, 330, 360, 420, 480, 540),
    *(600, 720, 900, 1080, 1200, 1500, 1800, 2400, 3000, 3600, 5400, 7200),
)
# Finer where calls are few: it costs little there, and a step too far back is more calls to look at than fit.
HOLDS_S = (
    *(1, 5, 10, 15, 20, 30, 45, 60, 75, 90, 105, 120, 150, 180, 200, 220, 240, 270, 300, 330, 360, 400, 420, 450, 480),
    *(540, 600, 720, 900, 1200, 1800),
)
SILENCES_S = (1, 2, 3, 5, 8, 10, 12, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 75, 90, 105, 120, 150, 180, 240, 300)
SCORES = tuple(range(1, 101))  # every point, because few calls are scored
MOS_X100 = tuple(range(100, 460, 10))
SECONDS = 1800  # longer calls are filed under no second of theirs: they are few
_SPAN_S = 24  # as many words at most, for a span of lengths
DIGITS = 3  # of a number, filed together
_BEGINNINGS = (4, 6, 8)  # of a ticket's number: its year, month and day
WORD_LIMIT = 64  # characters; longer names and codes are filed under their beginning


@dataclass(frozen=True, slots=True)
class Has:
    word: str


@dataclass(frozen=True, slots=True)
class Lacks:
    """Only of `STATE_WORDS`: the others are not taken away when a call changes."""

    word: str


@dataclass(frozen=True, slots=True)
class Every:
    """All of these; every call where there are none."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Some:
    """One of these; no call where there are none."""

    parts: "tuple[Node, ...]"


Node: TypeAlias = Has | Lacks | Every | Some


def _state_words() -> Iterator[str]:
    yield from (f"d:{direction.value}" for direction in Direction)
    yield from (f"o:{outcome.value}" for outcome in Outcome)
    yield from (f"g:{diagnosis.value}" for diagnosis in Diagnosis)
    yield from (f"r:{state.value}" for state in Recorded)
    for letter, ladder in (("l", LENGTHS_S), ("h", HOLDS_S), ("s", SILENCES_S), ("p", SCORES), ("m", MOS_X100)):
        yield from (f"{letter}:{step}" for step in ladder)
    yield from ("scored", "legal")


# What a call is at a time: taken away again when it is so no longer. The words of names, numbers and texts stay (a
# ticket that was rewritten is found by its old words and then does not fit).
STATE_WORDS = tuple(_state_words())

# What an index was made with: one of other words is to be made anew.
WORDING = md5(
    repr((4, LENGTHS_S, SECONDS, HOLDS_S, SILENCES_S, SCORES, MOS_X100, DIGITS, _BEGINNINGS, WORD_LIMIT)).encode(),
    usedforsecurity=False,
).hexdigest()


def words_of(found: SearchedCall) -> frozenset[str]:
    words = {*_of_call(found.call), *_of_recording(found.recording)}
    words.update(f"b:{building_id}"[:WORD_LIMIT] for building_id in found.building_ids)
    for ticket in found.tickets:
        words.update((f"q:{ticket.kind.value}", *_branches(ticket.category), *_numbered(ticket.number)))
        words.update(_pieces_folded("x", text_of(ticket)))
        words.update(_of_somebody(ticket))
    if found.points_x10 is not None:
        words.update(("scored", *_up_to("p", SCORES, found.points_x10 // 10)))
    return frozenset(words)


def _of_call(call: CallEntry) -> Iterator[str]:
    yield from (f"d:{call.direction.value}", f"a:{call.agent}"[:WORD_LIMIT], f"e:{call.seat}"[:WORD_LIMIT])
    if call.outcome is not None:
        yield f"o:{call.outcome.value}"
    if (length := length_s(call)) is not None:
        yield from _up_to("l", LENGTHS_S, length)
        if length < SECONDS:
            yield f"v:{length}"
    if call.mos_worst_x100 is not None:
        yield from _from("m", MOS_X100, call.mos_worst_x100)
    if call.diagnosis is not None:
        yield f"g:{call.diagnosis.value}"
    if call.lookup_key:
        yield from _signature("k", call.lookup_key)
    yield from _of_somebody(call)
    yield from (*_digits_of(call.number), *_digits_of(call.lookup_key), *_pieces("n", call.display_name))


def _of_somebody(given: CallEntry | Ticket) -> Iterator[str]:
    for letter, key in (("u", given.person_id), ("w", given.household_id)):
        if key:
            yield from _signature(letter, key)


def _of_recording(recording: RecordingEntry | None) -> Iterator[str]:
    state = recorded(recording)
    if recording is None or state is None:
        return
    yield f"r:{state.value}"
    yield from _up_to("h", HOLDS_S, _seconds(recording.hold_ms))
    yield from _up_to("s", SILENCES_S, _seconds(recording.longest_silence_ms))
    if recording.legal_hold:
        yield "legal"


def bound(query: CallQuery) -> Every:
    """What the words of every call that fits have in common, but for whose call it is (see `somebody`). The rarest
    first."""
    return Every((*_narrow(query), *_measured(query), *_broad(query)))


def _narrow(query: CallQuery) -> Iterator[Node]:
    if query.ticket_number:
        yield _number_bound(query.ticket_number)
    for word in query.words:
        yield _all_pieces("x", word)
    if query.building_id is not None:
        yield Has(f"b:{query.building_id}"[:WORD_LIMIT])
    if query.agents:
        yield _any(f"a:{agent}"[:WORD_LIMIT] for agent in query.agents)
    if query.categories:
        yield _any(f"c:{code}"[:WORD_LIMIT] for code in query.categories)
    if query.diagnosis is not None:
        yield Has(f"g:{query.diagnosis.value}")


def _broad(query: CallQuery) -> Iterator[Node]:
    if query.legal_hold is not None:
        yield Has("legal") if query.legal_hold else Lacks("legal")
    if query.recorded is not None:
        yield Has(f"r:{query.recorded.value}")
    if query.seat:
        yield Has(f"e:{query.seat}"[:WORD_LIMIT])
    if query.kinds:
        yield _any(f"q:{kind.value}" for kind in query.kinds)
    if query.outcomes:
        yield _any(f"o:{outcome.value}" for outcome in query.outcomes)
    if query.direction is not None:
        yield Has(f"d:{query.direction.value}")


def _measured(query: CallQuery) -> Iterator[Node]:
    if query.scored is not None:
        yield Has("scored") if query.scored else Lacks("scored")
    if query.least_score is not None:
        yield from _reaches("p", SCORES, query.least_score)
    if query.most_score is not None:
        yield Has("scored")
        yield from _stays_below("p", SCORES, query.most_score)
    if query.least_hold_s is not None:
        yield from _reaches("h", HOLDS_S, query.least_hold_s)
    if query.least_silence_s is not None:
        yield from _reaches("s", SILENCES_S, query.least_silence_s)
    if query.most_mos_x100 is not None:
        step = bisect_left(MOS_X100, query.most_mos_x100)
        if step < len(MOS_X100):
            yield Has(f"m:{MOS_X100[step]}")
    yield from _lengths(query.least_length_s, query.most_length_s)


def _lengths(least_s: int | None, most_s: int | None) -> Iterator[Node]:
    if most_s is not None and 0 <= most_s < SECONDS:
        first_s = max(0, least_s or 0)
        if most_s < first_s:
            yield Some(())
            return
        if most_s - first_s < _SPAN_S:
            yield _any(f"v:{second}" for second in range(first_s, most_s + 1))
            return
    if least_s is not None:
        yield from _reaches("l", LENGTHS_S, least_s)
    if most_s is not None:
        yield Has(f"l:{LENGTHS_S[0]}")
        yield from _stays_below("l", LENGTHS_S, most_s)


def somebody(whose: Whose, keyed: bool) -> Some | None:
    """The same for whose call it is, None where the words say nothing. `keyed` False: those who look for keys, people
    and homes do it by other means, and only what is written on the call counts."""
    parts: list[Node] = []
    if keyed:
        keys = (("k", whose.lookup_keys), ("u", whose.person_ids), ("w", whose.household_ids))
        if any("" in some for _letter, some in keys):  # numbers withheld are filed under no word
            return None
        parts += [Every(tuple(map(Has, _signature(letter, key)))) for letter, some in keys for key in some]
    if any(len(digits) < DIGITS for digits in whose.digits):
        return None
    parts += [Every(tuple(map(Has, _digits_of(digits)))) for digits in whose.digits]
    parts += [_all_pieces("n", name) for name in whose.shown_names]
    return Some(tuple(parts))


def _seconds(given_ms: int | None) -> int:
    return -1 if given_ms is None else given_ms // 1000


@lru_cache(maxsize=8192)
def _up_to(letter: str, ladder: tuple[int, ...], value: int) -> tuple[str, ...]:
    return tuple([f"{letter}:{step}" for step in ladder[: bisect_right(ladder, value)]])


@lru_cache(maxsize=1024)
def _from(letter: str, ladder: tuple[int, ...], value: int) -> tuple[str, ...]:
    return tuple([f"{letter}:{step}" for step in ladder[bisect_left(ladder, value) :]])


def _reaches(letter: str, ladder: tuple[int, ...], least: int) -> Iterator[Has]:
    """Nothing where the threshold lies below the ladder: those without a measure are for `fits` to tell."""
    step = bisect_right(ladder, least)
    if step:
        yield Has(f"{letter}:{ladder[step - 1]}")


def _stays_below(letter: str, ladder: tuple[int, ...], most: int) -> Iterator[Lacks]:
    step = bisect_right(ladder, most)
    if step < len(ladder):
        yield Lacks(f"{letter}:{ladder[step]}")


def _any(words: Iterable[str]) -> Node:
    parts = tuple(Has(word) for word in sorted(set(words)))
    return parts[0] if len(parts) == 1 else Some(parts)


@lru_cache(maxsize=65536)
def _signature(letter: str, key: str) -> tuple[str, str]:
    digest = md5(key.encode(errors="replace"), usedforsecurity=False).hexdigest()
    return f"{letter}:{digest[:2]}", f"{letter}2:{digest[2:4]}"


@lru_cache(maxsize=65536)
def _digits_of(number: str) -> tuple[str, ...]:
    """Every three neighbours that are digits."""
    return tuple(
        dict.fromkeys(
            f"#:{number[i : i + DIGITS]}"
            for i in range(len(number) - DIGITS + 1)
            if number[i : i + DIGITS].isdigit() and number[i : i + DIGITS].isascii()
        )
    )


@lru_cache(maxsize=1024)
def _branches(category: str) -> tuple[str, ...]:
    """The leaf and all that it hangs on: "repair.water.leak", "repair.water.", "repair."."""
    ends = [i + 1 for i, char in enumerate(category) if char == "."]
    return tuple(f"c:{category[:end]}"[:WORD_LIMIT] for end in (*ends, len(category)))


@lru_cache(maxsize=65536)
def _numbered(number: str) -> tuple[str, ...]:
    """A ticket's number by its year, month and day, and by its seat."""
    day, _dash, rest = number.partition("-")
    seat, dash, _counter = rest.partition("-")
    beginnings = dict.fromkeys((*(number[:size] for size in _BEGINNINGS), day))
    words = tuple(f"t:{beginning}"[:WORD_LIMIT] for beginning in beginnings)
    return (*words, f"z:{seat}"[:WORD_LIMIT]) if dash else words


def _number_bound(beginning: str) -> Node:
    day, dash, rest = beginning.partition("-")
    seat, second, _counter = rest.partition("-")
    if dash:
        of_day = Has(f"t:{day}"[:WORD_LIMIT])
        return Every((of_day, Has(f"z:{seat}"[:WORD_LIMIT]))) if second else of_day
    for size in reversed(_BEGINNINGS):
        if len(beginning) >= size:
            return Has(f"t:{beginning[:size]}")
    return Every(())


def _all_pieces(letter: str, text: str) -> Node:
    """Pairs say more than characters: these only where there is no pair."""
    pieces = _pieces(letter, text)
    pairs = [piece for piece in pieces if len(piece) == len(letter) + 3]
    return Every(tuple(Has(piece) for piece in (pairs or pieces)))


def _pieces(letter: str, text: str) -> tuple[str, ...]:
    return _pieces_folded(letter, fold_text(text)) if text else ()


@lru_cache(maxsize=16384)
def _pieces_folded(letter: str, text: str) -> tuple[str, ...]:
    """Every character and every pair of neighbours, without what stands between words."""
    pieces: dict[str, None] = {}
    before = ""
    for char in text:
        if char in _BETWEEN:
            before = ""
            continue
        pieces[f"{letter}:{char}"] = None
        if before:
            pieces[f"{letter}:{before}{char}"] = None
        before = char
    return tuple(pieces)


_BETWEEN = frozenset(" \t\n\r\v\f\0")
