"""A field with answers below it, and a field for a day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desk.ui.date_field import DateField
from desk.ui.key_button import KeyButton
from desk.ui.pick_field import MOST, Option, PickField

REASONS = [Option("parts", "等配件"), Option("away", "住户不在家"), Option("maker", "等厂家")]
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 2, 30, tzinfo=UTC)  # a Wednesday, 10:30 at the office


def _field(qtbot: QtBot, *, free: bool = True, digits: bool = True) -> PickField:
    field = PickField("reason", "Reason", REASONS, free=free, digits=digits)
    qtbot.addWidget(field)
    field.resize(600, 90)
    field.show()
    field.setFocus()
    return field


def _shown(field: PickField) -> list[str]:
    return [button.text() for button in field.findChildren(KeyButton) if not button.isHidden()]


def test_a_digit_takes_an_answer_while_the_field_is_empty(qtbot: QtBot) -> None:
    field = _field(qtbot)
    with qtbot.waitSignal(field.changed):
        QTest.keyClicks(field.field, "2")
    assert (field.value(), field.field.text(), field.is_chosen()) == ("away", "住户不在家", True)


def test_a_digit_behind_other_text_is_text(qtbot: QtBot) -> None:
    field = _field(qtbot)
    QTest.keyClicks(field.field, "x2")
    assert (field.value(), field.is_chosen()) == ("x2", False)


def test_where_numbers_are_typed_no_digit_picks(qtbot: QtBot) -> None:
    field = _field(qtbot, digits=False)
    QTest.keyClicks(field.field, "2")
    assert field.value() == "2"


def test_typing_narrows_the_answers_down_by_their_initials(qtbot: QtBot) -> None:
    field = _field(qtbot, free=False)
    QTest.keyClicks(field.field, "d")
    assert _shown(field) == ["等配件", "等厂家"]
    QTest.keyClicks(field.field, "cj")
    assert _shown(field) == ["等厂家"]
    with qtbot.waitSignal(field.entered):
        QTest.keyClick(field.field, Qt.Key.Key_Return)
    assert field.value() == "maker"


def test_of_several_that_fit_the_first_is_shown_before_it_counts(qtbot: QtBot) -> None:
    field = _field(qtbot, free=False)
    QTest.keyClicks(field.field, "d")
    with qtbot.assertNotEmitted(field.entered):
        QTest.keyClick(field.field, Qt.Key.Key_Return)
    assert field.field.text() == "等配件"
    with qtbot.waitSignal(field.entered):
        QTest.keyClick(field.field, Qt.Key.Key_Return)


def test_down_and_up_go_through_the_answers(qtbot: QtBot) -> None:
    field = _field(qtbot)
    values = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(field.field, key)
        values.append(field.value())
    assert values == ["parts", "away", "parts", "maker"]


def test_a_free_field_takes_what_was_typed_and_another_does_not(qtbot: QtBot) -> None:
    for free, value in ((True, "zz"), (False, "")):
        field = _field(qtbot, free=free)
        QTest.keyClicks(field.field, "zz")
        assert field.value() == value


def test_answers_that_come_later_leave_what_was_typed(qtbot: QtBot) -> None:
    field = _field(qtbot)
    QTest.keyClicks(field.field, "1")
    field.offer([*REASONS, Option("other", "其他")])
    assert field.value() == "parts"
    assert len(_shown(field)) == 4
    field.offer([Option(str(n), f"答{n}") for n in range(30)])
    assert len(_shown(field)) == MOST


def _date(qtbot: QtBot, *, ends: bool) -> DateField:
    field = DateField("until", "Until", lambda: NOW, ZONE, ends=ends)
    qtbot.addWidget(field)
    field.show()
    return field


@pytest.mark.parametrize(
    ("typed", "ends", "hours"),
    [("mt", False, 9), ("mt", True, 18), ("mt 15", True, 16), ("mtxw", False, 14)],
)
def test_a_day_means_its_beginning_or_its_end(qtbot: QtBot, typed: str, ends: bool, hours: int) -> None:
    field = _date(qtbot, ends=ends)
    QTest.keyClicks(field.field, typed)
    at = field.value()
    assert at is not None
    assert at.astimezone(ZONE).date() == (NOW + timedelta(days=1)).astimezone(ZONE).date()
    assert at.astimezone(ZONE).hour == hours


def test_what_is_not_understood_is_said_and_means_nothing(qtbot: QtBot) -> None:
    field = _date(qtbot, ends=True)
    QTest.keyClicks(field.field, "nonsense")
    assert field.value() is None
    assert field.field.accessibleDescription() == "not understood yet"
