"""Categories as they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.tickets import Kind
from desk.texts import ShippedTexts
from desk.usecases.find_category import CategoryFinder

TREE = ShippedTexts().categories()
FINDER = CategoryFinder(TREE)
ENGLISH = CategoryFinder(TREE, "en")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("lsls", "楼上漏水"),
        ("loushangls", "楼上漏水"),
        ("楼上", "楼上漏水"),
        ("dtkr", "电梯困人"),
        ("sltls", "水龙头漏水"),
        ("厨房龙头", "水龙头漏水"),
        ("cflt", "水龙头漏水"),
        ("厨房 漏水", "水龙头漏水"),
        ("被困", "电梯困人"),
        ("meishui", "停水"),
        ("煤气味", "燃气泄漏"),
        ("zxbl", "装修办理"),
        ("zuangxiubanli", "装修办理"),
        ("leak from", "楼上漏水"),
        ("LSLS", "楼上漏水"),
    ],
)
def test_a_few_letters_find_the_category(text: str, first: str) -> None:
    assert FINDER.find(text)[0].shown == first


def test_what_matched_is_marked_and_a_keyword_is_named() -> None:
    hit = FINDER.find("loushui")[0]
    assert hit.shown[slice(*hit.spans[0])] == "漏水"
    by_keyword = FINDER.find("没水")[0]
    assert (by_keyword.shown, by_keyword.keyword, by_keyword.spans) == ("停水", "没水", ())


def test_only_leaves_of_the_kind_are_found_if_it_is_given() -> None:
    hits = FINDER.find("zx", Kind.COMPLAINT)
    assert hits
    assert {hit.category.kind for hit in hits} == {Kind.COMPLAINT}


def test_english_names_are_shown_and_found_and_chinese_still_is() -> None:
    assert ENGLISH.find("tap leaks")[0].shown == "Tap leaks"
    assert ENGLISH.find("trapped")[0].shown == "People trapped in the lift"
    assert ENGLISH.find("dtkr")[0].shown == "People trapped in the lift"


def test_an_empty_text_offers_the_first_of_the_kind() -> None:
    assert [h.category.kind for h in FINDER.find("", Kind.PRAISE, 3)] == [Kind.PRAISE] * 3


def test_the_limit_is_kept() -> None:
    assert len(FINDER.find("s", limit=3)) == 3


@pytest.mark.parametrize("category", TREE.categories, ids=lambda category: category.code)
def test_every_category_is_found_first_by_its_full_name(category: object) -> None:
    assert category in [hit.category for hit in FINDER.find(category.zh, category.kind, 3)]  # type: ignore[attr-defined]


@given(st.text(max_size=12))
def test_no_text_breaks_it(text: str) -> None:
    for hit in FINDER.find(text):
        assert all(0 <= start < end <= len(hit.shown) for start, end in hit.spans)
