"""Questionnaires: which question follows which answer, what the answers come to, and what cannot be walked
to an end."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.follow_ups import FollowUpKind
from desk.domain.questionnaires import (
    END,
    Answer,
    Ask,
    Choice,
    Jump,
    Means,
    Questionnaire,
    Result,
    Wrong,
    answer_texts,
    asked,
    following,
    open_ask,
    problem,
    questionnaire_for,
    read_answers,
    result,
)
from desk.domain.tickets import Kind

SOLVED = Ask("solved", "solved?", Answer.YES_NO, weight=1, means=Means.SOLVED, jumps=(Jump(("no",), "left"),))
STARS = Ask("stars", "how many?", Answer.SCALE, scale=5, weight=1)
HAPPY = Ask(
    "happy",
    "happy?",
    Answer.CHOICE,
    (Choice("very", "very", 100), Choice("fair", "fair", 50), Choice("no", "no", 0)),
    weight=2,
    means=Means.SATISFIED,
    yes=("very", "fair"),
    then=END,
)
LEFT = Ask("left", "what is left?", Answer.TEXT)
WHEN = Ask("when", "when?", Answer.TEXT, needed=False)


def of(*asks: Ask, kind: FollowUpKind = FollowUpKind.CLOSING, kinds: frozenset[Kind] = frozenset()) -> Questionnaire:
    return Questionnaire("q", "1", "Q", kind, asks, kinds)


PAPER = of(SOLVED, STARS, HAPPY, LEFT, WHEN)


def ids(answers: dict[str, str]) -> list[str]:
    return [ask.ask_id for ask in asked(PAPER, answers)]


def test_the_first_question_is_open_before_anything_is_answered() -> None:
    assert ids({}) == ["solved"]
    assert open_ask(PAPER, {}) is SOLVED


def test_an_answer_leads_to_the_next_question_or_where_its_jump_says() -> None:
    assert ids({"solved": "yes"}) == ["solved", "stars"]
    assert ids({"solved": "no"}) == ["solved", "left"]


def test_then_end_leaves_out_what_stands_below() -> None:
    answers = {"solved": "yes", "stars": "5", "happy": "fair"}
    assert ids(answers) == ["solved", "stars", "happy"]
    assert open_ask(PAPER, answers) is None


def test_a_text_that_need_not_be_given_may_be_empty_and_one_that_must_not() -> None:
    assert open_ask(PAPER, {"solved": "no", "left": "the tap"}) is WHEN
    assert open_ask(PAPER, {"solved": "no", "left": "the tap", "when": ""}) is None
    assert open_ask(PAPER, {"solved": "no", "left": ""}) is LEFT


def test_an_answer_that_is_none_of_the_questions_leaves_it_open() -> None:
    assert open_ask(PAPER, {"solved": "maybe"}) is SOLVED
    assert open_ask(PAPER, {"solved": "yes", "stars": "6"}) is STARS


def test_the_score_is_the_weighted_mean_of_what_was_asked() -> None:
    said = result(PAPER, {"solved": "yes", "stars": "3", "happy": "fair"})
    assert said == Result(solved=True, satisfied=True, score=round((100 + 50 + 2 * 50) / 4))


def test_an_answer_that_is_no_longer_on_the_way_does_not_count() -> None:
    changed = {"solved": "no", "stars": "5", "happy": "very", "left": "all of it", "when": ""}
    assert result(PAPER, changed) == Result(solved=False, score=0)
    assert answer_texts(PAPER, changed) == ("solved=no", "left=all of it", "when=")


def test_what_was_not_said_is_neither_yes_nor_no() -> None:
    assert result(PAPER, {}) == Result()


def test_answers_come_back_as_they_were_kept_even_with_a_sign_in_the_text() -> None:
    answers = {"solved": "no", "left": "x=y=z", "when": ""}
    assert read_answers(answer_texts(PAPER, answers)) == answers
    assert read_answers(("nothing", "=x")) == {}


def test_the_one_made_for_the_kind_goes_before_the_one_for_any() -> None:
    repair, general = of(SOLVED, kinds=frozenset({Kind.REPAIR})), of(STARS)
    there = [general, repair, of(HAPPY, kind=FollowUpKind.SURVEY)]
    assert questionnaire_for(there, FollowUpKind.CLOSING, Kind.REPAIR) is repair
    assert questionnaire_for(there, FollowUpKind.CLOSING, Kind.COMPLAINT) is general
    assert questionnaire_for(there, FollowUpKind.CLOSING, None) is general
    assert questionnaire_for([repair], FollowUpKind.CLOSING, Kind.PRAISE) is None


def test_a_good_one_has_no_problem() -> None:
    assert problem(PAPER) is None


def test_a_jump_back_never_ends_though_another_answer_leaves_it() -> None:
    again = Ask("again", "again?", Answer.YES_NO, jumps=(Jump(("yes",), "solved"),))
    found = problem(of(SOLVED, STARS, LEFT, again))
    assert found is not None
    assert (found.wrong, found.place, found.jump) == (Wrong.ROUND, 3, 0)
    assert found.way[0] == found.way[-1] == "solved"


def test_a_question_that_leads_to_itself_never_ends() -> None:
    found = problem(of(Ask("a", "a", Answer.YES_NO, then="a")))
    assert found is not None
    assert (found.wrong, found.place, found.jump, found.way) == (Wrong.ROUND, 0, None, ("a", "a"))


def test_a_jump_to_nowhere_and_one_on_no_answer_are_told_with_their_place() -> None:
    nowhere = problem(of(SOLVED))
    assert nowhere is not None
    assert (nowhere.wrong, nowhere.place, nowhere.jump, nowhere.way) == (Wrong.NOWHERE, 0, 0, ("left",))
    strange = problem(of(Ask("a", "a", Answer.SCALE, scale=3, jumps=(Jump(("4",), END),))))
    assert strange is not None
    assert (strange.wrong, strange.way) == (Wrong.NO_ANSWER, ("4",))


def test_a_question_that_nothing_leads_to_is_told() -> None:
    found = problem(of(HAPPY, LEFT))
    assert found is not None
    assert (found.wrong, found.place) == (Wrong.UNASKED, 1)


_NAMES = ("a", "b", "c", "d", "e")


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    names = _NAMES[: draw(st.integers(1, 5))]
    targets = st.sampled_from([*names, END])
    asks = []
    for name in names:
        jumps = tuple(Jump((answer,), draw(targets)) for answer in draw(st.sets(st.sampled_from(("yes", "no")))))
        asks.append(Ask(name, name, Answer.YES_NO, jumps=jumps, then=draw(st.sampled_from(["", *names, END]))))
    return of(*asks)


@given(questionnaires(), st.lists(st.sampled_from(("yes", "no")), min_size=12, max_size=12))
def test_whatever_is_answered_what_has_no_problem_ends_and_asks_nothing_twice(
    paper: Questionnaire, says: list[str]
) -> None:
    ask, way = paper.asks[0], []
    for answer in says:
        way.append(ask.ask_id)
        after = following(paper, ask, answer)
        if after is None:
            break
        ask = after
    else:
        way.append("and so on")
    if problem(paper) is None:
        assert way[-1] != "and so on"
        assert len(set(way)) == len(way)


@given(questionnaires())
def test_what_is_refused_for_never_ending_has_a_way_round_of_real_steps(paper: Questionnaire) -> None:
    found = problem(paper)
    if found is None or found.wrong is not Wrong.ROUND:
        return
    for before, after in pairwise(found.way):
        ask = paper.ask(before)
        assert ask is not None
        steps = (following(paper, ask, answer) for answer in ask.answers)
        assert after in {step.ask_id for step in steps if step is not None}
    assert found.way[0] == found.way[-1]
