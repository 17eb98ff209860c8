"""The whole window over real use cases and a store in memory, driven through the links' messages and the keyboard.

Also a program: `python -m tests.ui.harness SCENE OUT.png` draws one scene and saves a picture of the window, for
looking at it (QT_QPA_PLATFORM=offscreen, or xcb under Xvfb)."""

import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk import i18n, wire
from desk.domain.call_log import CallEntry, Outcome
from desk.domain.categories import CategoryTree
from desk.domain.commands import Command
from desk.domain.drafts import Intake
from desk.domain.estate import Duty, Estate, Membership, NumberEntry, Role, Staff
from desk.domain.events import CallAnswered, LevelsMeasured, RecordingStarted, TroubleRaised
from desk.domain.identity import CallId, StaffId
from desk.domain.listening import Access, Listener
from desk.domain.listening import Role as ListenerRole
from desk.domain.numbers import lookup_key
from desk.domain.party import Party
from desk.domain.patches import patch_of
from desk.domain.sensitive_tags import SensitiveTags
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.tickets import Stage
from desk.domain.troubles import Trouble, Wrong
from desk.settings import SeatSettings, Settings
from desk.texts import ShippedTexts
from desk.ui import theme
from desk.ui.beside.reminders import no_chime
from desk.ui.build import Built, build_window
from desk.ui.conflict.parts import ConflictUses
from desk.ui.parts import UiParts
from desk.ui.ticket.page import TicketView
from desk.ui.worker import SAVE_LANE
from desk.usecases.attach_number import AttachNumber
from desk.usecases.correct_ticket import CorrectParts, CorrectTicket
from desk.usecases.estate_map import EstateMap
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.fakes_conflicts import FakeConflicts, FakeSetAsides
from desk.usecases.fakes_history import FakeHistories
from desk.usecases.fakes_tags import FakeSensitiveTags
from desk.usecases.file_ticket import FileTicket
from desk.usecases.find_category import CategoryFinder
from desk.usecases.find_number import NumberFinder
from desk.usecases.find_person import PersonFinder
from desk.usecases.find_place import PlaceFinder
from desk.usecases.follow_caller import FollowCaller
from desk.usecases.join_call import JoinCall
from desk.usecases.keep_draft import KeepDraft
from desk.usecases.listening_log import ListeningLog
from desk.usecases.look_after_refused import LookAfterRefused
from desk.usecases.ports import Clock
from desk.usecases.read_call_log import ReadCallLog
from desk.usecases.read_conflicts import ReadConflicts
from desk.usecases.read_ticket import ReadTicket
from desk.usecases.read_work import ReadWork
from desk.usecases.reconcile import Reconcile
from desk.usecases.replay import Refusal, ReplayRefused, Tape
from desk.usecases.screen_pop import ScreenPop
from desk.usecases.sensitive_tags import ResidentTags
from desk.usecases.settle_conflict import SettleConflict
from desk.usecases.tie_call import TieCall
from desk.usecases.watch_things import WatchThings
from tests.ui import seat
from tests.ui.after.floor_uses import knowledge_uses, shift_uses
from tests.ui.after.warnings.making import warning_uses_of
from tests.ui.incident_uses import call_backs_of, incident_uses_of
from tests.ui.ticket.uses import fake_uses
from tests.ui.work_uses import work_uses_of

ZONE = ZoneInfo("Asia/Shanghai")
AGENT = Staff(StaffId("s9"), "1001", "张三", Duty.AGENT)
OTHER = Staff(StaffId("s8"), "1002", "李四", Duty.AGENT)
SETTLED_MS = 1900


@cache
def categories() -> tuple[CategoryTree, CategoryFinder]:
    """Read once for all tests: its pinyin takes a while."""
    tree = ShippedTexts().categories()
    return tree, CategoryFinder(tree)


