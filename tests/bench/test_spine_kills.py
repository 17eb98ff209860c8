import numpy as np
import pytest

from tests.bench.audio_signal import RATE_HZ, follow, noise
from tests.bench.spine_kills import lost_ms


def test_a_hole_is_counted_where_it_was_heard_and_nowhere_else() -> None:
    said = noise(6.0, seed=1)
    heard = np.concatenate([np.zeros(RATE_HZ), said])
    heard[4 * RATE_HZ : 4 * RATE_HZ + RATE_HZ // 10] = 0
    trace = follow(said, heard)
    assert lost_ms(trace, 3.5, 5.0) == pytest.approx(100, abs=12)
    assert lost_ms(trace, 1.5, 3.5) == 0
    assert lost_ms(trace, 5.0, 6.5) == 0
