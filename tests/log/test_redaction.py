"""No phone number gets into a log, in whatever shape; what engineers need stays."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desk.log.redaction import redact, redact_field

DIGITS = "0123456789"
SHAPES = [
    "013800138000",
    "13800138000",
    "+8613800138000",
    "+86 138 0013 8000",
    "+86-138-0013-8000",
    "008613800138000",
    "8613800138000",
    "87654321",
    "8765 4321",
    "0755-87654321",
    "(0755)87654321",
    "（0755）8765 4321",
    "0755-87654321-803",
    "0755-87654321转803",
    "0755-87654321 转 803",
    "87654321分机803",
    "87654321 ext. 803",
    "１３８００１３８０００",
    "0755－87654321",
    "138\u00a00013\u00a08000",
    "sip:803@192.168.1.10",
    "sip:13800138000@example.com;user=phone",
    "tel:+86-138-0013-8000",
    "tel:12345",
    "分机803",
    "转 803",
    "number='1001'",
    'number: "95598"',
    "主叫 1001",
    "来电：95598",
]

separators = st.sampled_from(["", " ", "-", "－", "—", "\u00a0", " - "])
digits = st.sampled_from(DIGITS)
mobile = st.builds(lambda rest: "1" + rest, st.text(digits, min_size=10, max_size=10))
prefixes = st.sampled_from(["", "0", "+86", "0086", "86", "+86 ", "(0755)", "0755-", "020"])


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """A number of 7 to 15 digits as somebody might write it."""
    body = draw(st.text(digits, min_size=7, max_size=11))
    cuts = sorted(draw(st.lists(st.integers(1, len(body) - 1), max_size=3, unique=True)))
    groups = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    tail = draw(st.sampled_from(["", "-803", "转803", " 分机 8031", " ext 803"]))
    return draw(prefixes) + draw(separators).join(groups) + tail


def digits_left(text: str) -> list[str]:
    """Runs of digits, with separators between them taken out."""
    return re.findall(r"\d+", re.sub(r"(?<=\d)[\s\-－—()（）]+(?=\d)", "", text))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("around", ["{}", "call from {} refused", "来自{}的来电", "<{}>", '{{"x": "{}"}}', "a={},b=1"])
def test_every_shape_is_masked_wherever_it_stands(shape: str, around: str) -> None:
    masked = redact(around.format(shape))
    host = re.sub(r"@[\d.]+", "", masked)
    assert all(len(run) <= 2 for run in digits_left(host.replace("b=1", ""))), masked


@pytest.mark.parametrize("shape", SHAPES)
def test_last_two_digits_stay(shape: str) -> None:
    written = re.sub(r"@.*", "", shape)
    assert re.sub(r"@.*", "", redact(shape)).rstrip("'\"").endswith("***" + re.sub(r"\D", "", written)[-2:])


@given(number=numbers(), before=st.text("abc来电 :=<\"'", max_size=10), after=st.text("xyz的 ,>\"'", max_size=10))
@example(number="+860 - 000000", before="来电", after="")  # whole, and not only as far as an extension goes
def test_any_writing_of_any_number_is_masked(number: str, before: str, after: str) -> None:
    assert all(len(run) <= 2 for run in digits_left(redact(before + number + after)))


@given(text=st.text())
def test_any_text_is_taken_and_no_long_run_of_digits_survives(text: str) -> None:
    kept = r"20\d{6}T\d{6}Z|[a-zA-Z][a-zA-Z0-9]{0,7}-20\d{6}-\d+|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    assert not re.search(r"\d{7}", re.sub(kept, "", redact(text)))


@pytest.mark.parametrize(
    "text",
    [
        "call 01936f2e-1234-7abc-8def-012345678901 ended",
        "call 01234567-1234-7123-8123-012345678901 ended",
        "at 2026-11-21T20:22:18.123456Z",
        "at 2026-11-21 20:22:18,123",
        "on 2026-11-21, saved",
        "ticket S01-20261121-0042 saved",
        "crashes/ui-20261121T202218Z-12345.txt",
        "192.168.1.100:5060 answered 486 after 12 ms",
        'File "process.py", line 1234, in run',
        "protocol 2, this process speaks 1",
        "48000 Hz, 640 bytes, 20 ms",
    ],
)
def test_what_engineers_need_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("day", ["2026-11-21 13800138000", "2026-11-21-13800138000", "S01-20261121-00428765"])
def test_number_beside_something_kept_is_masked(day: str) -> None:
    assert not re.search(r"\d{5}", redact(day).replace("20261121", ""))


def test_fields_that_hold_numbers_are_masked_however_short() -> None:
    assert redact_field("number", "110") == "***10"
    assert redact_field("caller", 1001) == "***01"
    assert redact_field("numbers", ["110", "anonymous"]) == ["***10", "anonymous"]
    assert redact_field("party", {"number": "95598", "display_name": "x"}) == {"number": "***98", "display_name": "x"}
    assert redact_field("call_id", "01936f2e-1234-7abc-8def-012345678901") == "01936f2e-1234-7abc-8def-012345678901"


def test_figures_in_fields_of_their_own_stay() -> None:
    assert redact_field("bytes", 14_500_000) == 14_500_000
    assert redact_field("lag_ms", 12.5) == 12.5
    assert redact_field("up", value=True) is True
    assert redact_field("number", None) is None