def entries() -> list[tuple[str, str, Any]]:
    """The little estate as rows: (entity, id, value)."""
    building = replace(seat.BUILDING, area_assistant_id=seat.ASSISTANT.staff_id)
    number = NumberEntry("n1", "13800138000", lookup_key("13800138000"), seat.WANG.person_id)
    shop = NumberEntry("n2", "138 0013 8000", lookup_key("13800138000"), None, seat.SHOP.household_id)
    return [
        ("estate", "e1", Estate(seat.ESTATE, "万达花园")),
        ("building", building.building_id, building),
        ("household", seat.HOME.household_id, seat.HOME),
        ("household", seat.SHOP.household_id, seat.SHOP),
        ("person", seat.WANG.person_id, seat.WANG),
        ("person", seat.LI.person_id, seat.LI),
        ("membership", "m1", Membership("m1", seat.HOME.household_id, seat.WANG.person_id, Role.OWNER)),
        ("membership", "m2", Membership("m2", seat.HOME.household_id, seat.LI.person_id, Role.FAMILY)),
        ("number", "n1", number),
        ("number", "n2", shop),
        *(("staff", staff.staff_id, staff) for staff in (seat.ASSISTANT, AGENT, OTHER)),
        ("notice", seat.NOTICE.notice_id, seat.NOTICE),
        ("ticket", "t1", replace(seat.ticket(), category="repair.water.tap")),
        ("ticket", "t0", replace(seat.ticket("t0", Stage.CLOSED, "楼道灯不亮"), number="20261102-S01-007")),
        ("call", "c-old", replace(seat.past_call(), household_id=seat.HOME.household_id)),
        ("call", "c-missed", replace(seat.past_call("c-missed", 1, Outcome.ABANDONED))),
    ]


@dataclass
class Scene:
    """One window and its surroundings. `commands`: what the phone was asked for."""

    built: Built
    store: FakeStore
    commands: list[Command]
    nudges: list[None]
    tag_readers: set[str] = field(default_factory=set, kw_only=True)  # who may read the sensitive tags

    @property
    def ticket_view(self) -> TicketView:
        view = self.built.window.findChild(TicketView, "ticket_view")
        assert isinstance(view, TicketView)
        return view

    def receive(self, *messages: object) -> None:
        for message in messages:
            self.built.hub.receive(message)

    def close(self) -> None:
        assert self.built.hub.worker.close(10)
        self.built.window.close_unasked()
        self.built.window.deleteLater()


