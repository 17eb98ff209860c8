"""Marks: read from the log, put in order, found from where the playhead stands."""

from hypothesis import given
from hypothesis import strategies as st

from desk.ui.player.marks import MarkKind, PlayerMark, following, in_order, marks, preceding, standing_at


def test_marks_are_read_and_named() -> None:
    assert marks(["0.000 answered", "12.340 held", "20.5 resumed", "30 gap no audio came"]) == [
        PlayerMark(12_340, MarkKind.CALL, "Put on hold"),
        PlayerMark(20_500, MarkKind.CALL, "Back from hold"),
        PlayerMark(30_000, MarkKind.TROUBLE, "Gap in the recording"),
    ]


@given(st.lists(st.text(max_size=20), max_size=5))
def test_marks_from_elsewhere_do_no_harm(untrusted: list[str]) -> None:
    assert all(mark.at_ms >= 0 for mark in marks(untrusted))


def test_next_and_previous_start_from_where_it_stands() -> None:
    ordered = in_order([PlayerMark(at, MarkKind.CALL, str(at)) for at in (30_000, 10_000, 20_000)])
    after, before = following(ordered, 10_000), preceding(ordered, 25_000)
    assert after is not None
    assert after.at_ms == 20_000
    assert before is not None
    assert before.at_ms == 20_000
    just_jumped = preceding(ordered, 20_400)
    assert just_jumped is not None
    assert just_jumped.at_ms == 10_000
    assert following(ordered, 30_000) is None
    assert preceding(ordered, 10_500) is None
    assert [standing_at(ordered, at) for at in (0, 10_000, 29_999, 99_999)] == [-1, 0, 1, 2]


def test_a_call_that_goes_on_in_the_second_folder_says_so() -> None:
    assert [mark.text for mark in marks(["1.000 overflowed No space left on device"])] == [
        "From here on kept in the second folder"
    ]
