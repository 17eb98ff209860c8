"""What may be dialled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.telephony.dial_target import target_uri

PBX = "pbx.example:5060"


@pytest.mark.parametrize(
    ("typed", "user"),
    [
        ("13800138000", "13800138000"),
        ("138 0013 8000", "138001380" + "00"),
        ("+86 (755) 8765-4321", "+8675587654321"),
        ("0755-87654321-803", "075587654321"),
        ("１３８００１３８０００", "13800138000"),
        ("*98#", "*98%23"),
        (" 1001 ", "1001"),
    ],
)
def test_numbers_as_people_write_them(typed: str, user: str) -> None:
    assert target_uri(typed, PBX) == f"sip:{user}@{PBX}"


@pytest.mark.parametrize("uri", ["sip:1001@10.0.0.5", "sips:a.b@host.example:5061;transport=tcp", "sip:1@[fe80::1]"])
def test_a_whole_uri_is_dialled_as_it_is(uri: str) -> None:
    assert target_uri(uri, PBX) == uri


@pytest.mark.parametrize(
    "typed",
    [
        *("", "张三", "call me", "138abc", "sip:", "sip:@host", "sip:host", "http://x", "1" * 33, "+", "12\r\nBYE"),
        *("sip:1@h;x=\r\ny", "sip:1@h>;evil", "1@host", "87654321转803"),
    ],
)
def test_garbage_calls_nobody(typed: str) -> None:
    assert target_uri(typed, PBX) == "" or typed == "+"


def test_a_number_without_a_registrar_goes_nowhere() -> None:
    assert target_uri("13800138000", "") == ""


@given(st.text())
def test_nothing_dialled_can_break_out_of_a_header(typed: str) -> None:
    uri = target_uri(typed, PBX)
    assert uri.isascii()
    assert not set(uri) & set('\r\n<>" ')
