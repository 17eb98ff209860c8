"""Every post, step, clock, move, refusal and fact has words."""

from datetime import timedelta

import pytest

from desk.domain.early_warnings import OPEN_WARNINGS, WarningStep
from desk.domain.ladder import FACTS, RULE_OF, LadderMove, LadderNeed, LadderPost, LadderRefusal, Limit
from desk.ui.after.warnings import words


def test_every_value_has_words_of_its_own() -> None:
    tables = ([*map(words.post, LadderPost)], [*map(words.limit, Limit)], [*map(words.refusal, LadderRefusal)])
    for said in tables:
        assert all(said)
        assert len(set(said)) == len(said)
    assert len({words.fact(name) for name in FACTS}) == len(FACTS)


@pytest.mark.parametrize("step", WarningStep)
def test_what_is_to_be_done_is_said_while_it_is_open(step: WarningStep) -> None:
    assert bool(words.to_do(step)) is (step in OPEN_WARNINGS)


@pytest.mark.parametrize("move", LadderMove)
def test_a_move_asks_for_what_its_rule_needs(move: LadderMove) -> None:
    said, needs = words.move(move), RULE_OF[move].needs
    assert said.button
    assert said.icon
    assert said.done
    assert bool(said.heard_from) is (LadderNeed.HEARD_FROM in needs)
    assert said.text or LadderNeed.TEXT not in needs


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(-5, "0 min"), (0, "0 min"), (59, "59 min"), (60, "1 h"), (190, "3 h 10 min"), (2880, "2 d"), (3000, "2 d 2 h")],
)
def test_a_span_is_told_in_two_units_at_most(minutes: int, said: str) -> None:
    assert words.span(timedelta(minutes=minutes)) == said


def test_whose_turn_it_is_is_told_by_the_posts_name_and_a_persons_stays_theirs() -> None:
    assert words.turn("site_head") == "the site head"
    assert words.turn("3001") == "3001"
    assert words.turn("") == ""
