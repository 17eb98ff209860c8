"""A few milliseconds more or less, unheard."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.telephony.headset.splice import SHIFT_LEAST, SHIFT_MOST, SHORTEST, Samples, lengthened, shortened

noise = st.integers(SHORTEST + SHIFT_MOST, 800).flatmap(
    lambda count: st.integers(0, 2**32 - 1).map(
        lambda seed: np.random.default_rng(seed).integers(-32768, 32768, count).astype(np.int16)
    )
)


def sine(hertz: float, count: int = 400) -> Samples:
    return (np.sin(2 * np.pi * hertz * np.arange(count) / 16_000) * 10_000).astype(np.int16)


@given(noise)
def test_it_shortens_and_lengthens_by_what_it_says_and_keeps_both_ends(samples: Samples) -> None:
    less, more = shortened(samples), lengthened(samples)
    assert SHIFT_LEAST <= len(samples) - len(less) <= SHIFT_MOST
    assert SHIFT_LEAST <= len(more) - len(samples) <= SHIFT_MOST
    for spliced in (less, more):
        assert (spliced[:16] == samples[:16]).all()
        assert (spliced[-16:] == samples[-16:]).all()


@pytest.mark.parametrize("hertz", [210, 440, 1000, 2600])
def test_a_tone_goes_on_without_a_click(hertz: float) -> None:
    steepest = np.abs(np.diff(sine(hertz).astype(int))).max()
    for spliced in (shortened(sine(hertz)), lengthened(sine(hertz))):
        assert np.abs(np.diff(spliced.astype(int))).max() <= steepest * 1.3
