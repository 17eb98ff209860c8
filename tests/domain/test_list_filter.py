"""Filtering a list's texts."""

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.list_filter import Texts, narrows

TEXTS = st.lists(st.text("ab1 .", max_size=6), max_size=40)
WORDS = st.lists(st.frozensets(st.text("ab1.", min_size=1, max_size=2), min_size=1, max_size=3), max_size=3)
RARE = st.sampled_from((0, 1, 3, 100))  # rows: a word is looked for in the whole, or text by text


@given(TEXTS, WORDS, RARE)
def test_a_filter_keeps_what_holds_a_spelling_of_every_word(
    texts: list[str], words: list[frozenset[str]], rare: int
) -> None:
    assert Texts(texts, rare).filtered(words) == [
        at
        for at, text in enumerate(texts)
        if all(any(spelling in text for spelling in spellings) for spellings in words)
    ]


@given(TEXTS, WORDS, WORDS, RARE)
def test_typing_on_asks_only_what_has_passed_before_and_finds_the_same(
    texts: list[str], before: list[frozenset[str]], after: list[frozenset[str]], rare: int
) -> None:
    all_texts = Texts(texts, rare)
    passed, found = all_texts.filtered(before), all_texts.filtered(after)
    if narrows(before, after):
        assert all_texts.filtered(after, passed) == found
    assert narrows((), after)
    longer = [frozenset(f"{spelling}b" for spelling in spellings) for spellings in before]
    assert narrows(before, longer)
    assert all_texts.filtered(longer, passed) == all_texts.filtered(longer)


def test_a_word_that_is_spelled_in_another_way_too_does_not_narrow() -> None:
    assert not narrows([frozenset({"ab"})], [frozenset({"abc", "1"})])
    assert not narrows([frozenset({"ab"})], [])
