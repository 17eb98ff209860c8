"""What the player bar shows, without Qt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.ui.player.bar_presenter import broke_off, columns, damaged, position, refused
from desk.usecases.replay import Refusal, ReplayRefused


def test_columns_keep_the_loudest_of_what_they_cover() -> None:
    assert columns([0.1, 0.9, 0.2, 0.3], 2) == [0.9, 0.3]


@given(st.lists(st.floats(0, 1), max_size=50), st.integers(-3, 200))
def test_columns_fit_every_width_and_never_lose_the_peak(bars: list[float], count: int) -> None:
    out = columns(bars, count)
    assert len(out) == (max(0, count) if bars else 0)
    if out:
        assert max(out) <= max(bars)
    if out and count >= 1:
        assert max(out) == max(bars)


def test_the_position_never_runs_past_the_end() -> None:
    assert position(61_000, 3_725_000) == "1:01 / 1:02:05"
    assert position(10_100, 10_000) == "0:10 / 0:10"


@pytest.mark.parametrize("refusal", list(Refusal))
def test_every_refusal_has_words(refusal: Refusal) -> None:
    assert refused(ReplayRefused(refusal, "not answered")).endswith(".")


def test_a_vault_that_stopped_answering_is_told_as_no_damage() -> None:
    assert "stopped answering at 1:05" in broke_off(65_000)
    for told in (broke_off(65_000), broke_off()):
        assert "damaged or not" not in told
        assert "again" in told


def test_a_damaged_recording_says_how_far_it_came() -> None:
    assert "stopped at 1:05" in damaged(65_000)
    assert "cannot be played" in damaged()
