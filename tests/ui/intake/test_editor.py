"""The form's presenter: nothing typed is lost, prefills give way to people, larger steps can be undone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.drafts import Draft, Intake
from desk.domain.identity import HouseholdId
from desk.domain.tickets import Kind, Place, Priority, Window
from desk.domain.times import to_text
from desk.ui.intake.content import TEXTS, CategoryFacts, Field, Who
from desk.ui.intake.editor import IntakeEditor

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 7, 30, tzinfo=UTC)
TAP = CategoryFacts("repair.water.kitchen_tap", "厨房水龙头漏水", Kind.REPAIR, Priority.NORMAL)
FLOOD = CategoryFacts("repair.water.from_above", "楼上漏水", Kind.REPAIR, Priority.URGENT)
HOME = Place("5栋2单元203", HouseholdId("h-203"))
LI = Who("李梅", "013800138000", HOME, "p-li", "h-203")
WANG = Who("王强", "013800138000", Place("3栋1单元101", HouseholdId("h-101")), "p-wang", "h-101")


def opened(intake: Intake | None = None, facts: CategoryFacts | None = None) -> IntakeEditor:
    editor = IntakeEditor(ZONE)
    editor.open(Draft("d-1", "1001", NOW, NOW, intake or Intake()), facts, NOW)
    return editor


def test_a_known_caller_is_prefilled() -> None:
    editor = opened()
    assert editor.prefill(LI, NOW)
    intake = editor.intake()
    assert (intake.caller_name, intake.contact_number, intake.place) == ("李梅", "013800138000", HOME)
    assert (intake.person_id, intake.household_id) == ("p-li", "h-203")
    assert editor.is_untouched


def test_another_candidate_replaces_the_prefill_but_nothing_that_was_typed() -> None:
    editor = opened()
    editor.prefill(LI, NOW)
    editor.type(Field.CALLER, "李梅的母亲", NOW)
    editor.prefill(WANG, NOW)
    intake = editor.intake()
    assert intake.caller_name == "李梅的母亲"
    assert intake.place == WANG.place
    assert intake.household_id == "h-101"


def left_by(who: Who) -> IntakeEditor:
    """A draft that comes back after the window was restarted, as it was left when this caller was on the card."""
    before = opened()
    before.prefill(who, NOW)
    before.type(Field.DESCRIPTION, "厨房", NOW)
    return opened(before.intake())


def test_a_draft_that_comes_back_stays_its_callers_whomever_the_number_suggests() -> None:
    editor = left_by(LI)
    for _again in range(2):
        assert not editor.prefill(WANG, NOW)
        intake = editor.intake()
        assert (intake.caller_name, intake.place, intake.person_id) == ("李梅", HOME, "p-li")
    nobody = left_by(Who("李梅", "", Place(), "p-li"))
    assert not nobody.prefill(Who(contact_number="13800138000"), NOW)
    assert nobody.intake().person_id == "p-li"


def test_a_draft_that_came_back_follows_the_caller_whom_the_agent_chooses_then() -> None:
    editor = left_by(LI)
    assert editor.prefill(WANG, NOW, chosen=True)
    intake = editor.intake()
    assert (intake.caller_name, intake.place, intake.person_id) == ("王强", WANG.place, "p-wang")
    assert not editor.prefill(LI, NOW)  # the number goes on suggesting them
    assert editor.intake().person_id == "p-wang"
    nobody = Who(contact_number=WANG.contact_number)
    assert editor.prefill(nobody, NOW, chosen=True)  # "not them"
    assert editor.intake().person_id is None
    assert editor.prefill(LI, NOW)
    assert editor.intake().caller_name == "李梅"


def test_what_was_typed_over_the_prefill_stays_when_the_draft_comes_back_and_another_is_chosen() -> None:
    before = opened()
    before.prefill(LI, NOW)
    before.type(Field.CALLER, "李梅的母亲", NOW)
    editor = opened(before.intake())
    editor.prefill(WANG, NOW, chosen=True)
    intake = editor.intake()
    assert (intake.caller_name, intake.place, intake.person_id) == ("李梅的母亲", WANG.place, "p-wang")


def test_clearing_a_draft_that_came_back_leaves_who_is_calling_and_where_from() -> None:
    editor = left_by(LI)
    editor.clear()
    intake = editor.intake()
    assert intake.description == ""
    assert (intake.caller_name, intake.contact_number, intake.place) == (LI.caller_name, LI.contact_number, HOME)
    assert (intake.person_id, intake.household_id) == ("p-li", "h-203")


def test_a_draft_of_before_the_times_were_kept_holds_what_was_typed() -> None:
    assert not opened(Intake(caller_name="李梅的母亲")).is_untouched


def test_what_was_emptied_stays_empty_however_often_the_card_is_read_anew() -> None:
    editor = opened()
    editor.prefill(LI, NOW)
    for what in (Field.CALLER, Field.CONTACT, Field.PLACE):
        editor.type(what, "", NOW)
    assert not editor.prefill(LI, NOW)
    assert not editor.prefill(replace(LI, caller_name="李小梅"), NOW)  # renamed meanwhile, and the same person
    intake = editor.intake()
    assert (intake.caller_name, intake.contact_number, intake.place) == ("", "", Place())
    again = opened(intake)
    assert not again.prefill(LI, NOW)
    assert again.texts[Field.CALLER] == ""
    again.prefill(WANG, NOW, chosen=True)
    assert (again.texts[Field.CALLER], again.texts[Field.PLACE]) == ("王强", WANG.place.text)


def test_a_half_typed_category_is_kept_as_typed() -> None:
    editor = opened()
    editor.type(Field.CATEGORY, "cfls", NOW)
    assert editor.intake().typed["category"] == "cfls"
    assert editor.intake().category == ""


def test_editing_a_taken_category_takes_it_back() -> None:
    editor = opened()
    editor.take_category(TAP)
    editor.type(Field.CATEGORY, "厨房水龙头", NOW)
    assert editor.category is None
    assert editor.intake().typed["category"] == "厨房水龙头"


def test_a_category_brings_its_kind_and_its_priority() -> None:
    editor = opened()
    editor.take_category(FLOOD)
    assert editor.kind is Kind.REPAIR
    assert editor.priority == Priority.URGENT
    assert editor.intake().priority is None
    assert editor.to_file(NOW).intake.priority is Priority.URGENT


def test_a_chosen_priority_outlives_the_category_and_can_be_given_back() -> None:
    editor = opened()
    editor.take_category(TAP)
    editor.choose_priority(Priority.HIGH)
    editor.take_category(FLOOD)
    assert editor.to_file(NOW).intake.priority is Priority.HIGH
    editor.choose_priority(Priority.HIGH)
    assert editor.to_file(NOW).intake.priority is Priority.URGENT


def test_another_kind_sets_the_category_aside_but_keeps_its_text() -> None:
    editor = opened()
    editor.take_category(TAP)
    editor.choose_kind(Kind.COMPLAINT)
    assert editor.intake().category == ""
    assert editor.texts[Field.CATEGORY] == TAP.name
    assert editor.undo()
    assert editor.category == TAP
    assert editor.kind is Kind.REPAIR


def test_only_a_kind_that_was_chosen_narrows_the_categories() -> None:
    editor = opened()
    editor.take_category(TAP)
    editor.type(Field.CATEGORY, "t", NOW)
    assert editor.kind_chosen is None
    assert editor.intake().kind is None
    editor.choose_kind(Kind.COMPLAINT)
    assert editor.kind_chosen is Kind.COMPLAINT


def test_a_place_nobody_registered_is_kept_as_text() -> None:
    editor = opened()
    editor.type(Field.PLACE, "北门花坛 ", NOW)
    assert editor.intake().place == Place("北门花坛")
    assert editor.intake().typed["place"] == "北门花坛 "


def test_an_appointment_is_read_while_it_is_typed() -> None:
    editor = opened()
    editor.type(Field.APPOINTMENT, "明天上", NOW)
    assert editor.intake().appointment is None
    assert editor.intake().typed["appointment"] == "明天上"
    editor.type(Field.APPOINTMENT, "明天上午", NOW)
    expected = Window(datetime(2026, 11, 19, 1, tzinfo=UTC), datetime(2026, 11, 19, 4, tzinfo=UTC))
    assert editor.intake().appointment == expected
    assert "appointment" not in editor.intake().typed


def test_clearing_can_be_undone_without_losing_what_was_typed_since_elsewhere() -> None:
    editor = opened()
    editor.prefill(LI, NOW)
    editor.take_category(TAP)
    editor.type(Field.DESCRIPTION, "水龙头一直滴水", NOW)
    editor.clear()
    assert editor.texts[Field.DESCRIPTION] == ""
    assert editor.texts[Field.CALLER] == "李梅"
    editor.type(Field.APPOINTMENT, "明天上午", NOW)
    assert editor.undo()
    assert editor.texts[Field.DESCRIPTION] == "水龙头一直滴水"
    assert editor.category == TAP
    assert editor.texts[Field.APPOINTMENT] == "明天上午"


def test_what_undo_took_away_comes_back_with_redo() -> None:
    editor = opened()
    editor.type(Field.DESCRIPTION, "first", NOW)
    editor.clear()
    editor.type(Field.DESCRIPTION, "second", NOW)
    editor.undo()
    assert editor.texts[Field.DESCRIPTION] == "first"
    assert editor.redo()
    assert editor.texts[Field.DESCRIPTION] == "second"


def test_a_prefill_can_be_undone() -> None:
    editor = opened()
    editor.prefill(LI, NOW)
    assert editor.undo()
    assert editor.intake() == Intake()
    assert not editor.undo()


def test_a_reopened_draft_shows_every_field_the_unresolved_text_and_the_cursor() -> None:
    editor = opened()
    editor.prefill(LI, NOW)
    editor.type(Field.CATEGORY, "cfl", NOW)
    editor.type(Field.APPOINTMENT, "明天上午", NOW)
    editor.type(Field.DESCRIPTION, "水龙头", NOW)
    editor.focus = (Field.DESCRIPTION, 2)
    again = IntakeEditor(ZONE)
    again.open(editor.draft(NOW), None, NOW)
    assert again.focus == (Field.DESCRIPTION, 2)
    assert again.texts[Field.CATEGORY] == "cfl"
    assert again.texts[Field.DESCRIPTION] == "水龙头"
    assert again.intake() == editor.intake()
    assert "11/19" in again.texts[Field.APPOINTMENT]  # in full: tomorrow is another day then


def test_a_draft_is_never_made_before_one_is_open() -> None:
    with pytest.raises(LookupError):
        IntakeEditor(ZONE).draft(NOW)


def test_a_category_that_comes_back_brings_its_name_and_its_kind() -> None:
    editor = opened()
    editor.take_category(TAP)
    editor.choose_kind(Kind.COMPLAINT)
    editor.type(Field.CATEGORY, "", NOW)
    assert editor.undo()
    assert (editor.category, editor.texts[Field.CATEGORY], editor.kind) == (TAP, TAP.name, Kind.REPAIR)
    editor.take_category(FLOOD)
    editor.type(Field.CATEGORY, "门", NOW)
    assert editor.undo()
    assert (editor.category, editor.texts[Field.CATEGORY], editor.kind) == (TAP, TAP.name, Kind.REPAIR)
    assert editor.redo()
    assert (editor.category, editor.texts[Field.CATEGORY]) == (None, "门")


def test_a_place_that_comes_back_is_the_one_that_is_shown() -> None:
    editor = opened()
    editor.type(Field.PLACE, HOME.text, NOW)
    editor.take_place(HOME)  # the same text, and now the register has it
    editor.type(Field.PLACE, "北门花坛", NOW)
    assert editor.undo()
    assert (editor.place, editor.texts[Field.PLACE]) == (Place(HOME.text), HOME.text)


def test_no_place_counts_as_read_back_because_an_earlier_one_was() -> None:
    editor = opened()
    editor.take_place(HOME)
    editor.read_back(NOW)
    editor.read_back(NOW + timedelta(seconds=1))
    editor.type(Field.PLACE, "北门花坛", NOW)
    assert editor.undo()
    assert editor.texts[Field.PLACE] == "北门花坛"
    assert not editor.is_read_back


def test_what_was_typed_since_a_clearing_stays_typed_when_it_is_undone() -> None:
    editor = opened()
    editor.prefill(LI, NOW)
    editor.type(Field.DESCRIPTION, "水龙头", NOW)
    editor.clear()
    editor.type(Field.CALLER, "李梅的母亲", NOW)
    assert editor.undo()
    again = opened(editor.intake())
    again.prefill(WANG, NOW, chosen=True)
    assert again.texts[Field.CALLER] == "李梅的母亲"
    assert again.texts[Field.DESCRIPTION] == "水龙头"


ACTS: dict[str, Callable[[IntakeEditor], object]] = {
    "tap": lambda editor: editor.take_category(TAP),
    "flood": lambda editor: editor.take_category(FLOOD),
    "home": lambda editor: editor.take_place(HOME),
    "clear": lambda editor: editor.clear(),
    "undo": lambda editor: editor.undo(),
    "redo": lambda editor: editor.redo(),
    "li": lambda editor: editor.prefill(LI, NOW),
    "wang": lambda editor: editor.prefill(WANG, NOW),
    "complaint": lambda editor: editor.choose_kind(Kind.COMPLAINT),
    "high": lambda editor: editor.choose_priority(Priority.HIGH),
    "read back": lambda editor: editor.read_back(NOW),
    "note": lambda editor: editor.add_to_description("请带梯子"),
}
TYPED = st.one_of(st.text(max_size=12), st.sampled_from(["", HOME.text, TAP.name, "明天上午"]))
WORK = st.lists(st.one_of(st.tuples(st.sampled_from(TEXTS), TYPED), st.sampled_from(sorted(ACTS))), max_size=25)


def work(editor: IntakeEditor, act: tuple[Field, str] | str) -> None:
    if isinstance(act, str):
        ACTS[act](editor)
    else:
        editor.type(act[0], act[1], NOW)


@given(WORK)
def test_what_a_form_means_is_what_it_shows(acts: list[tuple[Field, str] | str]) -> None:
    editor, agreed = opened(), set[Place]()
    for act in acts:
        if act == "read back":
            agreed.add(editor.place)
        work(editor, act)
        intake, texts = editor.intake(), editor.texts
        assert intake.category == (editor.category.code if editor.category else "")
        if editor.category is not None:
            assert (texts[Field.CATEGORY], editor.kind) == (editor.category.name, editor.category.kind)
        assert intake.place.text == texts[Field.PLACE].strip()
        assert (intake.description, intake.caller_name) == (texts[Field.DESCRIPTION], texts[Field.CALLER])
        assert intake.contact_number == texts[Field.CONTACT]
        assert intake.appointment is None or texts[Field.APPOINTMENT]
        assert not editor.is_read_back or editor.place in agreed


@given(WORK)
def test_a_draft_read_back_holds_every_text_that_was_on_the_screen(acts: list[tuple[Field, str] | str]) -> None:
    editor = opened()
    for act in acts:
        work(editor, act)
    again = IntakeEditor(ZONE)
    again.open(editor.draft(NOW), editor.category, NOW)
    for what in TEXTS:
        if what is not Field.APPOINTMENT or editor.intake().appointment is None:
            assert again.texts[what] == editor.texts[what], what
    assert replace(again.intake(), typed={}) == replace(editor.intake(), typed={})


def test_the_first_moment_of_each_field_is_kept_through_every_later_one() -> None:
    editor = opened()
    editor.type(Field.PLACE, "5", NOW)
    editor.type(Field.PLACE, "5-2", NOW + timedelta(seconds=1))
    editor.type(Field.DESCRIPTION, "漏", NOW + timedelta(seconds=9))
    editor.take_place(HOME)
    editor.stamp(Field.KIND, NOW + timedelta(seconds=20))
    kept = editor.intake().typed_at
    assert kept == {
        "place": to_text(NOW),
        "description": to_text(NOW + timedelta(seconds=9)),
        "kind": to_text(NOW + timedelta(seconds=20)),
    }
    again = opened(editor.intake())
    again.type(Field.DESCRIPTION, "漏水", NOW + timedelta(minutes=5))
    assert again.intake().typed_at == kept


def test_a_character_that_was_taken_back_leaves_the_form_untouched() -> None:
    editor = opened()
    editor.type(Field.CALLER, "王", NOW)
    editor.type(Field.CALLER, "", NOW)
    assert editor.is_untouched
