"""The sync process of a seat where the centre checks passwords: nothing moves before somebody has signed in, what they
wrote arrives as theirs, and who is disabled is out."""

import secrets as randomness
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from desk import wire
from desk.compose.clock import new_id, now
from desk.compose.sign_in import people_of, who_of
from desk.demo.postgres import PrivatePostgres
from desk.demo.processes import wait_until
from desk.domain.sign_in import Answer
from desk.secrets import FakeSecrets
from desk.settings import CentralSettings, SeatSettings, Settings
from desk.store.change_log import SeatAuthor
from desk.sync.central import admin as central_admin
from desk.sync.central.access import access_from
from desk.sync.central.people import Account, People
from desk.sync.process import SyncProcess
from tests.sync.conftest import Seat
from tests.sync.test_process import WAIT_S, Window

FIRST = "first 密码 1"


class SignInSeat:
    """A seat whose settings ask for passwords, its sync process running in a thread."""

    def __init__(self, seat: Seat, settings: Settings) -> None:
        self.seat, secrets = seat, FakeSecrets()
        runtime_dir, token = Path(tempfile.mkdtemp(prefix="desk-")), randomness.token_bytes(32)
        self._stop = threading.Event()
        people = people_of(settings, secrets, seat.store, lambda told: self.process.tell(told))
        assert people is not None
        self.process = SyncProcess(
            seat.store,
            access_from(settings.central, secrets.get),
            runtime_dir,
            token,
            self._stop,
            seat=settings.seat.name,
            who=who_of(people, settings, secrets),
            author_access=people.sitting.access_of,
        )
        self.process.sign_in_by(people)
        self._thread = threading.Thread(target=self.process.run)
        self._thread.start()
        self.window = Window(runtime_dir, token)
        self.window.until(lambda message: message == wire.Seated())

    def enter(self, number: str, password: str) -> Answer:
        self.window.client.send(wire.SignIn(1, number, password))
        judged = self.window.until(lambda message: isinstance(message, wire.SignInJudged))
        if judged.verdict.answer is Answer.ADMITTED:
            self.window.client.send(wire.SitsHere(number))
        found: Answer = judged.verdict.answer
        return found

    def until_state(self, wanted: Callable[[wire.CentralState], bool]) -> wire.CentralState:
        state: wire.CentralState = self.window.until(
            lambda message: isinstance(message, wire.CentralState) and wanted(message)
        )
        return state

    def write(self, author: str, name: str) -> None:
        change = SeatAuthor("S01", lambda: author, now, new_id, self.seat.log.base_seq)
        self.seat.log.append([change.change("estate", name, {"name": name})])
        self.window.client.send(wire.Pushed(("estate",)))

    def finish(self) -> None:
        self._stop.set()
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()
        self.window.client.close()


@pytest.fixture
def people(server: PrivatePostgres, database: str) -> People:
    return People(central_admin.Owner(server.admin_url(database)))


@pytest.fixture
def at_seat(server: PrivatePostgres, database: str, make_seat: Callable[..., Seat]) -> Iterator[SignInSeat]:
    url = f"postgresql://127.0.0.1:{server.port}/{database}"
    settings = Settings(
        seat=SeatSettings(sign_in="password"), central=CentralSettings(url=url, ca_file=str(server.ca_file))
    )
    started = SignInSeat(make_seat("here"), settings)
    yield started
    started.finish()


def test_what_two_people_write_at_one_seat_arrives_as_theirs_and_who_is_disabled_is_out(
    at_seat: SignInSeat,
    people: People,
    central: Callable[..., psycopg.Connection[Any]],
) -> None:
    for number in ("9101", "9102"):
        people.add(replace(Account(number, number, "", "agent")), FIRST)
    at_seat.write("9101", "before")
    assert not at_seat.process.state.connected
    assert at_seat.enter("9101", "wrong") is Answer.WRONG
    assert at_seat.enter("9101", FIRST) is Answer.ADMITTED
    at_seat.until_state(lambda state: state.connected and state.unsent == 0)
    at_seat.window.client.send(wire.SitsHere(""))
    assert at_seat.enter("9102", FIRST) is Answer.ADMITTED
    at_seat.write("9102", "after")
    admin = central("admin")

    def authors() -> dict[str, str]:
        rows = admin.execute("SELECT entity_id, author FROM desk.change WHERE entity = 'estate'").fetchall()
        return dict(rows)

    wait_until("what the second one wrote", lambda: "after" in authors(), WAIT_S)
    assert authors() == {"before": "9101", "after": "9102"}
    people.disable("9102")
    out = at_seat.window.until(lambda message: isinstance(message, wire.PutOut))
    assert out == wire.PutOut("9102", Answer.DISABLED)
    assert at_seat.enter("9102", FIRST) is Answer.DISABLED
