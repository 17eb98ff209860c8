"""Two people who scored the same calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.agreement import agreement, by_question

answers = st.dictionaries(st.sampled_from(["a.1", "a.2", "b.1"]), st.integers(0, 5), min_size=1)


def test_without_a_second_opinion_there_is_no_figure() -> None:
    assert agreement([], []) is None
    assert agreement([({"a": 1}, {"b": 1})], []) is None


def test_the_same_answers_are_full_agreement() -> None:
    found = agreement([({"a": 5, "b": 0}, {"a": 5, "b": 0})], [(800, 800)])
    assert found is not None
    assert (found.calls, found.same, found.kappa, found.points_apart) == (1, 1.0, 1.0, 0.0)


def test_kappa_is_that_of_a_table_worked_out_by_hand() -> None:
    # Two raters, ten yes/no answers: both yes 4, both no 3, 2 yes-no, 1 no-yes. po = 0.7,
    # pe = 0.6 * 0.5 + 0.4 * 0.5 = 0.5, kappa = 0.4.
    pairs = [({"q": 1}, {"q": 1})] * 4 + [({"q": 0}, {"q": 0})] * 3 + [({"q": 1}, {"q": 0})] * 2
    found = agreement([*pairs, ({"q": 0}, {"q": 1})], [])
    assert found is not None
    assert found.kappa == pytest.approx(0.4)
    assert found.same == pytest.approx(0.7)


def test_answers_far_apart_count_more_than_neighbours() -> None:
    near = agreement([({"q": 5}, {"q": 4}), ({"q": 0}, {"q": 0})], [])
    far = agreement([({"q": 5}, {"q": 1}), ({"q": 0}, {"q": 0})], [])
    assert near is not None
    assert far is not None
    assert near.kappa is not None
    assert far.kappa is not None
    assert near.kappa > far.kappa


def test_where_all_answers_are_alike_chance_says_nothing() -> None:
    found = agreement([({"q": 5}, {"q": 5})] * 3, [])
    assert found is not None
    assert found.kappa is None


def test_the_worst_question_comes_first() -> None:
    found = by_question([({"a": 1, "b": 1}, {"a": 1, "b": 0}), ({"a": 1}, {"a": 0})])
    assert list(found.items()) == [("b", 0.0), ("a", 0.5)]


@given(st.lists(st.tuples(answers, answers), max_size=8))
def test_agreement_does_not_care_who_was_first(pairs: list[tuple[dict[str, int], dict[str, int]]]) -> None:
    one, other = agreement(pairs, []), agreement([(second, first) for first, second in pairs], [])
    if one is None or other is None:
        assert one is other
        return
    assert one.same == other.same
    assert one.kappa == pytest.approx(other.kappa) if one.kappa is not None else other.kappa is None
    assert one.kappa is None or one.kappa <= 1.0 + 1e-9
