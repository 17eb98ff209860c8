"""Every shape of number that reaches a hotline."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desk.domain.numbers import NumberKind, lookup_key, lookup_keys, read_number

MOBILE = (
    "13800138000",
    "013800138000",
    "+8613800138000",
    "008613800138000",
    "8613800138000",
    "+86013800138000",
    "138-0013-8000",
    "138 0013 8000",
    "138.0013.8000",
    "１３８００１３８０００",
    "(+86)13800138000",
    "+86 (0)138 0013 8000",
    "86-13800138000",
    "+86–138–0013–8000",
    "电话：13800138000",
    "%2B8613800138000",
    "sip:013800138000@10.0.0.1;user=phone",
    "tel:+86-138-0013-8000",
    "+8613800138000;phone-context=example.com",
    "<sip:+8613800138000@pbx.example;transport=tcp>",
    "1795113800138000",
    "\u202a13800138000\u202c",
    "13800138000\r\n",
)
FIXED = (
    "87654321",
    "8765 4321",
    "8765-4321",
    "0755-87654321",
    "075587654321",
    "(0755)87654321",
    "（0755）87654321",
    "0755 8765 4321",
    "0755-8765-4321",
    "755-87654321",
    "+8675587654321",
    "+86075587654321",
    "86 755 87654321",
    "0086-755-87654321",
    "87654321;phone-context=+86755",
    "0755－87654321",
)
WITH_EXTENSION = (
    "0755-87654321-803",
    "87654321-803",
    "075587654321-803",
    "0755-8765-4321-803",
    "0755-87654321转803",
    "0755-87654321 转 803",
    "87654321分机803",
    "87654321 分机号：803",
    "0755-87654321 ext. 803",
    "0755-87654321x803",
    "0755-87654321#803",
    "0755-87654321,803",
    "０７５５－８７６５４３２１－８０３",
)


@pytest.mark.parametrize("raw", MOBILE)
def test_every_writing_of_a_mobile_number_is_one_number(raw: str) -> None:
    number = read_number(raw, "0755")
    assert (number.key, number.kind) == ("+8613800138000", NumberKind.MOBILE)
    assert number.shown == "138 0013 8000"
    assert number.raw == raw


@pytest.mark.parametrize("raw", FIXED)
def test_every_writing_of_a_fixed_line_is_one_number(raw: str) -> None:
    number = read_number(raw, "0755")
    assert (number.key, number.kind, number.extension) == ("+8675587654321", NumberKind.FIXED, "")
    assert number.shown == "0755-8765 4321"


@pytest.mark.parametrize("raw", WITH_EXTENSION)
def test_an_extension_is_told_apart_and_the_line_is_found_without_it(raw: str) -> None:
    number = read_number(raw, "0755")
    assert (number.key, number.extension) == ("+8675587654321", "803")
    assert number.shown == "0755-8765 4321-803"


@pytest.mark.parametrize(
    ("raw", "kind", "key"),
    [
        ("95598", NumberKind.SHORT, "95598"),
        ("12345", NumberKind.SHORT, "12345"),
        ("110", NumberKind.SHORT, "110"),
        ("10086", NumberKind.SHORT, "10086"),
        ("1001", NumberKind.INTERNAL, "1001"),
        ("803", NumberKind.INTERNAL, "803"),
        ("4008001234", NumberKind.FIXED, "+864008001234"),
        ("400-800-1234", NumberKind.FIXED, "+864008001234"),
        ("02087654321", NumberKind.FIXED, "+862087654321"),
        ("010-62345678", NumberKind.FIXED, "+861062345678"),
        ("+852 2123 4567", NumberKind.FOREIGN, "+85221234567"),
        ("0085221234567", NumberKind.FOREIGN, "+85221234567"),
        ("+1 650 253 0000", NumberKind.FOREIGN, "+16502530000"),
        ("alice", NumberKind.UNKNOWN, "alice"),
        ("138001380001", NumberKind.UNKNOWN, "138001380001"),
    ],
)
def test_numbers_of_other_plans_keep_a_key_of_their_own(raw: str, kind: NumberKind, key: str) -> None:
    number = read_number(raw, "0755")
    assert (number.kind, number.key) == (kind, key)
    assert number.shown


@pytest.mark.parametrize(
    "raw", ["", "  ", "anonymous", "Anonymous", "unknown", "UNKNOWN", "匿名", "sip:anonymous@anonymous.invalid"]
)
def test_a_withheld_number_has_no_key(raw: str) -> None:
    assert read_number(raw, "0755") == type(read_number(raw))(raw, "", "", NumberKind.WITHHELD, "")
    assert lookup_keys(raw, "0755") == ()


def test_without_an_area_code_a_local_number_is_its_digits() -> None:
    assert lookup_key("8765 4321") == "87654321"
    assert read_number("87654321").kind is NumberKind.FIXED


def test_a_local_number_is_also_sought_as_it_was_filed_before_the_area_code_was_known() -> None:
    assert lookup_keys("87654321", "0755") == ("+8675587654321", "87654321")
    assert lookup_keys("075587654321", "0755") == ("+8675587654321", "87654321")
    assert lookup_keys("02087654321", "0755") == ("+862087654321",)


def test_a_digit_for_an_outside_line_is_looked_behind() -> None:
    assert lookup_keys("9013800138000", "0755") == ("9013800138000", "+8613800138000")


@pytest.mark.parametrize("area_code", ["0755", "755", " 0755 "])
def test_the_area_code_may_be_written_with_or_without_its_zero(area_code: str) -> None:
    assert lookup_key("87654321", area_code) == "+8675587654321"


mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
separators = st.sampled_from(["", " ", "-", ".", " - "])


@st.composite
def mobile_writings(draw: st.DrawFn) -> tuple[str, str]:
    bare = draw(mobiles)
    prefix = draw(st.sampled_from(["", "0", "86", "+86", "0086", "+86 ", "(+86)", "86-", "tel:", "+86 0"]))
    gap = draw(separators)
    text = prefix + gap.join((bare[:3], bare[3:7], bare[7:])) + draw(st.sampled_from(["", " ", ";user=phone", "@pbx"]))
    if draw(st.booleans()):
        text = text.translate(str.maketrans("0123456789+-", "０１２３４５６７８９＋－"))
    return bare, text


@given(mobile_writings())
def test_all_writings_of_one_mobile_number_have_one_key(case: tuple[str, str]) -> None:
    bare, text = case
    assert lookup_key(text) == lookup_key(bare) == f"+86{bare}"


@given(
    st.sampled_from(["10", "20", "755", "769", "898"]),
    st.from_regex(r"[2-8][0-9]{7}", fullmatch=True),
    st.sampled_from(
        ["0{a}{n}", "0{a}-{n}", "(0{a}){n}", "+86{a}{n}", "0086 {a} {n}", "0{a} {h} {l}", "+86 0{a}-{h}-{l}"]
    ),
    st.sampled_from(["", "转8", "-803", " 分机 12", " ext 4321"]),
)
def test_all_writings_of_one_fixed_line_have_one_key(area: str, local: str, shape: str, extension: str) -> None:
    text = shape.format(a=area, n=local, h=local[:4], l=local[4:]) + extension
    assert lookup_key(text, "0571") == f"+86{area}{local}"


@given(st.text(), st.sampled_from(["", "0755", "10", "x"]))
@example("%", "0755")
@example("+" * 300, "")
@example("²³", "")
@example("٣٤٥", "")
def test_no_text_breaks_it_and_the_raw_text_is_kept(text: str, area_code: str) -> None:
    number = read_number(text, area_code)
    assert number.raw == text
    assert (number.key == "") == (number.kind is NumberKind.WITHHELD)
    assert len(number.key) <= 64
    keys = lookup_keys(text, area_code)
    assert (number.key in keys) == bool(number.key)


@given(st.text(st.sampled_from("0123456789+-() .;=@%ext转分机#"), max_size=40))
@example("+0x0x0")
def test_a_key_is_its_own_key(text: str) -> None:
    key = lookup_key(text, "0755")
    if re.fullmatch(r"\+\d+", key):  # what is no number is kept as it was written
        assert lookup_key(key, "0755") == key
