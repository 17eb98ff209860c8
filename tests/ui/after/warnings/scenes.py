"""A window whose hotline has early warnings, and pictures of it: `python -m tests.ui.after.warnings.scenes SCENE
OUT.png [LANGUAGE LOOK SIZE]` (QT_QPA_PLATFORM=offscreen)."""

import sys
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desk import wire
from desk.domain.attempts import Outcome
from desk.domain.early_warnings import EarlyWarning
from desk.domain.estate import Duty, Staff
from desk.domain.events import LevelsMeasured
from desk.domain.identity import CallId, StaffId, TicketId
from desk.domain.ladder import LadderMove, LadderPolicy, LadderPost, PostHolder
from desk.domain.patches import patch_of
from desk.domain.warning_moves import WarningFacts
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.fakes_warnings import FakeWarnings
from desk.usecases.step_warning import Chased, Given
from tests.ui import harness, seat
from tests.ui.after.warnings.making import warning_uses_of

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
SUPERVISOR = Staff(StaffId("s20"), "2001", "王班长", Duty.SUPERVISOR, "13920010000")
HEAD = Staff(StaffId("s30"), "3001", "刘经理", Duty.HANDLER, "13930010000")
LADDER = LadderPolicy(posts={LadderPost.SITE_HEAD: PostHolder(("3001",))})
FACTS = WarningFacts(
    "13800138000",
    "A 5栋2单元203",
    "厨房水龙头漏水，三天内来了两拨人都没修好，楼下天花板已渗水",
    "管家 14:05 到场，墙面渗水约两平方米，有照片",
    "没有人给准话，前台说法不一",
    "要求赔偿装修，扬言找媒体",
)


class Hotline:
    """Whoever works at it, over the window's own store. `who`, `at`: who writes now, and when it is."""

    def __init__(self, store: FakeStore) -> None:
        ids = (f"0190ffff-0000-7000-8000-{number:012x}" for number in count(1))
        self.store, self.who, self.at = store, "1001", seat.NOW
        author = FakeAuthor("", "S01", self.clock, lambda: next(ids), store.base_seq)
        author.change = self._signed(author)  # type: ignore[method-assign]
        category = harness.categories()[0].name
        self.uses = warning_uses_of(
            store,
            author,
            self.clock,
            lambda: next(ids),
            lambda: self.who,
            lambda code: category(code, "zh_CN"),
            LADDER,
        )
        self.stepping, self.warnings = self.uses.stepping, FakeWarnings(store)
        for staff in (SUPERVISOR, HEAD):
            store.append([author.change("staff", staff.staff_id, patch_of(staff, "staff_id"))])
        call = replace(seat.past_call("c-first", 0), ticket_id=TicketId("t1"), offered_at=seat.NOW - timedelta(hours=3))
        store.append([author.change("call", CallId("c-first"), patch_of(call, "call_id"))])

    def _signed(self, author: FakeAuthor):  # type: ignore[no-untyped-def]
        made = author.change
        return lambda *given, **named: replace(made(*given, **named), author=self.who)

    def clock(self) -> datetime:
        return self.at

    def raised(self, ticket: str = "t1", ago_min: float = 40, **facts: str) -> EarlyWarning:
        self.at = seat.NOW - timedelta(minutes=ago_min)
        warning = self.uses.raising.raise_(TicketId(ticket), replace(FACTS, **facts), self.at)
        self.at = seat.NOW
        return warning

    def step(self, warning: EarlyWarning, move: LadderMove, ago_min: float, who: str = "2001", **given: str) -> None:
        self.at, self.who = seat.NOW - timedelta(minutes=ago_min), who
        self.stepping.step(warning.warning_id, move, Given(**given))  # type: ignore[arg-type]
        self.at, self.who = seat.NOW, "1001"

    def busy(self) -> None:
        """Three of them: to be reviewed, late at the site head's, and one that has come back."""
        first = self.raised("t1", 175)
        self.step(first, LadderMove.REVIEW, 150)
        self.step(first, LadderMove.ACT, 100, "1001", text="派电工和水工到场，先关总阀", heard_from="项目部李工")
        late = self.raised(
            "t0", 400, issue="楼道灯不亮，老人摔倒", unhappy_with="报了两次没人来", difficulty="家属要说法"
        )
        self.step(late, LadderMove.REVIEW, 390)
        self.step(late, LadderMove.ACT, 350, "1001", text="换了灯，上门看望", heard_from="项目部李工")
        self.at = seat.NOW - timedelta(minutes=20)
        self.stepping.chased(late.warning_id, Chased(outcome=Outcome.NO_ANSWER, number=HEAD.phone, note="开会"))
        self.at = seat.NOW

    def weary(self) -> None:
        """One in its second day of being unsatisfied, with everything that can be late, and a long story."""
        long = "住户说三天里来了两拨人都没有修好，楼下天花板已经渗水，物业前台和维修说法不一，家里老人晚上不敢用水"
        one = self.raised("t1", 2000, issue=long, verified=long, unhappy_with="没有人给准话" * 6)
        self.step(one, LadderMove.RETURN, 1950, text="没有写核实情况")
        self.who, self.at = "1001", seat.NOW - timedelta(minutes=1940)
        self.stepping.step(one.warning_id, LadderMove.RAISE_AGAIN)
        self.step(one, LadderMove.REVIEW, 1800)
        self.step(one, LadderMove.ACT, 1750, "1001", text="派电工和水工到场，先关总阀", heard_from="项目部李工")
        self.step(one, LadderMove.GUIDE, 1500, "1001", text=long, heard_from="刘经理")
        self.step(one, LadderMove.FEED_BACK, 1480, "1001")
        self.step(one, LadderMove.STILL_UNSATISFIED, 1450, text="要书面道歉，要赔橱柜")
        self.step(one, LadderMove.WARN_AGAIN, 300, "1001")


