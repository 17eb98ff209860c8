"""What the window's telephone says, without Qt: transfers, codes, times, whom to dial."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import i18n
from desk.domain.availability import Availability, Forward
from desk.domain.calls import Call, Phase
from desk.domain.estate import Duty, Staff
from desk.domain.events import CallTransferred, CodeDialled, TransferFailed, TransferProgressed
from desk.domain.identity import CallId, StaffId
from desk.domain.party import Direction, Party
from desk.ui.seat_state import Consultation, Pop
from desk.ui.telephone import call_bar_presenter, phone_words
from desk.ui.telephone.availability import code_refused
from desk.ui.telephone.call_bar_presenter import Limits, present_conference, timing
from desk.ui.telephone.dial_anywhere import number_in
from desk.ui.telephone.dial_box_presenter import can_be_dialled, rows
from desk.ui.telephone.transfer_presenter import Step, TransferView, present, progressed, told
from desk.usecases.find_number import NumberHit
from tests.ui import seat
from tests.ui.harness import ZONE
from tests.ui.seat import NOW, call

C1, C2 = CallId("c1"), CallId("c2")
LIMITS = Limits(60, 12)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.speak("en")
    yield
    i18n.speak("zh_CN")


def name(one: Call) -> str:
    return {"c1": "Wang", "c2": "Zhao"}[one.call_id]


def asking(phase: Phase = Phase.UP, about: Phase = Phase.HELD, *, joined: bool = False) -> Consultation:
    handler = replace(call("c2", phase, Party("8001")), direction=Direction.OUTGOING, consults=C1, in_conference=joined)
    return Consultation(replace(call("c1", about), in_conference=joined), handler)


def view(consultation: Consultation) -> TransferView:
    return present(consultation.consulting, consultation, choosing=False, progress="", name_of=name)


def test_a_colleague_is_called_then_asked_and_each_step_says_who_waits() -> None:
    calling, asked = view(asking(Phase.DIALLING)), view(asking())
    assert (calling.step, calling.words) == (Step.CALLING, "Calling Zhao; Wang is on hold")
    assert (calling.complete, calling.confer) == (True, False)
    assert (asked.step, asked.words) == (Step.ASKING, "Asking Zhao; Wang is on hold")
    assert (asked.complete, asked.confer, asked.take_back_words) == (True, True, "Back to Wang")


def test_after_a_swap_the_words_say_who_is_talked_with() -> None:
    assert view(asking(Phase.HELD, Phase.UP)).words == "Zhao waits; you are talking with Wang"
    assert view(asking(Phase.HELD, Phase.HELD)).words == "Zhao and Wang wait"


def test_a_conference_is_one_with_both_names() -> None:
    shown = view(asking(Phase.UP, Phase.UP, joined=True))
    assert (shown.step, shown.words) == (Step.CONFERENCE, "Three-way call: Wang and Zhao")
    one = present_conference(call_bar_presenter.present(call(), Pop(seat.KNOWN)), ["Zhao"])
    assert (one.state, one.who) == ("Three-way call", "王建国, Zhao")


def test_a_transfer_under_way_says_where_to_and_that_it_rings_there() -> None:
    moving = replace(call("c1", Phase.HELD), transferring="8001")
    rings = progressed(TransferProgressed(C1, NOW, 180))
    shown = present(moving, None, choosing=True, progress=rings, name_of=name)
    assert (shown.step, shown.words) == (Step.UNDER_WAY, "Transferring Wang to 8001 ... It rings there.")
    assert progressed(TransferProgressed(C1, NOW, 100)) == ""


def test_the_field_opens_only_for_a_call() -> None:
    assert present(None, None, choosing=True, progress="", name_of=name).step is Step.NONE
    assert present(call(), None, choosing=True, progress="", name_of=name).words == "Transfer Wang to"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (486, "busy"),
        (404, "no such number"),
        (480, "nobody answers"),
        (488, "its telephone does not fit ours"),
        (603, "refused"),
        (503, "the exchange cannot get through"),
        (0, "no answer"),
        (499, "code 499"),
    ],
)
def test_a_transfer_that_fails_says_why_and_where_the_resident_is(code: int, why: str) -> None:
    failed = TransferFailed(C1, NOW, code)
    assert told(failed, call(), name).words == f"Not transferred: {why}. Wang is back with you."
    held = told(failed, call(phase=Phase.HELD), name)
    assert held.words == f"Not transferred: {why}. Wang is on hold; take the call back."
    assert not held.good


def test_a_transfer_that_went_through_says_so_even_of_a_call_that_is_gone() -> None:
    assert told(CallTransferred(C1, NOW, "8001"), call(), name).words == "Wang now speaks with 8001."
    assert told(CallTransferred(C1, NOW, "8001"), None, name).words == "The caller now speaks with 8001."


def test_a_call_on_hold_counts_since_it_was_held_and_warns_when_it_is_too_long() -> None:
    held = replace(call(phase=Phase.HELD), held_at=NOW)
    assert timing(held, NOW + timedelta(seconds=59), LIMITS).late is False
    late = timing(held, NOW + timedelta(seconds=60), LIMITS)
    assert (late.time, late.late, late.note) == ("1:00", True, "on hold too long: take it back")


def test_a_ring_that_lasts_too_long_is_told_and_one_that_answers_itself_counts_down() -> None:
    ringing = call(phase=Phase.RINGING)
    assert timing(ringing, NOW + timedelta(seconds=11), LIMITS).note == ""
    assert timing(ringing, NOW + timedelta(seconds=12), LIMITS).late is True
    itself = replace(ringing, answers_in_s=5.0)
    assert timing(itself, NOW + timedelta(seconds=1.5), LIMITS).note == "answered by itself in 4 s"
    assert timing(itself, NOW + timedelta(seconds=9), LIMITS).note == "answered by itself in 0 s"


def test_the_state_tells_a_far_hold_a_transfer_and_a_consultation_apart() -> None:
    def state(**changes: object) -> str:
        return call_bar_presenter.present(replace(call(), **changes), Pop()).state  # type: ignore[arg-type]

    assert state(far_held=True) == "The other side has put you on hold"
    assert state(transferring="8001") == "Being transferred to 8001"
    assert state(consults=C2) == "Consulting"
    assert state(consults=C2, phase=Phase.DIALLING) == "Calling"
    assert state(muted=True, far_held=True).startswith("On the call, muted")


def test_a_colleague_who_calls_is_named_with_their_duty() -> None:
    handler = Staff(StaffId("s5"), "8001", "赵师傅", Duty.HANDLER, "8001")
    shown = call_bar_presenter.present(call(party=Party("8001")), Pop(seat.UNKNOWN, staff=handler))
    assert shown.who == "赵师傅"
    assert "Handler" in shown.detail
    assert "Not in the register" not in shown.detail


def test_where_calls_go_is_one_line_and_always_stands_for_all() -> None:
    away = phone_words.away
    assert away(Availability()) == ""
    assert away(Availability(True)) == "Do not disturb"
    assert away(Availability(False, {Forward.ALWAYS: "8001", Forward.BUSY: "8002"})) == "All calls go to 8001"
    both = Availability(True, {Forward.NIGHT: "8888", Forward.BUSY: "8002"})
    assert away(both) == "Do not disturb; When busy, calls go to 8002; At night, calls go to 8888"


def test_a_code_that_the_exchange_does_not_take_is_told_by_what_it_is_for() -> None:
    meanings = (("", "Never"), ("*45", "Pause"), ("*222{number}", "Listen"))
    assert code_refused(CodeDialled("*45", 404), meanings).startswith(
        "The exchange did not take “Pause”: no such number."
    )
    assert "“Listen”: busy" in code_refused(CodeDialled("*2221002", 486), meanings)
    assert "“*99”" in code_refused(CodeDialled("*99", 0), meanings)


@pytest.mark.parametrize(
    ("reason", "detail", "part"),
    [
        ("bad_number", "not_a_number", "Choose somebody from the list"),
        ("bad_number", "wrong_length", "too short or too long"),
        ("bad_number", "rule", "dial plan"),
        ("bad_number", "something new", "Use digits"),
        ("not_now", "too many calls", "four calls"),
        ("not_now", "it is being transferred", "(F5)"),
        ("not_now", "up", "not possible at this moment"),
        ("what", "", "could not do that (Transfer)"),
    ],
)
def test_every_refusal_says_what_to_do(reason: str, detail: str, part: str) -> None:
    assert part in phone_words.refusal("Transfer", reason, detail)


@pytest.mark.parametrize(
    "typed",
    [
        "13900139000",
        "0755-8765 4321",
        "８００１",
        "*45",
        "+86 138 0013 8000",
        "sip:8001@pbx",
        "tel:+86-755-1",
        "8001@pbx",
        "0755-87654321转803",
        "95598",
        "87654321-803",
        "(020)87654321",
    ],
)
def test_numbers_and_addresses_in_any_shape_are_dialled_as_typed(typed: str) -> None:
    assert can_be_dialled(typed)
    assert rows(typed, [], NOW, ZONE)[0].value == typed


@pytest.mark.parametrize("typed", ["", "赵", "zsf", "5-2-203", "5栋2单元", "a1"])
def test_names_and_rooms_are_searched_and_not_dialled(typed: str) -> None:
    assert not can_be_dialled(typed)


@given(st.text(max_size=60))
def test_whatever_is_typed_can_be_judged_and_offered(typed: str) -> None:
    offered = rows(typed, [NumberHit("13800138000", call=seat.past_call())], NOW, ZONE)
    assert offered[-1].value in ("13800138000", typed.strip())
    assert can_be_dialled(typed) == (offered[0].note == "dial as typed")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("片区助理：陈晓燕 154 3516 1049", "154 3516 1049"),
        ("138 0013 8000", "138 0013 8000"),
        ("0755-87654321", "0755-87654321"),
        ("20261119-S01-0042", ""),
        ("2026-11-19 14:05", ""),
        ("11-19 14:05 · 3 分 57 秒", ""),
        ("5-2-203", ""),
        ("138 0013 8000，夜间 0755-87654321", ""),  # which one?
        ("", ""),
    ],
)
def test_a_number_that_stands_alone_is_found_in_a_text_and_dates_are_none(text: str, number: str) -> None:
    assert number_in(text) == number
