"""While a seat is being filled, whoever calls is fetched first."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from pytestqt.qtbot import QtBot

from desk import wire
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.ui.caller_fetch import CallerFetch
from desk.ui.hub import Hub
from desk.usecases.profile import Profile

from . import seat
from .seat import NOW, FakePhone, offered

FILLING = wire.CentralState(True, connected=True, filled_permille=300)


@dataclass
class Register:
    """What the seat store knows: nobody, until it does."""

    known: bool = False
    told: list[object] = field(default_factory=list)
    here: bool = True

    def profile_of(self, party: Party, _call_id: CallId) -> Profile:
        return seat.profile_of(party) if self.known else Profile(party, party.number)

    def tell(self, message: object) -> bool:
        self.told.append(message)
        return self.here


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def hub(qtbot: QtBot, register: Register) -> Iterator[Hub]:
    hub = Hub(command=FakePhone().do, profile_of=register.profile_of, card_of=seat.card_of, clock=lambda: NOW)
    fetch = CallerFetch(hub, register.tell, "0755", hub)
    assert fetch.parent() is hub
    yield hub
    assert hub.worker.close(10)


def test_an_unknown_caller_is_asked_for_once_and_shown_when_they_have_come(
    qtbot: QtBot, hub: Hub, register: Register
) -> None:
    hub.receive(FILLING)
    call = offered()
    hub.receive(call)
    qtbot.waitUntil(lambda: bool(register.told))
    asked = register.told[0]
    assert isinstance(asked, wire.FetchCaller)
    assert asked.lookup_keys
    assert hub.callers.pop(call.call_id).card is None
    register.known = True
    hub.receive(wire.CallerFetched(asked.request, found=True))
    qtbot.waitUntil(lambda: hub.callers.pop(call.call_id).card is not None)
    assert len(register.told) == 1


def test_nobody_is_asked_for_who_is_known_or_when_everybody_is_here(qtbot: QtBot, hub: Hub, register: Register) -> None:
    hub.receive(wire.CentralState(True, connected=True))
    hub.receive(offered())
    qtbot.waitUntil(lambda: hub.callers.pop(offered().call_id).profile is not None)
    register.known = True
    hub.receive(FILLING)
    hub.callers.look_up(offered().call_id, offered().party)
    qtbot.waitUntil(lambda: hub.callers.pop(offered().call_id).card is not None)
    assert register.told == []


def test_a_caller_whom_the_centre_does_not_know_stays_unknown(qtbot: QtBot, hub: Hub, register: Register) -> None:
    hub.receive(FILLING)
    hub.receive(offered())
    qtbot.waitUntil(lambda: bool(register.told))
    changes: list[str] = []
    hub.callers.pop_changed.connect(changes.append)
    hub.receive(wire.CallerFetched(1, found=False))
    hub.receive(wire.CentralState(True, connected=True, filled_permille=400))
    qtbot.waitUntil(lambda: hub.state.central is not None and hub.state.central.filled_permille == 400)
    assert changes == []
