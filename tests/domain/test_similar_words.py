"""How alike two reports sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.similar_words import ALIKE, LONGEST, likeness, sound, spell


def alike(one: str, other: str) -> float:
    return likeness(sound(one), sound(other))


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("楼上漏水", "业主反映楼上漏水，天花板湿了一片"),
        ("loushang loushui", "楼上漏水到我家"),  # the input method off
        ("电梯坏了不动", "1单元的店体停了坏"),  # the wrong characters of the right sound
        ("dtk", "电梯困人"),
        ("停水", "我家停水了几个小时"),
        ("灯不亮", "楼道灯不亮了"),
        ("车库的闸门台不起来", "地下车库闸门抬不起来"),
        ("单元门金坏了", "单元门禁刷卡没反应"),
    ],
)
def test_the_same_said_otherwise_is_alike(typed: str, there: str) -> None:
    assert alike(typed, there) >= ALIKE


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("电梯坏了", "门禁坏了"),
        ("你好我要反映一下", "您好业主反映"),
        ("楼上漏水", "楼上装修噪音太大"),
        ("水", "停水"),  # one syllable says nothing
        ("5-2-203", "5-2-203"),  # nor does an address
        ("", "停水"),
    ],
)
def test_what_is_something_else_is_not(typed: str, there: str) -> None:
    assert alike(typed, there) < ALIKE


def test_letters_are_spelled_as_syllables_or_not_at_all() -> None:
    assert spell("dianti") == ("dian", "ti")
    assert spell("zhongshang") == ("zong", "san")  # as those type who do not tell zh from z
    assert spell("wifi") == ()
    assert spell("a" * 400) == ()


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_two_texts_can_be_compared_either_way(one: str, other: str) -> None:
    found = alike(one, other)
    assert 0 <= found <= 1
    assert found == alike(other, one)


@given(st.text(alphabet="电梯停水漏灯门锁坏修楼上下dtls 12，", max_size=400))
def test_a_text_that_says_something_is_like_itself(text: str) -> None:
    own = sound(text)
    assert likeness(own, own) == (1.0 if own.pairs and own.says_something else likeness(own, own))
    assert len(own.initials) <= LONGEST
