"""What is told of a call that sounds bad: the table tells network, headset and exchange apart, span by span and over a
whole call."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain import e_model
from desk.domain.diagnosis import Diagnosis, cause_of
from desk.domain.quality import Quality
from desk.domain.tally import QUIET_SPANS, Tally

T0 = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)


def span(number: int = 0, codec: str = "PCMA", **measured: float | bool | None) -> Quality:
    """A good span, but for what is said; its estimate is made of it."""
    fine = Quality(
        T0 + timedelta(seconds=2 * number), codec, 0.0, 0.0, 2.0, 30.0, 40.0, 0.0, 4.4, microphone_dbfs=-18.0
    )
    made = replace(fine, **measured)  # type: ignore[arg-type]
    delay_ms = e_model.one_way_ms(made.round_trip_ms, made.buffer_ms)
    return replace(made, mos=e_model.mos(e_model.rating(e_model.codec_of(codec), made.worst_loss, delay_ms)))


@pytest.mark.parametrize(
    ("quality", "cause"),
    [
        (span(), Diagnosis.NONE),
        (span(loss=1.0), Diagnosis.NONE),
        (span(loss=10.0), Diagnosis.NETWORK_LOSS),
        (span(sent_loss=10.0), Diagnosis.NETWORK_LOSS),
        (span(discarded=10.0), Diagnosis.NETWORK_JITTER),
        (span(loss=2.0, discarded=10.0), Diagnosis.NETWORK_JITTER),
        (span(buffer_ms=400.0), Diagnosis.NETWORK_JITTER),
        (span(round_trip_ms=800.0), Diagnosis.NETWORK_DELAY),
        (span(round_trip_ms=None), Diagnosis.NONE),
        (span(codec="GSM"), Diagnosis.EXCHANGE_CODEC),
        (span(codec="GSM", loss=10.0), Diagnosis.NETWORK_LOSS),
        (span(codec="G722"), Diagnosis.NONE),
        (span(silent_microphone=True), Diagnosis.MICROPHONE_DEAD),
        (span(silent_microphone=True, loss=30.0), Diagnosis.MICROPHONE_DEAD),
        (span(no_packets=True, loss=100.0), Diagnosis.FAR_SIDE_SILENT),
        (span(silent_caller=True, earpiece_dbfs=-100.0), Diagnosis.FAR_SIDE_SILENT),
        (span(silent_caller=True, earpiece_dbfs=-60.0), Diagnosis.NONE),
        (span(late_frames=2), Diagnosis.NONE),
        (span(late_frames=3), Diagnosis.HEADSET_UNDERRUNS),
        (span(late_frames=20, discarded=10.0), Diagnosis.HEADSET_UNDERRUNS),
    ],
)
def test_the_table_names_the_cause(quality: Quality, cause: Diagnosis) -> None:
    assert cause_of(quality) is cause


def test_a_hiccup_is_not_told_and_what_lasts_is() -> None:
    fine, bad = [span(number) for number in range(60)], span(60, loss=20.0)
    assert Tally.of([*fine, bad]).diagnosis is Diagnosis.NONE
    assert Tally.of([*fine, bad, bad]).diagnosis is Diagnosis.NONE  # two seconds in a minute
    assert Tally.of([*fine, bad, bad, bad, bad]).diagnosis is Diagnosis.NETWORK_LOSS
    assert Tally.of([bad, bad]).diagnosis is Diagnosis.NETWORK_LOSS
    assert Tally.of([]).diagnosis is Diagnosis.NONE


def test_what_spoilt_it_most_is_told_and_not_what_came_most_often() -> None:
    spans = [*[span(loss=40.0)] * 4, *[span(round_trip_ms=430.0)] * 6]
    assert cause_of(spans[-1]) is Diagnosis.NETWORK_DELAY
    assert Tally.of(spans).diagnosis is Diagnosis.NETWORK_LOSS


def test_a_microphone_is_quiet_when_its_loudest_word_is() -> None:
    quiet = [span(microphone_dbfs=-41.0)] * QUIET_SPANS
    assert Tally.of(quiet[1:]).diagnosis is Diagnosis.NONE  # the agent may just be listening
    assert Tally.of(quiet).diagnosis is Diagnosis.MICROPHONE_QUIET
    assert Tally.of([*quiet, span(microphone_dbfs=-15.0)]).diagnosis is Diagnosis.NONE
    assert Tally.of([span(microphone_dbfs=None)] * QUIET_SPANS).diagnosis is Diagnosis.NONE


def test_a_tally_keeps_means_and_the_worst_moment() -> None:
    tally = Tally.of([span(0), span(1, loss=10.0, round_trip_ms=None), span(2, round_trip_ms=50.0, jitter_ms=8.0)])
    assert (tally.spans, tally.codec, tally.worst_at) == (3, "PCMA", T0 + timedelta(seconds=2))
    assert tally.worst_mos == span(1, loss=10.0, round_trip_ms=None).mos
    assert tally.mean_loss == pytest.approx(10 / 3)
    assert tally.mean_round_trip_ms == 40.0
    assert tally.mean_jitter_ms == 4.0


def test_an_empty_tally_knows_nothing() -> None:
    tally = Tally()
    assert (tally.mean_mos, tally.mean_loss, tally.mean_jitter_ms, tally.mean_round_trip_ms) == (None,) * 4


spans = st.builds(
    span,
    loss=st.floats(0, 100),
    discarded=st.floats(0, 100),
    sent_loss=st.none() | st.floats(0, 100),
    round_trip_ms=st.none() | st.floats(0, 2000),
    buffer_ms=st.floats(0, 500),
    late_frames=st.integers(0, 100),
    no_packets=st.booleans(),
    codec=st.sampled_from(["PCMA", "GSM", "G722", "opus"]),
)


@given(st.lists(spans, max_size=12))
def test_whatever_was_measured_there_is_a_diagnosis_and_sane_figures(measured: list[Quality]) -> None:
    tally = Tally.of(measured)
    assert isinstance(tally.diagnosis, Diagnosis)
    if measured:
        assert tally.mean_mos is not None
        assert 1.0 <= tally.worst_mos <= tally.mean_mos + 1e-9 <= 4.5 + 1e-9


@given(spans)
def test_a_bad_estimate_is_never_left_without_a_cause(quality: Quality) -> None:
    if quality.mos < 3.6:
        assert cause_of(quality) is not Diagnosis.NONE
