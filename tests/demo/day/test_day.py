"""A short day of three seats on a real PostgreSQL, with everything that has to hold at its end."""

from pathlib import Path

import pytest

from desk.demo.day.run import play_day
from desk.demo.report import Report


@pytest.mark.timeout(400)
def test_a_short_day_leaves_nothing_without_an_outcome(tmp_path: Path) -> None:
    said: list[str] = []
    report = Report(tmp_path / "steps.txt", said.append)
    play_day(tmp_path, 180, report, calls=60)
    assert report.close() == 0, "\n".join(said)
