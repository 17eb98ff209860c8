"""A window whose store has conflicts and refused changes in it, and pictures of it: `python -m tests.ui.conflict.scenes
SCENE OUT.png [LANGUAGE LOOK SIZE]` (QT_QPA_PLATFORM=offscreen)."""

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desk import wire
from desk.domain.changes import Change, Patch
from desk.domain.events import CallAnswered, LevelsMeasured, RecordingStarted
from desk.domain.identity import CallId, ChangeId
from desk.domain.set_aside import SetAside
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_conflicts import FakeSetAsides
from desk.usecases.look_after_refused import LookAfterRefused
from tests.ui import harness, seat

EXPORTED = Path("/somewhere/refused-S01.jsonl")


def written(
    number: int, entity: str, entity_id: str, patch: Patch, author: str = "1002", seq: int = 0, base: int = 1
) -> Change:
    """A change of another seat (its author's own); author 1001 sits here."""
    name = ChangeId(f"01900000-0000-7000-8000-{number:012x}")
    at = seat.NOW - timedelta(minutes=48 - number)
    where = "S01" if author == "1001" else f"S{author}"
    return Change(name, entity, entity_id, at, author, where, patch, "", base, seq or None)


PLACE = (
    written(2, "ticket", "t1", {"place_text": "5栋2单元302", "household_id": None}, "1001", 12, 10),
    written(6, "ticket", "t1", {"place_text": "5栋2单元203", "household_id": "h1"}, "1002", 13, 10),
)
CONTACT = (
    written(3, "ticket", "t1", {"contact_number": "13800138000"}, "1002", 14, 10),
    written(4, "ticket", "t1", {"contact_number": "13900139000"}, "1003", 15, 10),
)
STAGE = (
    written(3, "ticket", "t1", {"stage": "done"}, "1002", 16, 10),
    written(5, "ticket", "t1", {"stage": "suspended"}, "1003", 17, 10),
)
NOTES = (
    written(7, "person", "p1", {"notes": "听力不好"}, "1002", 18, 10),
    written(8, "person", "p1", {"notes": "周末才在家"}, "1003", 19, 10),
)
REFUSED = (
    SetAside(
        written(9, "ticket", "t1", {"description": "卫生间地漏返水，楼下已渗水"}, "1001"),
        "42501: new row violates row-level security policy",
    ),
    SetAside(written(10, "ticket", "t0", {"priority": "urgent"}, "1002"), "DK002: ticket has no field 'grade'"),
)


def build(language: str = "en", look: str = "light") -> harness.Scene:
    """The little estate, no conflict yet."""
    store, nudges = FakeStore(), list[None]()
    made = harness.parts(store, language, look, nudge=lambda: nudges.append(None))
    assert made.conflicts is not None
    set_asides = FakeSetAsides(REFUSED)
    uses = made.conflicts
    refused = LookAfterRefused(
        set_asides,
        uses.refused._histories,
        uses.reading,
        lambda: seat.NOW,
        lambda: "1001",
        lambda _lines: EXPORTED,
    )
    # what the little estate was made with has its place in the centre's order, so that other seats have seen it
    began = [replace(change, central_seq=min(index, 10)) for index, change in enumerate(store.changes, 1)]
    store.changes.clear()
    store._of.clear()
    store.append(began)
    return harness.Scene(
        harness.window_of(replace(made, conflicts=replace(uses, refused=refused)), look), store, [], nudges
    )


def tell(scene: harness.Scene, *changes: Change) -> None:
    """These have come from the centre."""
    scene.store.append(changes)
    scene.receive(wire.Pushed(tuple(sorted({change.entity for change in changes}))))


def draw(name: str, scene: harness.Scene) -> None:
    later = seat.NOW - timedelta(seconds=73)
    scene.receive(seat.snapshot(), wire.CentralState(True, True, 0, 42.0), LevelsMeasured(seat.NOW, -22.0, -30.0))
    scene.built.wiring.sign_in("1001")
    if name == "ticket":
        QTimer.singleShot(200, lambda: scene.built.window.panels.middle.show_ticket("t1"))
        QTimer.singleShot(500, lambda: tell(scene, *PLACE, *CONTACT))
    if name == "news":
        QTimer.singleShot(200, lambda: scene.built.window.panels.middle.show_ticket("t1"))
        QTimer.singleShot(
            500, lambda: tell(scene, written(20, "ticket", "t1", {"priority": "urgent"}, seq=30, base=20))
        )
    if name == "form":
        scene.receive(seat.offered(at=later), CallAnswered(CallId("c1"), later), RecordingStarted(CallId("c1"), later))
        QTimer.singleShot(600, lambda: tell(scene, written(20, "person", "p1", {"name": "王建中"}, seq=30, base=20)))
    if name in ("list", "refused"):
        scene.receive(wire.CentralState(True, True, 0, 42.0, refused=2))
        QTimer.singleShot(200, lambda: tell(scene, *PLACE, *STAGE, *NOTES))
        QTimer.singleShot(500, scene.built.window.panels.lamps[-1].wanted.emit)  # type: ignore[attr-defined]
    if name == "refused":
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        def down() -> None:
            focus = QApplication.focusWidget()
            assert focus is not None
            for _ in range(4):
                QTest.keyClick(focus, Qt.Key.Key_Down)

        QTimer.singleShot(900, down)


if __name__ == "__main__":
    harness.shoot(draw, *sys.argv[1:], build=build)
