"""The clocks' lengths from their files."""

from datetime import timedelta
from pathlib import Path

import pytest

from desk.domain.clocks import ClockName, ClockPolicy, Figure
from desk.domain.priority_rules import When
from desk.domain.tickets import Kind, Priority
from desk.domain.working_time import Span, Unit
from desk.policies.clocks import read_clocks, without_effect
from desk.policies.files import PolicyFolders
from desk.resources import resources_dir

SHIPPED = PolicyFolders(resources_dir() / "policies")


def company(tmp_path: Path, text: str) -> PolicyFolders:
    (tmp_path / "clocks.toml").write_text(text)
    return PolicyFolders(SHIPPED.shipped, tmp_path)


def test_the_shipped_figures_are_those_that_hold_where_no_file_is_read() -> None:
    rules = read_clocks(SHIPPED).value
    assert rules.policy == ClockPolicy()
    assert {rule.when for rule in rules.raises} == {When.REPEATED, When.REOPENED, When.WARNED}


def test_a_company_changes_one_length_and_keeps_the_others(tmp_path: Path) -> None:
    policy = read_clocks(
        company(tmp_path, '[clock]\naccept = "2 working h"\n[figure]\nchase_every = "8 h"\n')
    ).value.policy
    assert policy.spans[ClockName.ACCEPT] == Span(timedelta(hours=2), Unit.WORKING_HOURS)
    assert policy.spans[ClockName.PROMISE] == Span(timedelta(days=15), Unit.WORKING_DAYS)
    assert policy.figures[Figure.CHASE_EVERY] == Span(timedelta(hours=8))


def test_an_exception_is_for_some_tickets(tmp_path: Path) -> None:
    text = '[[exception]]\nclock = "accept"\nkinds = ["repair"]\npriorities = ["urgent"]\nspan = "30 min"\n'
    (exception,) = read_clocks(company(tmp_path, text)).value.policy.exceptions
    assert (exception.kinds, exception.priorities) == (frozenset({Kind.REPAIR}), frozenset({Priority.URGENT}))
    assert exception.span == Span(timedelta(minutes=30))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[clock]\naccept = "soon"\n', 2, "a length is written 30 min"),
        ('[clock]\naccept = "0 h"\n', 2, "a length is written 30 min"),
        ('[clock]\nacept = "24 h"\n', 2, "there is nothing called 'acept' here"),
        ('[clock]\nresume = "24 h"\n', 2, "there is nothing called 'resume' here"),
        ('[figure]\nremind = "1 day"\n', 2, "there is nothing called 'remind' here"),
        ('[[exception]]\nclock = "task"\nspan = "1 day"\n', 2, "this clock has no length of its own"),
        ('[[exception]]\nclock = "accept"\nspan = "a day"\n', 3, "a length is written 30 min"),
        ('[[exception]]\nclock = "accept"\nspan = "1 day"\nkinds = ["repairs"]\n', 4, "kinds has the wrong kind"),
        ('[[raises]]\nwhen = "repeated"\nto = "high"\ntimes = 0\n', 4, "at least once"),
        ('[[raises]]\nwhen = "tagged"\nto = "high"\n', 1, "tags belong to"),
    ],
)
def test_what_cannot_be_is_told_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    policy = read_clocks(company(tmp_path, text))
    assert policy.value == read_clocks(SHIPPED).value
    (trouble,) = policy.troubles
    assert said in trouble.reason
    assert trouble.line == line


def test_the_time_for_an_answer_that_stood_here_once_is_told_and_spoils_nothing(tmp_path: Path) -> None:
    folders = company(tmp_path, '[figure]\nchase_every = "8 h"\nquestion = "8 h"\n')
    read = read_clocks(folders)
    assert not read.troubles
    assert read.value.policy.figures[Figure.CHASE_EVERY] == Span(timedelta(hours=8))
    (told,) = without_effect(folders)
    assert (told.file, told.line) == (tmp_path / "clocks.toml", 3)
    assert "answer_within_h" in str(told)
