"""The window with the page of what just happened over real notes in a folder. Pictures, for looking at:
`python -m tests.ui.after.support.scenes SCENE OUT.png [LANGUAGE LOOK SIZE]` (QT_QPA_PLATFORM=offscreen)."""

import sys
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from desk.compose.support import facts_of, sealer_of, shelf_of
from desk.domain.commands import Command
from desk.secrets import FakeSecrets, Secrets
from desk.settings import Settings
from desk.support.notes import Note, Notes
from desk.support.shelf import Shelved
from desk.support.what_happened import Place, WhatHappened
from desk.ui.after.support.parts import SupportUses
from desk.usecases.fakes import FakeStore
from tests.support.making import note, talk
from tests.ui import harness, seat

SCENES = {
    "loss": talk(loss=12.0, mos=2.5),
    "headset": [
        *talk(silent_microphone=True, microphone_dbfs=-100.0, length_s=75),
        note(9, "trouble", trouble="headset_vanished", on=True),
        note(30, "stall", "ui", stall_ms=2300.0),
        note(30, "central", "sync", trouble="central_unreachable"),
    ],
    "nothing": talk(),
    "no_call": [],
}
SHIFT = Qt.KeyboardModifier.ShiftModifier


def looking(folder: Path, notes: list[Note], secrets: Secrets, now: datetime = seat.NOW) -> WhatHappened:
    """A seat in `folder` whose processes saw this; the first note was two minutes ago."""
    settings = Settings(data_dir=folder / "data", runtime_dir=folder / "run")
    begin = now - timedelta(minutes=2)
    ordered = sorted(notes, key=lambda one: one.at)
    moved = [replace(one, at=begin + (one.at - ordered[0].at)) for one in ordered]
    for role in ("phone", "ui", "sync"):
        of_role = [one for one in moved if one.role == role]
        times = iter([one.at for one in of_role])
        ring = Notes(settings.runtime_dir / "notes", role, lambda times=times: next(times))  # type: ignore[misc]
        for one in of_role:
            ring.note(one.kind, one.fields)
    place = Place(settings.runtime_dir / "notes", settings.log_dir, settings.crash_dir, "S01")
    return WhatHappened(
        place, shelf_of(settings), sealer_of(settings, secrets), lambda: facts_of(settings), lambda: now
    )


def build(language: str, look: str, uses: SupportUses) -> harness.Scene:
    kept, commands = FakeStore(), list[Command]()
    made = replace(harness.parts(kept, language, look, commands.append), support=uses)
    return harness.Scene(harness.window_of(made, look), kept, commands, [])


if __name__ == "__main__":
    scene_name = sys.argv[1]
    what = looking(Path(tempfile.mkdtemp()), SCENES[scene_name], FakeSecrets())
    if scene_name != "nothing":
        for days, mishap, why in (
            (1, "network_jitter", "网络传来的声音快慢不匀，有些来得太迟。"),
            (3, "nothing", "最近几分钟一切正常。"),
        ):
            when = seat.NOW - timedelta(days=days)
            what.shelf.put(Shelved(f"S01-{days}.deskbundle", when, mishap, why), b"sealed")

    def draw(_name: str, scene: harness.Scene) -> None:
        scene.receive(seat.snapshot())
        scene.built.wiring.sign_in("1001")
        QTimer.singleShot(500, lambda: QTest.keyClick(scene.built.window, Qt.Key.Key_F12, SHIFT))

    harness.shoot(draw, *sys.argv[1:], build=lambda language, look: build(language, look, SupportUses(lambda: what)))
