"""Pictures of signing in and of the lock, for looking at: `python -m tests.ui.sign_in_scenes SCENE OUT.png [LANGUAGE
LOOK SIZE]` (QT_QPA_PLATFORM=offscreen). And the window of their tests: the centre checks passwords."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from PySide6.QtCore import QTimer

from desk import wire
from desk.domain.commands import Command
from desk.domain.events import CallAnswered, LevelsMeasured, RecordingStarted
from desk.domain.identity import CallId
from desk.domain.sign_in import Answer, Verdict
from desk.ui.parts import UiParts
from desk.usecases.fakes import FakeStore
from tests.ui import harness, seat

REGISTER = [("1001", "张三"), ("1002", "李四")]


@dataclass
class FakeSync:
    """The background service: it remembers what it was told, and answers when the test says so."""

    told: list[Any] = field(default_factory=list)
    here: bool = True

    def tell(self, message: object) -> bool:
        if self.here:
            self.told.append(message)
        return self.here

    def last(self, kind: type) -> Any:
        return next(message for message in reversed(self.told) if isinstance(message, kind))


@dataclass
class Guarded(harness.Scene):
    """A window where a password is asked for."""

    sync: FakeSync = field(default_factory=FakeSync)

    def answer(self, answer: Answer = Answer.ADMITTED, **more: Any) -> None:
        """To the question that was asked last."""
        asked = self.sync.last(wire.SignIn)
        self.receive(wire.SignInJudged(asked.request, Verdict(answer, asked.number, **more)))


def build(
    language: str = "zh_CN",
    look: str = "light",
    way: str = "password",
    more: Callable[[UiParts], UiParts] = lambda parts: parts,
) -> Guarded:
    """Not shown yet; nobody is signed in. `more`: adds to what the window is built from."""
    store, commands, nudges, sync = FakeStore(), list[Command](), list[None](), FakeSync()
    made = harness.parts(store, language, look, commands.append, lambda: nudges.append(None))
    settings = replace(made.settings, seat=replace(made.settings.seat, sign_in=way))  # type: ignore[arg-type]
    made = replace(made, settings=settings, tell_sync=sync.tell, register=lambda: REGISTER)
    return Guarded(harness.window_of(more(made), look), store, commands, nudges, sync)


def draw(name: str, scene: harness.Scene) -> None:
    """Bring the window into the state of this name."""
    assert isinstance(scene, Guarded)
    page, later = scene.built.window.panels.sign_in, seat.NOW - timedelta(seconds=73)
    scene.receive(seat.snapshot(), wire.CentralState(True, True, 0, 42.0), LevelsMeasured(seat.NOW, -22.0, -30.0))
    scene.receive(wire.Seated(last="1001"))

    def offer(then: Callable[[], None]) -> None:
        page.number.setText("1001")
        page.offered.emit("1001", "x")
        QTimer.singleShot(150, then)

    def locked() -> None:
        scene.answer(name="张三")
        QTimer.singleShot(300, scene.built.window.lock_wanted.emit)

    match name:
        case "wrong":
            QTimer.singleShot(100, lambda: offer(lambda: scene.answer(Answer.WRONG, wait_s=20)))
        case "away":
            QTimer.singleShot(100, lambda: offer(lambda: scene.answer(Answer.NEVER_HERE)))
        case "work":
            QTimer.singleShot(100, lambda: offer(lambda: scene.answer(name="张三", offline=True)))
        case "locked" | "locked_call" | "locked_changed":
            QTimer.singleShot(100, lambda: offer(locked))
        case "password":
            key = scene.built.window._keys.password
            QTimer.singleShot(100, lambda: offer(lambda: scene.answer(name="张三")))
            QTimer.singleShot(900, key.click)
        case _:
            pass
    if name == "locked_call":
        scene.receive(seat.offered(at=later), seat.offered("c2"), CallAnswered(CallId("c1"), later))
        scene.receive(RecordingStarted(CallId("c1"), later))
    if name == "locked_changed":
        QTimer.singleShot(1000, lambda: scene.receive(wire.PutOut("1001", Answer.CHANGED)))


if __name__ == "__main__":
    harness.shoot(draw, *sys.argv[1:], build=build)
