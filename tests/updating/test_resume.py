"""How a seat was used outlasts the start into another version and back, and a window that died."""

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
WORKS = SeatUse(False, "", "1002")


class Window:
    """What the sync process knows of it."""

    def __init__(self, own: Path, running: str = "0.1.0") -> None:
        self.own, self.here, self.now_s = own, True, 0.0
        self.told: list[SeatUse] = []
        self.resuming = Resuming(
            own, running, lambda: self.told[-1] if self.told else None, lambda: self.here, lambda: self.now_s
        )

    def works(self, use: SeatUse | None = None, *, here: bool = True) -> None:
        self.told += [use] if use is not None else []
        self.here = here
        self.resuming.work_once()


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
    window = Window(tmp_path)
    window.works()
    assert noted(tmp_path) == LUNCH, "the window may have died before it took it"
    window.works(LUNCH)
    assert not (tmp_path / FILE).exists()
    window.resuming.begins_anew()
    window.works(NOBODY)
    assert noted(tmp_path) == LUNCH, "this is for the next start"


def test_a_window_that_has_gone_finds_how_it_was_used_when_it_comes_again(tmp_path: Path) -> None:
    window = Window(tmp_path)
    window.works(WORKS)
    window.works(LUNCH)
    assert noted(tmp_path) is None
    window.works(here=False)
    assert noted(tmp_path) == LUNCH
    window.works(here=False)
    window.works(here=True)
    assert noted(tmp_path) is None, "it has taken it"
    window.works(NOBODY)
    window.works(here=False)
    assert noted(tmp_path) == NOBODY, "nobody is signed in for whoever has signed out"


def test_a_window_that_goes_soon_after_it_came_is_known_by_what_it_said_last(tmp_path: Path) -> None:
    window = Window(tmp_path)
    window.works(NOBODY, here=False)  # the first word of a window that does not count as here yet
    window.told.append(LUNCH)  # it counts, somebody signs in, and nobody has looked since
    window.works(here=False)
    assert noted(tmp_path) == LUNCH


def test_a_seat_that_was_closed_begins_as_on_any_morning(tmp_path: Path) -> None:
    window = Window(tmp_path)
    window.works(LUNCH)
    window.works(here=False)  # the window goes first
    window.resuming.end(comes_again=False)
    assert noted(tmp_path) is None


@pytest.mark.parametrize("how", ["asked", "comes_again"])
def test_a_seat_that_ends_to_begin_anew_does_not(tmp_path: Path, how: str) -> None:
    window = Window(tmp_path)
    window.works(WORKS)
    if how == "asked":
        window.resuming.begins_anew()
        assert noted(tmp_path) == WORKS
    window.works(LUNCH)
    window.works(here=False)
    window.resuming.end(comes_again=how == "comes_again")
    assert noted(tmp_path) == LUNCH


def test_what_was_asked_long_ago_and_came_to_nothing_is_no_new_start(tmp_path: Path) -> None:
    window = Window(tmp_path)
    window.works(LUNCH)
    window.resuming.begins_anew()
    window.now_s = FRESH_S
    window.resuming.end(comes_again=False)
    assert not (tmp_path / FILE).exists()


def test_while_a_version_is_on_trial_it_is_kept_true_for_the_one_before(tmp_path: Path) -> None:
    choices.write(tmp_path, Choice(version="0.2.0", trial=True))
    note(tmp_path, NOBODY)
    window = Window(tmp_path, "0.2.0")
    for use in (NOBODY, LUNCH, WORKS):
        window.works(use)
        assert noted(tmp_path) == use
    window.works(here=False)
    window.resuming.end(comes_again=False)
    assert noted(tmp_path) == WORKS, "it was ended from outside, and the one before comes"
    window.works(here=True)
    choices.write(tmp_path, choices.confirmed(choices.read(tmp_path)))
    window.works()
    assert not (tmp_path / FILE).exists()


def test_what_a_window_says_during_a_trial_is_as_fresh_as_the_trial(tmp_path: Path) -> None:
    choices.write(tmp_path, Choice(version="0.2.0", trial=True))
    note(tmp_path, LUNCH)
    os.utime(tmp_path / FILE, (1, 1))
    Window(tmp_path, "0.2.0").works(LUNCH)
    assert noted(tmp_path) == LUNCH
