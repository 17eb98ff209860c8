"""The sign-in lane over a real store and a real PostgreSQL: who sits here, who is out, whose password is where."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from desk import wire
from desk.compose.clock import new_id, now
from desk.demo.postgres import PrivatePostgres
from desk.domain.sign_in import Answer, Verdict
from desk.secrets import FakeSecrets
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.sign_in import SqlKeptPasswords, SqlVerifiers
from desk.store.store import Store
from desk.sync.central import admin as central_admin
from desk.sync.central.access import CentralAccess, entry_of
from desk.sync.central.gate import CentralGate
from desk.sync.central.people import Account, People
from desk.sync.sign_in import SignInLane
from desk.sync.sitting import Sitting
from desk.usecases import verifier
from desk.usecases.sign_in import SignIn
from tests.sync.conftest import Seat, access

PATIENCE_S = 30.0
FIRST, SECOND = "first 密码 1", "second 密码 2"
_numbers = (f"8{number:03}" for number in count(1))
CONNECTED = wire.CentralState(True, True)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "COST", (1 << 4, 8, 1))


@dataclass
class Desk:
    """A seat's sign-in as it runs in the sync process, asked as a window asks. `moved`: how often somebody else was to
    connect."""

    store: Store
    secrets: FakeSecrets
    lane: SignInLane
    told: "SimpleQueue[Any]" = field(default_factory=SimpleQueue)
    moved: list[None] = field(default_factory=list)
    clock_s: float = 0.0

    def send(self, message: Any) -> None:
        """The lane answers the window."""
        self.told.put(message)

    def ask(self, message: Any) -> Verdict:
        self.lane.take(self, message)
        answer = self.told.get(timeout=PATIENCE_S)
        assert isinstance(answer, wire.SignInJudged)
        assert answer.request == message.request
        return answer.verdict

    def enter(self, number: str, password: str, *, unlocks: bool = False) -> Answer:
        return self.ask(wire.SignIn(7, number, password, unlocks)).answer

    def say(self, number: str, name: str = "", *, locked: bool = False) -> None:
        """The window tells who sits here; and the lane has heard it."""
        self.lane.take(self, wire.SitsHere(number, name, locked))
        self.enter("", "")

    def contact(self, state: wire.CentralState = CONNECTED) -> None:
        """The exchange reports, a minute later; and the lane has looked."""
        self.clock_s += 61
        self.lane.contact(state)
        self.enter("", "")

    def put_out(self) -> wire.PutOut:
        told = self.told.get(timeout=PATIENCE_S)
        assert isinstance(told, wire.PutOut)
        return told

    def kept(self, number: str) -> str | None:
        return self.secrets.get(entry_of(number, "127.0.0.1"))

    @property
    def who(self) -> str:
        found = self.lane.sitting.who()
        return found.user if found else ""


MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(server: PrivatePostgres, database: str, tmp_path: Path) -> Iterator[MakeDesk]:
    made: list[Desk] = []

    def make(own: str = "", *, keeps: bool = True, before: Desk | None = None) -> Desk:
        store = before.store if before else Store.open(tmp_path / "seat.db", FakeSecrets())
        secrets = before.secrets if before else FakeSecrets()
        way: CentralAccess = replace(access(server, database), user=own)
        verifiers, gate = SqlVerifiers(store), CentralGate(way)
        sitting = Sitting(way, SqlKeptPasswords(store), secrets, keeps)
        sign_in = SignIn(gate, verifiers, now, lambda n: b"s" * n, timedelta(days=7))
        desk: Desk
        lane = SignInLane(sign_in, verifiers, sitting, gate.gone, lambda told: desk.send(told), lambda: desk.clock_s)
        desk = Desk(store, secrets, lane)
        sitting.moved = lambda: desk.moved.append(None)
        lane.start()
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.lane.stop()
    for store in {id(desk.store): desk.store for desk in made}.values():
        store.close()


@pytest.fixture
def people(server: PrivatePostgres, database: str) -> People:
    return People(central_admin.Owner(server.admin_url(database)))


@pytest.fixture
def person(people: People) -> Callable[[str], str]:
    def add(password: str = FIRST) -> str:
        number = next(_numbers)
        people.add(Account(number, number, "王五", "agent"), password)
        return number

    return add


def write(desk: Desk, author: str) -> None:
    """Something of theirs that is still to be sent."""
    log = SqlChangeLog(desk.store)
    change = SeatAuthor("S01", lambda: author, now, new_id, log.base_seq).change("estate", f"e-{author}", {"name": "x"})
    log.append([change])


def test_whoever_signs_in_is_who_reaches_the_centre(make_desk: MakeDesk, person: Callable[..., str]) -> None:
    desk, number = make_desk(own="1002"), person()
    assert desk.who == "1002"
    assert desk.enter(number, "wrong") is Answer.WRONG
    assert desk.who == "1002"
    assert desk.enter(number, FIRST) is Answer.ADMITTED
    assert desk.who == number
    assert len(desk.moved) == 1
    desk.say("")
    assert desk.who == "1002"


def test_a_seat_without_a_role_of_its_own_waits_for_somebody(make_desk: MakeDesk, person: Callable[..., str]) -> None:
    desk, number = make_desk(), person()
    assert desk.lane.sitting.who() is None
    desk.enter(number, FIRST)
    assert desk.who == number


def test_a_disabled_person_is_out_at_the_next_contact_and_nothing_is_kept_of_them(
    make_desk: MakeDesk, people: People, person: Callable[..., str]
) -> None:
    desk, number = make_desk(), person()
    desk.enter(number, FIRST)
    desk.contact()
    assert desk.who == number
    people.disable(number)
    desk.clock_s += 5
    desk.lane.contact(wire.CentralState(True, False, 0, 0.0, "central_refused"))
    assert desk.put_out() == wire.PutOut(number, Answer.DISABLED)
    desk.enter("", "")
    assert desk.lane.sitting.sitter is None
    assert desk.lane.sitting.who() is None
    assert desk.kept(number) is None
    assert SqlVerifiers(desk.store).numbers() == []


def test_those_who_were_here_before_and_are_disabled_cannot_come_in_without_the_centre(
    make_desk: MakeDesk, people: People, person: Callable[..., str]
) -> None:
    desk, gone, here = make_desk(), person(), person()
    desk.enter(gone, FIRST)
    desk.say("")
    desk.enter(here, FIRST)
    people.disable(gone)
    desk.contact()
    assert SqlVerifiers(desk.store).numbers() == [here]
    assert desk.who == here


def test_a_password_changed_elsewhere_locks_and_the_new_one_opens(
    make_desk: MakeDesk, people: People, person: Callable[..., str]
) -> None:
    desk, number = make_desk(own="1002"), person()
    desk.enter(number, FIRST)
    people.reset(number, SECOND)
    desk.clock_s += 61
    desk.lane.contact(CONNECTED)
    assert desk.put_out() == wire.PutOut(number, Answer.CHANGED)
    assert desk.lane.seated() == wire.Seated(number, "王五", True, number)
    assert desk.who == "1002"  # nobody's old password is tried again
    assert desk.kept(number) is None
    assert desk.enter(number, FIRST, unlocks=True) is Answer.WRONG
    assert desk.enter(number, SECOND, unlocks=True) is Answer.ADMITTED
    assert desk.who == number


def test_the_own_password_is_changed_and_the_seat_goes_on_with_the_new_one(
    make_desk: MakeDesk, person: Callable[..., str]
) -> None:
    desk, number = make_desk(), person()
    desk.enter(number, FIRST)
    assert desk.ask(wire.ChangePassword(3, number, "wrong", SECOND)).answer is Answer.WRONG
    assert desk.ask(wire.ChangePassword(4, number, FIRST, SECOND)).answer is Answer.ADMITTED
    assert desk.kept(number) == SECOND
    desk.contact()
    assert desk.who == number
    assert desk.told.empty()


def test_a_password_stays_in_the_keyring_until_its_owner_has_left_and_all_of_theirs_is_sent(
    make_desk: MakeDesk, server: PrivatePostgres, database: str, person: Callable[..., str]
) -> None:
    desk, number = make_desk(), person()
    desk.enter(number, FIRST)
    assert desk.kept(number) == FIRST
    write(desk, number)
    desk.say("")
    assert desk.kept(number) == FIRST
    found = desk.lane.sitting.access_of(number)
    assert found is not None
    seat = Seat.__new__(Seat)
    from desk.store.outbox import SqlOutbox

    seat.access, seat.store, seat.outbox = found, desk.store, SqlOutbox(desk.store)
    assert seat.exchange().pushed == 1
    desk.say("")
    assert desk.kept(number) is None
    assert desk.lane.sitting.access_of(number) is None


def test_where_passwords_are_not_to_be_kept_they_are_in_memory_alone(
    make_desk: MakeDesk, person: Callable[..., str]
) -> None:
    desk, number = make_desk(keeps=False), person()
    desk.enter(number, FIRST)
    assert desk.kept(number) is None
    assert desk.who == number


def test_it_departments_own_entry_for_the_seat_is_never_deleted(make_desk: MakeDesk) -> None:
    from tests.sync.conftest import PASSWORD

    desk = make_desk(own="1002")
    desk.secrets.set(entry_of("1002", "127.0.0.1"), PASSWORD)
    assert desk.enter("1002", PASSWORD) is Answer.ADMITTED
    desk.say("")
    assert desk.kept("1002") == PASSWORD


def test_a_process_that_was_restarted_hears_from_the_window_who_sits_there(
    make_desk: MakeDesk, person: Callable[..., str]
) -> None:
    before, number = make_desk(), person()
    before.enter(number, FIRST)
    before.lane.stop()
    after = make_desk(before=before)
    assert after.lane.sitting.who() is None
    after.say(number, "王五", locked=True)
    assert after.who == number
    assert after.lane.seated() == wire.Seated(number, "王五", True, number)


def test_a_process_that_was_restarted_and_has_no_password_asks_for_it_again(
    make_desk: MakeDesk, person: Callable[..., str]
) -> None:
    before, number = make_desk(keeps=False), person()
    before.enter(number, FIRST)
    before.lane.stop()
    after = make_desk(keeps=False, before=before)
    after.lane.take(after, wire.SitsHere(number, "王五"))
    assert after.put_out() == wire.PutOut(number, Answer.ASK_AGAIN)
    assert after.enter(number, FIRST, unlocks=True) is Answer.ADMITTED
    assert after.who == number


def test_a_window_that_was_restarted_hears_who_sat_here_and_who_was_here_last(
    make_desk: MakeDesk, person: Callable[..., str]
) -> None:
    desk, number = make_desk(), person()
    assert desk.lane.seated() == wire.Seated()
    desk.enter(number, FIRST)
    desk.say(number, "王五", locked=True)
    assert desk.lane.seated() == wire.Seated(number, "王五", True, number)
    desk.say("")
    assert desk.lane.seated() == wire.Seated(last=number)
    assert make_desk(before=desk).lane.seated() in (wire.Seated(), wire.Seated(last=number))  # it may still be read


def test_a_password_is_in_no_message_that_can_be_printed_and_in_no_file_of_the_seat(
    make_desk: MakeDesk, person: Callable[..., str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk, number = make_desk(), person()
    with caplog.at_level("DEBUG"):
        desk.enter(number, "wrong 密码")
        desk.enter(number, FIRST)
        desk.ask(wire.ChangePassword(4, number, FIRST, SECOND))
    said = " ".join(str(vars(record)) + record.getMessage() for record in caplog.records)
    for password in (FIRST, SECOND, "wrong 密码"):
        assert password not in said
        assert password not in repr(wire.SignIn(1, number, password)) + repr(
            wire.ChangePassword(1, number, password, password)
        )
        assert not any(password.encode() in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_the_centre_is_asked_once_a_minute_and_soon_after_a_refusal(
    make_desk: MakeDesk, person: Callable[..., str]
) -> None:
    desk, number = make_desk(), person()
    desk.enter(number, FIRST)
    looked: list[str] = []
    real = desk.lane._sign_in.look_again

    def look_again(number: str, password: str) -> Verdict:
        looked.append(number)
        return real(number, password)

    desk.lane._sign_in.look_again = look_again  # type: ignore[method-assign]
    for _n in range(30):
        desk.clock_s += 5
        desk.lane.contact(CONNECTED)
        desk.enter("", "")  # and so the lane has looked, if it was to
    assert 2 <= len(looked) <= 4
    before = len(looked)
    for _n in range(10):
        desk.clock_s += 1
        desk.lane.contact(wire.CentralState(True, False, 0, 0.0, "central_refused"))
        desk.enter("", "")
    assert before + 2 <= len(looked) <= before + 4
