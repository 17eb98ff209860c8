from pathlib import Path

import numpy as np
import pytest

from desk.demo.voices import RATE_HZ, Sound
from tests.end2end import continuity

FRAME = RATE_HZ // 50


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    return continuity.tape(tmp_path_factory.mktemp("tape") / "tape.wav", 1, 6.0)


def test_a_whole_recording_has_no_jump(said: Sound) -> None:
    heard = np.concatenate([np.zeros(7000), said[3000:], np.zeros(4000)])
    way = continuity.way_of(heard, said)
    assert way.share > 0.9
    assert way.worst_jump_ms < 1
    assert way.is_whole


def test_three_frames_that_are_missing_show(said: Sound) -> None:
    heard = np.concatenate([said[:40_000], said[40_000 + 3 * FRAME :]])
    assert continuity.way_of(heard, said).worst_jump_ms == pytest.approx(60, abs=2)


def test_silence_in_the_middle_shows(said: Sound) -> None:
    heard = said.copy()
    heard[32_000:48_000] = 0
    way = continuity.way_of(heard, said)
    assert way.longest_gap_s == pytest.approx(1.0, abs=0.11)
    assert not way.is_whole


def test_another_sound_is_not_the_tape(said: Sound, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not in it"):
        continuity.way_of(continuity.tape(tmp_path / "other.wav", 2, 6.0), said)


def test_a_beginning_that_was_lost_shows_on_the_tape(said: Sound) -> None:
    way = continuity.way_of(np.concatenate([said[2 * RATE_HZ :], np.zeros(4000)]), said)
    assert way.begins_s == pytest.approx(0.0, abs=0.01)
    assert way.from_s == pytest.approx(2.0, abs=0.01)
    assert way.share > 0.9


def test_a_second_that_was_left_out_shows(said: Sound) -> None:
    heard = np.concatenate([said[:40_000], said[40_000 + RATE_HZ :]])
    assert not continuity.way_of(heard, said).is_whole