def parts(
    store: FakeStore,
    language: str = "zh_CN",
    look: str = "light",
    command: Callable[[Command], None] = lambda _command: None,
    nudge: Callable[[], None] = lambda: None,
    ready: Callable[[], None] = lambda: None,
    beat: Callable[[], None] = lambda: None,
    tag_readers: Collection[str] = (),
) -> UiParts:
    """What the window is built from, over this store and the little estate."""
    i18n.speak(language)
    ids = (f"00000000-0000-7000-8000-{n:012}" for n in count(1))
    signed_in = ["1001"]

    def clock() -> datetime:
        return seat.NOW

    author = FakeAuthor("1001", "S01", clock, lambda: next(ids), store.base_seq)
    for entity, entity_id, value in entries():
        key = "call_id" if isinstance(value, CallEntry) else f"{entity}_id"
        store.append([author.change(entity, entity_id, patch_of(value, key))])
    listening = ListeningLog(
        store, author, clock, lambda: next(ids), "S01", lambda: Listener(signed_in[-1], ListenerRole.AGENT)
    )
    tree, finder = categories()
    estate_map = EstateMap(store)
    follow_caller = FollowCaller(store.calls, FakeHistories(store), store, estate_map.home)
    filing = FileTicket(
        store,
        author,
        store.tickets,
        clock,
        "S01",
        tree,
        "0755",
        ZONE,
        follow=follow_caller.follow,
        tie_of=store.calls.tie,
    )
    tags = ResidentTags(
        FakeSensitiveTags(store),
        SensitiveTags({"litigation": ("诉讼",), "illness": ()}),
        lambda: signed_in[-1] if signed_in[-1] in tag_readers else None,
        store,
        author,
        lambda: next(ids),
    )
    call_backs = call_backs_of(store, author, clock, estate_map, tree)
    incidents = incident_uses_of(store, author, clock, lambda: next(ids), estate_map, tree, filing)
    ticket_uses = fake_uses(store, author, clock, lambda: next(ids))

    def gate(intake: Intake) -> str:
        why = incidents.read_back.asks(intake)
        return why.value if why is not None else ""

    correct_ticket = CorrectTicket(
        CorrectParts(
            moves=ticket_uses.moves,
            tickets=store.tickets,
            residents=store,
            tree=tree,
            home=estate_map.home,
            estate_of=estate_map.estate_of,
            refusals=filing.refusals,
            gate=gate,
        )
    )
    return UiParts(
        settings=Settings(seat=SeatSettings(language=language, theme=look)),  # type: ignore[arg-type]
        zone=ZONE,
        clock=clock,
        new_id=lambda: next(ids),
        phone=_Phone(command),
        subscribe=lambda receive: None,
        screen_pop=ScreenPop(store, store.tickets, store.calls, store.notices, clock, "0755", estate_map, tags.told),
        toggle_tag=tags.toggle,
        estate_map=estate_map,
        categories=tree,
        find_category=finder,
        find_place=PlaceFinder(store, estate_map),
        find_person=PersonFinder(store, estate_map, "0755"),
        find_number=NumberFinder(store, store.calls, store.tickets, PersonFinder(store, estate_map, "0755"), "0755"),
        find_staff=lambda number: next((s for s in store.staff() if s.number == number), None),
        file_ticket=filing,
        join_call=JoinCall(store, author, store.tickets, ticket_uses.moves, call_backs.for_joined, store.calls.tie),
        incidents=incidents,
        correct_ticket=correct_ticket,
        keep_draft=KeepDraft(store, clock),
        attach_number=AttachNumber(store, author, store, lambda: next(ids), "0755"),
        tie_call=TieCall(store, author),
        follow_caller=follow_caller,
        read_ticket=ReadTicket(store.tickets, store.calls, store, estate_map),
        read_work=ReadWork(store, store.calls, store.tickets),
        read_call_log=ReadCallLog(
            store.calls,
            store.calls,
            store,
            store.tickets,
            estate_map,
            PersonFinder(store, estate_map, "0755"),
            ZONE,
            "0755",
            Reconcile(store.calls, clock, ZONE),
        ),
        note_number=lambda number: listening.note(Access.SEARCHED, detail=number),
        chime=no_chime,
        phrases=ShippedTexts().all_phrases(),
        open_tape=_no_tape,
        reel=lambda tape: seat.Silence(),
        player=seat.SilentPlayer(),
        damage=lambda: (ValueError,),
        heard=lambda tape, from_ms, until_ms: None,
        author=signed_in.append,
        nudge=nudge,
        crash_told=lambda file: f"seen/{file}",
        conflicts=_conflicts(store, author, clock),
        shift=lambda: shift_uses(store, author, clock, lambda: next(ids), ZONE),
        knowledge=lambda: knowledge_uses(store, author, clock, lambda: next(ids)),
        ticket=ticket_uses,
        work=work_uses_of(store, author, clock, lambda: next(ids)),
        warnings=lambda: warning_uses_of(store, author, clock, lambda: next(ids), lambda: signed_in[-1]),
        warm=lambda: None,
        ready=ready,
        beat=beat,
        stop_requested=threading.Event(),
    )


def _conflicts(store: FakeStore, author: FakeAuthor, clock: Clock) -> ConflictUses:
    histories = FakeHistories(store)
    reading = ReadConflicts(FakeConflicts(store), histories, store, store.tickets)
    return ConflictUses(
        reading=reading,
        settling=SettleConflict(store, author, histories),
        watching=WatchThings(store, histories, reading, "S01"),
        refused=LookAfterRefused(FakeSetAsides(), histories, reading, clock, lambda: "1001", lambda _lines: Path("x")),
    )


