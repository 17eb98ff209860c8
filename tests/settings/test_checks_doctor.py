"""What `[doctor]` may say."""

from dataclasses import replace
from pathlib import Path

import pytest

from desk.settings.checks import first_problem
from desk.settings.values import DoctorSettings, Settings

HERE = Settings(data_dir=Path("/home/desk/data"), runtime_dir=Path("/run/desk"))


@pytest.mark.parametrize("days", [0, 21, 365])
def test_days_that_can_be_are_taken(days: int) -> None:
    assert first_problem(replace(HERE, doctor=DoctorSettings(certificate_days=days))) is None


@pytest.mark.parametrize("days", [-1, 366])
def test_days_that_cannot_be_are_named(days: int) -> None:
    problem = first_problem(replace(HERE, doctor=DoctorSettings(certificate_days=days)))
    assert problem is not None
    assert problem[0] == "doctor.certificate_days"
