"""What the background service is told of whether somebody works here, and the break that outlasts a new start."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from desk import wire
from desk.domain.agent_state import AgentState
from desk.domain.availability import Availability
from desk.domain.commands import SetAvailability
from desk.settings import PhoneSettings
from desk.ui.hub import Hub
from desk.ui.seat_state import Agent
from desk.ui.seat_use import SeatUse
from desk.ui.telephone.availability import AgentStates

from . import seat
from .seat import NOW, FakePhone

AGENT, OTHER = Agent("1001", "张三"), Agent("1002", "李四")


class Service:
    def __init__(self) -> None:
        self.there, self.heard = True, list[object]()

    def tell(self, message: object) -> bool:
        if self.there:
            self.heard.append(message)
        return self.there


@pytest.fixture
def phone() -> FakePhone:
    return FakePhone()


@pytest.fixture
def hub(qtbot: QtBot, phone: FakePhone) -> Iterator[Hub]:
    hub = Hub(command=phone.do, profile_of=seat.profile_of, card_of=seat.card_of, clock=lambda: NOW)
    yield hub
    assert hub.worker.close(10)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def states(hub: Hub) -> AgentStates:
    return AgentStates(hub, PhoneSettings(), hub)


@pytest.fixture
def use(hub: Hub, states: AgentStates, service: Service) -> SeatUse:
    return SeatUse(hub, states, service.tell)


def sit(hub: Hub, agent: Agent | None) -> None:
    hub.agent = agent
    hub.agent_changed.emit()


def test_nobody_signed_in_a_locked_window_and_a_break_are_away(
    hub: Hub, states: AgentStates, service: Service, use: SeatUse
) -> None:
    sit(hub, AGENT)
    states.choose(AgentState.TRAINING)
    states.choose(AgentState.LUNCH)
    states.choose(AgentState.READY)
    hub.lock(on=True)
    hub.lock(on=False)
    sit(hub, None)
    assert service.heard == [
        wire.SeatUse(away=False, agent="1001"),
        wire.SeatUse(away=False, state="training", agent="1001"),
        wire.SeatUse(away=True, state="lunch", agent="1001"),
        wire.SeatUse(away=False, agent="1001"),
        wire.SeatUse(away=True, agent="1001"),
        wire.SeatUse(away=False, agent="1001"),
        wire.SeatUse(away=True),
    ]


def test_text_that_is_not_on_disk_keeps_a_new_version_waiting(hub: Hub, service: Service, use: SeatUse) -> None:
    sit(hub, None)
    hub.unfinished.note_unsaved("text", True)
    hub.unfinished.note_unsaved("caller", True)
    hub.unfinished.note_unsaved("text", False)
    hub.unfinished.note_unsaved("caller", False)
    assert service.heard == [wire.SeatUse(away=True), wire.SeatUse(away=False), wire.SeatUse(away=True)]


def test_a_service_that_comes_back_asks_and_is_told_again(hub: Hub, service: Service, use: SeatUse) -> None:
    service.there = False
    sit(hub, AGENT)
    assert service.heard == []
    service.there = True
    for _count in range(2):
        hub.updates_told.emit(wire.Updates())
    assert service.heard == [wire.SeatUse(away=False, agent="1001")] * 2


@pytest.mark.parametrize(
    ("left", "who", "seen"),
    [
        (wire.SeatUse(True, "lunch", "1001"), AGENT, AgentState.LUNCH),
        (wire.SeatUse(False, "training", "1001"), AGENT, AgentState.TRAINING),
        (wire.SeatUse(False, "", "1001"), AGENT, AgentState.READY),
        (wire.SeatUse(True), AGENT, AgentState.READY),
        (wire.SeatUse(True, "lunch", "1001"), OTHER, AgentState.READY),
        (wire.SeatUse(True, "asleep", "1001"), AGENT, AgentState.READY),
        (None, AGENT, AgentState.READY),
    ],
)
def test_a_pause_in_which_the_seat_began_anew_is_a_pause_still_of_whose_it_was(
    hub: Hub, states: AgentStates, service: Service, left: wire.SeatUse | None, who: Agent, seen: AgentState
) -> None:
    use = SeatUse(hub, states, service.tell, left)
    sit(hub, who)
    told = [states.state]
    sit(hub, None)
    sit(hub, AGENT)
    told.append(states.state)
    assert told == [seen, AgentState.READY]
    use.deleteLater()


@pytest.mark.parametrize("phone_late", [False, True])
@pytest.mark.parametrize(
    ("left", "who", "stays"),
    [
        (wire.SeatUse(True, "lunch", "1001"), AGENT, True),
        (wire.SeatUse(False, "", "1001"), AGENT, True),
        (wire.SeatUse(True, "lunch", "1001"), OTHER, False),
        (wire.SeatUse(True), AGENT, False),
        (None, AGENT, False),
    ],
)
def test_do_not_disturb_stays_for_whom_a_new_start_signs_in_again_and_only_then(
    qtbot: QtBot,
    hub: Hub,
    states: AgentStates,
    service: Service,
    phone: FakePhone,
    left: wire.SeatUse | None,
    who: Agent,
    stays: bool,
    phone_late: bool,
) -> None:
    ended = SetAvailability(Availability())
    use = SeatUse(hub, states, service.tell, left)
    happened = replace(seat.snapshot(), availability=Availability(do_not_disturb=True))
    if phone_late:
        sit(hub, who)
    hub.receive(happened)
    qtbot.waitUntil(lambda: hub.state.phone_here)
    if not phone_late:
        sit(hub, who)
    assert (ended not in phone.commands) is stays
    sit(hub, None)
    sit(hub, who)
    assert ended in phone.commands, "this is another sign-in"
    use.deleteLater()


def test_until_somebody_signs_in_whoever_sat_here_before_is_who_is_to_be_signed_in(
    hub: Hub, states: AgentStates, service: Service
) -> None:
    """The next window may die as well, before it has signed anybody in."""
    left = wire.SeatUse(True, "lunch", "1002")
    use = SeatUse(hub, states, service.tell, left)
    use.say()
    sit(hub, OTHER)
    sit(hub, None)
    assert service.heard[0] == left
    assert service.heard[-1] == wire.SeatUse(True)
    use.deleteLater()


def test_what_is_to_be_said_of_updates_reaches_the_agents_line(hub: Hub, use: SeatUse) -> None:
    told, asked = list[str](), list[str]()
    use.told.connect(told.append)
    use.asked.connect(asked.append)
    hub.updates_told.emit(wire.Updates(told="Desk has been updated to version 0.2.0."))
    hub.updates_told.emit(wire.Updates())
    hub.updates_told.emit(wire.Updates(told="Version 0.3.0 waits.", asks=True))
    assert told == ["Desk has been updated to version 0.2.0."]
    assert asked == ["Version 0.3.0 waits."]
