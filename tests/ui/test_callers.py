import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from desk.domain.calls import Phase
from desk.domain.estate import Staff
from desk.domain.events import CallAnswered, CallEnded
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.ui.callers import KEPT_POPS, Callers
from desk.ui.hub import Hub
from desk.usecases.profile import Candidate, Profile

from . import seat
from .seat import NOW, FakePhone, offered, past_call

C1, C2 = CallId("c1"), CallId("c2")


class Register:
    """Whom the numbers suggest. `asked`: somebody was looked for; it is answered once `may_answer`. `tied`: whom each
    call is tied to."""

    def __init__(self) -> None:
        self.tied: dict[CallId, Profile] = {}
        self.asked, self.may_answer = threading.Event(), threading.Event()
        self.may_answer.set()

    def profile_of(self, party: Party, call_id: CallId) -> Profile:
        self.asked.set()
        assert self.may_answer.wait(10)
        return self.tied.get(call_id) or seat.profile_of(party, call_id)

    def staff_of(self, number: str) -> Staff | None:
        return seat.ASSISTANT if number == seat.ASSISTANT.phone else None


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def hub(qtbot: QtBot, register: Register) -> Iterator[Hub]:
    hub = Hub(
        command=FakePhone().do,
        profile_of=register.profile_of,
        card_of=seat.card_of,
        clock=lambda: NOW,
        staff_of=register.staff_of,
    )
    yield hub
    register.may_answer.set()
    assert hub.worker.close(10)


@pytest.fixture
def callers(hub: Hub) -> Callers:
    return hub.callers


def test_the_store_is_asked_before_qts_thread_has_seen_the_call(hub: Hub, register: Register) -> None:
    link = threading.Thread(target=hub.receive, args=(offered(),))
    link.start()
    link.join(10)
    assert register.asked.wait(10)
    assert not hub.state.calls


def test_a_store_that_does_not_answer_does_not_keep_the_call_back(
    qtbot: QtBot, hub: Hub, callers: Callers, register: Register
) -> None:
    register.may_answer.clear()
    hub.receive(offered())
    qtbot.waitUntil(lambda: C1 in hub.state.calls)
    assert callers.pop(C1).profile is None
    register.may_answer.set()
    qtbot.waitUntil(lambda: callers.pop(C1).profile is not None)


def test_the_profile_comes_by_itself_and_the_likeliest_stands_in_front(
    qtbot: QtBot, hub: Hub, callers: Callers
) -> None:
    hub.receive(offered())
    qtbot.waitUntil(lambda: callers.pop(C1).card is not None)
    assert callers.pop(C1).profile is seat.KNOWN
    assert callers.pop(C1).chosen == 0
    assert callers.subject == C1


def test_another_candidate_brings_its_own_card(qtbot: QtBot, hub: Hub, callers: Callers) -> None:
    hub.receive(offered())
    qtbot.waitUntil(lambda: callers.pop(C1).card is not None)
    callers.choose(C1, 1)
    qtbot.waitUntil(lambda: callers.pop(C1).card is not None)
    card = callers.pop(C1).card
    assert card is not None
    assert card.candidate is seat.SECOND
    callers.choose(C1, 7)
    assert callers.pop(C1).chosen == 1


def test_whom_the_agent_says_is_told_from_whom_the_number_suggests(qtbot: QtBot, hub: Hub, callers: Callers) -> None:
    hub.receive(offered())
    qtbot.waitUntil(lambda: callers.pop(C1).card is not None)
    assert not callers.pop(C1).said
    card = callers.pop(C1).card
    callers.choose(C1, 0)  # who stands in front already
    assert callers.pop(C1).said
    assert callers.pop(C1).card is card
    callers.look_up(C1, seat.PARTY)  # rows came: what the number suggests now
    qtbot.waitUntil(lambda: not callers.pop(C1).said)
    callers.look_up(C1, seat.PARTY, said=True)
    qtbot.waitUntil(lambda: callers.pop(C1).said)


def test_a_colleagues_telephone_stays_one_when_a_window_comes_back_to_a_call_that_is_tied(
    qtbot: QtBot, hub: Hub, callers: Callers, register: Register
) -> None:
    """Their number is not the resident's, whom they called for: the form must not take it for hers."""
    party = Party(seat.ASSISTANT.phone)
    register.tied[C1] = replace(seat.UNKNOWN, party=party, candidates=(seat.FIRST,), tied_only=True)
    register.tied[C2] = replace(seat.UNKNOWN, party=party, candidates=(seat.FIRST,))
    hub.receive(offered(party=party))
    qtbot.waitUntil(lambda: callers.pop(C1).profile is not None)
    assert callers.pop(C1).staff == seat.ASSISTANT
    callers.look_up(C2, party)  # who works here may live here: then it is their own
    qtbot.waitUntil(lambda: callers.pop(C2).profile is not None)
    assert callers.pop(C2).staff is None


def test_a_waiting_call_does_not_push_the_talks_card_away(qtbot: QtBot, hub: Hub, callers: Callers) -> None:
    for message in (offered(), CallAnswered(C1, NOW), offered("c2", Party("110"))):
        hub.receive(message)
    qtbot.waitUntil(lambda: C2 in hub.state.calls)
    assert callers.subject == C1
    hub.receive(CallEnded(C1, NOW, 200))
    qtbot.waitUntil(lambda: callers.subject == C2)


def test_the_last_calls_card_stays_after_its_end(qtbot: QtBot, hub: Hub, callers: Callers) -> None:
    for message in (offered(), CallAnswered(C1, NOW), CallEnded(C1, NOW, 200)):
        hub.receive(message)
    qtbot.waitUntil(lambda: C1 in hub.state.calls and hub.state.calls[C1].phase is Phase.ENDED)
    assert callers.subject == C1


def test_whoever_the_agent_found_stands_in_front_of_whom_the_number_suggests(
    qtbot: QtBot, hub: Hub, callers: Callers
) -> None:
    hub.receive(offered())
    qtbot.waitUntil(lambda: callers.pop(C1).card is not None)
    aunt = Candidate(seat.LI, seat.HOME, seat.BUILDING, seat.FIRST.role)
    callers.put_candidate(C1, aunt)
    profile = callers.pop(C1).profile
    assert profile is not None
    assert profile.candidates == (aunt, seat.FIRST, seat.SECOND)
    qtbot.waitUntil(lambda: callers.pop(C1).card is not None)


def test_a_past_call_is_looked_back_at_until_the_next_comes_and_not_under_a_talk(
    qtbot: QtBot, hub: Hub, callers: Callers
) -> None:
    entry = past_call()
    assert callers.look_back(entry)
    qtbot.waitUntil(lambda: callers.pop(entry.call_id).profile is not None)
    assert (callers.subject, callers.past) == (entry.call_id, entry)
    assert callers.party_of(entry.call_id) == entry.party
    assert callers.line_of(entry.call_id) == "热线"
    for message in (offered(), CallAnswered(C1, NOW)):
        hub.receive(message)
    qtbot.waitUntil(lambda: callers.subject == C1)
    assert callers.past is None
    assert not callers.look_back(entry)
    assert callers.subject == C1


def test_of_many_calls_the_oldest_are_forgotten(qtbot: QtBot, hub: Hub, callers: Callers) -> None:
    calls = [past_call(f"c{n}") for n in range(KEPT_POPS + 1)]
    for entry in calls:
        callers.look_up(entry.call_id, entry.party)
    qtbot.waitUntil(lambda: callers.pop(calls[-1].call_id).profile is not None)
    assert callers.pop(calls[0].call_id).profile is None
    assert callers.pop(calls[1].call_id).profile is not None
