"""A form over real use cases and a real seat store: a small estate, one known caller, a handful of categories."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desk.domain.categories import Category, CategoryTree, Whereabouts
from desk.domain.clocks import Clocks
from desk.domain.drafts import Draft, Intake
from desk.domain.estate import Building, Estate, Household, NumberEntry, Person, PublicArea, Role
from desk.domain.identity import BuildingId, CallId, EstateId, HouseholdId, PersonId
from desk.domain.notices import Notice
from desk.domain.numbers import lookup_key
from desk.domain.party import Party
from desk.domain.patches import patch_of
from desk.domain.tickets import Kind, Priority, Ticket
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.drafts import SqlDrafts
from desk.store.history import SqlHistories
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.store.tickets import SqlTickets
from desk.ui.intake.content import Field
from desk.ui.intake.form import IntakeForm
from desk.ui.intake.parts import IntakeParts
from desk.ui.worker import Worker
from desk.usecases.close_by_notice import CloseByNotice
from desk.usecases.estate_map import EstateMap
from desk.usecases.file_ticket import FileTicket
from desk.usecases.find_category import CategoryFinder
from desk.usecases.find_place import PlaceFinder
from desk.usecases.follow_caller import FollowCaller
from desk.usecases.join_call import JoinCall
from desk.usecases.keep_draft import KeepDraft
from desk.usecases.move_ticket import MoveParts, MoveTicket
from desk.usecases.ports import StoreFull
from desk.usecases.profile import Candidate, Card, Profile
from desk.usecases.read_back import ReadBack
from desk.usecases.read_ticket import ReadTicket
from desk.usecases.same_fault import SameFaults

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 2, 30, tzinfo=UTC)  # a Wednesday, 10:30 at the office
CALL = CallId("018f0000-0000-7000-8000-00000000ca11")
ESTATE = Estate(EstateId("e1"), "万达花园")
BUILDING = Building(BuildingId("b5"), ESTATE.estate_id, "5", "5栋")
HOME = Household(HouseholdId("h203"), ESTATE.estate_id, BUILDING.building_id, "2", "203", "5-2-203")
NEXT_DOOR = Household(HouseholdId("h204"), ESTATE.estate_id, BUILDING.building_id, "2", "204", "5-2-204")
LOBBY = PublicArea("a1", ESTATE.estate_id, "大堂", BUILDING.building_id)
LI = Person(PersonId("p1"), "李秀英")
NUMBER = NumberEntry("n1", "013800138000", lookup_key("013800138000"), LI.person_id)
PROFILE = Profile(
    Party("013800138000"),
    "138 0013 8000",
    (Candidate(LI, HOME, BUILDING, Role.OWNER),),
    Card(Candidate(LI, HOME, BUILDING, Role.OWNER), numbers=(NUMBER,)),
)

NOTICE = Notice(
    "n-1",
    ESTATE.estate_id,
    "5栋停水检修",
    "今天 9:00-17:00 更换水泵",
    NOW - timedelta(hours=2),
    NOW + timedelta(hours=6),
    (BUILDING.building_id,),
)


def _category(code: str, kind: Kind, group: str, zh: str, en: str, **more: object) -> Category:
    return Category(code, kind, group, group, zh, en, **more)  # type: ignore[arg-type]


TREE = CategoryTree(
    [
        _category("repair.water.tap", Kind.REPAIR, "水", "厨房水龙头漏水", "Kitchen tap leaks", keywords=("滴水",)),
        _category(
            "repair.water.above",
            Kind.REPAIR,
            "水",
            "楼上漏水",
            "Leak from above",
            priority=Priority.HIGH,
            raised_when_zh="水已流到电线或电器",
            raised_when_en="water reaches wires or appliances",
        ),
        _category("repair.power.home", Kind.REPAIR, "电", "家中停电", "No power at home"),
        _category(
            "repair.lift.trapped",
            Kind.REPAIR,
            "电梯",
            "电梯困人",
            "Trapped in lift",
            priority=Priority.URGENT,
            whereabouts=Whereabouts.PUBLIC,
        ),
        _category("complaint.noise.works", Kind.COMPLAINT, "噪音", "装修噪音", "Renovation noise"),
        _category(
            "inquiry.fee.due",
            Kind.INQUIRY,
            "费用",
            "物业费查询",
            "Property fee",
            whereabouts=Whereabouts.NOWHERE,
        ),
    ]
)


class Keys:
    """A keyring of one process."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def get(self, entry: str) -> str | None:
        return self._kept.get(entry)

    def set(self, entry: str, value: str) -> None:
        self._kept[entry] = value


