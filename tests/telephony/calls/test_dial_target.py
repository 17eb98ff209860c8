"""Which line takes a call, and the SIP URI of what the dial plan made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.dial_plan import DialPlan, PlanRule
from desk.settings import LineSettings
from desk.telephony.calls.dial_target import Aim, aim
from desk.telephony.companion import Refusal

LINES = {
    "desk": LineSettings(label="desk", registrar="pbx.example:5060"),
    "trunk": LineSettings(label="trunk", registrar="trunk.example"),
    "direct": LineSettings(label="direct"),
}
PLAN = DialPlan("9", "0755", rules=(PlanRule(r"8\d{3}", line="trunk"), PlanRule(r"7\d{3}", line="gone")))


def taken(typed: str, ready: set[str] | None = None, line: str = "", rather: str = "") -> tuple[str, str]:
    to = aim(PLAN, typed, LINES, LINES.keys() if ready is None else ready, line, rather)
    return to.uri, to.line


def refused(typed: str, ready: set[str] | None = None, line: str = "") -> tuple[str, str]:
    with pytest.raises(Refusal) as raised:
        taken(typed, ready, line)
    return raised.value.reason, raised.value.detail


def test_a_number_goes_to_the_registrar_of_the_first_line_that_is_ready() -> None:
    assert taken("138 0013 8000") == ("sip:913800138000@pbx.example:5060", "desk")
    assert taken("1001", {"trunk"}) == ("sip:1001@trunk.example", "trunk")


def test_a_hash_is_escaped() -> None:
    assert taken("*98#") == ("sip:*98%23@pbx.example:5060", "desk")


def test_the_line_that_is_asked_for_goes_before_the_rules() -> None:
    assert taken("8001") == ("sip:8001@trunk.example", "trunk")
    assert taken("8001", line="desk") == ("sip:8001@pbx.example:5060", "desk")
    assert taken("1001", line="trunk") == ("sip:1001@trunk.example", "trunk")


def test_a_line_that_would_be_best_goes_before_the_others_and_after_what_is_asked_for() -> None:
    assert taken("1001", rather="trunk") == ("sip:1001@trunk.example", "trunk")
    assert taken("1001", {"desk"}, rather="trunk") == ("sip:1001@pbx.example:5060", "desk")
    assert taken("1001", rather="direct") == ("sip:1001@pbx.example:5060", "desk")
    assert taken("8001", rather="desk") == ("sip:8001@trunk.example", "trunk")
    assert taken("1001", line="desk", rather="trunk") == ("sip:1001@pbx.example:5060", "desk")
    assert taken("sip:1001@10.0.0.5", rather="direct") == ("sip:1001@10.0.0.5", "direct")


def test_a_line_that_calls_addresses_only_takes_no_number_from_those_that_can() -> None:
    lines = dict(reversed(LINES.items()))  # "direct", which is always ready, first
    assert aim(PLAN, "1001", lines, lines.keys()).line == "trunk"
    assert refused("1001", {"direct"}) == ("line_deaf", "desk")  # what is true of it


def test_a_line_that_is_deaf_is_named() -> None:
    assert refused("8001", {"desk"}) == ("line_deaf", "trunk")
    assert refused("1001", set()) == ("line_deaf", "desk")


def test_an_emergency_call_takes_whatever_line_there_is() -> None:
    assert taken("110", {"trunk"}, line="desk") == ("sip:9110@trunk.example", "trunk")


def test_an_emergency_call_is_tried_even_where_every_line_seems_deaf() -> None:
    for line in ("", "desk", "direct", "nobody's"):
        assert taken("110", set(), line) == ("sip:9110@pbx.example:5060", "desk")


def test_an_emergency_call_takes_no_line_that_has_nobody_to_send_it_to() -> None:
    assert taken("119", line="direct") == ("sip:9119@pbx.example:5060", "desk")


def test_what_cannot_be_dialled_says_why() -> None:
    assert refused("张三") == ("bad_number", "not_a_number")
    assert refused("1380013800") == ("bad_number", "wrong_length")
    assert refused("1001", line="nobody's") == ("bad_number", "no_line")
    assert refused("7001") == ("bad_number", "no_line")
    assert refused("1001", line="direct") == ("bad_number", "no_registrar")


def test_a_whole_uri_needs_no_registrar() -> None:
    assert taken("sip:1001@10.0.0.5", line="direct") == ("sip:1001@10.0.0.5", "direct")


@given(st.text())
def test_nothing_dialled_can_break_out_of_a_header(typed: str) -> None:
    try:
        to: Aim = aim(PLAN, typed, LINES, LINES.keys())
    except Refusal:
        return
    assert to.uri.isascii()
    assert not set(to.uri) & set('\r\n<>" ')
