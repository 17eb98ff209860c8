"""Questions to the centre over the sync process: each is answered, and only the newest is searched for."""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from desk.compose.central_call_search import CentralCallSearch
from desk.demo.postgres import PrivatePostgres
from desk.domain.call_search import CallQuery
from desk.domain.troubles import Trouble
from desk.sync.exchange.search_lane import OUTDATED, SearchLane
from desk.usecases.recording_ports import SearchAway
from desk.wire import CallsFound, FindCalls
from tests.making import call
from tests.sync.central.test_search import push
from tests.sync.conftest import access

WAIT_S = 20.0


class Spy:
    def __init__(self) -> None:
        self.sent: queue.SimpleQueue[CallsFound] = queue.SimpleQueue()

    def send(self, message: Any) -> None:
        self.sent.put(message)

    def take(self) -> CallsFound:
        return self.sent.get(timeout=WAIT_S)


@pytest.fixture
def lane(server: PrivatePostgres, database: str) -> Iterator[SearchLane]:
    made = SearchLane(lambda: access(server, database))
    made.start()
    yield made
    made.stop()


def test_a_question_is_answered_with_what_is_there(
    lane: SearchLane, central: Callable[..., psycopg.Connection[Any]]
) -> None:
    push(central("1001"), [call("c1"), call("c2", 1)])
    asker = Spy()
    lane.ask(asker, FindCalls(7, CallQuery(), None, 1))
    answer = asker.take()
    assert (answer.request, [hit.call.call_id for hit in answer.hits], answer.trouble) == (7, ["c2"], "")


def test_of_several_questions_the_newest_is_searched_for(
    lane: SearchLane, central: Callable[..., psycopg.Connection[Any]]
) -> None:
    push(central("1001"), [call("c1")])
    asker = Spy()
    for request in range(1, 21):
        lane.ask(asker, FindCalls(request, CallQuery(), None, 5))
    answers = {(answer := asker.take()).request: answer for _ in range(20)}
    assert [hit.call.call_id for hit in answers[20].hits] == ["c1"]
    assert {answer.trouble for answer in answers.values()} <= {"", OUTDATED}


def test_a_centre_that_is_away_is_told_by_its_name(server: PrivatePostgres) -> None:
    lane = SearchLane(lambda: replace(access(server, "nowhere"), port=1))
    lane.start()
    asker = Spy()
    try:
        lane.ask(asker, FindCalls(1, CallQuery()))
        assert asker.take().trouble == Trouble.CENTRAL_UNREACHABLE.value
    finally:
        lane.stop()


def test_the_window_gets_its_answer_or_is_told(
    lane: SearchLane, central: Callable[..., psycopg.Connection[Any]]
) -> None:
    push(central("1001"), [call("c1")])

    class Link:
        def send(self, message: Any) -> None:
            search.hear(message)

    link = Link()

    def send(message: FindCalls) -> bool:
        lane.ask(link, message)
        return True

    search = CentralCallSearch(send)
    assert [hit.call.call_id for hit in search.page(CallQuery(), None, 5)] == ["c1"]
    with pytest.raises(SearchAway):
        CentralCallSearch(lambda _message: False).page(CallQuery(), None, 5)
    with pytest.raises(SearchAway):
        CentralCallSearch(lambda _message: True, answer_s=0.01).page(CallQuery(), None, 5)


def test_a_link_that_breaks_ends_the_wait() -> None:
    asked = threading.Event()

    def send(_message: FindCalls) -> bool:
        asked.set()
        return True

    search = CentralCallSearch(send)

    def cut_when_asked() -> None:
        asked.wait(WAIT_S)
        search.cut()

    cutting = threading.Thread(target=cut_when_asked)
    cutting.start()
    with pytest.raises(SearchAway, match="sync_away"):
        search.page(CallQuery(), None, 5)
    cutting.join(WAIT_S)
