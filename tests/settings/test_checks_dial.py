"""[dial]: what may stand in it, and that no rule can keep the phone busy."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.settings import DialRule, DialSettings, LineSettings, Settings, SettingsError, checks_dial, load
from desk.settings.checks_dial import LONGEST, MOST_WAYS, ways


def problem(**dial: object) -> tuple[str, str] | None:
    return checks_dial.problem(Settings(dial=DialSettings(**dial), lines=(LineSettings(label="trunk"),)))  # type: ignore[arg-type]


def test_the_defaults_and_a_full_table_are_well() -> None:
    assert problem() is None
    rules = (
        DialRule(pattern=r"8(\d{3})", send=r"sip:\1@intercom.example"),
        DialRule(pattern=r"0?(1[3-9]\d{9})", send=r"0\1", line="trunk"),
        DialRule(pattern=r"(?:0(?:10|2\d)|0[3-9]\d\d)?[2-8]\d{6,7}", send=r"9\g<0>"),
        DialRule(pattern=r"(?P<city>0\d{2,3})(\d+)", send=r"\g<city>\2"),
        DialRule(pattern=r"(?!95)\d*"),
    )
    filled = problem(outside_prefix="*9", area_code="010", extension_digits=(4,), emergency=("999",), rules=rules)
    assert filled is None


@pytest.mark.parametrize(
    ("dial", "key"),
    [
        ({"outside_prefix": "x"}, "dial.outside_prefix"),
        ({"outside_prefix": "12345"}, "dial.outside_prefix"),
        ({"outside_prefix": "９"}, "dial.outside_prefix"),
        ({"area_code": "755"}, "dial.area_code"),
        ({"extension_digits": (0,)}, "dial.extension_digits"),
        ({"extension_digits": (4, 11)}, "dial.extension_digits"),
        ({"emergency": ("110", "police")}, "dial.emergency"),
        ({"emergency": ("",)}, "dial.emergency"),
        ({"rules": tuple(DialRule(pattern=str(n)) for n in range(201))}, "dial.rules"),
        ({"rules": (DialRule(pattern="1"), DialRule(pattern="("))}, "dial.rules.pattern"),
        ({"rules": (DialRule(pattern="1" * 201),)}, "dial.rules.pattern"),
        ({"rules": (DialRule(pattern=r"(\d", send=r"\1"),)}, "dial.rules.pattern"),
        ({"rules": (DialRule(pattern=r"(\d)", send=r"\2"),)}, "dial.rules.send"),
        ({"rules": (DialRule(pattern=r"(\d)", send=r"\g<city>"),)}, "dial.rules.send"),
        ({"rules": (DialRule(pattern=r"(\d)", send="\\"),)}, "dial.rules.send"),
        ({"rules": (DialRule(pattern="1", line="nobody's"),)}, "dial.rules.line"),
    ],
)
def test_what_cannot_be_is_named_by_its_key(dial: dict[str, object], key: str) -> None:
    found = problem(**dial)
    assert found is not None
    assert found[0] == key


@pytest.mark.parametrize(
    "pattern",
    [
        r"(\d+)+x",
        r"(\d*)*",
        r"(?:1|11)*2",
        r"(1|1)*x",
        r"\d*\d*\d*\d*\d*x",
        r"(?:\d?){32}x",
        r"((1?)(1?)(1?))*x",
        r"(?=(\d+)+x)\d",
    ],
)
def test_a_pattern_that_could_take_for_ever_is_refused(pattern: str) -> None:
    found = problem(rules=(DialRule(pattern=pattern),))
    assert found is not None
    assert found[0] == "dial.rules.pattern"


PATTERNS = st.recursive(
    st.sampled_from([r"\d", "1", "[2-9]", "0", "."]),
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds("({}){}".format, inner, st.sampled_from(["*", "+", "?", "{2,4}", "{0,32}", "*?", "{3}"])),
    ),
    max_leaves=8,
)


@given(PATTERNS, st.sampled_from(["1" * 31 + "x", "12" * 15 + "x", "0" * 31 + "*"]))
def test_a_pattern_that_is_let_through_is_quick_on_the_worst_of_numbers(pattern: str, number: str) -> None:
    if ways(pattern) > MOST_WAYS:
        return
    started_s = time.process_time()
    re.fullmatch(pattern, number[:LONGEST])
    assert time.process_time() - started_s < 2.0  # a bound on runaway matching, not a figure


@given(st.text(max_size=60))
def test_any_text_as_a_pattern_is_refused_or_taken_but_breaks_nothing(pattern: str) -> None:
    problem(rules=(DialRule(pattern=pattern),))


@pytest.mark.parametrize("pattern", ["[[0-9]", "[0-9--1]", "[a||b]"])
def test_a_pattern_that_another_python_reads_differently_is_refused(pattern: str) -> None:
    found = problem(rules=(DialRule(pattern=pattern),))
    assert found is not None
    assert found[0] == "dial.rules.pattern"


def test_the_file_names_line_and_reason_and_knows_every_key_of_a_rule(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[dial]\noutside_prefix = '9'\n[[dial.rules]]\npattern = '(8\\d{3})'\nsend = '\\1'\n")
    assert load(file).dial.rules == (DialRule(pattern=r"(8\d{3})", send=r"\1"),)
    file.write_text("[dial]\n[[dial.rules]]\npattern = '('\n")
    with pytest.raises(SettingsError, match=r"3: dial\.rules\.pattern: ") as raised:
        load(file)
    assert raised.value.line == 3
    file.write_text("[[dial.rules]]\npattern = '1'\nsned = '2'\n")
    with pytest.raises(SettingsError, match="sned"):
        load(file)
    file.write_text("[[dial.rules]]\nsend = '2'\n")
    with pytest.raises(SettingsError, match="pattern"):
        load(file)
