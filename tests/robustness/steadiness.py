"""Whether something grows: by a straight line through the second half of what was measured, since the first half is the
caches' (PJSIP's pools, Python's arenas). Pure."""

from collections.abc import Sequence

import numpy as np


def grown(values: Sequence[float]) -> float:
    """How much the line through the second half rises over that half, in the values' unit."""
    half = np.asarray(values[len(values) // 2 :], np.float64)
    if len(half) < 2:
        raise ValueError("too few values")
    slope = float(np.polyfit(np.arange(len(half)), half, 1)[0])
    return slope * (len(half) - 1)
