"""Where mobile numbers are at home: against the library that the shipped list was made from."""

import random
import zlib
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.resources import resources_dir
from desk.telephony.calls.mobile_areas import MobileAreas

SHIPPED = MobileAreas(resources_dir() / "mobile_areas.bin")


@pytest.mark.parametrize(
    ("mobile", "area"),
    [
        ("13800138000", "010"),
        ("13510000000", "0755"),
        ("13902900000", "0755"),
        ("13800210000", "021"),
        ("13808010000", "028"),
        ("13800280000", "028"),
        *(
            ("19900000000", ""),
            ("1380013800", ""),
            ("138001380000", ""),
            ("", ""),
            ("12345678901", ""),
            ("1３8００138000", ""),
        ),
    ],
)
def test_a_number_is_at_home_where_it_was_issued(mobile: str, area: str) -> None:
    assert SHIPPED.home(mobile) == area


def test_ranges_and_fixed_lines_of_one_name_have_one_area() -> None:
    from phonenumbers.geodata import GEOCODE_DATA

    name_of = {
        f"0{area}": GEOCODE_DATA[f"86{area}"]["zh"] for area in ("10", "20", "21", "22", "25", "27", "755", "571")
    }
    prefixes = sorted(one for one in GEOCODE_DATA if one.startswith("861") and len(one) == 9)
    compared = 0
    for prefix in random.Random(1).sample(prefixes, 3000):
        home = SHIPPED.home(f"{prefix[2:]}0000")
        if home in name_of:
            compared += 1
            assert GEOCODE_DATA[prefix]["zh"].startswith(name_of[home][:2])
    assert compared > 100
    assert phonenumbers.__version__


ODD, HIGH = zlib.compress(b"odd"), zlib.compress(b"\1\0")


@pytest.mark.parametrize("content", [b"", b"10 21", b"10\nno zlib", b"10\n" + ODD, b"\xff\n" + HIGH])
def test_a_list_that_is_not_right_means_that_nobody_knows(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "areas.bin"
    file.write_bytes(content)
    assert MobileAreas(file).home("13800138000") == ""
    assert MobileAreas(tmp_path / "none").home("13800138000") == ""


@given(st.text("0123456789", max_size=12))
def test_any_digits_have_an_area_or_none(digits: str) -> None:
    assert SHIPPED.home(digits) == "" or SHIPPED.home(digits).startswith("0")
