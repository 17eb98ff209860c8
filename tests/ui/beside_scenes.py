"""Pictures of what stands beside the call, for looking at: `python -m tests.ui.beside_scenes SCENE OUT.png [LANGUAGE
LOOK SIZE]` (QT_QPA_PLATFORM=offscreen; QT_SCALE_FACTOR=2 for a screen at 200 %)."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from desk import wire
from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.diagnosis import Diagnosis
from desk.domain.events import (
    CallAnswered,
    CallHeld,
    CallResumed,
    CheckStage,
    HeadsetChecked,
    LevelsMeasured,
    PromptPlayed,
    PromptRecorded,
    PromptsChanged,
    QualityMeasured,
    RecordingPaused,
    RecordingStarted,
    Verdict,
)
from desk.domain.identity import CallId, TicketId
from desk.domain.party import Direction
from desk.domain.patches import patch_of
from desk.domain.quality import Quality
from desk.usecases.fakes import FakeAuthor
from tests.ui import harness, seat
from tests.ui.seat import NOW

C1 = CallId("c1")
SCENES = (
    "log",
    "log_find",
    "log_faulty",
    "good",
    "bad",
    "dead",
    "devices",
    "checked",
    "noisy",
    "silent",
    "waiting",
    "back",
    "paused",
    "played",
)


def quality(ago_s: float = 0.0, *, loss: float = 0.1, jitter_ms: float = 6.0, mos: float = 4.4) -> Quality:
    at = NOW - timedelta(seconds=ago_s)
    return Quality(at, "PCMA", loss, None, jitter_ms, 34.0, 40.0, 0.0, mos)


def good_minute() -> Sequence[Quality]:
    return [quality(60 - 2 * n, jitter_ms=5 + n % 4) for n in range(31)]


def bad_minute() -> Sequence[Quality]:
    bad = [
        quality(
            60 - 2 * n, loss=0.2 if n < 15 else 2.0 + n % 5 * 2, jitter_ms=6 + n, mos=4.4 if n < 15 else 2.9 - n % 3 / 4
        )
        for n in range(31)
    ]
    return [*bad[:-1], replace(bad[-1], loss=6.4, mos=2.4)]


def past(name: str, minutes: int, outcome: Outcome, **fields: object) -> CallEntry:
    at = NOW - timedelta(minutes=minutes, milliseconds=966)
    talked = outcome in (Outcome.ANSWERED, Outcome.TRANSFERRED)
    base = replace(
        seat.past_call(name, 0, outcome),
        offered_at=at,
        answered_at=at + timedelta(seconds=4.2) if talked else None,
        ended_at=at + timedelta(seconds=187.5 if talked else 21),
        cause=200 if talked else 487,
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def calls() -> Sequence[tuple[CallEntry, RecordingEntry | None]]:
    def kept(name: str) -> RecordingEntry:
        return RecordingEntry(CallId(name), RecordingKept.KEPT, file=f"{name}.age", sha256="0" * 64, length_ms=183_300)

    def none(name: str, why: str = "not answered") -> RecordingEntry:
        return RecordingEntry(CallId(name), RecordingKept.MISSING, why=why)

    measured = {"codec": "PCMA", "jitter_ms": 9, "round_trip_ms": 34, "loss_permille": 2}
    well = {**measured, "mos_mean_x100": 437, "mos_worst_x100": 431, "diagnosis": Diagnosis.NONE}
    badly = {
        **measured,
        "mos_mean_x100": 340,
        "mos_worst_x100": 212,
        "mos_worst_at": NOW - timedelta(minutes=9),
        "loss_permille": 61,
        "diagnosis": Diagnosis.NETWORK_LOSS,
    }
    out = {"direction": Direction.OUTGOING, "number": "8001", "lookup_key": "8001"}
    other = {"number": "02087654321", "lookup_key": "+862087654321"}
    return [
        (past("k1", 2, Outcome.ABANDONED, **other), none("k1")),
        (past("k2", 12, Outcome.ANSWERED, ticket_id=TicketId("t1"), **badly), kept("k2")),
        (past("k3", 31, Outcome.TRANSFERRED, transferred_to="8001", **well), kept("k3")),
        (past("k4", 44, Outcome.ANSWERED, **well, **out), kept("k4")),
        (past("k5", 63, Outcome.REJECTED, cause=486, reason="Busy Here"), none("k5")),
        (past("k6", 95, Outcome.UNANSWERED, cause=486, reason="Busy Here", **out), none("k6")),
        (past("k7", 121, Outcome.ANSWERED, **well), none("k7", "disk full")),
        (past("k8", 180, Outcome.MISSED, number="", lookup_key=""), none("k8")),
        (past("k9", 1500, Outcome.FORWARDED, **other), none("k9")),
        (past("k10", 3000, Outcome.FAILED, cause=488, reason="Not Acceptable Here", **out), none("k10")),
    ]


def fill(scene: harness.Scene) -> None:
    """Put the calls of `calls` into the scene's store."""
    author = FakeAuthor(
        "1001", "S01", lambda: NOW, iter(f"00000000-0000-7000-9000-{n:012}" for n in range(99)).__next__
    )
    for entry, recording in calls():
        scene.store.append([author.change("call", entry.call_id, patch_of(entry, "call_id"))])
        if recording is not None:
            scene.store.append([author.change("recording", entry.call_id, patch_of(recording, "call_id"))])


