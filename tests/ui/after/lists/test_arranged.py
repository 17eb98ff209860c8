"""How a list's rows stand in a table."""

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.work_lists import runs
from desk.ui.after.lists.arranged import Arranged, Heading


def test_without_groups_the_rows_stand_as_they_are() -> None:
    arranged = Arranged([2, 4, 7])
    assert [arranged.at(row) for row in range(arranged.count)] == [2, 4, 7]
    assert [arranged.row_of(place) for place in (2, 4, 7, 5, 9)] == [0, 1, 2, -1, -1]
    assert arranged.headings() == []


def test_each_group_has_a_heading_with_its_count() -> None:
    arranged = Arranged([0, 1, 2], runs(["b5", "b5", ""]))
    rows = [arranged.at(row) for row in range(arranged.count)]
    assert rows == [Heading("b5", 2, False), 0, 1, Heading("", 1, False), 2]


def test_a_folded_group_keeps_its_count_and_hides_its_rows() -> None:
    arranged = Arranged([0, 1, 2], runs(["b5", "b5", ""]), {"b5"})
    assert [arranged.at(row) for row in range(arranged.count)] == [Heading("b5", 2, True), Heading("", 1, False), 2]
    assert (arranged.row_of(0), arranged.row_of(2)) == (-1, 2)
    assert arranged.matches == 3


def test_an_empty_list_is_empty() -> None:
    assert (Arranged([]).count, Arranged([], []).count) == (0, 0)


@given(
    st.lists(st.sampled_from("abc"), max_size=30).map(sorted),
    st.sets(st.sampled_from("abc")),
    st.randoms(use_true_random=False),
)
def test_every_shown_place_has_one_row_that_leads_back_to_it(groups: list[str], folded: set[str], rng: object) -> None:
    shown = [place for place in range(len(groups)) if rng.random() < 0.7]  # type: ignore[attr-defined]
    arranged = Arranged(shown, runs(groups), folded)
    rows = [arranged.at(row) for row in range(arranged.count)]
    places = [row for row in rows if isinstance(row, int)]
    assert places == [place for place in shown if groups[place] not in folded]
    assert all(rows[arranged.row_of(place)] == place for place in places)
    hidden = set(range(len(groups))) - set(places)
    assert all(arranged.row_of(place) == -1 for place in hidden)
    assert sum(heading.count for heading in arranged.headings()) == arranged.matches == len(shown)
