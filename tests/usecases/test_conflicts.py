"""Reading conflicts, watching what others change, looking after refused changes: over the store in memory and over the
real one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desk.compose.refused_export import exporter
from desk.domain.changes import Change, Patch
from desk.domain.identity import ChangeId
from desk.domain.set_aside import SetAside
from desk.domain.times import to_text
from desk.recording.sealing import age
from desk.secrets import FakeSecrets
from desk.settings import RecordingSettings, SeatSettings, Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.conflicts import SqlConflicts
from desk.store.history import SqlHistories
from desk.store.outbox import Ordered, SqlOutbox
from desk.store.residents import SqlResidents
from desk.store.set_asides import SqlSetAsides
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.usecases.conflict_ports import Conflicts, SetAsides
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.fakes_conflicts import FakeConflicts, FakeSetAsides
from desk.usecases.fakes_history import FakeHistories
from desk.usecases.look_after_refused import LookAfterRefused, NoReason, as_plain
from desk.usecases.ports import ChangeAuthor, ChangeLog
from desk.usecases.read_conflicts import ReadConflicts
from desk.usecases.recording_ports import Histories
from desk.usecases.settle_conflict import SettleConflict, SettleStages
from desk.usecases.watch_things import WatchThings
from tests.making import START, change_id, new_id
from tests.making import change as made


class Here:
    """Seat S01 with its ports, and what comes from the centre."""

    log: ChangeLog
    conflicts: Conflicts
    histories: Histories
    reading: ReadConflicts
    author: ChangeAuthor
    machine: ChangeAuthor

    def __init__(self, pull: Callable[[list[Change]], None]) -> None:
        self._pull, self._seq = pull, 0

    def pulled(self, patch: Patch, who: str, base: int, entity: str = "ticket", entity_id: str = "t1") -> Change:
        """A change of another seat; it has the next place in the centre's order."""
        self._seq += 1
        change = replace(
            made(entity, entity_id, patch, self._seq, self._seq), author=who, seat=f"S{who}", base_seq=base
        )
        self._pull([change])
        return change


@pytest.fixture(params=["in memory", "in the seat store"])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Here]:
    if request.param == "in memory":
        fake = FakeStore()
        here = Here(fake.append)
        here.log, here.conflicts, here.histories = fake, FakeConflicts(fake), FakeHistories(fake)
        here.author = FakeAuthor("1001", "S01", lambda: START, new_id, fake.base_seq)
        here.machine = FakeAuthor("S01", "S01", lambda: START, new_id, fake.base_seq)
        here.reading = ReadConflicts(here.conflicts, here.histories, fake, fake.tickets)
        yield begun(here)
        return
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    outbox, log = SqlOutbox(store), SqlChangeLog(store)
    here = Here(lambda ones: store_away(outbox, ones))
    here.log, here.conflicts, here.histories = log, SqlConflicts(store), SqlHistories(store)
    here.author = SeatAuthor("S01", lambda: "1001", lambda: START, new_id, log.base_seq)
    here.machine = SeatAuthor("S01", lambda: "S01", lambda: START, new_id, log.base_seq)
    here.reading = ReadConflicts(here.conflicts, here.histories, SqlResidents(store), SqlTickets(store))
    yield begun(here)
    store.close()


def store_away(outbox: SqlOutbox, changes: list[Change]) -> None:
    outbox.apply([Ordered(c, c.author) for c in changes], max(c.central_seq or 0 for c in changes))


def begun(here: Here) -> Here:
    """Ticket t1, handler 赵师傅, agent 李四 (1002), resident p1."""
    for number, name in (("1002", "李四"), ("8001", "赵师傅")):
        patch: Patch = {"number": number, "name": name, "duty": "agent", "phone": "", "active": True}
        here.pulled(patch, "0", 0, "staff", f"s{number}")
    here.pulled({"name": "王建国", "tags": [], "notes": ""}, "0", 2, "person", "p1")
    here.pulled(
        {
            "number": "20261121-S09-001",
            "kind": "repair",
            "category": "repair.water",
            "priority": "normal",
            "stage": "registered",
            "description": "",
            "registered_at": to_text(START),
            "registered_by": "1002",
            "seat": "S09",
            "place_text": "5-2-203",
        },
        "0",
        3,
    )
    return here


