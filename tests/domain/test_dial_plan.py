"""The dial plan as tables: what is typed, what goes out. Office in Shenzhen (0755) unless said."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.dial_plan import EMERGENCY, DialPlan, PlanRule
from desk.domain.dial_text import SIP_URI, Unmappable, requested_text

HOMES = {"13510000000": "0755", "13800138000": "010"}
OFFICE = DialPlan(area_code="0755", home_area=lambda mobile: HOMES.get(mobile, ""))
BEHIND_NINE = DialPlan(outside_prefix="9", area_code="0755", home_area=OFFICE.home_area)
PLAIN = DialPlan()


@pytest.mark.parametrize(
    ("typed", "sent", "behind_nine"),
    [
        # mobiles: of the own city, of another one, of nobody knows where
        ("13510000000", "13510000000", "913510000000"),
        ("013510000000", "13510000000", "913510000000"),
        ("13800138000", "013800138000", "9013800138000"),
        ("013800138000", "013800138000", "9013800138000"),
        ("138 0013 8000", "013800138000", "9013800138000"),
        ("138-0013-8000", "013800138000", "9013800138000"),
        ("１３８００１３８０００", "013800138000", "9013800138000"),
        ("+8613800138000", "013800138000", "9013800138000"),
        ("+86 138-0013-8000", "013800138000", "9013800138000"),
        ("(+86)13800138000", "013800138000", "9013800138000"),
        ("008613800138000", "013800138000", "9013800138000"),
        ("8613800138000", "013800138000", "9013800138000"),
        ("17951013800138000", "013800138000", "9013800138000"),  # a carrier's prefix for cheap calls
        ("手机：13800138000", "013800138000", "9013800138000"),
        ("\u202d13800138000\u202c", "013800138000", "9013800138000"),  # pasted out of an address book
        ("18600000000", "18600000000", "918600000000"),
        # fixed lines: here, elsewhere
        ("87654321", "87654321", "987654321"),
        ("8765-4321", "87654321", "987654321"),
        ("0755-87654321", "87654321", "987654321"),
        ("(0755) 8765 4321", "87654321", "987654321"),
        ("+86 755 8765 4321", "87654321", "987654321"),
        ("+86 (0)755 8765 4321", "87654321", "987654321"),
        ("02087654321", "02087654321", "902087654321"),
        ("010-62345678", "01062345678", "901062345678"),
        ("0898-6765432", "08986765432", "908986765432"),
        # the public service
        ("400-800-1234", "4008001234", "94008001234"),
        ("95598", "95598", "995598"),
        ("12345", "12345", "912345"),
        ("114", "114", "9114"),
        ("10106060", "10106060", "910106060"),
        ("95013123456", "95013123456", "995013123456"),
        ("075512345", "12345", "912345"),
        ("02012345", "02012345", "902012345"),
        # abroad
        ("+852 2123 4567", "0085221234567", "90085221234567"),
        ("0085221234567", "0085221234567", "90085221234567"),
        ("+1 650 253 0000", "0016502530000", "90016502530000"),
        # the exchange's own
        ("803", "803", "803"),
        ("1001", "1001", "1001"),
        ("0", "0", "0"),
        ("*72", "*72", "*72"),
        ("*72 13800138000#", "*7213800138000#", "*7213800138000#"),
        ("#21#", "#21#", "#21#"),
        # links of programs and web pages
        ("tel:+86-755-8765-4321", "87654321", "987654321"),
        ("tel:87654321;phone-context=+86755", "87654321", "987654321"),
        ("tel:075587654321;phone-context=+86", "87654321", "987654321"),
        ("TEL:1001;phone-context=example.com", "1001", "1001"),
        ("tel:%2B8613800138000", "013800138000", "9013800138000"),
        ("callto:13800138000", "013800138000", "9013800138000"),
        ("callto://+8613800138000", "013800138000", "9013800138000"),
        ("sip:1001", "1001", "1001"),
        ("sip:1001@10.0.0.5", "sip:1001@10.0.0.5", "sip:1001@10.0.0.5"),
        ("SIPS:a.b@h.example:5061;transport=tcp", *2 * ("sips:a.b@h.example:5061;transport=tcp",)),
        ("callto:alice@example.com", "sip:alice@example.com", "sip:alice@example.com"),
    ],
)
def test_what_is_typed_becomes_what_the_trunk_wants(typed: str, sent: str, behind_nine: str) -> None:
    assert OFFICE.map(typed).send == sent
    assert BEHIND_NINE.map(typed).send == behind_nine


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        *(("9013800138000", "9013800138000"), ("913510000000", "913510000000"), ("987654321", "987654321")),
        *(("902087654321", "902087654321"), ("995598", "995598"), ("9114", "9114"), ("90085221234567",) * 2),
        *(("95598", "995598"), ("9001", "9001")),
    ],
)
def test_the_prefix_may_have_been_typed_already(typed: str, sent: str) -> None:
    assert BEHIND_NINE.map(typed).send == sent


@pytest.mark.parametrize(
    ("typed", "sent", "post_dial"),
    [
        ("0755-87654321-803", "87654321", "803"),
        ("87654321-803", "87654321", "803"),
        ("0755-87654321转803", "87654321", "803"),
        ("87654321 转 803", "87654321", "803"),
        ("87654321分机号：803", "87654321", "803"),
        ("87654321 ext. 803", "87654321", "803"),
        ("87654321x803", "87654321", "803"),
        ("87654321#803", "87654321", "803"),
        ("95598,2", "95598", "2"),
        ("13510000000,,803", "13510000000", "803"),
        ("tel:+86-755-8765-4321;ext=8-03", "87654321", "803"),
        ("tel:87654321;postd=803", "87654321", "803"),
        ("4008001234转0", "4008001234", "0"),
        ("1001#2", "1001#2", ""),  # of the exchange, not an extension
    ],
)
def test_an_extension_is_for_after_the_answer(typed: str, sent: str, post_dial: str) -> None:
    dialled = OFFICE.map(typed)
    assert (dialled.send, dialled.post_dial) == (sent, post_dial)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        *(("", "empty"), (" \t ", "empty"), ("\u200b", "empty"), ("1" * 257, "too_long"), ("x" * 5000, "too_long")),
        *(("张三", "not_a_number"), ("138abc", "not_a_number"), ("3栋2单元", "not_a_number"), ("+", "not_a_number")),
        *(("138+0013", "not_a_number"), ("1@host", "not_a_number"), ("http://x", "not_a_number")),
        *(("12\r\nBYE", "not_a_number"), ("13800138000,13900139000", "not_a_number"), ("sip:", "not_a_number")),
        *(("sip:nobody", "not_a_number"), ("tel:alice", "not_a_number"), ("callto:alice", "not_a_number")),
        *(("sip:@host", "bad_uri"), ("sip:1@h;x=\r\ny", "bad_uri"), ("sip:1@h>;evil", "bad_uri")),
        *(("sip:a@h?Replaces=x", "bad_uri"), ("sip:a:secret@h", "bad_uri")),
        *(("1380013800", "wrong_length"), ("138001380001", "wrong_length"), ("13800", "wrong_length")),
        *(("876543", "wrong_length"), ("+1001", "wrong_length"), ("1" * 41, "wrong_length")),
    ],
)
def test_what_fits_nowhere_is_refused_with_its_reason(typed: str, reason: str) -> None:
    with pytest.raises(Unmappable) as raised:
        OFFICE.map(typed)
    assert raised.value.reason == reason


@pytest.mark.parametrize("number", EMERGENCY)
@pytest.mark.parametrize("front", ["", "9", "+86", "0086", "0755", "tel:", "９"])
def test_an_emergency_number_passes_however_it_is_typed_and_whatever_the_rules_say(number: str, front: str) -> None:
    rules = (PlanRule(r".*", "1001"), PlanRule(r"1\d\d", "13800138000"))
    plan = DialPlan("9", "0755", extension_digits=(3, 4, 5), emergency=(), rules=rules)
    dialled = plan.map(front + number)
    assert (dialled.send, dialled.number, dialled.emergency) == (f"9{number}", number, True)


def test_an_office_can_have_emergency_numbers_of_its_own() -> None:
    plan = DialPlan("0", emergency=("8999",))
    assert plan.map("8999").emergency
    assert plan.map("8999").send == "08999"
    assert plan.map("110").send == "0110"


def test_an_emergency_number_of_another_city_goes_to_that_city() -> None:
    assert OFFICE.map("020110").send == "020110"
    assert not OFFICE.map("020110").emergency


@pytest.mark.parametrize(
    ("trunk_zero", "own", "other", "unknown"),
    [
        ("other_area", "13510000000", "013800138000", "18600000000"),
        ("always", "013510000000", "013800138000", "018600000000"),
        ("never", "13510000000", "13800138000", "18600000000"),
    ],
)
def test_a_zero_before_mobiles_as_the_trunk_wants_it(trunk_zero: str, own: str, other: str, unknown: str) -> None:
    plan = DialPlan(area_code="0755", trunk_zero=trunk_zero, home_area=OFFICE.home_area)  # type: ignore[arg-type]
    sent = [plan.map(typed).send for typed in ("13510000000", "13800138000", "18600000000")]
    assert sent == [own, other, unknown]


def test_the_own_area_code_can_be_kept() -> None:
    plan = DialPlan(area_code="0755", keep_area_code=True)
    assert plan.map("87654321").send == "075587654321"
    assert plan.map("0755-87654321").send == "075587654321"


def test_without_an_area_code_a_local_number_is_sent_as_it_is() -> None:
    assert PLAIN.map("87654321").send == "87654321"
    assert PLAIN.map("0755-87654321").send == "075587654321"
    assert PLAIN.map("13800138000").send == "13800138000"


@pytest.mark.parametrize(
    ("digits", "typed", "sent"),
    [
        ((3, 4), "1001", "1001"),
        ((4,), "1001", "1001"),
        ((5,), "80301", "80301"),
        ((5,), "12345", "912345"),  # the city's hotline, even so
        ((5,), "10234", "10234"),
        ((7,), "7654321", "7654321"),
        ((3, 4), "7654321", "97654321"),
    ],
)
def test_an_extension_is_known_by_its_length(digits: tuple[int, ...], typed: str, sent: str) -> None:
    assert DialPlan("9", "0898", extension_digits=digits).map(typed).send == sent


def test_a_city_with_eight_digits_has_no_line_with_seven() -> None:
    with pytest.raises(Unmappable, match="wrong_length"):
        DialPlan(area_code="010").map("7654321")


def test_an_extension_of_another_length_is_refused() -> None:
    with pytest.raises(Unmappable, match="wrong_length"):
        DialPlan(extension_digits=(4,)).map("803")


RULES = (
    PlanRule(r"8(\d{3})", r"sip:\1@intercom.example"),  # the intercoms
    PlanRule(r"(1[3-9]\d{9})", r"7\1", "mobile trunk"),
    PlanRule(r"0755(\d{8})", r"*9*\1"),
    PlanRule(r"\*88", r"10086"),
    PlanRule(r"666(\d*)", r"\1 "),
)


@pytest.mark.parametrize(
    ("typed", "sent", "line"),
    [
        ("8123", "sip:123@intercom.example", ""),
        ("13800138000", "713800138000", "mobile trunk"),
        ("+86 138 0013 8000", "713800138000", "mobile trunk"),  # rules see the number written in full, too
        ("87654321", "*9*87654321", ""),
        ("*88", "10086", ""),
        ("95598", "995598", ""),  # no rule: the plan goes on
    ],
)
def test_the_rules_come_first_and_are_sent_as_they_say(typed: str, sent: str, line: str) -> None:
    dialled = DialPlan("9", "0755", rules=RULES).map(typed)
    assert (dialled.send, dialled.line) == (sent, line)


def test_a_rule_that_makes_something_that_cannot_be_dialled_is_told_as_such() -> None:
    with pytest.raises(Unmappable, match="rule"):
        DialPlan(rules=RULES).map("6661")


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("tel:+86-755-8765-4321;ext=803", "+8675587654321转803"),
        ("tel:138-0013-8000", "13800138000"),
        ("sip:1001@10.0.0.5", "sip:1001@10.0.0.5"),
        ("callto:13800138000", "13800138000"),
        ("tel:\x00<script>\n", "tel: <script"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("tel:" + "9" * 9000, "tel:" + "9" * 60),
    ],
)
def test_what_a_web_page_asks_for_is_shown_as_a_person_would_type_it(uri: str, shown: str) -> None:
    assert requested_text(uri) == shown


def test_a_link_shown_in_the_dial_box_dials_what_the_link_said() -> None:
    uri = "tel:+86-755-8765-4321;ext=803"
    assert OFFICE.map(requested_text(uri)) == OFFICE.map(uri)


TYPED = st.one_of(
    st.text(max_size=300),
    st.text("0123456789+*#-() 转分机,;xtelsipcao:@.０９\u200b", max_size=40),
    st.from_regex(r"\+?(86)?0?1[3-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"(9|0)?0?[1-9][0-9]{2,11}", fullmatch=True),
)
PLANS = st.builds(
    DialPlan,
    outside_prefix=st.sampled_from(["", "9", "0", "01"]),
    area_code=st.sampled_from(["", "0755", "010"]),
    extension_digits=st.sampled_from([(3, 4), (5,), (7, 8), ()]),
    trunk_zero=st.sampled_from(["other_area", "always", "never"]),
    keep_area_code=st.booleans(),
    home_area=st.just(OFFICE.home_area),
)


@given(PLANS, TYPED)
def test_nothing_but_dialable_characters_goes_out_and_nothing_else_is_raised(plan: DialPlan, typed: str) -> None:
    try:
        dialled = plan.map(typed)
    except Unmappable:
        return
    if dialled.is_uri:
        assert SIP_URI.fullmatch(dialled.send)
    else:
        assert set(dialled.send) <= set("0123456789*#")
    assert set(dialled.post_dial) <= set("0123456789")
    assert not set(dialled.send) & set('\r\n<>" ')
    assert dialled.shown


@given(PLANS, TYPED)
def test_what_was_dialled_can_be_dialled_again_from_the_call_log(plan: DialPlan, typed: str) -> None:
    try:
        first = plan.map(typed)
    except Unmappable:
        return
    a_service_or_an_extension = len(first.number) in plan.extension_digits  # only such a number's length tells
    if not first.is_uri and not a_service_or_an_extension:
        again = plan.map(first.number)
        assert (again.send, again.number) == (first.send, first.number)


@given(st.text())
def test_any_link_makes_a_short_text_without_control_characters(uri: str) -> None:
    shown = requested_text(uri)
    assert len(shown) <= 300
    assert shown.isprintable()


@pytest.mark.parametrize("typed", ["1" * 256, "1," * 128, "1" + "," * 255, "0755-" * 51, "1x" * 128, "转1" * 128])
def test_no_text_keeps_the_phone_busy(typed: str) -> None:
    started_s = time.process_time()
    with pytest.raises(Unmappable):
        OFFICE.map(typed)
    assert time.process_time() - started_s < 1.0  # a bound on runaway matching, not a figure
