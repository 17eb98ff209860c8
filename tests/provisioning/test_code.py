"""Codes are typed from a slip: what can be meant is taken, what is mistyped is noticed before anything is tried."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.provisioning.code import ALPHABET, new_code, read_code, tidy
from desk.provisioning.refusals import Refused

codes = st.integers(0, 32**18 - 1).map(lambda number: new_code(lambda _below: number))


def refused(code: str) -> str:
    with pytest.raises(Refused) as told:
        read_code(code)
    assert told.value.why == "code"
    return str(told.value)


@given(codes)
def test_a_code_is_read_as_it_was_made(code: str) -> None:
    assert read_code(code) == code.replace("-", "") == tidy(code)


@given(codes)
def test_how_it_is_typed_does_not_matter(code: str) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    alike = code.lower().replace("0", "o").replace("1", "l")
    for typed in (code.lower(), code.replace("-", ""), code.replace("-", " "), f"  {code}\r\n", wide, alike):
        assert read_code(typed) == code.replace("-", "")


@given(codes, st.integers(0, 19), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_noticed(code: str, place: int, sign: str) -> None:
    plain = code.replace("-", "")
    wrong = plain[:place] + sign + plain[place + 1 :]
    if wrong != plain:
        assert "mistyped" in refused(wrong)


@given(codes, st.integers(0, 16))
def test_every_exchange_of_neighbours_is_noticed(code: str, place: int) -> None:
    plain = code.replace("-", "")
    wrong = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    if wrong != plain:
        assert "mistyped" in refused(wrong)


def test_what_is_no_code_is_told() -> None:
    assert "20 characters, these are 4" in refused("abcd")
    assert "'U' does not occur" in refused("U" * 20)
    assert "0" in refused("")


@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    with contextlib.suppress(Refused):
        assert len(read_code(typed)) == 20
    assert set(tidy(typed)) <= set(ALPHABET)


def test_codes_are_not_alike() -> None:
    assert len({new_code() for _ in range(200)}) == 200
