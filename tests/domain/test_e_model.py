"""The E-model against figures that the Recommendations print, and what must hold whatever is put in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.e_model import (
    CODECS,
    G711,
    G711_WITHOUT_PLC,
    Codec,
    codec_of,
    delay_impairment,
    effective_ie,
    mos,
    one_way_ms,
    rating,
)

loss = st.floats(0, 100)
delay = st.floats(0, 2000)
codec = st.sampled_from(sorted(CODECS)).map(codec_of)


def test_the_default_connection_has_the_rating_that_g107_prints() -> None:
    r = rating(G711, 0.0, 0.0)
    assert r == pytest.approx(93.2, abs=0.05)
    assert mos(r) == pytest.approx(4.41, abs=0.005)


@pytest.mark.parametrize(
    ("r", "expected"),  # G.107 Annex B, table B.1
    [(100, 4.5), (94, 4.42), (90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58), (0, 1.0), (-3, 1.0)],
)
def test_ratings_become_opinions_as_in_the_table(r: float, expected: float) -> None:
    assert mos(r) == pytest.approx(expected, abs=0.011)


@pytest.mark.parametrize(
    ("codec", "percent", "expected"),  # equation 7-29 by hand
    [(G711, 0, 0.0), (G711, 1, 3.64), (G711, 5, 15.78), (G711_WITHOUT_PLC, 1, 17.92), (Codec(20, 10), 10, 57.5)],
)
def test_loss_costs_what_the_codec_cannot_conceal(codec: Codec, percent: float, expected: float) -> None:
    assert effective_ie(codec, percent) == pytest.approx(expected, abs=0.01)


def test_a_burst_costs_more_than_the_same_loss_at_random() -> None:
    assert effective_ie(G711, 5, burst_ratio=2) > effective_ie(G711, 5)


def test_nobody_minds_a_hundred_milliseconds_and_everybody_four_hundred() -> None:
    assert delay_impairment(100) < 4
    assert 2 < delay_impairment(150) - delay_impairment(0) < 5
    assert rating(G711, 0, 400) < 65


def test_the_way_is_half_the_round_trip_the_buffer_and_a_packet() -> None:
    assert one_way_ms(80.0, 40.0) == 100.0
    assert one_way_ms(None, 40.0) == 60.0


@pytest.mark.parametrize(("name", "known"), [("pcma", True), ("G722", True), ("speex/16000", True), ("opus", False)])
def test_codecs_are_known_by_their_names_in_any_case(name: str, known: bool) -> None:
    assert (name.partition("/")[0].upper() in CODECS) is known
    assert codec_of(name).bpl > 0


@given(codec, loss, loss, delay)
def test_more_loss_is_never_better(codec: Codec, one: float, other: float, ms: float) -> None:
    less, more = sorted((one, other))
    assert rating(codec, less, ms) >= rating(codec, more, ms)


@given(codec, loss, delay, delay)
def test_more_delay_is_never_better(codec: Codec, percent: float, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert rating(codec, percent, less) >= rating(codec, percent, more) - 1e-9


@given(st.floats(-50, 150), st.floats(-50, 150))
def test_opinions_stay_on_their_scale_and_keep_the_order(one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert 1.0 <= mos(less) <= mos(more) + 1e-9 <= 4.5 + 1e-9


@given(codec, st.floats(-10, 1e6), st.floats(-1e3, 1e6), st.floats(0, 50))
def test_whatever_was_measured_the_rating_is_one(codec: Codec, percent: float, ms: float, burst: float) -> None:
    assert 0.0 <= rating(codec, percent, ms, burst) <= 100.0
