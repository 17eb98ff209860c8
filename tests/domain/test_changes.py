"""The fold: the same changes make the same row, in whatever order they came."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.changes import Change, fold
from desk.domain.identity import ChangeId

AT = datetime(2026, 3, 1, tzinfo=UTC)
values = st.one_of(
    st.none(), st.booleans(), st.integers(0, 9), st.text(max_size=3), st.lists(st.text(max_size=2), max_size=2)
)
patches = st.dictionaries(st.sampled_from("abcd"), values, max_size=4)


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    """Changes of one entity: some with their place in the central order, the rest not yet."""
    count = draw(st.integers(0, 8))
    ordered = draw(st.integers(0, count))
    places = draw(st.permutations(range(1, ordered + 1)))
    ids = draw(st.permutations(range(count)))
    return [
        Change(
            ChangeId(f"{ids[index]:04d}"),
            "ticket",
            "t",
            AT,
            "1001",
            "S01",
            draw(patches),
            central_seq=places[index] if index < ordered else None,
        )
        for index in range(count)
    ]


@given(histories(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_row(changes: list[Change], random: Random) -> None:
    arrived = list(changes)
    random.shuffle(arrived)
    assert fold(arrived) == fold(changes)


@given(histories())
def test_every_field_anybody_wrote_is_there_with_a_value_somebody_wrote(changes: list[Change]) -> None:
    row = fold(changes)
    assert set(row) == {field for change in changes for field in change.patch}
    for field, value in row.items():
        assert any(field in c.patch and c.patch[field] == value for c in changes)


@given(histories(), patches)
def test_what_the_centre_has_not_ordered_comes_last(changes: list[Change], patch: dict[str, str]) -> None:
    mine = Change(ChangeId("9999"), "ticket", "t", AT, "1001", "S01", patch)
    row = fold([mine, *changes])
    assert all(row[field] == value for field, value in patch.items())


@given(histories())
def test_the_central_order_decides_and_not_the_time_of_making(changes: list[Change]) -> None:
    if not changes:
        return
    first = replace(changes[0], change_id=ChangeId("9999"), central_seq=1000, patch={"a": "last"})
    assert fold([first, *[c for c in changes[1:] if c.central_seq is not None]])["a"] == "last"


def test_nothing_makes_an_empty_row() -> None:
    assert fold([]) == {}
