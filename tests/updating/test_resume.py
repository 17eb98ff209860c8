"""How a seat was used outlasts the start into another version, and back."""

import os
import time
from pathlib import Path

import pytest

from desk.updating import choice as choices
from desk.updating.choice import Choice
from desk.updating.resume import FILE, FRESH_S, Resuming, note, noted
from desk.wire import SeatUse

LUNCH = SeatUse(True, "lunch", "1002")
NOBODY = SeatUse(True)


@pytest.mark.parametrize("use", [LUNCH, NOBODY, SeatUse(False, "", "1001")])
def test_what_was_noted_is_found_by_the_next_start(tmp_path: Path, use: SeatUse) -> None:
    note(tmp_path, use)
    assert noted(tmp_path) == use
    assert noted(tmp_path, lambda: time.time() + FRESH_S) is None, "that was another time"


@pytest.mark.parametrize("content", [b"", b"lunch", b"[1]", b'{"away": "x"}', b"\xff"])
def test_what_cannot_be_read_says_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert noted(tmp_path) is None


def test_what_cannot_be_kept_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    note(tmp_path / "file" / "updates", LUNCH)
    assert noted(tmp_path / "file" / "updates") is None


def test_it_is_over_when_a_window_of_a_version_that_stays_has_said_how_it_is_used(tmp_path: Path) -> None:
    note(tmp_path, LUNCH)
    told: list[SeatUse] = []
    resuming = Resuming(tmp_path, "0.1.0", lambda: told[-1] if told else None)
    resuming.work_once()
    assert noted(tmp_path) == LUNCH, "the window may have died before it took it"
    told.append(LUNCH)
    resuming.work_once()
    assert not (tmp_path / FILE).exists()
    note(tmp_path, NOBODY)
    resuming.work_once()
    assert noted(tmp_path) == NOBODY, "this is for the next start"


def test_while_a_version_is_on_trial_it_is_kept_true_for_the_one_before(tmp_path: Path) -> None:
    choices.write(tmp_path, Choice(version="0.2.0", trial=True))
    note(tmp_path, NOBODY)
    told = [NOBODY]
    resuming = Resuming(tmp_path, "0.2.0", lambda: told[-1])
    for use in (NOBODY, LUNCH, SeatUse(False, "", "1002")):
        told.append(use)
        resuming.work_once()
        assert noted(tmp_path) == use
    choices.write(tmp_path, choices.confirmed(choices.read(tmp_path)))
    resuming.work_once()
    assert not (tmp_path / FILE).exists()


def test_what_a_window_says_during_a_trial_is_as_fresh_as_the_trial(tmp_path: Path) -> None:
    choices.write(tmp_path, Choice(version="0.2.0", trial=True))
    note(tmp_path, LUNCH)
    os.utime(tmp_path / FILE, (1, 1))
    Resuming(tmp_path, "0.2.0", lambda: LUNCH).work_once()
    assert noted(tmp_path) == LUNCH
