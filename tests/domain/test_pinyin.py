"""Reading Chinese, and finding it by what is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin
from pypinyin.pinyin_dict import pinyin_dict

from desk.domain.pinyin import loosen, loosened, match, query_form, read, read_name
from desk.domain.pinyin_words import OTHERS

LEAK = read("楼上漏水")


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("重庆路", "chongqinglu"),
        ("厦门湾", "xiamenwan"),
        ("长安花园", "changanhuayuan"),
        ("2单元", "2danyuan"),
        ("银行家园", "yinhangjiayuan"),
        ("重复投诉", "chongfutousu"),
        ("给排水", "jipaishui"),
        ("空调不冷", "kongtiaobuleng"),
        ("绿地", "lvdi"),
        ("A座 大堂", "azuodatang"),
    ],
)
def test_places_and_words_are_read_as_people_say_them(text: str, full: str) -> None:
    assert read(text).full == full


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("单雪梅", "shanxuemei"),
        ("曾丽", "zengli"),
        ("解放", "xiefang"),
        ("仇英", "qiuying"),
        ("尉迟恭", "yuchigong"),
        ("区家豪", "oujiahao"),
    ],
)
def test_surnames_are_read_as_surnames(name: str, full: str) -> None:
    assert read_name(name).full == full


def test_our_table_agrees_with_pypinyin_on_every_single_character() -> None:
    ours = {chr(code): read(chr(code)).full for code in pinyin_dict}
    theirs = {character: lazy_pinyin(character)[0] for character in ours}
    differing = {c for c in ours if ours[c] != theirs[c] and theirs[c].isascii() and theirs[c].isalpha()}
    assert differing <= set(OTHERS)


@pytest.mark.parametrize(
    "query",
    [
        "lsls",
        "loushangloushui",
        "loushangls",
        "lousls",
        "楼上ls",
        "漏水",
        "ls",
        "LSLS",
        "lou shang",
        "lous",
        "shangl",
        "lshls",
        "楼",
        "l",
    ],
)
def test_initials_full_pinyin_characters_and_mixtures_find_it(query: str) -> None:
    assert match(query_form(query), LEAK)


@pytest.mark.parametrize("query", ["", "x", "lsx", "lslsl", "hang", "oushang", "水漏"])
def test_what_it_does_not_say_does_not_find_it(query: str) -> None:
    assert match(query_form(query), LEAK) is None


def test_the_whole_ranks_before_the_beginning_and_that_before_the_middle() -> None:
    ranks = [found.rank for query in ("lsls", "lou", "ls") if (found := match(query, LEAK))]
    middle = match("loushui", LEAK)
    assert middle
    assert ranks[0] < ranks[1] == ranks[2] < middle.rank


def test_the_span_names_the_characters_that_matched() -> None:
    found = match("shui", LEAK)
    assert found
    assert LEAK.text[slice(*found.span)] == "水"


def test_another_living_reading_matches_but_ranks_lower() -> None:
    first, second = match("chongqing", read("重庆")), match("zhongqing", read("重庆"))
    assert first
    assert second
    assert first.rank < second.rank


def test_green_is_found_with_v_and_with_u() -> None:
    assert match("lvdi", read("绿地"))
    assert match("ludi", read("绿地"))
    assert match(query_form("lüdi"), read("绿地"))


def test_southern_ears_find_it_loosely() -> None:
    assert match(loosen("canan"), loosened(read("长安")))
    assert match(loosen("zuangxiu"), loosened(read("装修")))


@given(st.text(max_size=30))
def test_any_text_can_be_read_and_has_a_syllable_for_each_character(text: str) -> None:
    reading = read(text)
    assert len(reading.syllables) == len(text) == len(reading.heads)
    assert read_name(text).text == text


@given(st.text(max_size=12), st.text(max_size=8))
def test_any_query_against_any_text_is_none_or_a_span_within_it(text: str, query: str) -> None:
    found = match(query_form(query), read(text))
    assert found is None or 0 <= found.span[0] < found.span[1] <= len(text)


chinese = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)


@given(chinese)
def test_every_chinese_text_is_found_by_its_own_readings(text: str) -> None:
    reading = read(text)
    for query in (text, reading.full, reading.initials):
        found = match(query, reading)
        assert found
        assert found.rank == 0
        assert found.span == (0, len(text))