@dataclass
class Scene:
    store: Store
    parts: IntakeParts
    worker: Worker
    drafts: SqlDrafts
    tickets: SqlTickets
    calls: SqlCallLog
    log: SqlChangeLog
    author: SeatAuthor
    joining: JoinCall
    same_faults: SameFaults
    reading: ReadTicket
    errors: list[Exception] = field(default_factory=list)

    def form(self, qtbot: QtBot) -> IntakeForm:
        form = IntakeForm(self.parts)
        qtbot.addWidget(form)
        form.resize(640, 600)
        form.show()
        form.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is form)
        return form

    def draft(self, draft_id: str = "", intake: Intake | None = None, call_id: CallId | None = CALL) -> Draft:
        return Draft(draft_id or self.parts.new_id(), "1001", NOW, NOW, intake or Intake(), call_id)

    def kept(self) -> list[Draft]:
        """What is on disk once all that waits is done."""
        settle(self.worker)
        return self.drafts.of_author("1001")


@contextmanager
def scene(folder: Path, language: str = "zh_CN", tree: CategoryTree = TREE) -> Iterator[Scene]:
    store = Store.open(folder / "seat.db", Keys())
    ids = (f"018f0000-0000-7000-8000-{n:012d}" for n in count(1))
    errors: list[Exception] = []
    worker = Worker(errors.append)
    log, tickets, calls = SqlChangeLog(store), SqlTickets(store), SqlCallLog(store)
    residents, drafts = SqlResidents(store), SqlDrafts(store)

    def clock() -> datetime:
        return NOW

    author = SeatAuthor("S01", lambda: "1001", clock, lambda: next(ids), log.base_seq)
    log.append(
        [
            author.change("estate", ESTATE.estate_id, patch_of(ESTATE, "estate_id")),
            author.change("building", BUILDING.building_id, patch_of(BUILDING, "building_id")),
            *(author.change("household", h.household_id, patch_of(h, "household_id")) for h in (HOME, NEXT_DOOR)),
            author.change("public_area", LOBBY.public_area_id, patch_of(LOBBY, "public_area_id")),
            author.change("person", LI.person_id, patch_of(LI, "person_id")),
        ]
    )
    estate_map = EstateMap(residents)
    estate_map.load()
    moves = MoveTicket(
        MoveParts(
            log=log,
            author=author,
            tickets=tickets,
            tasks=SqlTasks(store),
            histories=SqlHistories(store),
            staff=residents.staff,
            clock=clock,
            new_id=lambda: next(ids),
            who=lambda: "1001",
            seat="S01",
            clocks=Clocks(),
            calls=calls,
        )
    )
    joining = JoinCall(log, author, tickets, moves, tie_of=calls.tie)
    callers = FollowCaller(calls, SqlHistories(store), residents, estate_map.home)
    same_faults = SameFaults(tickets, residents, tree)
    filing = FileTicket(log, author, tickets, clock, "S01", tree, follow=callers.follow, tie_of=calls.tie)
    parts = IntakeParts(
        worker=worker,
        categories=CategoryFinder(tree, language),
        places=PlaceFinder(residents, estate_map),
        tree=tree,
        filing=filing,
        answer=CloseByNotice(filing, tree, lambda notice: f"已告知：{notice.title}", "inquiry.fee.due").prepare,
        gate=ReadBack(log, author, residents, estate_map, tree, clock).asks,
        joining=joining,
        keeping=KeepDraft(drafts, clock),
        callers=callers,
        clock=clock,
        new_id=lambda: next(ids),
        zone=ZONE,
        home=estate_map.home,
        language=language,
        failed=errors.append,
    )
    reading = ReadTicket(tickets, calls, residents, estate_map)
    try:
        yield Scene(store, parts, worker, drafts, tickets, calls, log, author, joining, same_faults, reading, errors)
        assert not errors, errors
    finally:
        worker.close(5)
        store.close()


def draft_of(form: IntakeForm) -> Draft:
    draft = form.draft()
    assert draft is not None
    return draft


def focus_of(form: IntakeForm) -> Field:
    there = form.fields.field_with_focus()
    assert there is not None
    return there[0]


def refuse_to_write(*_args: object) -> Ticket:
    """A disk that takes nothing more."""
    raise StoreFull("no space")


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def type_text(text: str) -> None:
    """Key by key; Chinese as an input method commits it."""
    for letter in text:
        if letter.isascii():
            QTest.keyClicks(focused(), letter)
        else:
            commit = QInputMethodEvent("", [])
            commit.setCommitString(letter)
            QApplication.sendEvent(focused(), commit)


def press(key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    held = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        held |= modifier
    QTest.keyClick(focused(), key, held)


def settle(worker: Worker) -> None:
    """Everything that waits is done and delivered, and what that started too. (`QTest.qWait` keeps the interpreter to
    itself, so worker threads would starve.)"""
    for _ in range(5):
        assert worker.drain(10)
        QApplication.processEvents()


def later(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)
