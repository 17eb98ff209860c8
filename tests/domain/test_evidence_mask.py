"""Who is left out of a pack, and what stays readable."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desk.domain.changes import Change, Patch
from desk.domain.evidence_mask import MASK, Known, Masker, is_line, strangers_of
from desk.domain.identity import ChangeId
from tests.making import at

CALL = "01957000-0000-7000-8000-000000000001"
TICKET = "01957000-0000-7000-8000-0000000000aa"


def masker(*strangers: str) -> Masker:
    return Masker(
        Known(
            CALL,
            frozenset({TICKET}),
            frozenset({"p1"}),
            frozenset({"h1"}),
            frozenset({"王芳"}),
            frozenset({"13800138000", "+8613800138000", "0755-87654321"}),
            strangers,
            frozenset({"13800138000", "+8613800138000"}),
        )
    )


@pytest.mark.parametrize(
    "text",
    [
        "回电 138 0013 8000",
        "打 +86 13800138000 或 87654321",
        f"通话 {CALL}，2026-11-22 和 2026-11-22T08:00:00.000000Z",
        "工单20261122-S01-0017，12栋1单元203，22:30前，费用1200元",
    ],
)
def test_what_is_the_callers_and_what_is_no_number_stays(text: str) -> None:
    hand = masker()
    assert hand.text(text) == text
    assert hand.left_out == 0


@pytest.mark.parametrize(
    "text",
    ["回电13911112222", "回电139-1111-2222", "座机 (0755) 8666 1234", "0086 139 1111 2222 转 803", "400 800 1234"],
)
def test_other_numbers_go(text: str) -> None:
    hand = masker()
    left = hand.text(text)
    assert MASK in left
    assert "1111" not in left
    assert "8666" not in left
    assert hand.left_out == 1


@given(
    st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.sampled_from(["", " ", "-"]), st.text("说请回拨，。 ", max_size=8)
)
def test_no_mobile_number_but_the_callers_is_ever_left(number: str, between: str, words: str) -> None:
    assume(number != "13800138000")
    written = between.join((number[:3], number[3:7], number[7:]))
    assert written not in masker().text(f"{words}{written}{words}")


_LINES = st.from_regex(r"1[3-9]\d{9}|[2-8]\d{6,7}|0755[2-8]\d{7}|020[2-8]\d{7}", fullmatch=True)


@given(_LINES, st.sampled_from(["", "+86", "0086", "86 ", "0"]), st.sampled_from(["", " ", "-"]))
def test_line_is_the_same_however_it_is_written(line: str, before: str, between: str) -> None:
    national = line.removeprefix("0") if before.strip() else line
    assume(len(national) >= 10 or not before)
    written = before + between.join((national[:3], national[3:]))
    assert is_line(written, [line])
    assert is_line(line, [written])


@given(_LINES, _LINES)
def test_line_is_another_unless_it_is_the_end_of_one_with_its_area_code(line: str, other: str) -> None:
    shorter, longer = sorted((line.removeprefix("0"), other.removeprefix("0")), key=len)
    is_mobile = len(longer) == 11 and longer.startswith("1")
    assert is_line(line, [other]) is (line == other or (longer.endswith(shorter) and not is_mobile))


@pytest.mark.parametrize("number", ["", "anonymous", "8001", "0803", "110", "000000000"])
def test_what_many_ring_from_is_no_line(number: str) -> None:
    assert not is_line(number, [number])


_SOMEBODYS: st.SearchStrategy[Patch] = st.fixed_dictionaries(
    {},
    optional={
        "call_id": st.sampled_from(["c-2", None]),
        "person_id": st.sampled_from(["p9", None]),
        "household_id": st.sampled_from(["h9", None]),
        "number": st.sampled_from(["13900138000", "13911112222", "anonymous", "8001", ""]),
        "recipient": st.sampled_from(["13911112222", "group", ""]),
        "caller_name": st.sampled_from(["王芳", "李国强", ""]),  # a name alone is anybody's
        "staff_id": st.sampled_from(["s1", None]),
    },
)


@given(
    st.sampled_from(["call", "task", "attempt", "promise", "follow_up", "warning", "message", "question"]), _SOMEBODYS
)
def test_nothing_of_anothers_ticket_belongs_that_was_not_with_the_caller(entity: str, row: Patch) -> None:
    hand = masker()
    assert not hand.is_callers(entity, "x-1", row)
    assert hand.belongs(entity, row, own=False) is (
        entity == "task" or (entity == "attempt" and bool(row.get("staff_id")))
    )


@given(
    st.sampled_from(["attempt", "promise", "follow_up", "warning", "message", "question"]),
    _SOMEBODYS,
    st.sampled_from([("call_id", CALL), ("person_id", "p1"), ("household_id", "h1"), ("number", "0086 138 0013 8000")]),
)
def test_whatever_was_with_the_caller_is_theirs_but_for_what_names_another_person(
    entity: str, row: Patch, with_caller: tuple[str, str]
) -> None:
    name, value = with_caller
    theirs = {**row, name: value}
    of_another = bool(theirs.get("staff_id")) or (
        name in ("household_id", "number") and theirs.get("person_id") == "p9"
    )
    assert masker().is_callers(entity, "x-1", theirs) is not of_another


def test_this_very_call_is_told_apart() -> None:
    assert not masker().is_callers("call", CALL, {"person_id": "p1", "number": "13800138000"})
    assert masker().is_callers("call", "c-2", {"person_id": "p1"})
    assert not masker().is_callers("call", "c-2", {"household_id": "h1"})


@given(st.text("告知进展李国强家。 ", max_size=8), st.text("漏水 13911112222，王芳", max_size=8))
def test_where_anothers_ticket_is_stays_out_of_what_the_caller_was_told(before: str, after: str) -> None:
    said = f"{before}翠园12栋1单元101{after}"
    patch: Patch = {"text": said, "answers": [f"where={said}"], "number": "13800138000"}
    change = Change(ChangeId("c"), "promise", "p-1", at(0), "1001", "S01", patch, said)
    shown = masker("李国强").change(change, True, ["12栋1单元101", "翠园12栋1单元101"])
    assert shown.patch["number"] == "13800138000"
    for secret in ("12栋", "101", "翠园", "李国强"):
        assert secret not in repr((shown.patch, shown.reason)), secret


def test_longer_names_go_first() -> None:
    hand = masker(*strangers_of(["李国", "李国强", "王芳", "", "赵"], {"王芳"}))
    assert hand.text("李国强和李国来过，王芳没有") == f"{MASK}和{MASK}来过，王芳没有"
    assert hand.left_out == 2


def test_ids_of_other_calls_lead_nowhere_and_are_told_apart() -> None:
    hand = masker()
    first, again, second = (hand.value("call_id", value, own=True) for value in ("c-2", "c-2", "c-3"))
    assert first == again != second
    assert "c-2" not in str(first)
    assert hand.value("call_id", CALL, own=True) == CALL
    assert hand.value("joined_to", TICKET, own=True) == TICKET


def test_number_of_a_ticket_is_no_telephone_number() -> None:
    patch = {"number": "20261122-S01-0017", "contact_number": "13911112222", "stage": "registered"}
    shown = masker().change(Change(ChangeId("c"), "ticket", TICKET, at(0), "1001", "S01", patch), own=True).patch
    assert shown == {"number": "20261122-S01-0017", "contact_number": MASK, "stage": "registered"}
    call = Change(ChangeId("c"), "call", CALL, at(0), "1001", "S01", {"number": "13911112222"})
    assert masker().change(call, own=True).patch == {"number": MASK}


def test_nothing_that_another_resident_said_stays_of_their_ticket() -> None:
    patch: Patch = {
        "description": "漏水",
        "place_text": "5栋",
        "person_id": "p9",
        "stage": "registered",
        "category": "repair.water",
    }
    change = Change(ChangeId("c"), "ticket", TICKET, at(0), "1001", "S01", patch, "他说的")
    shown = masker().change(change, own=False)
    assert shown.patch == {
        "description": MASK,
        "place_text": MASK,
        "person_id": MASK,
        "stage": "registered",
        "category": "repair.water",
    }
    assert shown.reason == MASK


def test_figures_of_a_recording_are_no_telephone_numbers() -> None:
    patch: Patch = {
        "spans": ["0 2026-11-22T08:00:00.000000Z", "1234567 2026-11-22T08:20:00.000000Z"],
        "long_silences": ["1234.340 1111.200"],
        "marks": ["1234.340 held", "0.000 answered"],
        "sha256": "1234567" * 9 + "0",
        "chain": "S01-12345678",
        "size_bytes": 123_456_789,
    }
    change = Change(ChangeId("c"), "recording", CALL, at(0), "1001", "S01", patch)
    assert masker().change(change, own=True).patch == patch
