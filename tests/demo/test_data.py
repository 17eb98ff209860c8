"""The sample estate: deterministic, whole, and with the resident whom the demo knows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.demo.data import fill, generate
from desk.demo.history import MATTERS
from desk.demo.known import AGENT, KNOWN, SMALLEST
from desk.demo.names import estate_name
from desk.demo.sample_numbers import AREA_CODE
from desk.domain import estate
from desk.domain.call_log import CallEntry
from desk.domain.changes import Change
from desk.domain.notices import Notice
from desk.domain.numbers import lookup_key
from desk.domain.party import Party
from desk.domain.tasks import Task
from desk.domain.tickets import Ticket
from desk.domain.times import from_text
from desk.secrets import FakeSecrets
from desk.store.calls import SqlCallLog
from desk.store.change_log import SqlChangeLog
from desk.store.notices import SqlNotices
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.texts import ShippedTexts
from desk.usecases.estate_map import EstateMap
from desk.usecases.find_place import PlaceFinder
from desk.usecases.same_fault import SameFaults
from desk.usecases.screen_pop import ScreenPop

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
CLASSES: dict[str, type[Any]] = {
    "estate": estate.Estate,
    "building": estate.Building,
    "household": estate.Household,
    "public_area": estate.PublicArea,
    "person": estate.Person,
    "membership": estate.Membership,
    "number": estate.NumberEntry,
    "sensitive_tag": estate.SensitiveTag,
    "staff": estate.Staff,
    "notice": Notice,
    "ticket": Ticket,
    "call": CallEntry,
    "task": Task,
}


@pytest.fixture(scope="module")
def reference() -> list[Change]:
    return list(generate(2200, 1, NOW))


def of(changes: Iterable[Change], entity: str) -> list[Change]:
    return [c for c in changes if c.entity == entity]


def test_the_same_seed_makes_the_same_estate_and_another_seed_another() -> None:
    assert list(generate(60, 7, NOW)) == list(generate(60, 7, NOW))
    one, two = ({c.change_id for c in generate(60, seed, NOW)} for seed in (7, 8))
    assert not one & two


def test_ids_are_version_seven_and_all_different(reference: list[Change]) -> None:
    ids = [c.change_id for c in reference]
    assert len(set(ids)) == len(ids)
    assert all(len(i) == 36 and i[14] == "7" and i[19] == "8" for i in ids)
    entities = {(c.entity, c.entity_id) for c in reference if c.entity != "recording"}
    assert len({entity_id for _, entity_id in entities}) == len(entities)


def test_every_first_patch_has_what_its_dataclass_needs_and_nothing_else(reference: list[Change]) -> None:
    seen: set[tuple[str, str]] = set()
    for change in reference:
        if (change.entity, change.entity_id) in seen or change.entity == "recording":
            continue  # a later change of the same ticket carries only what changed
        seen.add((change.entity, change.entity_id))
        present = fields(CLASSES[change.entity])[1:]
        assert {f.name for f in present if f.default is MISSING} <= set(change.patch), change.entity
        assert set(change.patch) <= {f.name for f in present}, change.entity


def test_the_estate_has_the_size_that_was_asked_for(reference: list[Change]) -> None:
    count = Counter(c.entity for c in reference)
    assert count["household"] == 2200
    assert count["building"] == 20
    assert 1.9 < count["person"] / 2200 < 2.5
    places = [c.patch["place_code"] for c in of(reference, "household")]
    assert len(set(places)) == 2200


@pytest.mark.parametrize("households", [SMALLEST, 100, 2201, 5000])
def test_any_size_is_kept_exactly(households: int) -> None:
    assert sum(1 for c in generate(households, 1, NOW) if c.entity == "household") == households


def test_fewer_than_the_smallest_is_refused() -> None:
    with pytest.raises(ValueError, match=str(SMALLEST)):
        next(generate(SMALLEST - 1, 1, NOW))


def test_every_number_is_filed_under_the_key_of_its_writing(reference: list[Change]) -> None:
    for change in of(reference, "number"):
        raw = str(change.patch["raw"])
        assert lookup_key(raw, AREA_CODE) == change.patch["lookup_key"], raw
    for change in of(reference, "call"):
        assert lookup_key(str(change.patch["number"]), AREA_CODE) == change.patch["lookup_key"]


def test_numbers_come_in_every_shape_and_are_shared(reference: list[Change]) -> None:
    raws = [str(c.patch["raw"]) for c in of(reference, "number")]
    for start in ("0755-", "+86", "0086", "86", "(+86)", "01", "１"):
        assert any(raw.startswith(start) for raw in raws), start
    assert any("转" in raw for raw in raws)
    homes_of = Counter(c.patch["lookup_key"] for c in of(reference, "number") if c.patch["household_id"])
    assert homes_of.most_common(1)[0][1] > 3
    owners = Counter(c.patch["person_id"] for c in of(reference, "membership") if c.patch["role"] == "owner")
    assert owners.most_common(1)[0][1] > 1


def test_people_carry_tags_and_names_that_old_systems_cannot_write(reference: list[Change]) -> None:
    tags = {tag for c in of(reference, "person") for tag in c.patch["tags"]}  # type: ignore[union-attr]
    assert tags == {"vip", "elderly_alone", "sensitive"}
    assert {c.patch["tag"] for c in of(reference, "sensitive_tag")} == {"litigation"}
    names = "".join(str(c.patch["name"]) for c in of(reference, "person"))
    assert any(ord(character) > 0xFFFF for character in names)


def test_the_past_lies_in_the_past_and_some_of_it_is_open(reference: list[Change]) -> None:
    tickets = [c for c in of(reference, "ticket") if "number" in c.patch]
    assert len({c.patch["number"] for c in tickets}) == len(tickets) > 1000
    assert all(NOW - timedelta(days=91) < from_text(str(c.patch["registered_at"])) < NOW for c in tickets)
    stage = {c.entity_id: c.patch["stage"] for c in of(reference, "ticket")}
    still_open = sum(1 for s in stage.values() if s != "closed")
    assert 0.05 < still_open / len(stage) < 0.5


def test_every_matter_of_the_past_is_in_the_shipped_tree() -> None:
    tree = ShippedTexts().categories()
    assert all(tree.get(m.category) for m in MATTERS)
    assert tree.get(KNOWN.open_category)
    assert tree.get(KNOWN.neighbour_category)


def test_estates_have_names_of_their_own() -> None:
    names = [estate_name(index) for index in range(900)]
    assert len(set(names)) == len(names)
    assert names[0] == KNOWN.estate


@pytest.mark.parametrize("households", [SMALLEST, 300])
def test_the_known_resident_pops_with_an_open_ticket_and_a_notice(tmp_path: Path, households: int) -> None:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    told: list[str] = []
    written = fill(SqlChangeLog(store).append_bulk, households, 1, NOW, told.append, tmp_path / "seat.db")
    assert told[-1].startswith("100 %")
    residents, tickets = SqlResidents(store), SqlTickets(store)
    estate_map = EstateMap(residents)
    pop = ScreenPop(residents, tickets, SqlCallLog(store), SqlNotices(store), lambda: NOW, AREA_CODE, estate_map)
    profile = pop.profile(Party(KNOWN.number_signalled))
    assert [c.person.name for c in profile.candidates if c.person] == [KNOWN.name]
    card = profile.card
    assert card
    assert card.candidate.person
    assert card.candidate.household
    assert (card.candidate.person.tags, card.candidate.household.place_code) == ((KNOWN.tag,), KNOWN.place_code)
    assert [(t.category, t.description) for t in card.open_tickets] == [(KNOWN.open_category, KNOWN.open_description)]
    assert [n.title for n in card.notices] == [KNOWN.notice_title]
    assert card.assistant
    assert card.assistant.name == KNOWN.assistant
    assert len(card.past_tickets) >= 2
    assert {c.agent for c in card.past_calls} == {AGENT}
    hit = PlaceFinder(residents, estate_map).find("wd5d")[0]
    assert hit.shown == "一期5栋"
    home = PlaceFinder(residents, estate_map).find(KNOWN.place_code)[0]
    assert home.shown == KNOWN.place_text
    log = SqlChangeLog(store)
    same = SameFaults(tickets, residents, ShippedTexts().categories()).find(home.place, KNOWN.neighbour_category)
    assert KNOWN.neighbour_description in [one.ticket.description for one in same]
    again = fill(log.append_bulk, households, 1, NOW, told.append, tmp_path / "seat.db")
    assert again == written
    assert len(tickets.recent(10_000)) == len({t.ticket_id for t in tickets.recent(10_000)})
    store.close()


def test_open_work_of_the_sample_has_an_owner_and_a_clock_and_what_was_sent_has_a_task(reference: list[Change]) -> None:
    rows: dict[str, dict[str, Any]] = {}
    for change in of(reference, "ticket"):
        rows.setdefault(change.entity_id, {}).update(change.patch)
    still = {ticket_id: row for ticket_id, row in rows.items() if row["stage"] != "closed"}
    assert {row["stage"] for row in still.values()} >= {"registered", "dispatched", "accepted", "in_progress", "done"}
    assert all(row["owner"] and row["next_clock"] and row["next_due_at"] for row in still.values())
    with_task = {change.patch["ticket_id"] for change in of(reference, "task")}
    assert with_task == {ticket_id for ticket_id, row in still.items() if row["stage"] != "registered"}
    assert all(row["next_due_at"] is None for row in rows.values() if row["stage"] == "closed")