def test_a_conflict_comes_with_what_it_is_about_and_who_wrote_what(here: Here) -> None:
    here.pulled({"handler_id": "s8001"}, "1002", 4)
    here.pulled({"handler_id": None}, "1003", 4)
    (one,) = here.reading.open("1002")
    assert one.thing.about == ("20261121-S09-001", "5-2-203")
    assert [(s.name, s.named, s.is_mine) for s in one.sides] == [("李四", "赵师傅", True), ("", "", False)]
    assert here.reading.count() == 1


def test_what_only_supervisors_write_is_theirs_to_settle(here: Here) -> None:
    for field, mine, theirs in (("phone", "1", "2"), ("duty", "agent", "supervisor")):
        here.pulled({field: mine}, "2001", 4, "staff", "s8001")
        here.pulled({field: theirs}, "2002", 4, "staff", "s8001")
    here.pulled({"description": "漏水"}, "1002", 4)
    here.pulled({"description": "停水"}, "1003", 4)
    assert (here.reading.count(), len(here.reading.open("1002"))) == (3, 3)
    here.reading._supervises = lambda: False
    assert here.reading.count() == 1
    assert [one.thing.entity for one in here.reading.open("1002")] == ["ticket"]
    assert here.reading.of("staff", "s8001", "1002").conflicts == ()


def test_an_owner_is_named_and_one_who_is_unknown_is_left_as_the_work_number(here: Here) -> None:
    here.pulled({"owner": "1002"}, "1002", 4)
    here.pulled({"owner": "7777"}, "1003", 4)
    (one,) = here.reading.open("1002")
    assert [side.named for side in one.sides] == ["李四", ""]


def test_those_with_a_part_of_mine_come_first(here: Here) -> None:
    here.pulled({"notes": "a"}, "1002", 4, "person", "p1")
    here.pulled({"notes": "b"}, "1003", 4, "person", "p1")
    here.pulled({"priority": "low"}, "1004", 4)
    here.pulled({"priority": "high"}, "1005", 4)
    assert [c.thing.entity for c in here.reading.open("1003")] == ["person", "ticket"]
    assert [c.thing.entity for c in here.reading.open("1004")] == ["ticket", "person"]


def test_what_was_settled_is_told_with_who_settled_it(here: Here) -> None:
    here.pulled({"description": "停水"}, "1002", 4)
    here.pulled({"description": "漏水"}, "1003", 4)
    (conflict,) = here.reading.of("ticket", "t1", "1001").conflicts
    SettleConflict(here.log, here.author, here.histories).take(conflict.conflict, conflict.sides[0].version.change_id)
    marks = here.reading.of("ticket", "t1", "1001")
    assert marks.conflicts == ()
    (settled,) = marks.settled
    assert (settled.by.version.values, settled.by.is_mine, settled.by_rules) == ({"description": "停水"}, True, False)


def test_a_stage_that_the_rules_settled_is_told_as_such(here: Here) -> None:
    here.pulled({"stage": "cancelled"}, "1002", 4)
    late = replace(made("ticket", "t1", {"stage": "dispatched"}, 60, 60), author="1001", seat="S01", base_seq=4)
    here._pull([late])
    settler = SettleStages(here.log, here.machine, here.histories, here.conflicts, "S01")
    assert settler.work_once()
    (settled,) = here.reading.of("ticket", "t1", "1001").settled
    assert settled.by_rules
    assert settled.by.version.values["stage"] == "cancelled"


def test_what_others_change_after_one_began_to_look_is_news_and_own_changes_are_not(here: Here) -> None:
    watching = WatchThings(here.log, here.histories, here.reading, "S01")
    since = watching.begin()
    assert watching.news([("ticket", "t1"), ("person", "p1")], since) == ()
    here.log.append([here.author.change("ticket", "t1", {"description": "漏水"})])
    here.pulled({"priority": "high"}, "1002", 4)
    here.pulled({"priority": "urgent"}, "1002", 5)
    (news,) = watching.news([("ticket", "t1"), ("person", "p1")], since)
    assert (news.aspect, news.before, news.after) == ("priority", {"priority": "normal"}, {"priority": "urgent"})
    assert (news.name, news.thing.about) == ("李四", ("20261121-S09-001", "5-2-203"))
    assert watching.news([("ticket", "t1")], watching.begin()) == ()