def build(language: str = "en", look: str = "light") -> harness.Scene:
    store, nudges = FakeStore(), list[None]()
    made = harness.parts(store, language, look, nudge=lambda: nudges.append(None))
    hotline = Hotline(store)
    scene = Scene(harness.window_of(replace(made, warnings=lambda: hotline.uses), look), store, [], nudges)
    scene.hotline = hotline
    return scene


class Scene(harness.Scene):
    hotline: Hotline


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifier)


def draw(name: str, scene: harness.Scene) -> None:
    assert isinstance(scene, Scene)
    scene.receive(seat.snapshot(), wire.CentralState(True, True, 0, 42.0), LevelsMeasured(seat.NOW, -22.0, -30.0))
    scene.built.wiring.sign_in("1001")
    window, hotline = scene.built.window, scene.hotline
    if name == "weary":
        hotline.weary()
        hotline.who = "2001"
    elif name not in ("raise", "empty"):
        hotline.busy()
    if name == "supervisor":
        hotline.who = "2001"
    if name in ("page", "supervisor", "strip", "again", "weary", "empty"):
        if name == "again":
            (one, *_others) = hotline.warnings.open(9)
            hotline.step(one, LadderMove.WITHDRAW, 5, text="误报")
            fresh = hotline.raised("t0", 5)
            hotline.step(fresh, LadderMove.RETURN, 1, text="没有写核实情况，也没说住户要什么")
        QTimer.singleShot(200, lambda: QTest.keyClick(window, Qt.Key.Key_W, CTRL_SHIFT))
    if name == "again":
        QTimer.singleShot(600, lambda: press(Qt.Key.Key_O, ALT))
    if name == "strip":
        QTimer.singleShot(600, lambda: press(Qt.Key.Key_O, ALT))
    if name in ("raise", "panel"):
        QTimer.singleShot(200, lambda: window.panels.middle.show_ticket("t1"))
        QTimer.singleShot(700, lambda: QTest.keyClick(window, Qt.Key.Key_W, ALT))


if __name__ == "__main__":
    harness.shoot(draw, *sys.argv[1:], build=build)
