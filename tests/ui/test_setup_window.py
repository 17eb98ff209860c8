"""The window before the first start: a PC becomes a seat by the keyboard alone, and what is wrong is told beside it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desk import i18n
from desk.compose.setup_window import stand_alone
from desk.provisioning.code import new_code
from desk.provisioning.refusals import Refused
from desk.settings import load
from desk.settings.layers import Places
from desk.ui import theme
from desk.ui.setup.parts import Alone, Devices, SetupParts
from desk.ui.setup.window import SetupWindow, run_setup

ROOT = Path(__file__).parents[2]
CODE = new_code(lambda _below: 123456789)


@dataclass
class Desk:
    """Stands behind the window: what was asked of it, and what comes of that."""

    source: str = ""
    why: str = ""
    needs_code: bool = False
    fails: list[Exception] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    alone: list[Alone] = field(default_factory=list)

    def enrol(self, code: str, place: str, tell: Callable[[str], None]) -> Sequence[str]:
        self.asked.append((code, place))
        tell("The code is good.")
        if self.fails:
            raise self.fails.pop()
        return ["This PC is seat S01 now."]

    def stand(self, alone: Alone) -> None:
        self.alone.append(alone)
        if self.fails:
            raise self.fails.pop()

    def parts(self) -> SetupParts:
        return SetupParts(
            source=self.source,
            enrol=self.enrol,
            stand_alone=self.stand,
            devices=lambda: Devices(microphones=["USB mic"], earpieces=["USB ear"]),
            why=self.why,
            needs_code=self.needs_code,
        )


@dataclass
class Scene:
    desk: Desk
    window: SetupWindow
    over: list[bool]
    qtbot: QtBot

    def line(self, name: str) -> QLineEdit:
        found = self.window.findChild(QLineEdit, name)
        assert isinstance(found, QLineEdit)
        return found

    def button(self, name: str) -> QPushButton:
        found = self.window.findChild(QPushButton, name)
        assert isinstance(found, QPushButton)
        return found

    def refusal(self) -> str:
        return " ".join(
            label.text()
            for label in self.window.findChildren(QLabel)
            if "refusal" in label.objectName() and label.isVisible()
        )

    def press(self, *keys: Qt.Key | str) -> None:
        """To whatever has the keyboard."""
        for key in keys:
            held = QApplication.focusWidget() or self.window
            if isinstance(key, str):
                QTest.keyClicks(held, key)
            else:
                QTest.keyClick(held, key)

    def holds(self, name: str) -> None:
        def has() -> bool:
            held = QApplication.focusWidget()
            return held is not None and held.objectName() == name

        self.qtbot.waitUntil(has)


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[[Desk], Scene]]:
    windows: list[SetupWindow] = []

    def build(desk: Desk) -> Scene:
        window = SetupWindow(desk.parts())
        windows.append(window)
        qtbot.addWidget(window)
        scene = Scene(desk, window, [], qtbot)
        window.over.connect(scene.over.append)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        scene.holds("code")
        return scene

    yield build
    for window in windows:
        window.worker.close()


def test_a_code_and_an_address_are_all_that_is_typed(open_window: Callable[[Desk], Scene]) -> None:
    scene = open_window(Desk())
    began_s = time.monotonic()
    scene.press(CODE.replace("-", "").lower(), Qt.Key.Key_Return)
    assert scene.line("code").text() == CODE
    scene.holds("place")
    scene.press("https://it.example.com/desk/", Qt.Key.Key_Return)
    scene.qtbot.waitUntil(lambda: scene.button("setup_start").isVisible())
    assert scene.desk.asked == [(CODE, "https://it.example.com/desk/")]
    scene.holds("setup_start")
    scene.press(Qt.Key.Key_Return)
    scene.qtbot.waitUntil(lambda: scene.over == [True])
    assert time.monotonic() - began_s < 120  # what is typed is 49 keys: the rest of two minutes is the person's


def test_where_the_pc_knows_its_company_the_code_is_enough(open_window: Callable[[Desk], Scene]) -> None:
    scene = open_window(Desk(source="//share/desk"))
    scene.press(CODE, Qt.Key.Key_Return)
    scene.qtbot.waitUntil(lambda: scene.button("setup_start").isVisible())
    assert scene.desk.asked == [(CODE, "//share/desk")]


def test_what_was_refused_stands_there_and_the_code_can_be_typed_again(open_window: Callable[[Desk], Scene]) -> None:
    scene = open_window(Desk(source="x", fails=[Refused("used", "This code was used already.")]))
    scene.press(CODE, Qt.Key.Key_Return)
    scene.qtbot.waitUntil(lambda: "used already" in scene.refusal())
    scene.holds("code")
    scene.press(CODE, Qt.Key.Key_Return)
    scene.qtbot.waitUntil(lambda: scene.button("setup_start").isVisible())
    assert len(scene.desk.asked) == 2
    assert not scene.refusal()


def test_an_address_that_does_not_answer_is_typed_again_and_the_code_is_kept(
    open_window: Callable[[Desk], Scene],
) -> None:
    scene = open_window(Desk(source="x", fails=[Refused("away", "x cannot be read.")]))
    scene.press(CODE, Qt.Key.Key_Return)
    scene.qtbot.waitUntil(lambda: "cannot be read" in scene.refusal())
    scene.holds("place")
    scene.press("y", Qt.Key.Key_Return)
    scene.qtbot.waitUntil(lambda: scene.button("setup_start").isVisible())
    assert scene.desk.asked == [(CODE, "x"), (CODE, "y")]


def test_a_seat_that_stands_alone_is_a_few_words(open_window: Callable[[Desk], Scene]) -> None:
    scene = open_window(Desk())
    scene.press(Qt.Key.Key_F3)
    scene.holds("setup_agent")
    scene.press(Qt.Key.Key_Return)
    assert "Type your work number" in scene.refusal()
    scene.press("1007", Qt.Key.Key_Return)
    scene.holds("setup_name")
    scene.press("Wang", Qt.Key.Key_Return)
    scene.holds("setup_area")
    microphone = scene.window.findChild(QComboBox, "setup_microphone")
    assert isinstance(microphone, QComboBox)
    scene.qtbot.waitUntil(lambda: microphone.count() == 2)
    microphone.setCurrentIndex(1)
    scene.press("0755", Qt.Key.Key_Return)
    scene.qtbot.waitUntil(lambda: scene.over == [True])
    assert scene.desk.alone == [Alone(agent="1007", agent_name="Wang", area_code="0755", microphone="USB mic")]


def test_a_pc_of_the_company_becomes_no_seat_that_stands_alone(open_window: Callable[[Desk], Scene]) -> None:
    scene = open_window(Desk(source="x", needs_code=True, fails=[Refused("used", "This code was used already.")]))
    scene.press(Qt.Key.Key_F3)
    assert scene.window.code.isVisible()
    assert not scene.button("setup_alone").isVisible()
    assert any("not without one" in label.text() for label in scene.window.code.findChildren(QLabel))
    scene.press(CODE, Qt.Key.Key_Return)
    scene.qtbot.waitUntil(lambda: "used already" in scene.refusal())
    scene.press(Qt.Key.Key_F3)
    assert scene.window.code.isVisible()
    scene.press(CODE, Qt.Key.Key_Return)
    scene.qtbot.waitUntil(lambda: scene.button("setup_start").isVisible())


def test_whose_seat_this_computer_is_stands_there(open_window: Callable[[Desk], Scene]) -> None:
    scene = open_window(Desk(why="On this computer the account li is set up as seat S01."))
    assert "account li is set up as seat S01" in scene.refusal()
    scene.holds("code")


def test_the_way_back_to_the_code(open_window: Callable[[Desk], Scene]) -> None:
    scene = open_window(Desk())
    scene.press(Qt.Key.Key_F3)
    scene.holds("setup_agent")
    scene.press(Qt.Key.Key_F3)
    scene.holds("code")


def test_each_button_has_room_for_its_words(open_window: Callable[[Desk], Scene], qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    scene = open_window(Desk())

    def cut() -> list[str]:
        buttons = [one for one in scene.window.findChildren(QPushButton) if one.isVisible()]
        return [one.text() for one in buttons if one.width() < one.sizeHint().width()]

    scene.qtbot.waitUntil(lambda: not cut())
    scene.press(Qt.Key.Key_F3)
    scene.holds("setup_agent")
    scene.qtbot.waitUntil(lambda: not cut())


def test_escape_gives_up_and_nothing_is_set(open_window: Callable[[Desk], Scene]) -> None:
    scene = open_window(Desk())
    scene.press(Qt.Key.Key_Escape)
    scene.qtbot.waitUntil(lambda: scene.over == [False])
    assert not scene.desk.asked


def test_a_bug_is_raised_and_not_told_as_a_fault(open_window: Callable[[Desk], Scene]) -> None:
    scene = open_window(Desk(source="x", fails=[ZeroDivisionError()]))
    scene.press(CODE, Qt.Key.Key_Return)
    scene.qtbot.waitUntil(lambda: scene.over == [False])
    assert isinstance(scene.window.bug, ZeroDivisionError)


def test_it_can_be_read_in_the_other_language() -> None:
    """In a process of its own: after an event loop that was left no window of this one would get the keyboard."""
    words = "from tests.ui.test_setup_window import read_in_both; read_in_both()"
    done = subprocess.run(
        [sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr


def read_in_both() -> None:
    """As the process of its own runs it: the window is built anew, and Escape gives up."""
    desk, spoken, titles = Desk(), list[str](), list[str]()

    def act() -> None:
        standing = [one for one in QApplication.topLevelWidgets() if isinstance(one, SetupWindow) and one.isVisible()]
        if standing:
            titles.append(standing[0].findChildren(QPushButton, "setup_language")[0].text())
            standing[0].findChildren(QPushButton, "setup_close" if spoken else "setup_language")[0].click()
        timer.start(20)

    def speak(language: str) -> None:
        spoken.append(language)
        i18n.speak(language)

    app = QApplication.instance() or QApplication(["desk"])
    timer = QTimer(app, singleShot=True)
    timer.timeout.connect(act)
    timer.start(20)
    i18n.speak("zh_CN")
    assert not run_setup(replace(desk.parts(), speak=speak))
    timer.stop()
    assert (spoken, titles) == (["en"], ["English", "中文"])


def test_what_was_typed_becomes_a_settings_file(tmp_path: Path) -> None:
    file = tmp_path / "张 三" / "settings.toml"
    stand_alone(
        file, Alone(agent="1007", agent_name='王"小\\明', area_code="0755", microphone="USB 麦克风", language="en")
    )
    got = load(file, Places(tmp_path / "etc"))
    assert (got.seat.agent, got.seat.agent_name, got.seat.language) == ("1007", '王"小\\明', "en")
    assert (got.line.kind, got.line.area_code, got.headset.microphone) == ("direct", "0755", "USB 麦克风")
    with pytest.raises(Refused):
        stand_alone(file, Alone(agent="1008"))
    assert load(file, Places(tmp_path / "etc")).seat.agent == "1007"


def test_what_cannot_be_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    from desk.ui.setup.parts import wrong

    file = tmp_path / "settings.toml"
    try:
        stand_alone(file, Alone(agent="1007", area_code="755"))
        told: str | None = ""
    except Exception as error:  # noqa: BLE001 - as the window does
        told = wrong(error)
    assert told == 'an area code begins with 0 and has 2 to 5 digits, as in "0755"'
    assert not file.exists()


def test_a_seat_whose_company_file_was_damaged_can_be_enrolled_again(qtbot: QtBot) -> None:
    window = SetupWindow(replace(Desk().parts(), why="the company's file was changed"))
    qtbot.addWidget(window)
    window.show()
    told = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert "the company's file was changed" in told
    window.worker.close()
