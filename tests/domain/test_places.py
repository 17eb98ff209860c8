"""Places as people say and type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.places import SpokenPlace, chinese_numeral, parse_place, place_text

HOME = SpokenPlace(building="5", unit="2", room="203")


@pytest.mark.parametrize(
    "text",
    [
        "5-2-203", "5 2 203", "5栋2单元203", "5栋2单元203室", "5号楼2单元203", "5幢2单元203房", "5#2-203",
        "５－２－２０３",
        "五栋二单元二零三", "5d2dy203", "5d2dy203s", "5号2单元203", "第五栋2单元203", "5/2/203", "5 栋 2 单元 203",
    ],
)  # fmt: skip
def test_a_home_in_every_spelling(text: str) -> None:
    assert parse_place(text)[0] == HOME


def test_digits_in_one_run_may_be_a_home() -> None:
    assert HOME in parse_place("52203")
    assert SpokenPlace(building="12", unit="1", room="101") in parse_place("121101")
    assert SpokenPlace(room="203") in parse_place("203")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("五栋", SpokenPlace(building="5")),
        ("十二栋", SpokenPlace(building="12")),
        ("5", SpokenPlace(building="5")),
        ("5-203", SpokenPlace(building="5", room="203")),
        ("5-2", SpokenPlace(building="5", unit="2")),
        ("wd5d", SpokenPlace(words="wd", building="5")),
        ("文德5栋", SpokenPlace(words="文德", building="5")),
        ("三江花园5-1-101", SpokenPlace(words="三江花园", building="5", unit="1", room="101")),
        ("A座1201", SpokenPlace(building="a", room="1201")),
        ("文德B座2-1201", SpokenPlace(words="文德", building="b", unit="2", room="1201")),
        ("a栋大堂", SpokenPlace(building="a", rest="大堂")),
        ("5栋大堂", SpokenPlace(building="5", rest="大堂")),
        ("5d dt", SpokenPlace(building="5", rest="dt")),
        ("dt", SpokenPlace(words="dt")),
        ("地下车库", SpokenPlace(words="地下车库")),
        ("5-2-203a", SpokenPlace(building="5", unit="2", room="203a")),
    ],
)
def test_parts_of_a_place(text: str, place: SpokenPlace) -> None:
    assert place in parse_place(text)


def test_a_lobby_is_thought_of_before_a_marker() -> None:
    assert parse_place("5dt")[0] == SpokenPlace(building="5", rest="dt")
    assert SpokenPlace(building="5", rest="dt") in parse_place("5ddt")


def test_a_numeral_within_a_name_stays_in_the_name() -> None:
    assert parse_place("五一花园")[0].words == "五一花园"
    assert parse_place("万达五期三栋")[0] == SpokenPlace(words="万达五期", building="3")


def test_nothing_said_is_no_place() -> None:
    assert parse_place("") == parse_place("   ") == ()


def test_a_place_is_shown_as_people_read_it() -> None:
    assert place_text("", "一期", "5栋", "2", "203") == "一期5栋2单元203"
    assert place_text("文德花园", "", "A座") == "文德花园A座"


@pytest.mark.parametrize(("number", "said"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (99, "九十九")])
def test_numerals_are_said(number: int, said: str) -> None:
    assert chinese_numeral(number) == said


@given(st.integers(1, 99), st.integers(1, 9), st.integers(1, 33), st.integers(1, 8))
def test_every_home_is_understood_in_digits_and_in_characters(building: int, unit: int, floor: int, door: int) -> None:
    room = f"{floor}{door:02d}"
    home = SpokenPlace(building=str(building), unit=str(unit), room=room)
    said = "".join("零一二三四五六七八九"[int(digit)] for digit in room)
    assert parse_place(f"{building}-{unit}-{room}")[0] == home
    assert parse_place(f"{chinese_numeral(building)}栋{chinese_numeral(unit)}单元{said}")[0] == home
    assert home in parse_place(f"{building}{unit}{room}")


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    for place in parse_place(text):
        assert any((place.words, place.building, place.unit, place.room, place.rest))


@given(st.text(st.sampled_from("0123456789-# 栋单元室d yabA座楼号第五十二零"), max_size=20))
def test_no_half_typed_place_breaks_it(text: str) -> None:
    parse_place(text)
