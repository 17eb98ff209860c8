"""What has stood for long is known to whoever looks ten minutes back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk import wire
from desk.compose import notes as compose_notes
from desk.compose.notes import STATE_EVERY_S, ProcessNotes
from desk.domain import events
from desk.domain.mishaps import Mishap, mishaps
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble, Wrong
from desk.settings import Settings
from desk.support import notes
from desk.support.seen import seen_of

MORNING = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


class Day:
    """Hours pass; the process ticks every minute of them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = MORNING
        monkeypatch.setattr(compose_notes, "now", lambda: self.now)
        self.folder = folder / "run" / "notes"
        self.process = ProcessNotes(Settings(data_dir=folder, runtime_dir=folder / "run"), "phone")

    def passes(self, minutes: int) -> None:
        for _minute in range(minutes):
            self.now += timedelta(minutes=1)
            self.process.tick((self.now - MORNING).total_seconds())

    def found(self) -> tuple[Mishap, ...]:
        return mishaps(seen_of(notes.read(self.folder, self.now - notes.KEPT)))


@pytest.fixture
def day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Day:
    made = Day(tmp_path, monkeypatch)
    line = events.LineState("热线", events.LineStatus.REGISTERED, MORNING)
    made.process.send(PhoneSnapshot((line,), events.HeadsetState()))
    return made


def test_a_trouble_of_this_morning_is_found_hours_later_and_not_when_it_is_over(day: Day) -> None:
    gone = Wrong(Trouble.NO_REGISTRAR, MORNING)
    day.process.send(events.TroubleRaised(gone))
    day.passes(180)
    assert day.found() == (Mishap.LINE_GONE,)
    day.process.send(events.TroubleCleared(gone))
    day.passes(11)
    assert day.found() == (Mishap.NOTHING,)


def test_a_line_that_has_been_deaf_for_hours_is_found(day: Day) -> None:
    day.process.send(events.LineChanged(events.LineState("热线", events.LineStatus.DEAF, MORNING)))
    day.passes(60)
    assert day.found() == (Mishap.LINE_GONE,)


def test_a_vault_that_has_been_away_for_hours_is_found(day: Day) -> None:
    day.process.send(wire.RecordingsState(trouble="vault_away"))
    day.passes(60)
    assert day.found() == (Mishap.VAULT_AWAY,)
    day.process.send(wire.RecordingsState())
    day.passes(11)
    assert day.found() == (Mishap.NOTHING,)


def test_it_is_said_again_once_a_minute_and_not_every_second(day: Day) -> None:
    for second in range(int(3 * STATE_EVERY_S)):
        day.process.tick(1000.0 + second)
    said = [note for note in notes.read(day.folder, MORNING) if note.kind == "phone"]
    assert len(said) == 4  # and when it began
