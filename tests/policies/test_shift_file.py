"""shift.toml: as shipped, changed by a company, and wrong."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from desk.domain.roster import ShiftPolicy
from desk.domain.shifts import Post
from desk.policies.files import PolicyFolders
from desk.policies.shift import read_shift
from desk.resources import resources_dir

SHIPPED = resources_dir() / "policies"
TWO_SHIFTS = """[[kind]]
code = 'a'
name = 'A'
start = '08:00'
until = '09:00'
[[kind]]
code = 'b'
name = 'B'
words = ['A']
start = '09:00'
until = '10:00'
"""


def test_the_shipped_figures_are_those_of_the_domain() -> None:
    found, own = read_shift(PolicyFolders(SHIPPED)).value, ShiftPolicy()
    assert (found.sign_in_before, found.sign_out_after) == (own.sign_in_before, own.sign_out_after)
    assert (found.adherence_pct, found.attendance_pct) == (92, 95)
    assert (found.hours_start, found.hours_until) == (time(8, 30), time(20, 0))
    night = found.kind_of("夜")
    assert night is not None
    assert (night.start, night.until, night.post) == (time(20, 0), time(8, 30), Post.MONITORING)


def test_a_company_changes_one_key_and_the_rest_stays(tmp_path: Path) -> None:
    (tmp_path / "shift.toml").write_text("sign_in_before_min = 10\n", encoding="utf-8")
    found = read_shift(PolicyFolders(SHIPPED, tmp_path))
    assert found.value.sign_in_before == timedelta(minutes=10)
    assert found.value.kind_of("早班") is not None
    assert not found.troubles


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("adherence_pct = 120\n", 1),
        ("\nbreak_allowed_min = 'x'\n", 2),
        ("hours_start = '25:00'\n", 1),
        ("\n\nnobody = 1\n", 3),
        ("[[kind]]\ncode = 'a'\nname = 'A'\nstart = '08:00'\nuntil = '08:00'\n", 5),
        ("[[kind]]\ncode = 'a'\nname = 'A'\nstart = '8'\nuntil = '09:00'\n", 4),
        (TWO_SHIFTS, 6),
    ],
)
def test_a_wrong_file_is_told_with_its_line_and_changes_nothing(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "shift.toml").write_text(text, encoding="utf-8")
    found = read_shift(PolicyFolders(SHIPPED, tmp_path))
    assert found.value == read_shift(PolicyFolders(SHIPPED)).value
    assert [error.line for error in found.troubles] == [line]
