"""A small estate for the use cases, over the store in memory and over the real one: what holds for one holds for
both."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from desk.domain.changes import FieldValue
from desk.domain.identity import HouseholdId, PersonId
from desk.domain.numbers import lookup_key
from desk.domain.times import to_text
from desk.secrets import FakeSecrets
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.drafts import SqlDrafts
from desk.store.notices import SqlNotices
from desk.store.recording_changes import SqlRecordingChanges
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.usecases.estate_map import EstateMap
from desk.usecases.fakes import FakeStore
from desk.usecases.ports import CallLog, ChangeAuthor, ChangeLog, Drafts, Notices, Residents, Tickets
from desk.usecases.recording_ports import RecordingChanges

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # a Monday, 09:30 in China
AREA_CODE = "0755"


@dataclass
class World:
    """The ports, and ways to write into them what a test needs. `now` may be set."""

    log: ChangeLog
    residents: Residents
    tickets: Tickets
    calls: CallLog
    notices: Notices
    drafts: Drafts
    recordings: RecordingChanges
    now: datetime = NOW
    store: Store | None = None  # the real one, None where all is in memory

    def __post_init__(self) -> None:
        self._ids = count(1)
        self.author: ChangeAuthor = SeatAuthor("S01", lambda: "1001", self.clock, self.new_id, self.log.base_seq)
        self.map = EstateMap(self.residents)

    def clock(self) -> datetime:
        return self.now

    def new_id(self) -> str:
        number = next(self._ids)
        return f"01900000-0000-7000-8000-{number:012x}"

    def put(self, entity: str, entity_id: str, **fields: Any) -> str:
        """Write an entity, fields as in its dataclass."""
        self.log.append([self.author.change(entity, entity_id, fields)])
        return entity_id

    def home(self, building: str, unit: str, room: str) -> HouseholdId:
        return HouseholdId(f"h{building}-{unit}-{room}")

    def person(self, name: str, *homes: tuple[str, str], numbers: tuple[str, ...] = ()) -> PersonId:
        """Somebody with (household, role)s and numbers as written."""
        person_id = self.put("person", self.new_id(), name=name, tags=[], notes="")
        for household, role in homes:
            patch: dict[str, FieldValue] = {"household_id": household, "person_id": person_id}
            self.put("membership", self.new_id(), **patch, role=role, ended=False)
        for raw in numbers:
            self.number(raw, person_id=person_id)
        return PersonId(person_id)

    def number(self, raw: str, person_id: str | None = None, household_id: str | None = None) -> str:
        key = lookup_key(raw, AREA_CODE)
        patch: dict[str, FieldValue] = {"raw": raw, "lookup_key": key, "person_id": person_id}
        return self.put("number", self.new_id(), **patch, household_id=household_id, label="", ended=False)

    def ticket(
        self, household: str | None, category: str = "repair.water.tap", ago_h: float = 24, **fields: Any
    ) -> str:
        at = self.now - timedelta(hours=ago_h)
        ticket_id = self.new_id()
        patch: dict[str, Any] = {
            "number": f"{at:%Y%m%d}-S09-{int(ticket_id[-6:], 16)}",
            "kind": category.partition(".")[0],
            "category": category,
            "priority": "normal",
            "stage": "registered",
            "description": "",
            "registered_at": to_text(at),
            "registered_by": "1002",
            "seat": "S09",
            "household_id": household,
            "building_id": f"b{household[1:].partition('-')[0]}" if household else None,
        }
        return self.put("ticket", ticket_id, **(patch | fields))

    def call(self, raw: str, ago_h: float = 48, **fields: Any) -> str:
        at = self.now - timedelta(hours=ago_h)
        patch: dict[str, Any] = {
            "line": "hotline",
            "direction": "incoming",
            "number": raw,
            "lookup_key": lookup_key(raw, AREA_CODE),
            "display_name": "",
            "diversion": "",
            "offered_at": to_text(at),
            "seat": "S01",
            "agent": "1001",
            "outcome": "answered",
        }
        return self.put("call", self.new_id(), **(patch | fields))

    def notice(self, title: str, buildings: tuple[str, ...] = (), start_h: float = -1, until_h: float = 5) -> str:
        times = (to_text(self.now + timedelta(hours=hours)) for hours in (start_h, until_h))
        start, until = times
        patch: dict[str, Any] = {"estate_id": "e1", "title": title, "text": "", "start": start, "until": until}
        return self.put("notice", self.new_id(), **patch, building_ids=list(buildings))


@pytest.fixture(params=["in memory", "in the seat store"])
def empty_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "in memory":
        fake = FakeStore()
        yield World(fake, fake, fake.tickets, fake.calls, fake.notices, fake, fake)
        return
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    yield World(
        SqlChangeLog(store),
        SqlResidents(store),
        SqlTickets(store),
        SqlCallLog(store),
        SqlNotices(store),
        SqlDrafts(store),
        SqlRecordingChanges(store),
        store=store,
    )
    store.close()


@pytest.fixture
def world(empty_world: World) -> World:
    """Estate e1: phase 一期 with buildings 5 and 12 (two units, rooms 101-203), phase 二期 with A座; public areas; the
    area assistant 陈晓燕 of building 5."""
    world = empty_world
    world.put("staff", "s1", number="2001", name="陈晓燕", duty="area_assistant", phone="", active=True)
    world.put("estate", "e1", name="文德花园")
    buildings = (("5", "5栋", "一期"), ("12", "12栋", "一期"), ("A", "A座", "二期"))
    changes = []
    for code, name, phase in buildings:
        patch: dict[str, FieldValue] = {"estate_id": "e1", "code": code, "name": name, "phase": phase, "area": "一区"}
        assistant = "s1" if code == "5" else None
        changes.append(world.author.change("building", f"b{code}", {**patch, "area_assistant_id": assistant}))
        for area in ("大堂", "1单元电梯", "天台"):
            patch = {"estate_id": "e1", "name": area, "building_id": f"b{code}"}
            changes.append(world.author.change("public_area", f"a{code}{area}", patch))
        for unit, room in (("1", "101"), ("1", "203"), ("2", "101"), ("2", "203")):
            place: dict[str, FieldValue] = {
                "unit": unit,
                "room": room,
                "place_code": f"{code}-{unit}-{room}",
                "tags": [],
                "notes": "",
            }
            patch = {"estate_id": "e1", "building_id": f"b{code}", **place}
            changes.append(world.author.change("household", world.home(code, unit, room), patch))
    for area in ("地下车库", "儿童乐园", "东门岗亭"):
        patch = {"estate_id": "e1", "name": area, "building_id": None}
        changes.append(world.author.change("public_area", f"a{area}", patch))
    world.log.append(changes)
    return world
