"""No value of the shift or of a question is without words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

import pytest

from desk.domain.adherence import Punctual
from desk.domain.hand_over import OpenItem, What
from desk.domain.roster_rows import RosterFault, RosterProblem
from desk.domain.shifts import DutyTurn, Post, Stay
from desk.ui.after.knowledge import presenter as knowledge
from desk.ui.after.shift import presenter, words
from desk.usecases.ask import QuestionReason
from desk.usecases.hand_over import HandOverRefused, WhyNot
from desk.usecases.keep_stay import SignedIn
from desk.usecases.knowledge import ArticleReason

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TABLES: tuple[tuple[type[Enum], Callable[..., str]], ...] = (
    (Post, words.post),
    (Punctual, words.begun),
    (What, words.what),
    (RosterFault, lambda fault: words.problem(RosterProblem(3, fault, "1001"))),
    (WhyNot, lambda why: words.refused(HandOverRefused(why, "1002"))),
    (QuestionReason, knowledge.why_not),
)


@pytest.mark.parametrize(("values", "said"), TABLES)
def test_every_value_has_words_of_its_own(values: type[Enum], said: Callable[..., str]) -> None:
    found = [said(value) for value in values]
    assert all(found)
    assert len(set(found)) == len(found)


def test_every_refused_field_of_an_article_has_words() -> None:
    assert ":" not in knowledge.article_refused({"title": ArticleReason.MISSING, "categories": ArticleReason.UNKNOWN})


def test_a_problem_names_its_row_where_it_has_one() -> None:
    assert words.problem(RosterProblem(7, RosterFault.SHIFT_UNKNOWN, "通宵")).startswith("Row 7: ")
    assert "通宵" in words.problem(RosterProblem(0, RosterFault.SHIFT_UNKNOWN, "通宵"))


@pytest.mark.parametrize(("late", "told"), [(0, False), (0.5, False), (7, True)])
def test_only_who_is_late_is_told_so(late: float, told: bool) -> None:
    turn = DutyTurn("t", "1001", Post.AGENT, NOW, NOW + timedelta(hours=5))
    signed = SignedIn(Stay("s", "1001", "S01", NOW), turn, timedelta(minutes=late))
    assert bool(presenter.signed_in(signed, CHINA)) is told
    assert not presenter.signed_in(SignedIn(Stay("s", "1001", "S01", NOW), None), CHINA)


def test_a_note_says_what_how_urgent_and_whom_to_call() -> None:
    items = (
        OpenItem(What.PROMISE, "p", "1001", "半小时内回电", NOW, "13800138000", "王女士"),
        OpenItem(What.TICKET, "t", "1001", "5栋漏水"),
    )
    assert presenter.note_text(items, CHINA) == (
        "· Promised call 11-23 09:00 王女士 138 0013 8000 半小时内回电\n· Ticket 5栋漏水"
    )
    assert presenter.counts(items) == "1 promised call, 1 ticket"
    assert presenter.note_text((), CHINA) == "Nothing is open."
