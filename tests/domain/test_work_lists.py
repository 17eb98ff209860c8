"""Filtering a list's texts."""

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.what_next import What
from desk.domain.work_lists import CONTENTS, Check, WorkList, filtered, key_of, narrows, read_key

TEXTS = st.lists(st.text("ab1 .", max_size=6), max_size=40)
WORDS = st.lists(st.frozensets(st.text("ab1.", min_size=1, max_size=2), min_size=1, max_size=3), max_size=3)


@given(TEXTS, WORDS)
def test_a_filter_keeps_what_holds_a_spelling_of_every_word(texts: list[str], words: list[frozenset[str]]) -> None:
    assert filtered(texts, words) == [
        at
        for at, text in enumerate(texts)
        if all(any(spelling in text for spelling in spellings) for spellings in words)
    ]


@given(TEXTS, WORDS, WORDS)
def test_typing_on_asks_only_what_has_passed_before_and_finds_the_same(
    texts: list[str], before: list[frozenset[str]], after: list[frozenset[str]]
) -> None:
    passed, found = filtered(texts, before), filtered(texts, after)
    if narrows(before, after):
        assert filtered(texts, after, passed) == found
    assert narrows((), after)
    longer = [frozenset(f"{spelling}b" for spelling in spellings) for spellings in before]
    assert narrows(before, longer)
    assert filtered(texts, longer, passed) == filtered(texts, longer)


def test_a_word_that_is_spelled_in_another_way_too_does_not_narrow() -> None:
    assert not narrows([frozenset({"ab"})], [frozenset({"abc", "1"})])
    assert not narrows([frozenset({"ab"})], [])


def test_every_list_has_contents_and_every_check_is_asked() -> None:
    assert set(CONTENTS) == set(WorkList)
    asked = {check for lines in CONTENTS.values() for line in lines for check in line.checks}
    assert asked == set(Check)


@given(st.sampled_from(What), st.text(max_size=40))
def test_a_key_leads_back_to_its_thing(what: What, about_id: str) -> None:
    assert read_key(key_of(what, about_id)) == (what, about_id)
