"""What is told of a part of Desk that died: when, how often, and where its crash file lies; over the real window and
real crash files."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desk import wire
from desk.log.crash import died_at, role_of, unseen_crashes
from desk.ui.build import Built
from tests.ui.real_window import real_window

FIRST, LAST = datetime(2025, 11, 20, 2, 5, tzinfo=UTC), datetime(2025, 11, 21, 9, 30, tzinfo=UTC)


@pytest.fixture
def crashes(tmp_path: Path) -> Path:
    folder = tmp_path / "crashes"
    folder.mkdir()
    return folder


@pytest.fixture
def built(qapp: QApplication, tmp_path: Path) -> Iterator[Built]:
    with real_window(tmp_path / "seat", "en") as built:
        built.window.show()
        yield built


def crash(folder: Path, role: str, at: datetime, pid: int) -> Path:
    """What a process of an earlier run left when it died."""
    file = folder / f"{role}-{at:%Y%m%dT%H%M%SZ}-{pid}.txt"
    file.write_text("Segmentation fault", encoding="utf-8")
    os.utime(file, (at.timestamp(), at.timestamp()))
    return file


def told_of_earlier_run(built: Built, folder: Path) -> None:
    """As the launcher tells the window at the start."""
    for file in unseen_crashes(folder):
        built.hub.receive(wire.Restarted(role_of(file), 0, str(file), died_at(file)))


def shown(built: Built, name: str) -> str:
    label = built.window.findChild(QLabel, name)
    assert label is not None
    return label.text() if label.isVisible() else ""


def test_an_earlier_runs_crash_is_told_with_its_time_and_its_file(qtbot: QtBot, built: Built, crashes: Path) -> None:
    file = crash(crashes, "phone", FIRST, 77)
    told_of_earlier_run(built, crashes)
    qtbot.waitUntil(lambda: shown(built, "message_what") != "")
    assert shown(built, "message_what") == "2025-11-20: The telephone part ended by a fault in an earlier run."
    seen = crashes / "seen" / file.name
    assert shown(built, "message_to_do") == f"For IT: {seen}"
    assert seen.exists()
    assert unseen_crashes(crashes) == []


def test_several_crashes_are_all_counted_and_none_pushes_another_out(qtbot: QtBot, built: Built, crashes: Path) -> None:
    crash(crashes, "phone", FIRST, 77)
    crash(crashes, "phone", LAST, 78)
    crash(crashes, "ui", LAST, 79)
    told_of_earlier_run(built, crashes)
    qtbot.waitUntil(lambda: unseen_crashes(crashes) == [])
    qtbot.waitUntil(lambda: shown(built, "message_others") == "and 1 more")
    told = list[tuple[str, str]]()
    while shown(built, "message_what"):
        told.append((shown(built, "message_what"), shown(built, "message_to_do")))
        built.window.panels.trouble_line.put_away()
    (phone,) = [(what, where) for what, where in told if "telephone" in what]
    assert phone == (
        "2 times, last 2025-11-21: The telephone part ended by a fault in an earlier run.",
        f"For IT: {crashes / 'seen'}",
    )
    assert any("window ended by a fault in an earlier run" in what for what, _where in told)


def test_a_restart_just_now_says_what_is_still_there(qtbot: QtBot, built: Built) -> None:
    built.hub.receive(wire.Restarted("ui", -9, "", FIRST))
    qtbot.waitUntil(lambda: shown(built, "message_what") != "")
    assert shown(built, "message_what") == "2025-11-20: The window was restarted. What you typed is still here."
    assert shown(built, "message_to_do") == ""


def test_a_file_that_cannot_be_moved_is_told_where_it_lies(qtbot: QtBot, built: Built, crashes: Path) -> None:
    file = crash(crashes, "sync", FIRST, 77)
    (crashes / "seen").write_text("in the way", encoding="utf-8")
    told_of_earlier_run(built, crashes)
    qtbot.waitUntil(lambda: "went wrong" in shown(built, "message_what"))
    built.window.panels.trouble_line.put_away()
    assert "background service" in shown(built, "message_what")
    assert shown(built, "message_to_do") == f"For IT: {file}"
