"""knowledge.toml, and the articles that come with Desk."""

from datetime import timedelta
from pathlib import Path

import pytest

from desk.domain.articles import branches
from desk.policies.files import PolicyError, PolicyFolders
from desk.policies.knowledge import ARTICLES, read_articles, read_knowledge
from desk.resources import resources_dir
from desk.texts import ShippedTexts

SHIPPED = resources_dir() / "policies"


def test_a_question_is_answered_within_a_day_as_shipped() -> None:
    found = read_knowledge(PolicyFolders(SHIPPED)).value
    assert (found.answer_within, found.owner, found.owners, found.shown) == (timedelta(hours=24), "", (), 3)


def test_a_company_names_who_answers_what(tmp_path: Path) -> None:
    (tmp_path / "knowledge.toml").write_text('owner = "3001"\n[owners]\n"repair.lift" = "3002"\n', encoding="utf-8")
    found = read_knowledge(PolicyFolders(SHIPPED, tmp_path)).value
    assert (found.owner, found.owners) == ("3001", (("repair.lift", "3002"),))


@pytest.mark.parametrize(
    ("text", "line"),
    [("answer_within_h = 0\n", 1), ("\nshown = 20\n", 2), ('[owners]\n"repair" = " "\n', 2), ("owners = 3\n", 1)],
)
def test_a_wrong_file_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "knowledge.toml").write_text(text, encoding="utf-8")
    found = read_knowledge(PolicyFolders(SHIPPED, tmp_path))
    assert found.value.answer_within == timedelta(hours=24)
    assert [error.line for error in found.troubles] == [line]


def test_the_shipped_articles_are_whole_and_about_categories_there_are() -> None:
    articles = read_articles(resources_dir() / ARTICLES)
    known = {code for leaf in ShippedTexts().categories().categories for code in branches(leaf.code)}
    assert len(articles) >= 30
    assert [code for one in articles for code in one.content.categories if code not in known] == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[[article]]\ncode = "a"\ntitle = " "\ntext = "x"\n', 3),
        ('[[article]]\ncode = "a"\ntitle = "A"\ntext = "x"\n[[article]]\ncode = "a"\ntitle = "B"\ntext = "x"\n', 6),
        ('[[article]]\ncode = "a"\ntitle = "A"\n', 1),
        ('[[article]]\ncode = "a"\ntitel = "A"\n', 3),
    ],
)
def test_articles_that_cannot_be_are_refused_with_their_line(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "articles.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as wrong:
        read_articles(file)
    assert wrong.value.line == line
