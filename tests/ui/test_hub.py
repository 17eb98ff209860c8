import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desk import wire
from desk.domain.commands import Answer, Command, Dial
from desk.domain.events import CommandRefused
from desk.domain.identity import CallId
from desk.domain.troubles import Trouble
from desk.link.addresses import LinkDown
from desk.ui.hub import Hub
from desk.usecases.ports import StoreFull

from . import seat
from .seat import NOW, FakePhone, offered, snapshot

C1, C2 = CallId("c1"), CallId("c2")


@pytest.fixture
def phone() -> FakePhone:
    return FakePhone()


@pytest.fixture
def hub(qtbot: QtBot, phone: FakePhone) -> Iterator[Hub]:
    hub = Hub(command=phone.do, profile_of=seat.profile_of, card_of=seat.card_of, clock=lambda: NOW)
    yield hub
    assert hub.worker.close(10)


def test_messages_of_another_thread_are_taken_on_qts(qtbot: QtBot, hub: Hub) -> None:
    threads: list[int] = []
    hub.call_opened.connect(lambda _: threads.append(threading.get_ident()))
    link = threading.Thread(target=hub.receive, args=(offered(),))
    link.start()
    link.join()
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == [threading.get_ident()]


def test_a_call_found_running_is_opened_answered_and_popped(qtbot: QtBot, hub: Hub) -> None:
    told: list[str] = []
    hub.call_opened.connect(lambda _: told.append("opened"))
    hub.call_answered.connect(lambda _: told.append("answered"))
    hub.receive(snapshot(seat.call()))
    qtbot.waitUntil(lambda: hub.callers.pop(C1).card is not None)
    assert told == ["opened", "answered"]


def test_a_command_while_the_phone_is_away_is_told_and_not_kept(qtbot: QtBot) -> None:
    def away(command: Command) -> None:
        raise LinkDown("phone")

    hub = Hub(command=away, profile_of=seat.profile_of, card_of=seat.card_of, clock=lambda: NOW)
    told: list[CommandRefused] = []
    hub.refused.connect(told.append)
    hub.do(Answer(C1))
    assert [t.reason for t in told] == ["phone_away"]
    assert hub.worker.close(10)


def test_a_link_brings_the_window_to_the_front_with_its_number_and_dials_nothing(
    qtbot: QtBot, hub: Hub, phone: FakePhone
) -> None:
    told: list[str] = []
    hub.front_wanted.connect(lambda: told.append("front"))
    hub.dial_requested.connect(told.append)
    hub.receive(wire.DialRequested("tel:+86-755-8765-4321;ext=803"))
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told == ["front", "+8675587654321转803"]
    assert phone.commands == []


def test_an_empty_dial_field_dials_nothing(hub: Hub, phone: FakePhone) -> None:
    hub.do(Dial("  "))
    assert phone.commands == []


def test_a_full_disk_is_a_lamp_and_is_over_when_something_was_written(hub: Hub) -> None:
    hub.failed(StoreFull("no space"))
    assert Trouble.STORE_FULL in hub.state.wrongs
    hub.store_works()
    assert not hub.state.wrongs


def test_a_bug_is_told_in_the_window_and_logged(qtbot: QtBot, hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    hub.bug_seen.connect(told.append)
    hub.failed(ZeroDivisionError("x"))
    assert told == ["ZeroDivisionError"]
    assert "unexpected error" in caplog.text


def test_what_sync_says_reaches_the_window(qtbot: QtBot, hub: Hub) -> None:
    rows: list[tuple[str, ...]] = []
    hub.rows_changed.connect(rows.append)
    hub.receive(wire.Pushed(("ticket",)))
    hub.receive(wire.CentralState(True, connected=True, unsent=3))
    qtbot.waitUntil(lambda: hub.state.central is not None)
    assert rows == [("ticket",)]