def test_a_change_that_says_the_same_is_no_news(here: Here) -> None:
    watching = WatchThings(here.log, here.histories, here.reading, "S01")
    since = watching.begin()
    here.pulled({"priority": "normal"}, "1002", 4)
    assert watching.news([("ticket", "t1")], since) == ()


REFUSED = "DK013: sensitive tags are written by those who may read them"


@pytest.fixture(params=["in memory", "in the seat store"])
def set_asides(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SetAsides]:
    """Two refused changes, 1 and 2."""
    changes = [made("person", f"p{n}", {"name": f"王{n}"}, n) for n in (1, 2)]
    if request.param == "in memory":
        yield FakeSetAsides([SetAside(change, REFUSED) for change in changes])
        return
    store = Store.open(tmp_path / "refused.db", FakeSecrets())
    SqlChangeLog(store).append(changes)
    for change in changes:
        SqlOutbox(store).set_aside(change.change_id, REFUSED)
    yield SqlSetAsides(store)
    store.close()


def looking(here: Here, set_asides: SetAsides, exported: list[dict[str, object]] | None = None) -> LookAfterRefused:
    def export(lines: object) -> Path:
        assert isinstance(lines, list)
        (exported if exported is not None else []).extend(lines)
        return Path("there")

    return LookAfterRefused(set_asides, here.histories, here.reading, lambda: START, lambda: "1009", export)


def test_refused_changes_are_named_and_the_newest_comes_first(here: Here, set_asides: SetAsides) -> None:
    found = looking(here, set_asides).read()
    assert [(one.thing.about, one.set_aside.refused) for one in found] == [(("王2",), REFUSED), (("王1",), REFUSED)]


def test_retrying_takes_them_off_the_list(here: Here, set_asides: SetAsides) -> None:
    looking(here, set_asides).retry([change_id(1)])
    assert [one.change.change_id for one in set_asides.refused(10)] == [change_id(2)]


def test_dropping_needs_a_reason_and_is_kept_with_it(here: Here, set_asides: SetAsides) -> None:
    look = looking(here, set_asides)
    with pytest.raises(NoReason):
        look.drop(change_id(1), "   ")
    assert look.drop(change_id(1), "  重复 \n 录入 ")
    assert not look.drop(change_id(1), "again")
    (dropped,) = (one.set_aside.dropped for one in look.read() if one.set_aside.dropped)
    assert (dropped.by, dropped.why, dropped.at) == ("1009", "重复 录入", START)
    assert look.put_back(change_id(1))
    assert not look.put_back(ChangeId("unknown"))
    assert set_asides.dropped(10) == []


def test_the_export_has_all_of_them_and_all_that_is_needed_to_make_them_again(
    here: Here, set_asides: SetAsides
) -> None:
    lines: list[dict[str, object]] = []
    look = looking(here, set_asides, lines)
    look.drop(change_id(1), "重复")
    assert look.export() == Path("there")
    assert [line["patch"] for line in lines] == [{"name": "王2"}, {"name": "王1"}]
    assert lines[1]["dropped"] == {"by": "1009", "at": to_text(START), "why": "重复"}


def test_the_export_is_a_file_for_the_hotlines_recipients_only(tmp_path: Path) -> None:
    key = age.new_identity()
    settings = Settings(
        data_dir=tmp_path,
        seat=SeatSettings(name="S01"),
        recording=RecordingSettings(recipients=(str(key.to_public()),)),
    )
    line = as_plain(SetAside(made("person", "p1", {"name": "王小明"}, 1), REFUSED))
    file = exporter(settings, lambda: START)([line])
    assert file.name == "refused-S01-20261121-080000-000000.jsonl.age"
    assert file.stat().st_mode & 0o077 == 0
    assert "王小明".encode() not in file.read_bytes()
    plain = tmp_path / "plain"
    with file.open("rb") as sealed, plain.open("wb") as target:
        age.decrypt(sealed, target, [key])
    assert "王小明" in plain.read_text(encoding="utf-8")


def test_a_seat_without_recipients_writes_a_file_that_only_its_user_reads(tmp_path: Path) -> None:
    file = exporter(Settings(data_dir=tmp_path), lambda: START)([{"patch": {"name": "王小明"}}])
    assert file.suffix == ".jsonl"
    assert file.stat().st_mode & 0o077 == 0
    assert "王小明" in file.read_text(encoding="utf-8")
