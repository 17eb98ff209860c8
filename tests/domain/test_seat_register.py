"""The seat register's values: what a machine says anew, what people may type, findings as text and back."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.health import Finding, Level
from desk.domain.seat_register import (
    BadService,
    CheckKind,
    Machine,
    SeatRecord,
    check_of,
    faults_of,
    from_text,
    level_name,
    level_of,
    service_value,
    to_text,
    warranty_over,
)

NOW = datetime(2026, 11, 22, 19, tzinfo=UTC)
MACHINE = Machine(
    "S01", pc="PC-7", memory_mb=7842, headset="Jabra Evolve 40", headset_serial="A1", lines=("热线 8001",)
)


def test_a_new_record_says_what_is_known_and_nothing_of_the_rest() -> None:
    assert MACHINE.news(None) == {
        "seat": "S01",
        "pc": "PC-7",
        "memory_mb": 7842,
        "headset": "Jabra Evolve 40",
        "headset_serial": "A1",
        "lines": ("热线 8001",),
    }


def test_what_is_known_already_is_no_news() -> None:
    record = SeatRecord("r", "S01", "PC-7", memory_mb=7842, headset="Jabra Evolve 40", headset_serial="A1")
    assert MACHINE.news(record) == {"lines": ("热线 8001",)}


def test_a_headset_that_is_unplugged_stays_the_seat_s() -> None:
    record = SeatRecord("r", "S01", "PC-7", memory_mb=7842, headset="Jabra Evolve 40", headset_serial="A1")
    assert Machine("S01", "PC-7", memory_mb=7842).news(record) == {}


def test_another_headset_has_another_serial_even_if_it_is_not_known() -> None:
    record = SeatRecord("r", "S01", headset="Jabra Evolve 40", headset_serial="A1")
    assert Machine("S01", headset="Poly").news(record) == {"headset": "Poly", "headset_serial": ""}
    assert Machine("S01", headset="Jabra Evolve 40").news(record) == {}


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("bought_on", " 2026/3/5 ", "2026-03-05"),
        ("bought_on", "20260305", "2026-03-05"),
        ("warranty_until", "", ""),
        ("price", "¥4,599", "4599.00"),
        ("price", "4599.5元", "4599.50"),
        ("price", "4599.500", "4599.50"),
        ("price", "", ""),
        ("supplier", "  京东企业购 ", "京东企业购"),
        ("retired", "是", True),
        ("retired", "", False),
    ],
)
def test_what_people_type_is_kept_in_one_form(field: str, typed: str, kept: object) -> None:
    assert service_value(field, typed) == kept


@pytest.mark.parametrize(
    ("field", "typed", "why"),
    [
        ("bought_on", "2026-02-30", "day"),
        ("bought_on", "去年", "day"),
        ("bought_on", "-5", "day"),
        ("price", "about 4000", "price"),
        ("price", "4599.123", "price"),
        ("price", "-1", "price"),
        ("price", "9999999999", "price"),
        ("supplier", "x" * 121, "long"),
        ("notes", "x" * 4001, "long"),
        ("pc", "mine", "field"),
    ],
)
def test_what_no_record_can_hold_is_refused_with_its_field(field: str, typed: str, why: str) -> None:
    with pytest.raises(BadService) as refused:
        service_value(field, typed)
    assert (refused.value.field, refused.value.why) == (field, why)


@given(st.sampled_from(["bought_on", "price", "notes", "warranty_until"]), st.text(max_size=40))
def test_whatever_is_typed_is_kept_or_refused_and_kept_values_stay_themselves(field: str, typed: str) -> None:
    try:
        kept = service_value(field, typed)
    except BadService:
        return
    assert service_value(field, str(kept)) == kept


@given(
    st.builds(
        Finding,
        st.text(min_size=1, max_size=20),
        st.sampled_from(Level),
        st.text(max_size=50),
        st.text(max_size=50),
        st.dictionaries(
            st.text(max_size=8), st.integers(0, 10**6) | st.floats(0, 1e6) | st.text(max_size=9), max_size=3
        ),
    )
)
def test_a_finding_survives_its_way_as_text(finding: Finding) -> None:
    assert from_text(to_text(finding)) == finding


@given(st.text(max_size=80))
def test_any_other_text_is_no_finding(untrusted: str) -> None:
    assert from_text(untrusted) is None


@pytest.mark.parametrize("odd", ["[]", "null", '{"check": 1}', '{"check":"a","level":"new","why":""}', '"x"', "7"])
def test_json_that_is_no_finding_is_none(odd: str) -> None:
    assert from_text(odd) is None


def test_a_check_names_its_worst_and_faults_begin_with_it() -> None:
    findings = [
        Finding("disk", Level.WARNING, "nearly full"),
        Finding("keyring", Level.OK, "fine"),
        Finding("sip.registration", Level.WRONG, "refused"),
        Finding("vault", Level.UNCHECKED, "no vault"),
    ]
    assert check_of("c", "r", "S01", CheckKind.DOCTOR, NOW, findings).level == "wrong"
    assert faults_of(findings) == ("sip.registration", "disk")


def test_levels_have_names_and_back() -> None:
    assert [level_of(level_name(level)) for level in Level] == list(Level)
    assert level_of("") is None


def test_a_warranty_is_over_the_day_after_its_last() -> None:
    record = SeatRecord("r", "S01", warranty_until="2026-11-22")
    assert not warranty_over(record, date(2026, 11, 22))
    assert warranty_over(record, date(2026, 11, 23))
    assert not warranty_over(SeatRecord("r", "S01"), date(2026, 11, 23))