def build(language: str = "zh_CN", look: str = "light", left: wire.SeatUse | None = None) -> Scene:
    """A window that is not shown yet; nobody is signed in. `left`: as in `UiParts`."""
    store, commands, nudges, readers = FakeStore(), list[Command](), list[None](), set[str]()
    made = parts(store, language, look, commands.append, lambda: nudges.append(None), tag_readers=readers)
    return Scene(window_of(replace(made, left=left), look), store, commands, nudges, tag_readers=readers)


def window_of(parts: UiParts, look: str = "light") -> Built:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return theme.dressed(app, look, lambda: build_window(parts))  # type: ignore[arg-type]


@contextmanager
def on_screen(qtbot: QtBot, scene: Scene, snapshot: PhoneSnapshot) -> Iterator[Scene]:
    """The window shown, the phone attached as it stands in `snapshot`, agent 1001 signed in; closed in the end."""
    built = scene.built
    qtbot.addWidget(built.window)
    built.window.resize(1366, 768)
    built.window.show()
    qtbot.waitExposed(built.window)
    built.window.activateWindow()
    scene.receive(snapshot)
    built.wiring.sign_in("1001")
    qtbot.waitUntil(lambda: built.hub.agent is not None and built.hub.state.phone_here)
    on_record = list[None]()
    built.hub.worker.run(lambda: None, on_record.append, lane=SAVE_LANE)
    qtbot.waitUntil(lambda: bool(on_record))  # the sign-in, which is written on that lane
    scene.nudges.clear()
    yield scene
    scene.close()


def _no_tape(call_id: CallId) -> Tape:
    raise ReplayRefused(Refusal.NOT_SEALED)


@dataclass
class _Phone:
    send: Callable[[Command], None]

    def do(self, command: Command) -> None:
        self.send(command)


def draw(name: str, scene: Scene) -> None:
    """Bring the window into the state of this name."""
    later = seat.NOW - timedelta(seconds=73)
    scene.receive(seat.snapshot(), wire.CentralState(True, True, 0, 42.0), LevelsMeasured(seat.NOW, -22.0, -30.0))
    if name == "sign_in":
        return
    scene.built.wiring.sign_in("1001")
    if name in ("ringing", "call", "second", "trouble", "form", "search"):
        scene.receive(seat.offered(at=later))
    if name in ("call", "second", "trouble", "form"):
        scene.receive(CallAnswered(CallId("c1"), later), RecordingStarted(CallId("c1"), later))
    if name == "second":
        scene.receive(seat.offered("c2", Party("075587654321", "", "075512345678")))
    if name == "unknown":
        scene.receive(seat.offered("c9", Party("02087654321")))
    if name == "withheld":
        scene.receive(seat.offered("c9", Party(withheld=True)))
    if name == "trouble":
        scene.receive(TroubleRaised(Wrong(Trouble.HEADSET_VANISHED, seat.NOW)))
        scene.receive(wire.CentralState(True, False, 12, 0.0, "central_unreachable", "connection refused"))
    if name == "devices":
        QTimer.singleShot(300, scene.built.window.panels.middle.toggle_devices)


def shoot(
    draw: Callable[[str, Scene], None],
    name: str,
    out: str,
    language: str = "zh_CN",
    look: str = "light",
    size: str = "1366x768",
    *,
    build: Callable[[str, str], Scene] = build,
) -> None:
    """The picture of a scene, as it stands once `draw` has had its time."""
    app = QApplication(sys.argv[:1])
    scene = build(language, look)
    width, height = (int(n) for n in size.split("x"))
    window = scene.built.window
    window.resize(width, height)
    window.show()
    window.activateWindow()
    draw(name, scene)

    def save() -> None:
        window.grab().save(out)
        scene.close()
        app.quit()

    QTimer.singleShot(SETTLED_MS, save)
    app.exec()


if __name__ == "__main__":
    shoot(draw, *sys.argv[1:])
