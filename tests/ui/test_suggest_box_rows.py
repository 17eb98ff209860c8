"""How a suggestion's text falls into matched and unmatched pieces."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from desk.ui.suggest_box_rows import Piece, pieces


def test_matched_pieces_stand_out() -> None:
    assert pieces("厨房水龙头漏水", [(2, 4), (5, 6)]) == [
        Piece("厨房", False),
        Piece("水龙", True),
        Piece("头", False),
        Piece("漏", True),
        Piece("水", False),
    ]


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40))))
def test_any_spans_leave_the_text_whole(text: str, spans: list[tuple[int, int]]) -> None:
    out = pieces(text, spans)
    assert "".join(piece.text for piece in out) == text
    assert all(a.matched != b.matched for a, b in pairwise(out))
