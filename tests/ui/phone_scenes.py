"""Pictures of the window's telephone, for looking at: `python -m tests.ui.phone_scenes SCENE OUT.png [LANGUAGE LOOK
SIZE]` (QT_QPA_PLATFORM=offscreen; QT_SCALE_FACTOR=2 for a screen at 200 %). And the window of the telephone's tests:
three lines, every code of the exchange."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desk import wire
from desk.domain.agent_state import AgentState
from desk.domain.availability import Availability, Forward
from desk.domain.commands import Command
from desk.domain.estate import Duty, Staff
from desk.domain.events import (
    AvailabilityChanged,
    CallAnswered,
    CallDialled,
    CallEvent,
    CallHeld,
    CallOffered,
    CallResumed,
    ConferenceJoined,
    FarHeld,
    LevelsMeasured,
    LineChanged,
    LineState,
    LineStatus,
    RecordingStarted,
    TransferFailed,
    TransferProgressed,
    TransferStarted,
    TroubleRaised,
)
from desk.domain.identity import CallId, StaffId
from desk.domain.party import Party
from desk.domain.patches import patch_of
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble, Wrong
from desk.settings import LineSettings, PhoneSettings
from desk.ui.parts import UiParts
from desk.usecases.fakes import FakeAuthor, FakeStore
from tests.ui import harness, seat
from tests.ui.seat import NOW

C1, C2, C3 = CallId("c1"), CallId("c2"), CallId("c3")
HANDLER = Staff(StaffId("s5"), "8001", "赵师傅", Duty.HANDLER, "8001")
PHONE = PhoneSettings(
    pause_code="*45",
    resume_code="*46",
    listen_code="*222{number}",
    whisper_code="*223{number}",
    barge_code="*224{number}",
    night_target="8888",
)
LINES = (
    LineSettings(label="热线", colour="blue", voice_mail="*97"),
    LineSettings(label="分机", colour="green"),
    LineSettings(label="中继", colour="orange"),
)
HANDLER_PARTY = Party("8001")


def parts(
    store: FakeStore, command: Callable[[Command], None], language: str = "zh_CN", look: str = "light"
) -> UiParts:
    made = harness.parts(store, language, look, command)
    author = FakeAuthor("1001", "S01", lambda: NOW, lambda: "00000000-0000-7000-8000-00000000f001")
    store.append([author.change("staff", HANDLER.staff_id, patch_of(HANDLER, "staff_id"))])
    return replace(made, settings=replace(made.settings, phone=PHONE, lines=LINES))


def build(language: str = "zh_CN", look: str = "light") -> harness.Scene:
    """A window that is not shown yet; nobody is signed in."""
    store, commands = FakeStore(), list[Command]()
    made = parts(store, commands.append, language, look)
    return harness.Scene(harness.window_of(made, look), store, commands, [])


def snapshot() -> PhoneSnapshot:
    lines = tuple(LineState(line.label, LineStatus.REGISTERED, NOW, 200, colour=line.colour) for line in LINES)
    return replace(seat.snapshot(), lines=lines)


@dataclass(frozen=True)
class Drawn:
    """Messages that make a scene, and what the agent presses then."""

    messages: tuple[object, ...]
    then: Callable[[harness.Scene], None] = lambda _scene: None


def talked(since_s: int = 73) -> tuple[CallEvent, ...]:
    """The known resident, on the call."""
    at = NOW - timedelta(seconds=since_s)
    return (CallOffered(C1, at, "热线", seat.PARTY), CallAnswered(C1, at), RecordingStarted(C1, at))


def asked(since_s: int = 20) -> tuple[CallEvent, ...]:
    """The handler is asked about the resident's call, and has answered."""
    at = NOW - timedelta(seconds=since_s)
    dialled = CallDialled(C2, at, "分机", HANDLER_PARTY, C1)
    return (*talked(), CallHeld(C1, at), dialled, CallAnswered(C2, at), RecordingStarted(C2, at))


def _choose(scene: harness.Scene) -> None:
    scene.built.window.panels.call_bar.transfer.click()
    QTest.keyClicks(scene.built.window.panels.call_bar.transfer_panel.box, "z")


def _state(scene: harness.Scene) -> None:
    scene.built.window.panels.call_bar.toggle_availability()
    scene.built.window.panels.call_bar.states.choose(AgentState.LUNCH)


def _supervise(scene: harness.Scene) -> None:
    scene.built.window.panels.call_bar.toggle_supervision()
    QTest.keyClicks(scene.built.window.panels.call_bar.supervision.box, "10")


def _type(scene: harness.Scene) -> None:
    focus = QApplication.focusWidget()
    if focus is not None:
        QTest.keyClicks(focus, "shui")
    scene.receive(CallOffered(C2, NOW - timedelta(seconds=14), "中继", Party("075587654321")))


def scenes() -> dict[str, Drawn]:
    late = NOW - timedelta(seconds=75)
    waiting = CallOffered(C3, NOW - timedelta(seconds=5), "中继", Party("075587654321"))
    second = CallOffered(C2, late, "分机", Party("02087654321", "前台"))
    deaf = LineState(
        "热线",
        LineStatus.DEAF,
        NOW - timedelta(seconds=135),
        0,
        "certificate_wrong_name",
        "blue",
        "pbx.example.com:5061",
        2,
    )
    away = Availability(False, {Forward.ALWAYS: "8001"})
    return {
        "idle": Drawn(()),
        "two_calls": Drawn((second, CallAnswered(C2, late), CallHeld(C2, late), *talked(), waiting)),
        "transfer": Drawn(talked(), _choose),
        "consultation": Drawn(asked()),
        "calling": Drawn((*talked(), CallHeld(C1, NOW), CallDialled(C2, NOW, "分机", HANDLER_PARTY, C1))),
        "conference": Drawn((*asked(), CallResumed(C1, NOW), ConferenceJoined(C1, NOW), ConferenceJoined(C2, NOW))),
        "under_way": Drawn(
            (*talked(), CallHeld(C1, NOW), TransferStarted(C1, NOW, "8001"), TransferProgressed(C1, NOW, 180))
        ),
        "failed": Drawn((*talked(), TransferStarted(C1, NOW, "8001"), TransferFailed(C1, NOW, 486, "Busy Here"))),
        "far_held": Drawn((*talked(), FarHeld(C1, NOW, on=True))),
        "deaf": Drawn((LineChanged(deaf), TroubleRaised(Wrong(Trouble.LINE_UNVERIFIED, NOW, "wrong_name")))),
        "availability": Drawn((AvailabilityChanged(away),), _state),
        "away": Drawn((AvailabilityChanged(Availability(True, {Forward.NIGHT: "8888"})),)),
        "supervise": Drawn((), _supervise),
        "auto_answer": Drawn((CallOffered(C1, NOW, "分机", Party("8001"), 5.0),)),
        "typing": Drawn(talked(), _type),
    }


def draw(name: str, scene: harness.Scene) -> None:
    scene.receive(snapshot(), wire.CentralState(True, True, 0, 42.0), LevelsMeasured(NOW, -22.0, -30.0))
    scene.built.wiring.sign_in("1001")
    drawn = scenes()[name]
    scene.receive(*drawn.messages)
    QTimer.singleShot(700, scene.built.window, lambda: drawn.then(scene))


if __name__ == "__main__":
    harness.shoot(draw, *sys.argv[1:], build=build)
