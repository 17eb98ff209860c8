"""A disk is full: the server's, and a seat's. Nothing is lost, it is told by name, and it goes on when there is room.

On a small file system of its own, which only root can mount; elsewhere these tests are left out."""

import os
import queue
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk.demo.postgres import private_postgres
from desk.demo.processes import wait_until
from desk.domain.troubles import Trouble
from desk.store.tickets import SqlTickets
from desk.sync.central import admin as central_admin
from desk.sync.exchange import lane
from desk.sync.exchange.lane import CentralLane
from desk.usecases.ports import StoreFull
from desk.wire import CentralState
from tests.making import ticket
from tests.sync.conftest import PASSWORD, PEOPLE, Seat, access
from tests.sync.exchange.meeting import side_of

MakeSeat = Callable[..., Seat]
WAIT_S = 60.0


class SmallDisk:
    """A file system in memory, of a few megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._balloon = folder / "balloon"

    def fill(self) -> None:
        with self._balloon.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while file.write(b"x" * size) == size:
                        pass
                except OSError:
                    continue

    def empty(self) -> None:
        self._balloon.unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], SmallDisk]]:
    if os.geteuid() != 0:
        pytest.skip("only root mounts a small disk")
    mounted: list[Path] = []

    def mount(megabytes: int) -> SmallDisk:
        folder = tmp_path / f"disk{len(mounted)}"
        folder.mkdir()
        options = f"size={megabytes}m,mode=755"
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if subprocess.run(command, capture_output=True, check=False, timeout=20).returncode:
            pytest.skip("nothing can be mounted here")
        mounted.append(folder)
        return SmallDisk(folder)

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, timeout=20)


def file_until_full(seat: Seat) -> None:
    for number in range(1_000):
        seat.log.append([ticket(f"x{number}", description="漏" * 2_000)])


def until(states: "queue.Queue[CentralState]", wanted: Callable[[CentralState], bool]) -> CentralState:
    while not wanted(state := states.get(timeout=WAIT_S)):
        pass
    return state


@pytest.mark.timeout(240)
def test_a_server_without_room_keeps_what_it_took_and_takes_the_rest_later(
    small_disk: Callable[[int], SmallDisk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "LAST_PAUSE_S", 0.5)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o011)  # PostgreSQL's user has to come through
    disk = small_disk(160)
    with private_postgres(durable=False, within=disk.folder) as server:
        server.create_database("full")
        central_admin.init(central_admin.Owner(server.admin_url("full")), lambda _line: None)
        for person, group in PEOPLE.items():
            server.create_role(person, PASSWORD, group)
        here, there = Seat(tmp_path / "S01", access(server, "full")), Seat(tmp_path / "S02", access(server, "full"))
        states: queue.Queue[CentralState] = queue.Queue()
        running = CentralLane(side_of(here), lambda: here.access, states.put, lambda _entities: None)
        here.log.append([ticket("before")])
        running.start()
        until(states, lambda state: state.connected and state.unsent == 0)
        disk.fill()
        filed = 0
        while not states.qsize() or until(states, lambda _state: True).connected:
            here.log.append([ticket(f"t{filed + number:05}", description="漏" * 900) for number in range(100)])
            filed += 100
            running.nudge()
            assert filed < 100_000, "the disk never became full"
        assert here.outbox.unsent_count() > 0
        assert here.outbox.refused_count() == 0  # not the changes' fault
        disk.empty()
        if not server.answers():
            server.crash()  # what is left of it
            server.start()
        wait_until("everything to be sent", lambda: here.outbox.unsent_count() == 0, WAIT_S)
        running.stop()
        there.exchange()
        assert len(there.rows()["ticket"]) == filed + 1
        assert there.rows()["ticket"] == here.rows()["ticket"]
        for seat in (here, there):
            seat.store.close()


def test_a_seat_without_room_says_so_and_takes_what_others_wrote_when_there_is_some(
    small_disk: Callable[[int], SmallDisk], make_seat: MakeSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "LAST_PAUSE_S", 0.5)
    disk = small_disk(8)
    there = make_seat("S02", "1002")
    here = Seat(disk.folder / "S01", there.access)
    here.log.append([ticket("mine")])
    states: queue.Queue[CentralState] = queue.Queue()
    running = CentralLane(side_of(here), lambda: here.access, states.put, lambda _entities: None)
    running.start()
    until(states, lambda state: state.connected and state.unsent == 0)
    disk.fill()
    with pytest.raises(StoreFull):
        file_until_full(here)
    kept = len(SqlTickets(here.store).recent(2_000))
    there.log.append([ticket(f"t{number}", description="漏" * 2_000) for number in range(200)])
    there.exchange()
    running.nudge()
    told = until(states, lambda state: not state.connected)
    assert told.trouble == Trouble.STORE_FULL.value
    disk.empty()
    until(states, lambda state: state.connected and state.unsent == 0)
    wait_until("the others' tickets", lambda: len(SqlTickets(here.store).recent(2_000)) == kept + 200, WAIT_S)
    running.stop()
    there.exchange()
    assert there.rows() == here.rows()
    here.store.close()
