"""The rules of follow-ups from files: what is shipped is what the domain has, and what cannot be is told."""

from dataclasses import fields
from pathlib import Path

import pytest

from desk.domain.follow_up_rules import FollowUpPolicy
from desk.policies.files import PolicyFolders
from desk.policies.follow_up import read_follow_up
from desk.policies.questionnaires import read_questionnaires
from desk.resources import resources_dir

SHIPPED = resources_dir() / "policies"


def test_what_is_shipped_is_what_the_domain_has_by_itself() -> None:
    found, own = read_follow_up(PolicyFolders(SHIPPED)).value, FollowUpPolicy()
    for field in fields(own):
        if field.name != "survey":
            assert getattr(found, field.name) == getattr(own, field.name), field.name


def test_the_surveys_that_come_round_have_their_questionnaires() -> None:
    folders = PolicyFolders(SHIPPED)
    names = {one.questionnaire_id for one in read_questionnaires(folders).value}
    assert {rule.questionnaire for rule in read_follow_up(folders).value.survey} <= names


def test_a_company_changes_what_it_writes_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "follow_up.toml").write_text("tries = 5\n", encoding="utf-8")
    found = read_follow_up(PolicyFolders(SHIPPED, tmp_path))
    assert (found.value.tries, found.value.apart_h, found.troubles) == (5, 4, ())


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("\ntries = 0\n", 2, "it is 1 to 20"),
        ("low_score = 101\n", 1, "it is 0 to 100"),
        ("closing_for = ['repairs']\n", 1, "wrong kind of value"),
        ("[[survey]]\nname = 'a'\nquestionnaire = 'survey'\nevery = 'week'\n", 4, "month, quarter, year"),
        ("[[survey]]\nname = 'a'\nquestionnaire = 'survey'\nrule = 'everybody'\n", 4, "everybody says nothing"),
        ("[[survey]]\nname = 'a'\nquestionnaire = 'survey'\nevery = 'month'\ndays = 40\n", 5, "it is 1 to 28"),
        ("[[survey]]\nname = 'a'\nquestionnaire = 'survey'\nsize = 0\n", 4, "it is 1 to 5000"),
        ("[[survey]]\nname = ''\nquestionnaire = 'survey'\n", 2, "a name of its own"),
    ],
)
def test_what_cannot_be_changes_nothing_and_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    (tmp_path / "follow_up.toml").write_text(text, encoding="utf-8")
    found = read_follow_up(PolicyFolders(SHIPPED, tmp_path))
    assert found.value == read_follow_up(PolicyFolders(SHIPPED)).value
    (trouble,) = found.troubles
    assert trouble.line == line
    assert reason in trouble.reason
