"""The index's words and the definition of a search are held together here: a call that fits a query is never passed
over by the words."""

import pytest
from hypothesis import given

from desk.domain.call_fits import SearchedCall, fits, fold_text
from desk.domain.call_search import CallQuery
from desk.domain.call_words import STATE_WORDS, Every, Has, Lacks, Node, Some, bound, somebody, words_of
from desk.domain.estate import Household
from desk.domain.identity import EstateId
from desk.store.searched_calls import compose
from tests.searching import BUILDINGS, HOMES, Scene, queries, scenes


def everything(scene: Scene) -> list[SearchedCall]:
    homes = [
        Household(home, EstateId("e"), BUILDINGS[index % 2], "1", "101", "1-1-101") for index, home in enumerate(HOMES)
    ]
    return compose(scene.calls, scene.recordings, scene.tickets, scene.scores, homes)


def meets(node: Node, words: frozenset[str]) -> bool:
    match node:
        case Has(word):
            return word in words
        case Lacks(word):
            assert word in STATE_WORDS
            return word not in words
        case Every(parts):
            return all(meets(part, words) for part in parts)
        case Some(parts):
            return any(meets(part, words) for part in parts)


@given(scenes(), queries())
def test_a_call_that_fits_is_never_passed_over(scene: Scene, query: CallQuery) -> None:
    for found in everything(scene):
        if not fits(query, found):
            continue
        words = words_of(found)
        assert meets(bound(query), words)
        for whose in query.whose:
            node = somebody(whose, keyed=True) if whose.keys or whose.is_written else None
            assert node is None or meets(node, words)


@given(scenes(), queries(most=1))
def test_most_single_fields_are_bounded_closely(scene: Scene, query: CallQuery) -> None:
    """Where the words are as exact as the field, nothing else gets through."""
    if query.agents or query.kinds or query.outcomes or query.direction or query.seat or query.building_id:
        for found in everything(scene):
            assert meets(bound(query), words_of(found)) == fits(query, found)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("ＡＢＣ１２３", "abc123"), ("ABC", "abc"), ("，。", ",。"), ("漏水　了", "漏水 了"), ("É", "É")],
)
def test_texts_are_compared_narrow_and_small(text: str, folded: str) -> None:
    assert fold_text(text) == folded
