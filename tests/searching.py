"""Calls with everything that is searched, and queries, drawn at random from few enough values that they meet: for the
tests that hold the index, the two databases and the definition of a search together."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.call_search import CallQuery, Recorded, Whose
from desk.domain.changes import Change
from desk.domain.diagnosis import Diagnosis
from desk.domain.identity import BuildingId, CallId, HouseholdId, PersonId, TicketId
from desk.domain.party import Direction
from desk.domain.patches import patch_of
from desk.domain.scores import Score, ScoreState
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from tests.making import at, call, change, ticket

NUMBERS = ("13800138000", "075587654321", "8765 4321", "1001", "anonymous", "+8613800138000", "")
KEYS = ("+8613800138000", "+8675587654321", "1001", "anonymous", "")
NAMES = ("", "王小明", "Wang XM", "ＷＡＮＧ", "明 王")
TEXTS = ("厨房漏水", "电梯坏了,5-2-203", "漏 水", "ABC abc", "水", "")
HOMES = tuple(HouseholdId(f"h{number}") for number in range(3))
BUILDINGS = (BuildingId("b0"), BuildingId("b1"))
CATEGORIES = ("repair.water.leak", "repair.water", "repair.lift.stuck", "inquiry.fee")
AGENTS = ("1001", "1002", "")
SEATS = ("S01", "S02")


@dataclass(frozen=True)
class Scene:
    """The rows of one store."""

    calls: tuple[CallEntry, ...]
    recordings: tuple[RecordingEntry, ...]
    tickets: tuple[Ticket, ...]
    scores: tuple[Score, ...]

    def changes(self) -> list[Change]:
        made = [change("household", home, home_patch(index)) for index, home in enumerate(HOMES)]
        for entity, rows in (
            ("call", self.calls),
            ("recording", self.recordings),
            ("ticket", self.tickets),
            ("score", self.scores),
        ):
            for row in rows:
                name = fields(row)[0].name
                made.append(change(entity, getattr(row, name), patch_of(row)))
        return made


def home_patch(index: int) -> dict[str, Any]:
    return {
        "estate_id": "e",
        "building_id": BUILDINGS[index % 2],
        "unit": "1",
        "room": "101",
        "place_code": f"{index}-1-101",
        "tags": [],
        "notes": "",
    }


@st.composite
def _call(draw: st.DrawFn, index: int) -> CallEntry:
    offered = at(draw(st.integers(0, 3000)) / 60)
    answered = draw(st.none() | st.just(offered + timedelta(seconds=draw(st.integers(0, 20)))))
    length = timedelta(milliseconds=draw(st.integers(0, 12) | st.integers(0, 900)) * 1000 - draw(st.integers(0, 1)))
    return CallEntry(
        CallId(f"c{index}"),
        "热线",
        draw(st.sampled_from(Direction)),
        draw(st.sampled_from(NUMBERS)),
        draw(st.sampled_from(KEYS)),
        draw(st.sampled_from(NAMES)),
        "",
        offered,
        draw(st.sampled_from(SEATS)),
        draw(st.sampled_from(AGENTS)),
        draw(st.none() | st.sampled_from(Outcome)),
        answered,
        draw(st.none() | st.just((answered or offered) + length)),
        person_id=draw(st.sampled_from((None, PersonId("p1"), PersonId("p2")))),
        household_id=draw(st.sampled_from((None, *HOMES))),
        ticket_id=draw(st.sampled_from((None, TicketId("t0"), TicketId("t1")))),
        mos_worst_x100=draw(st.none() | st.integers(100, 450)),
        diagnosis=draw(st.none() | st.sampled_from(Diagnosis)),
    )


@st.composite
def _recording(draw: st.DrawFn, index: int) -> RecordingEntry:
    held = draw(st.booleans())
    return RecordingEntry(
        CallId(f"c{index}"),
        draw(st.sampled_from(RecordingKept)),
        hold_ms=draw(st.none() | st.integers(0, 130_000)),
        longest_silence_ms=draw(st.none() | st.integers(0, 60_000)),
        legal_hold=held,
        deleted_at=draw(st.none() | st.just(at(9999))),
    )


@st.composite
def _ticket(draw: st.DrawFn, index: int) -> Ticket:
    return Ticket(
        TicketId(f"t{index}"),
        draw(st.sampled_from(("20261121-S01-001", "20261121-S02-012", "20261122-S01-001", "odd"))),
        draw(st.sampled_from(Kind)),
        draw(st.sampled_from(CATEGORIES)),
        Priority.NORMAL,
        Stage.REGISTERED,
        draw(st.sampled_from(TEXTS)),
        at(draw(st.integers(0, 5))),
        "1001",
        "S01",
        place_text=draw(st.sampled_from(TEXTS)),
        household_id=draw(st.sampled_from((None, *HOMES))),
        person_id=draw(st.sampled_from((None, PersonId("p1"), PersonId("p2")))),
        building_id=draw(st.sampled_from((None, *BUILDINGS))),
        caller_name=draw(st.sampled_from(NAMES)),
        call_id=draw(st.sampled_from((None, CallId("c0"), CallId("c1")))),
    )


@st.composite
def _score(draw: st.DrawFn, index: int) -> Score:
    return Score(
        f"s{index}",
        CallId(f"c{draw(st.integers(0, 3))}"),
        "1001",
        "standard",
        "1",
        "2001",
        at(draw(st.integers(0, 5))),
        draw(st.sampled_from(ScoreState)),
        draw(st.none() | st.integers(0, 1000)),
    )


@st.composite
def scenes(draw: st.DrawFn, most: int = 6) -> Scene:
    count = draw(st.integers(1, most))
    recorded = [index for index in range(count) if draw(st.booleans())]
    return Scene(
        tuple(draw(_call(index)) for index in range(count)),
        tuple(draw(_recording(index)) for index in recorded),
        tuple(draw(_ticket(index)) for index in range(draw(st.integers(0, 3)))),
        tuple(draw(_score(index)) for index in range(draw(st.integers(0, 3)))),
    )


@st.composite
def _whose(draw: st.DrawFn) -> Whose:
    asked = draw(st.lists(st.sampled_from(sorted(_OF_SOMEBODY)), max_size=3, unique=True))
    return Whose(**{name: draw(_some(_OF_SOMEBODY[name])) for name in asked})


def _some(values: Sequence[str]) -> st.SearchStrategy[Any]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)


_OF_SOMEBODY: dict[str, Sequence[str]] = {
    "lookup_keys": KEYS,
    "person_ids": (PersonId("p1"), PersonId("p2")),
    "household_ids": HOMES,
    "digits": ("138", "0138", "8765", "43", "1", "87654321", "13800138000", "999"),
    "shown_names": ("王", "小明", "wang", "明 王", "xm", " ", "ＷＡ"),
}
assert set(_OF_SOMEBODY) == {field.name for field in fields(Whose)}
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "since": st.integers(-10, 3000).map(lambda second: at(second / 60)),
    "until": st.integers(0, 3100).map(lambda second: at(second / 60)),
    "direction": st.sampled_from(Direction),
    "outcomes": st.frozensets(st.sampled_from(Outcome), min_size=1, max_size=3),
    "agents": st.lists(st.sampled_from(AGENTS), min_size=1, max_size=2).map(tuple),
    "seat": st.sampled_from(SEATS),
    "whose": st.lists(_whose(), min_size=1, max_size=3).map(tuple),
    "building_id": st.sampled_from(BUILDINGS),
    "ticket_number": st.sampled_from(
        ("2", "2026", "202611", "2026112", "20261121", "20261121-", "20261121-S0", "20261121-S01-0", "odd", "o")
    ),
    "kinds": st.frozensets(st.sampled_from(Kind), min_size=1, max_size=3),
    "categories": st.lists(
        st.sampled_from((*CATEGORIES, "repair.", "repair.water.", "repair")), min_size=1, max_size=2
    ).map(tuple),
    "words": st.lists(st.sampled_from(("水", "漏水", "Ａbc", "电梯坏", "c a", "203", "猫", "")), max_size=2).map(tuple),
    "least_length_s": st.integers(-1, 20) | st.integers(0, 900),
    "most_length_s": st.integers(-1, 20) | st.integers(0, 900),
    "least_hold_s": st.integers(0, 130),
    "least_silence_s": st.integers(0, 60),
    "least_score": st.integers(0, 100),
    "most_score": st.integers(0, 100),
    "scored": st.booleans(),
    "most_mos_x100": st.integers(90, 460),
    "diagnosis": st.sampled_from(Diagnosis),
    "recorded": st.sampled_from(Recorded),
    "legal_hold": st.booleans(),
}
assert set(_VALUES) == {field.name for field in fields(CallQuery)}


@st.composite
def queries(draw: st.DrawFn, most: int = 4) -> CallQuery:
    asked = draw(st.lists(st.sampled_from(sorted(_VALUES)), max_size=most, unique=True))
    return CallQuery(**{name: draw(_VALUES[name]) for name in asked})


_FAMILY, _ROOM = "+8613800138000", HOMES[0]
TOLD_APART = (
    call("c1", 1, number="13800138000", lookup_key=_FAMILY, person_id="p1", household_id=_ROOM),
    call("c2", 2, number="13800138000", lookup_key=_FAMILY, person_id="p2", household_id=HOMES[1]),
    call("c3", 3, number="075587654321", lookup_key="+8675587654321", person_id="p1", household_id=HOMES[1]),
    call("c4", 4, number="1001", lookup_key="1001", display_name="王小明", household_id=_ROOM),
    # About a neighbour's home and, put right since, for somebody else; and one that joined it.
    ticket("of3", call_id="c3", person_id="p3", household_id=HOMES[2], description="电梯"),
    change("call", "c4", {"ticket_id": "of3"}),
)
_NUMBER, _PERSON = Whose(lookup_keys=(_FAMILY,)), Whose(person_ids=(PersonId("p1"),), shown_names=("王小明",))
_HOME, _DIGITS = Whose(household_ids=(_ROOM,)), Whose(digits=("1380",))
# Who is asked for among `TOLD_APART`, and what is found: readings of one word are alternatives, words are not.
WHOSE: tuple[tuple[tuple[Whose, ...], list[str]], ...] = (
    ((_NUMBER,), ["c2", "c1"]),
    ((_PERSON,), ["c4", "c3", "c1"]),
    ((_HOME,), ["c4", "c1"]),
    ((_NUMBER, _PERSON), ["c1"]),
    ((_PERSON, _NUMBER), ["c1"]),
    ((_PERSON, _HOME), ["c4", "c1"]),
    ((_NUMBER, _HOME), ["c1"]),
    ((_DIGITS, _HOME), ["c1"]),
    ((_DIGITS, _PERSON), ["c1"]),
    ((_DIGITS, Whose(digits=("8000",))), ["c2", "c1"]),
    ((_DIGITS, Whose(digits=("4321",))), []),
    ((_NUMBER, _PERSON, Whose(household_ids=(HOMES[1],))), []),
    ((_NUMBER | _HOME, _PERSON), ["c4", "c1"]),
    ((Whose(), _HOME), ["c4", "c1"]),
    ((Whose(household_ids=(HOMES[2],)),), ["c4", "c3"]),
    ((Whose(person_ids=(PersonId("p3"),)),), ["c4", "c3"]),
    ((Whose(person_ids=(PersonId("p3"),)), _PERSON), ["c4", "c3"]),
    ((Whose(household_ids=(HOMES[2],)), _HOME), ["c4"]),
    ((Whose(digits=("8765",)), Whose(household_ids=(HOMES[2],))), ["c3"]),
)
