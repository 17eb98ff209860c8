from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desk.domain.events import CallAnswered, CallEnded
from desk.domain.identity import CallId
from desk.ui.form_offer import FormOffer
from desk.ui.hub import Hub

from . import seat
from .seat import NOW, FakePhone, offered

C1, C2 = CallId("c1"), CallId("c2")


@pytest.fixture
def hub(qtbot: QtBot) -> Iterator[Hub]:
    hub = Hub(command=FakePhone().do, profile_of=seat.profile_of, card_of=seat.card_of, clock=lambda: NOW)
    for name in (C1, C2):
        hub.receive(offered(name))
        hub.receive(CallAnswered(name, NOW))
    qtbot.waitUntil(lambda: C2 in hub.state.calls and all(c.answered_at for c in hub.state.calls.values()))
    yield hub
    assert hub.worker.close(10)


def test_the_newest_is_offered_first_and_the_others_follow(qtbot: QtBot, hub: Hub) -> None:
    offer = FormOffer(hub)
    qtbot.addWidget(offer)
    assert offer.isHidden()
    for call_id in (C1, C2, C1):
        offer.add(call_id)
    assert not offer.isHidden()
    newest = [offer.newest]
    for call_id in (C1, C2):
        offer.drop(call_id)
        newest.append(offer.newest)
    assert newest == [C1, C2, None]
    assert offer.isHidden()


def test_a_call_that_is_over_keeps_its_offer_until_the_agent_leaves(qtbot: QtBot, hub: Hub) -> None:
    offer = FormOffer(hub)
    qtbot.addWidget(offer)
    offer.add(C1)
    with qtbot.waitSignal(hub.call_ended):
        hub.receive(CallEnded(C1, NOW, 200))
    assert offer.newest == C1
    offer.clear()
    assert offer.isHidden()