def talk(scene: harness.Scene) -> None:
    later = NOW - timedelta(seconds=73)
    scene.receive(seat.offered(at=later), CallAnswered(C1, later), RecordingStarted(C1, later))


def draw(name: str, scene: harness.Scene) -> None:
    """Bring the window into the state of this name."""
    scene.receive(seat.snapshot(), wire.CentralState(True, True, 0, 42.0), LevelsMeasured(NOW, -22.0, -30.0))
    scene.built.wiring.sign_in("1001")
    if name.startswith("log"):
        draw_log(name, scene)
    elif name in ("devices", "checked", "noisy"):
        draw_devices(name, scene)
    else:
        draw_call(name, scene)


def draw_log(name: str, scene: harness.Scene) -> None:
    fill(scene)
    middle = scene.built.window.panels.middle
    log = middle.call_log
    assert log is not None
    QTimer.singleShot(300, middle.toggle_call_log)
    if name == "log":
        QTimer.singleShot(700, log.list.setFocus)
        QTimer.singleShot(800, lambda: log.list.setCurrentIndex(log.model.index(1)))
    elif name == "log_faulty":
        QTimer.singleShot(500, lambda: QTest.keyClick(log.window(), Qt.Key.Key_9, Qt.KeyboardModifier.AltModifier))
    else:
        QTimer.singleShot(500, lambda: log.search.setText("138001"))


def draw_devices(name: str, scene: harness.Scene) -> None:
    QTimer.singleShot(300, scene.built.window.panels.middle.toggle_devices)
    told = HeadsetChecked(CheckStage.DONE, Verdict.GOOD, -21.4, -58.0, None, None)
    if name == "noisy":
        told = HeadsetChecked(CheckStage.DONE, Verdict.NOISY, -24.0, -39.0, 22.0, 61.0)
    if name != "devices":
        scene.receive(told, PromptsChanged({"greeting": 3.4}), PromptRecorded("greeting", 3.4))


def draw_call(name: str, scene: harness.Scene) -> None:
    talk(scene)
    for measured in bad_minute() if name == "bad" else good_minute():
        scene.receive(QualityMeasured(C1, measured.at, measured))
    now = quality(-2)
    told: dict[str, tuple[object, ...]] = {
        "dead": (QualityMeasured(C1, NOW, replace(now, silent_microphone=True)),),
        "silent": (QualityMeasured(C1, NOW, replace(now, silent_caller=True)),),
        "waiting": (CallHeld(C1, NOW - timedelta(seconds=24)),),
        "back": (CallHeld(C1, NOW - timedelta(seconds=24)), CallResumed(C1, NOW)),
        "paused": (RecordingPaused(C1, NOW, on=True),),
        "played": (PromptPlayed(C1, NOW, "greeting"),),
    }
    scene.receive(*told.get(name, ()))


if __name__ == "__main__":
    harness.shoot(draw, *sys.argv[1:])
