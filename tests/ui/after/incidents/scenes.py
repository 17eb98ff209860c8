"""A window whose building has an incident, and pictures of it: `python -m tests.ui.after.incidents.scenes SCENE OUT.png
[LANGUAGE LOOK SIZE]` (QT_QPA_PLATFORM=offscreen)."""

import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desk import wire
from desk.domain.estate import Household
from desk.domain.events import CallAnswered, LevelsMeasured, RecordingStarted
from desk.domain.identity import CallId, ChangeId, HouseholdId
from desk.domain.notices import Notice
from desk.domain.patches import patch_of
from desk.domain.tickets import Stage
from desk.ui.intake.content import Field
from desk.usecases.fakes import FakeAuthor, FakeStore
from tests.ui import harness, seat

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
LIFT = "repair.lift.stopped"


def author_of(store: FakeStore, who: str = "1001", at_seat: str = "S01") -> FakeAuthor:
    """Its changes come before those of the window: what was there is what they are."""
    ids = (f"00000000-0000-1000-8000-{len(store.changes) * 100 + n:012x}" for n in range(10_000))
    return FakeAuthor(who, at_seat, lambda: seat.NOW, lambda: next(ids), store.base_seq)


def reports(store: FakeStore, count: int = 3, at_seat: str = "S02") -> list[str]:
    """So many homes of building 5 have reported that the lift stands still."""
    author, names = author_of(store, "1002", at_seat), []
    for number in range(count):
        home = Household(HouseholdId(f"hx{number}"), seat.ESTATE, seat.BUILDING.building_id, "1", f"{3 + number}01", "")
        home = replace(home, place_code=f"5-1-{home.room}")
        name = f"inc{number}"
        ticket = replace(
            seat.ticket(
                name, Stage.REGISTERED, ("电梯停在三楼不动", "1单元电梯坏了", "电梯没反应，按了不动")[number % 3]
            ),
            category=LIFT,
            number=f"20261121-S02-{number + 11:03d}",
            registered_at=seat.NOW - timedelta(minutes=14 - 4 * number),
            household_id=home.household_id,
            place_text=f"一期5栋1单元{home.room}",
            contact_number=f"1390000000{number}",
            caller_name=("陈先生", "刘女士", "周阿姨")[number % 3],
            person_id=None,
            seat=at_seat,
        )
        store.append(
            [
                author.change("household", home.household_id, patch_of(home, "household_id")),
                author.change("ticket", name, patch_of(ticket, "ticket_id")),
            ]
        )
        names.append(name)
    return names


def notices(store: FakeStore) -> None:
    author = author_of(store)
    hour = timedelta(hours=1)
    for name, title, text, start, until in (
        ("n2", "地下车库清洗地面", "请将车辆临时停到地面车位。", 20 * hour, 24 * hour),
        ("n3", "1-3栋电梯年检", "每台约半小时。", -30 * hour, -26 * hour),
    ):
        notice = Notice(name, seat.ESTATE, title, text, seat.NOW + start, seat.NOW + until)
        store.append([author.change("notice", name, patch_of(notice, "notice_id"))])


def talk(scene: harness.Scene) -> None:
    at = seat.NOW - timedelta(seconds=40)
    scene.receive(seat.offered(at=at), CallAnswered(CallId("c1"), at), RecordingStarted(CallId("c1"), at))


def press(key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    window = QApplication.activeWindow()
    assert window is not None
    QTest.keyClick(QApplication.focusWidget() or window, key, modifier)


def draw(name: str, scene: harness.Scene) -> None:
    """Bring the window into the state of this name."""
    reports(scene.store)
    notices(scene.store)
    if name == "doubt":
        doubt = author_of(scene.store).change("ticket", "t1", {"read_back_asked": "another_home"})
        scene.store.append([replace(doubt, change_id=ChangeId("z"))])
    scene.receive(seat.snapshot(), wire.CentralState(True, True, 0, 42.0), LevelsMeasured(seat.NOW, -22.0, -30.0))
    scene.built.wiring.sign_in("1001")
    if name in ("call", "alike", "read_back", "answered"):
        talk(scene)
    QTimer.singleShot(500, lambda: work(name, scene))


def work(name: str, scene: harness.Scene) -> None:
    """What the agent does in it."""
    middle = scene.built.window.panels.middle
    description = {"alike": "1单元的店体坏了不懂", "read_back": "6栋2单元203厨房漏水"}.get(name, "")
    if description:
        middle.form.take_over(Field.DESCRIPTION, description)
    elif name == "caller":
        press(Qt.Key.Key_I, CTRL_SHIFT)
        QTimer.singleShot(300, lambda: talk(scene))
    elif name == "doubt":
        middle.show_ticket("t1")
    elif name == "answered":
        press(Qt.Key.Key_N, ALT)
    elif name != "call":
        press(Qt.Key.Key_N, CTRL_SHIFT)
    then = {"confirmed": (Qt.Key.Key_G,), "over": (Qt.Key.Key_G, Qt.Key.Key_O), "write": (Qt.Key.Key_I,)}.get(name, ())
    for turn, key in enumerate(then, 1):
        QTimer.singleShot(400 * turn, partial(press, key, ALT))


if __name__ == "__main__":
    harness.shoot(draw, *sys.argv[1:])
