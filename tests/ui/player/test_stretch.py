"""Which part of a recording is on the screen: pure arithmetic."""

from hypothesis import given
from hypothesis import strategies as st

from desk.ui.player.stretch import LEAST_MS, Stretch, ticks, whole

LENGTHS = st.integers(1_000, 4 * 3_600_000)


@st.composite
def stretches(draw: st.DrawFn) -> Stretch:
    length = draw(LENGTHS)
    first = draw(st.integers(0, length - 1))
    return Stretch(length, first, draw(st.integers(first + 1, length)))


@given(stretches(), st.floats(0.05, 20), st.floats(0, 1))
def test_zooming_keeps_the_moment_under_the_pointer_and_stays_inside(
    stretch: Stretch, factor: float, share: float
) -> None:
    at = stretch.from_ms + round(share * stretch.span_ms)
    zoomed = stretch.zoomed(factor, at)
    assert 0 <= zoomed.from_ms < zoomed.until_ms <= zoomed.length_ms == stretch.length_ms
    assert zoomed.span_ms >= min(LEAST_MS, stretch.length_ms) or zoomed.span_ms >= stretch.span_ms
    inside = zoomed.from_ms > 0 and zoomed.until_ms < zoomed.length_ms
    if inside:
        assert abs(zoomed.x_of(at, 1000) - stretch.x_of(at, 1000)) < 1000 * 3 / min(zoomed.span_ms, stretch.span_ms) + 1


@given(stretches(), st.integers(1, 3000), st.floats(0, 1))
def test_a_place_and_its_pixel_are_each_others(stretch: Stretch, width: int, share: float) -> None:
    at = stretch.from_ms + round(share * stretch.span_ms)
    assert abs(stretch.ms_at(stretch.x_of(at, width), width) - at) <= 1


@given(stretches(), st.floats(-3, 3))
def test_scrolling_keeps_the_size_and_stays_inside(stretch: Stretch, share: float) -> None:
    scrolled = stretch.scrolled(share)
    assert scrolled.span_ms == stretch.span_ms
    assert scrolled.from_ms >= 0
    assert scrolled.until_ms <= scrolled.length_ms


@given(stretches(), st.floats(0, 1))
def test_the_page_is_turned_when_the_playhead_has_left_it(stretch: Stretch, share: float) -> None:
    at = round(share * (stretch.length_ms - 1))
    followed = stretch.following(at)
    assert followed.from_ms <= at < followed.until_ms or followed.is_whole
    if stretch.from_ms <= at < stretch.until_ms:
        assert followed == stretch


@given(stretches(), st.integers(0, 3000))
def test_ticks_are_in_sight_and_have_room(stretch: Stretch, width: int) -> None:
    found = [at for at, _text in ticks(stretch, width)]
    assert all(stretch.from_ms <= at <= stretch.until_ms for at in found)
    assert len(found) <= width / 80 + 1 or stretch.span_ms / max(1, width) > 3_600_000 / 84


def test_a_ruler_of_half_an_hour_counts_in_fives() -> None:
    assert [text for _at, text in ticks(whole(1_800_000), 900)][:3] == ["0:00", "5:00", "10:00"]
    assert ticks(whole(0), 900) == []
