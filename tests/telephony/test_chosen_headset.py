"""The choice of a headset outlives the phone process."""

from pathlib import Path

import pytest

from desk.domain.commands import ChooseHeadset
from desk.telephony.chosen_headset import FILE, remember, remembered

SETTINGS = ChooseHeadset("from settings", "from settings", "")
CHOSEN = ChooseHeadset("耳麦 USB 麦克风", "耳麦 USB", "音箱")


def test_the_last_choice_goes_before_the_settings(tmp_path: Path) -> None:
    assert remembered(tmp_path, SETTINGS) == SETTINGS
    remember(tmp_path, CHOSEN)
    assert remembered(tmp_path, SETTINGS) == CHOSEN


@pytest.mark.parametrize("garbage", [b"", b"{", b"[1]", b'{"microphone": 3}', b"\xff\xfe"])
def test_a_damaged_file_means_the_settings(tmp_path: Path, garbage: bytes) -> None:
    (tmp_path / FILE).write_bytes(garbage)
    assert remembered(tmp_path, SETTINGS) == SETTINGS


def test_a_folder_that_cannot_be_written_costs_nothing_but_the_memory(tmp_path: Path) -> None:
    remember(tmp_path / "away", CHOSEN)
    assert remembered(tmp_path / "away", SETTINGS) == SETTINGS
