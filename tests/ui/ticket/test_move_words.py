"""Every move, need and refusal has words, a letter and a picture of its own."""

from enum import Enum

import pytest

from desk.domain.clocks import ClockName
from desk.domain.moves import RULES, MoveKind, Need, Refusal
from desk.ui import icons
from desk.ui.after import words as after_words
from desk.ui.ticket import move_words
from desk.ui.ticket.moves_panel import LETTERS


@pytest.mark.parametrize(
    ("values", "say"),
    [(MoveKind, move_words.move), (Refusal, move_words.refusal), (ClockName, after_words.clock)],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_every_value_has_words_of_its_own(values: type[Enum], say) -> None:  # type: ignore[no-untyped-def]
    said = [say(value) for value in values]
    assert all(said)
    assert len(set(said)) == len(said)


def test_every_move_has_a_letter_of_its_own() -> None:
    assert set(LETTERS) == set(MoveKind)
    assert len(set(LETTERS.values())) == len(LETTERS)


def test_every_move_has_a_picture_that_the_set_has() -> None:
    assert all(icons.glyph(move_words.icon(kind)) for kind in MoveKind)


def test_whatever_a_move_needs_has_a_label() -> None:
    assert all(move_words.asks(rule.kind, need) for rule in RULES for need in rule.needs)
    assert all(move_words.asks(MoveKind.DISPATCH, need) for need in Need)


def test_the_usual_reasons_of_a_move_differ() -> None:
    for kind in MoveKind:
        reasons = move_words.reasons(kind)
        assert len(set(reasons)) == len(reasons)
