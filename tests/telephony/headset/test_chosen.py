"""The choice of a headset, and how each device sounds, outlive the phone process."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.domain.commands import ChooseHeadset, SetComfort
from desk.telephony.headset.chosen import FILE, ChosenHeadset, ranked

SETTINGS = ChooseHeadset("from settings", "from settings", "")
JABRA, PLANTRONICS = ChooseHeadset("Jabra 麦克风", "Jabra", "音箱"), ChooseHeadset("Plantronics", "Plantronics", "")
BUILT_IN = ChooseHeadset("内置麦克风", "内置音箱", "")


class Seat:
    """`at` this folder, with a clock that is set by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
        self.chosen = self.started()

    def started(self) -> ChosenHeadset:
        return ChosenHeadset(self.folder, SETTINGS, lambda: self.now)

    def choose(self, choice: ChooseHeadset, for_s: float) -> None:
        self.chosen.choose(choice)
        self.now += timedelta(seconds=for_s)

    def earpieces(self) -> list[str]:
        return [choice.earpiece for choice in self.started().choices]


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    return Seat(tmp_path)


def test_the_last_choice_goes_before_the_settings(seat: Seat) -> None:
    assert seat.earpieces() == ["from settings"]
    seat.choose(JABRA, for_s=1)
    assert seat.earpieces()[0] == "Jabra"


def test_every_headset_of_the_drawer_is_remembered_the_last_one_first(seat: Seat) -> None:
    seat.choose(JABRA, for_s=3600)
    seat.choose(PLANTRONICS, for_s=3600)
    assert seat.earpieces() == ["Plantronics", "Jabra", "from settings"]
    seat.choose(JABRA, for_s=3600)
    assert seat.earpieces() == ["Jabra", "Plantronics", "from settings"]


def test_what_was_only_tried_on_the_way_is_forgotten(seat: Seat) -> None:
    seat.choose(JABRA, for_s=3600)
    seat.choose(BUILT_IN, for_s=2)
    seat.choose(PLANTRONICS, for_s=3600)
    assert seat.earpieces() == ["Plantronics", "Jabra", "from settings"]


def test_passing_by_a_headset_of_old_does_not_forget_it(seat: Seat) -> None:
    seat.choose(JABRA, for_s=3600)
    seat.choose(PLANTRONICS, for_s=3600)
    seat.choose(JABRA, for_s=1)
    seat.choose(BUILT_IN, for_s=1)
    assert seat.earpieces() == ["内置音箱", "Jabra", "Plantronics", "from settings"]


def test_comfort_belongs_to_each_device_and_is_there_after_a_start(seat: Seat) -> None:
    seat.chosen.set_comfort("Jabra 麦克风", "Jabra", "音箱", SetComfort(-6.0, 3.0, 4.0, automatic_gain=True))
    seat.chosen.set_comfort("Plantronics", "Plantronics", "音箱", SetComfort(2.0, -9.0, 0.0))
    again = seat.started()
    assert again.comfort("Jabra 麦克风", "Jabra", "音箱") == SetComfort(-6.0, -9.0, 4.0, automatic_gain=True)
    assert again.comfort("Plantronics", "Plantronics", "") == SetComfort(2.0, 0.0, 0.0)
    assert again.comfort("never seen", "", "") == SetComfort()


def test_a_device_that_is_not_there_has_nothing_to_remember(seat: Seat) -> None:
    seat.chosen.set_comfort("", "Jabra", "", SetComfort(-6.0, 3.0, 4.0))
    assert seat.started().comfort("", "Jabra", "") == SetComfort(-6.0)


def test_the_file_of_a_seat_that_knew_one_choice_is_understood(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"microphone": "M", "earpiece": "E", "ring_device": "R"}')
    (choice,) = Seat(tmp_path).chosen.choices
    assert (choice.microphone, choice.earpiece, choice.ring_device) == ("M", "E", "R")


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"{",
        b"[1]",
        b'{"choices": 3}',
        b'{"choices": [{"chosen_at": "2026-01-01T00:00:00"}]}',
        b'{"earpieces": {"a": "loud"}}',
        b"\xff\xfe",
    ],
)
def test_a_damaged_file_means_the_settings(tmp_path: Path, garbage: bytes) -> None:
    (tmp_path / FILE).write_bytes(garbage)
    assert Seat(tmp_path).earpieces() == ["from settings"]


def test_a_folder_that_cannot_be_written_costs_nothing_but_the_memory(tmp_path: Path) -> None:
    seat = Seat(tmp_path / "away")
    seat.choose(JABRA, for_s=1)
    assert seat.chosen.choices[0].earpiece == "Jabra"
    assert seat.earpieces() == ["from settings"]


def test_a_clock_set_back_makes_no_choice_a_try(seat: Seat) -> None:
    seat.choose(JABRA, for_s=-86_400)
    seat.choose(PLANTRONICS, for_s=0)
    assert seat.earpieces() == ["Plantronics", "Jabra", "from settings"]


def test_the_systems_default_needs_nobody_to_stand_in_for_it() -> None:
    assert ranked(["", "Jabra"]) == ()
    assert ranked(["Jabra", "", "Plantronics", "Jabra"]) == ("Jabra", "Plantronics")
