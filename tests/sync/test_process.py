"""The sync process whole: real links, a real PostgreSQL, two seats."""

import queue
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desk import wire
from desk.demo.postgres import PrivatePostgres
from desk.demo.processes import wait_until
from desk.domain.events import HeadsetState, LineState, LineStatus
from desk.domain.identity import TicketId
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble
from desk.link.addresses import address_for
from desk.link.sockets import LinkClient, LinkServer
from desk.store.tickets import SqlTickets
from desk.sync.central.access import CentralAccess
from desk.sync.exchange import lane
from desk.sync.exchange.rounds import Exchange, Round
from desk.sync.process import SyncProcess
from tests.making import ticket
from tests.sync.conftest import Seat

MakeSeat = Callable[..., Seat]
WAIT_S = 20.0


class Window:
    """The ui's end of the link: what it was told, in order."""

    def __init__(self, runtime_dir: Path, token: bytes) -> None:
        self.told: queue.Queue[Any] = queue.Queue()
        self.client = LinkClient(address_for(runtime_dir, "sync"), token, "ui", self.told.put)
        self.client.start()

    def until(self, wanted: Callable[[Any], bool]) -> Any:
        end = time.monotonic() + WAIT_S
        while True:
            message = self.told.get(timeout=max(0.0, end - time.monotonic()))
            if wanted(message):
                return message


class Running:
    def __init__(self, seat: Seat, central: CentralAccess | None, workers: list[Callable[[], bool]]) -> None:
        self.runtime_dir = Path(tempfile.mkdtemp(prefix="desk-"))
        self.token = secrets.token_bytes(32)
        self.seat = seat
        self.stop = threading.Event()
        self.beats = 0
        self.process = SyncProcess(
            seat.store, central, self.runtime_dir, self.token, self.stop, self._beat, seat=seat.name
        )
        self.nudges = [self.process.add_worker(f"worker{number}", work) for number, work in enumerate(workers)]
        self._thread = threading.Thread(target=self.process.run)
        self._thread.start()
        self.window = Window(self.runtime_dir, self.token)

    def _beat(self) -> None:
        self.beats += 1

    def finish(self) -> None:
        self.stop.set()
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()
        self.window.client.close()


@contextmanager
def running(seat: Seat, central: CentralAccess | None, *workers: Callable[[], bool]) -> Iterator[Running]:
    started = Running(seat, central, list(workers))
    try:
        yield started
    finally:
        started.finish()


def connected(message: Any) -> bool:
    return isinstance(message, wire.CentralState) and message.connected


def test_who_joins_is_told_the_state_first_and_a_ticket_reaches_the_other_seat(make_seat: MakeSeat) -> None:
    here, there = make_seat("here"), make_seat("there", "1002")
    with running(here, here.access) as first, running(there, there.access) as second:
        state = first.window.told.get(timeout=WAIT_S)
        assert isinstance(state, wire.CentralState)
        if not state.connected:  # it may have been quicker than the window
            first.window.until(connected)
        second.window.until(connected)
        here.log.append([ticket("t1")])
        first.window.client.send(wire.Pushed(("ticket",)))
        pushed = second.window.until(lambda message: isinstance(message, wire.Pushed))
        assert pushed.entities == ("ticket",)
        assert SqlTickets(there.store).get(TicketId("t1")) is not None


