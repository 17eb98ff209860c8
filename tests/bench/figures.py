"""A benchmark's figures: named, with unit, goal and the anchor measured in the same run."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """`goal` such as "<= 50" in `unit`, "" where the figure is only reported. `anchor`: the same quantity of what it is
    compared with, measured in the same run, or None. `value` NaN: it could not be measured, which misses any goal."""

    name: str
    value: float
    unit: str
    goal: str = ""
    anchor: float | None = None

    @property
    def is_measured(self) -> bool:
        return not math.isnan(self.value)

    def met(self) -> bool | None:
        if not self.goal:
            return None
        sign, limit = self.goal.split()
        return self.value <= float(limit) if sign == "<=" else self.value >= float(limit)

    def line(self) -> str:
        mark = {True: "ok", False: "MISSED", None: ""}[self.met()]
        anchor = "" if self.anchor is None else f"anchor {self.anchor:.4g}"
        return f"{self.name:<44} {self.value:>10.4g} {self.unit:<8} {self.goal:>9} {mark:<7} {anchor}"


def failed(part: str) -> Figure:
    """Stands for all figures of a part that broke off."""
    return Figure(f"failed: {part}", math.nan, "", ">= 0")


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies (nearest rank). Raises `ValueError` on no values."""
    if not values:
        raise ValueError("no values")
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, round(share * len(ranked) + 0.5) - 1))]


def write(figures: Sequence[Figure], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [asdict(figure) | {"value": figure.value if figure.is_measured else None} for figure in figures]
    file.write_text(json.dumps(rows, indent=1, allow_nan=False) + "\n")
