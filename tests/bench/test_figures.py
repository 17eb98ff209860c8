"""What a benchmark says when it could not measure."""

import json
import sys
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench import recording, spine
from tests.bench.figures import Figure


def test_a_part_that_fails_stands_among_the_figures_and_misses_its_goal() -> None:
    said, found = list[str](), list[Figure]()
    with spine._told(said.append, "audio", found):
        float("no headset")
    assert "no headset" in said[-1]
    assert [(figure.name, figure.is_measured, figure.met()) for figure in found] == [("failed: audio", False, False)]


@pytest.mark.parametrize("fails", [False, True])
def test_what_could_not_be_measured_makes_the_run_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    def measure(_say: object, quick: bool) -> list[Figure]:
        if fails:
            raise RuntimeError("no microphone")
        return [Figure("seal", 60.0, "ms", "<= 50")]

    monkeypatch.setattr(recording, "measure", measure)
    monkeypatch.setattr(bench, "BUILD", tmp_path)
    monkeypatch.setattr(sys, "argv", ["bench", "recording"])
    assert bench.main() == (1 if fails else 0)
    [row] = json.loads((tmp_path / "bench.json").read_text())
    assert row["value"] == (None if fails else 60.0)