def test_what_others_save_is_heard_of_and_not_only_found_at_the_next_poll(
    make_seat: MakeSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = make_seat("here"), make_seat("there", "1002")
    monkeypatch.setattr(lane, "POLL_S", 600.0)
    with running(here, here.access) as first, running(there, there.access) as second:
        for one in (first, second):
            one.window.until(connected)
        for number in range(2):  # the first may still be found by the round that follows the connection
            here.log.append([ticket(f"t{number}")])
            first.window.client.send(wire.Pushed(("ticket",)))
            second.window.until(lambda message: isinstance(message, wire.Pushed))
            assert SqlTickets(there.store).get(TicketId(f"t{number}")) is not None


def test_a_first_fill_is_known_as_such_until_it_has_been_quiet_for_a_while(
    make_seat: MakeSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "MUCH", 10)
    one, two = make_seat("a"), make_seat("b", "1002")
    with running(one, one.access) as first, running(two, two.access) as second:
        assert not first.process.catching_up
        one.log.append([ticket(f"t{number}") for number in range(50)])
        first.process.appended(("ticket",))
        wait_until("it to be known where it is sent", lambda: first.process.catching_up, WAIT_S)
        wait_until("it to be known where it is taken", lambda: second.process.catching_up, WAIT_S)
        wait_until("the end of it", lambda: not (first.process.catching_up or second.process.catching_up), WAIT_S)


def test_without_being_nudged_what_is_unsent_goes_out_at_the_next_poll(
    make_seat: MakeSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.sync.exchange.lane.POLL_S", 0.1)
    here = make_seat("here")
    with running(here, here.access) as first:
        first.window.until(connected)
        here.log.append([ticket("t1")])
        wait_until("the outbox is empty", lambda: here.outbox.unsent_count() == 0, WAIT_S)


def test_a_server_that_goes_and_comes_back_is_told_and_everything_arrives(
    make_seat: MakeSeat, server: PrivatePostgres
) -> None:
    here, there = make_seat("here"), make_seat("there", "1002")
    with running(here, here.access) as first, running(there, there.access) as second:
        first.window.until(connected)
        second.window.until(connected)
        server.kill()
        here.log.append([ticket("t1")])
        first.window.client.send(wire.Pushed(("ticket",)))
        gone = first.window.until(lambda m: isinstance(m, wire.CentralState) and not m.connected)
        assert gone.trouble == Trouble.CENTRAL_UNREACHABLE.value
        assert gone.unsent == 1
        server.start()
        back = first.window.until(lambda m: connected(m) and m.unsent == 0)
        assert back.trouble == ""
        wait_until("the ticket is at the other seat", lambda: SqlTickets(there.store).recent(1), WAIT_S)


def test_a_wrong_password_is_told_by_name(make_seat: MakeSeat) -> None:
    here = make_seat("here")
    with running(here, replace(here.access, password=lambda: "wrong")) as first:
        told = first.window.until(lambda m: isinstance(m, wire.CentralState) and m.trouble != "")
        assert (told.trouble, told.configured, told.connected) == (Trouble.CENTRAL_REFUSED.value, True, False)


def test_an_unverified_server_is_told_by_name(make_seat: MakeSeat) -> None:
    here = make_seat("here")
    with running(here, replace(here.access, ca_file=None)) as first:
        told = first.window.until(lambda m: isinstance(m, wire.CentralState) and m.trouble != "")
        assert told.trouble == Trouble.CENTRAL_UNVERIFIED.value


def test_what_is_unsent_is_pushed_once_more_at_the_end(make_seat: MakeSeat) -> None:
    here = make_seat("here")
    with running(here, here.access) as first:
        first.window.until(connected)
        here.log.append([ticket("t1")])
    assert here.outbox.unsent_count() == 0


def test_standing_alone_the_workers_work_and_the_windows_are_told(make_seat: MakeSeat) -> None:
    here = make_seat("here")
    work = ["t1", "t2"]
    process: list[SyncProcess] = []

    def work_once() -> bool:
        if not work or not process:
            return False
        here.log.append([ticket(work.pop())])
        process[0].appended(("ticket",))
        return True

    with running(here, None, work_once) as alone:
        state = alone.window.told.get(timeout=WAIT_S)
        assert state == wire.CentralState(configured=False)
        process.append(alone.process)
        assert alone.window.until(lambda m: isinstance(m, wire.Pushed)).entities == ("ticket",)
        wait_until("all work is done", lambda: len(SqlTickets(here.store).recent(9)) == 2, WAIT_S)
        wait_until("the main loop beats", lambda: alone.beats >= 2, WAIT_S)
        assert not [t for t in threading.enumerate() if t.name.startswith("central-")]


def test_what_a_command_has_written_beside_the_window_is_told_to_the_window(make_seat: MakeSeat) -> None:
    here = make_seat("here")
    with running(here, None) as alone:
        alone.window.told.get(timeout=WAIT_S)
        up = threading.Event()
        tool = LinkClient(address_for(alone.runtime_dir, "sync"), alone.token, "tool", on_up=up.set)
        tool.start()
        assert up.wait(WAIT_S)
        tool.send(wire.Pushed(("task",)))
        assert alone.window.until(lambda m: isinstance(m, wire.Pushed)).entities == ("task",)
        tool.close()


def test_a_closed_spool_wakes_the_workers(make_seat: MakeSeat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.sync.process.WORK_S", 3_600.0)
    here = make_seat("here")
    worked: queue.Queue[None] = queue.Queue()

    def work_once() -> bool:
        worked.put(None)
        return False

    with running(here, None, work_once) as alone:
        worked.get(timeout=WAIT_S)  # at the start
        phone = LinkServer(address_for(alone.runtime_dir, "phone"), alone.token, "phone")
        phone.start()
        wait_until("sync is attached to the phone", lambda: phone.peers, WAIT_S)
        phone.publish(wire.SpoolClosed("c1"))
        worked.get(timeout=WAIT_S)
        phone.close()


def test_a_phone_that_is_gone_has_no_lines(make_seat: MakeSeat) -> None:
    """A version on trial whose phone was killed is not healthy, whatever the phone had said."""
    up = LineState("热线", LineStatus.REGISTERED, datetime(2026, 11, 22, tzinfo=UTC))
    with running(make_seat("here"), None) as alone:
        phone = LinkServer(address_for(alone.runtime_dir, "phone"), alone.token, "phone")
        phone.start()
        wait_until("sync is attached to the phone", lambda: phone.peers, WAIT_S)
        phone.publish(PhoneSnapshot((up,), HeadsetState()))
        wait_until("its lines are known", lambda: alone.process.lines_up.labels == ("热线",), WAIT_S)
        phone.close()
        wait_until("its loss is known", lambda: not alone.process.lines_up.phone_here, WAIT_S)
        assert alone.process.lines_up.labels == ()


def test_one_worker_wakes_another_at_once(make_seat: MakeSeat, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the keeper does it for the uploader."""
    monkeypatch.setattr("desk.sync.process.WORK_S", 3_600.0)
    here = make_seat("here")
    worked: queue.Queue[None] = queue.Queue()

    def work_once() -> bool:
        worked.put(None)
        return False

    with running(here, None, work_once) as alone:
        worked.get(timeout=WAIT_S)  # at the start
        alone.nudges[0]()
        worked.get(timeout=WAIT_S)


def test_a_worker_with_a_bug_is_tried_again_and_harms_nobody(
    make_seat: MakeSeat, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("desk.sync.process.WORK_S", 0.01)
    here = make_seat("here")
    tries: queue.Queue[None] = queue.Queue()

    def buggy() -> bool:
        tries.put(None)
        raise ZeroDivisionError("a bug")

    with running(here, None, buggy) as alone:
        for _ in range(3):
            tries.get(timeout=WAIT_S)
        wait_until("the main loop beats", lambda: alone.beats >= 1, WAIT_S)
    assert "a bug" in caplog.text


def test_a_bug_in_the_exchange_does_not_end_it(make_seat: MakeSeat, monkeypatch: pytest.MonkeyPatch) -> None:
    here = make_seat("here")
    failures = [ZeroDivisionError("a bug")]
    push = Exchange.push

    def buggy(exchange: Exchange, done: Round) -> None:
        if failures:
            raise failures.pop()
        push(exchange, done)

    monkeypatch.setattr(Exchange, "push", buggy)
    with running(here, here.access) as first:
        told = first.window.until(lambda m: isinstance(m, wire.CentralState) and m.trouble != "")
        assert "ZeroDivisionError" in told.detail
        first.window.until(connected)


def test_a_window_is_told_of_updates_when_it_comes_and_tells_how_the_seat_is_used(
    make_seat: MakeSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, lost = wire.Updates("Desk has been updated to version 0.2.0."), threading.Event()
    init = SyncProcess.__init__

    def greeting(self: SyncProcess, *args: Any, **named: Any) -> None:
        init(self, *args, **named)
        self.greet_by(lambda: told)
        self.lose_window_by(lost.set)

    monkeypatch.setattr(SyncProcess, "__init__", greeting)
    with running(make_seat("here"), None) as alone:
        assert alone.window.until(lambda m: isinstance(m, wire.Updates)) == told
        assert alone.process.window_here
        assert not alone.process.nobody_works, "nobody has said so"
        alone.window.client.send(wire.SeatUse(away=True, state="lunch", agent="1002"))
        wait_until("it is heard", lambda: alone.process.nobody_works, WAIT_S)
        assert alone.process.seat_use == wire.SeatUse(away=True, state="lunch", agent="1002")
        later = wire.Updates("again")
        alone.process.tell(later)
        assert alone.window.until(lambda m: m == later)
        assert not lost.is_set()
        alone.window.client.close()
        assert lost.wait(WAIT_S)
        assert not alone.process.window_here
