"""What a scoring sheet makes of answers, and what a machine proposes."""

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.sheets import (
    Band,
    Fact,
    Fatal,
    Question,
    Section,
    Sheet,
    answer_texts,
    points_x10,
    read_answers,
    sheet_for,
)
from desk.domain.tickets import Kind

IN_TIME = Question("in_time", "t", 2, 5, Fact.GREETING_S, (Band(3, 5), Band(5, 3)))
TONE = Question("tone", "t", 1, 5)
FORM = Question("form", "t", 1, 1, Fact.FORM_COMPLETE)
SHEET = Sheet(
    "s", "1", "t", (Section("a", "A", (IN_TIME, TONE), 3), Section("b", "B", (FORM,), 1)), (Fatal("rude", "t"),)
)
ALL = {"a.in_time": 5, "a.tone": 5, "b.form": 1}


def test_full_answers_are_full_points_and_none_are_none() -> None:
    assert points_x10(SHEET, ALL) == 1000
    assert points_x10(SHEET, dict.fromkeys(ALL, 0)) == 0


def test_weights_count_within_the_section_and_the_section_within_the_sheet() -> None:
    assert points_x10(SHEET, {**ALL, "a.tone": 0}) == 750 - 250 + 250  # a third of section A, which is three quarters
    assert points_x10(SHEET, {**ALL, "b.form": 0}) == 750


def test_without_an_answer_there_are_no_points_and_a_fatal_error_takes_all() -> None:
    assert points_x10(SHEET, {"a.in_time": 5, "a.tone": 5}) is None
    assert points_x10(SHEET, ALL, ("rude",)) == 0
    assert points_x10(SHEET, {}, ("rude",)) == 0


def test_a_figure_gets_the_first_band_that_holds_it() -> None:
    assert [IN_TIME.proposed({Fact.GREETING_S: s}) for s in (0.0, 3.0, 3.1, 5.0, 5.1)] == [5, 5, 3, 3, 0]
    assert IN_TIME.proposed({}) is None
    assert TONE.proposed({Fact.GREETING_S: 1.0}) is None


def test_yes_is_full_marks() -> None:
    assert (FORM.proposed({Fact.FORM_COMPLETE: 1.0}), FORM.proposed({Fact.FORM_COMPLETE: 0.0})) == (1, 0)


def test_a_machine_points_out_a_fatal_error_above_its_limit_only() -> None:
    fatal = Fatal("dead_air", "t", Fact.LONGEST_SILENCE_S, 60)
    assert [fatal.proposed({Fact.LONGEST_SILENCE_S: s}) for s in (60.0, 60.1)] == [False, True]
    assert not fatal.proposed({})
    assert not Fatal("rude", "t").proposed({Fact.HOLD_S: 999.0})


def test_the_sheet_for_a_kind_is_the_one_made_for_it_else_the_general_one() -> None:
    complaint = Sheet("c", "1", "t", SHEET.sections, kinds=frozenset({Kind.COMPLAINT}))
    assert sheet_for([complaint, SHEET], Kind.COMPLAINT) is complaint
    assert sheet_for([complaint, SHEET], Kind.REPAIR) is SHEET
    assert sheet_for([complaint, SHEET], None) is SHEET
    assert sheet_for([complaint], None) is complaint
    assert sheet_for([], None) is None


answers = st.fixed_dictionaries({name: st.integers(0, 5) for name in ALL})


@given(answers)
def test_points_stay_between_none_and_all_and_a_better_answer_never_costs(given_answers: dict[str, int]) -> None:
    points = points_x10(SHEET, given_answers)
    assert points is not None
    assert 0 <= points <= 1000
    for name, answer in given_answers.items():
        better = points_x10(SHEET, {**given_answers, name: answer + 1})
        assert better is not None
        assert better >= points


@given(st.dictionaries(st.from_regex(r"[a-z0-9_]{1,9}\.[a-z0-9_]{1,9}", fullmatch=True), st.integers(0, 10)))
def test_answers_are_read_as_they_were_written(given_answers: dict[str, int]) -> None:
    assert read_answers(answer_texts(given_answers)) == given_answers


def test_answers_that_cannot_be_read_are_left_out() -> None:
    assert read_answers(["a.b=3", "a.c", "=4", "a.d=x", "a.e=-1"]) == {"a.b": 3}
