"""The ticket's page over a real store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desk.domain.drafts import Draft, Intake
from desk.domain.identity import TicketId
from desk.domain.tickets import Kind, Place
from desk.domain.times import to_text
from desk.ui.ticket.page import TicketView
from tests.ui.intake.scene import NOW, Scene, scene, settle
from tests.ui.media import TICKET, Media


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path) as made:
        yield made


@pytest.fixture
def media(stage: Scene, tmp_path: Path) -> Iterator[Media]:
    media = Media(stage, tmp_path / "media")
    intake = Intake(
        kind=Kind.REPAIR,
        category="repair.water.above",
        place=Place("5栋2单元203"),
        description="<b>客厅</b>漏水",
        caller_name="李秀英",
        contact_number="13800138000",
    )
    stage.parts.filing.file(Draft(TICKET, "1001", NOW, NOW, intake, media.call_id))
    media.log_calls()
    yield media
    media.sink.gate.set()
    media.player.close()


@pytest.fixture
def view(media: Media, stage: Scene, qtbot: QtBot) -> TicketView:
    view = media.ticket_view()
    qtbot.addWidget(view)
    view.resize(640, 560)
    view.show()
    view.activateWindow()
    view.show_ticket(TICKET)
    settle(stage.worker)
    return view


def _text(view: TicketView, name: str) -> str:
    label = view.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def test_the_page_shows_the_ticket(view: TicketView) -> None:
    assert _text(view, "ticket_number") == "20261118-S01-001"
    assert _text(view, "ticket_title") == "楼上漏水"
    assert _text(view, "ticket_description") == "<b>客厅</b>漏水"


def test_what_came_from_outside_is_never_read_as_markup(view: TicketView) -> None:
    assert all(label.textFormat() is not Qt.TextFormat.RichText for label in view.findChildren(QLabel))
    description = view.findChild(QLabel, "ticket_description")
    assert isinstance(description, QLabel)
    assert description.textFormat() is Qt.TextFormat.PlainText


def test_every_call_says_what_there_is_to_hear(view: TicketView) -> None:
    assert [_text(view, f"ticket_call_state_{n}") for n in range(3)] == [
        "Recording 0:08",
        "The recording is being made ready; it comes in a moment.",
        "No recording: the call broke off before anybody spoke.",
    ]
    assert [b.objectName() for b in view.findChildren(QPushButton) if b.objectName().startswith("play_call")] == [
        "play_call_0"
    ]


def test_its_key_plays_a_call(view: TicketView, media: Media, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.play_requested) as asked:
        QTest.keyClick(view, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert asked.args == [media.call_id]


def test_escape_leaves(view: TicketView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.left):
        QTest.keyClick(view, Qt.Key.Key_Escape)


def test_a_refresh_shows_what_has_changed(view: TicketView, stage: Scene) -> None:
    stage.log.append([stage.author.change("ticket", TICKET, {"description": "客厅漏水，已停"})])
    view.refresh()
    settle(stage.worker)
    assert _text(view, "ticket_description") == "客厅漏水，已停"


def test_a_ticket_that_is_not_here_yet_is_told_in_words(view: TicketView, stage: Scene) -> None:
    view.show_ticket(TicketId("t-unknown"))
    settle(stage.worker)
    assert "has not arrived" in _text(view, "ticket_says")
    assert view.shown is None


def test_a_joined_ticket_leads_to_the_one_it_went_into(view: TicketView, stage: Scene) -> None:
    intake = Intake(Kind.REPAIR, "repair.water.above", place=Place("5栋"), contact_number="13800138000")
    stage.parts.filing.file(Draft("t-2", "1001", NOW, NOW, intake))
    stage.log.append([stage.author.change("ticket", "t-2", {"stage": "joined", "joined_to": TICKET})])
    view.show_ticket("t-2")
    settle(stage.worker)
    assert "20261118-S01-001" in _text(view, "ticket_says")
    QTest.keyClick(view, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    settle(stage.worker)
    assert _text(view, "ticket_number") == "20261118-S01-001"


def test_with_a_player_of_its_own_it_plays_there(media: Media, stage: Scene, qtbot: QtBot) -> None:
    bar = media.player_bar()
    view = media.ticket_view(bar)
    qtbot.addWidget(view)
    view.show()
    view.show_ticket(TICKET)
    settle(stage.worker)
    with qtbot.waitSignal(bar.heard):
        view.play(0)
    assert bar.isVisible()
    view.show_ticket("t-other")
    assert not bar.is_playing
    settle(stage.worker)


def test_a_field_leads_to_the_second_when_it_was_typed(
    view: TicketView, media: Media, stage: Scene, qtbot: QtBot
) -> None:
    media.log_recording(replace(media.entry, spans=(f"0 {to_text(NOW)}",)))
    typed = [f"place {to_text(NOW + timedelta(seconds=2))}", f"description {to_text(NOW + timedelta(seconds=5))}"]
    stage.log.append([stage.author.change("ticket", TICKET, {"typed": list(typed)})])
    view.refresh()
    settle(stage.worker)
    place, description = (view.findChild(QPushButton, name) for name in ("hear_fact_0", "hear_field"))
    assert place is not None
    assert description is not None
    with qtbot.waitSignal(view.moment_requested) as asked:
        place.click()
    assert asked.args == [media.call_id, 2_000]
    with qtbot.waitSignal(view.moment_requested) as asked:
        description.click()
    assert asked.args == [media.call_id, 5_000]
