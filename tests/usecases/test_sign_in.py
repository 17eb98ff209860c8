"""Signing in with the centre, without it, and what wrong tries cost; over verifiers in memory and in the store."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.sign_in import FREE_TRIES, LONGEST_WAIT, OFFLINE_TRIES, Answer, Tries, is_weak, wait_after
from desk.secrets import FakeSecrets
from desk.store.sign_in import SqlVerifiers
from desk.store.store import Store
from desk.usecases import verifier
from desk.usecases.fakes_sign_in import FakeGate, FakeVerifiers
from desk.usecases.sign_in import SignIn, Verifiers, meant

START = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
WEEK = timedelta(days=7)
RIGHT, WRONG, NEW = "春天 spring 8", "autumn", "a better one 22"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same function with less work: what it costs is no matter here."""
    monkeypatch.setattr(verifier, "COST", (1 << 4, 8, 1))


@pytest.fixture(params=["memory", "store"])
def verifiers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Verifiers]:
    if request.param == "memory":
        yield FakeVerifiers()
        return
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    yield SqlVerifiers(store)
    store.close()


class Desk:
    """A seat's sign-in with its clock in hand."""

    def __init__(self, verifiers: Verifiers, offline_for: timedelta = WEEK) -> None:
        self.now = START
        self.gate = FakeGate({"1001": RIGHT, "1002": "somebody else's"})
        self.verifiers = verifiers
        self.told: list[tuple[str, str]] = []
        salts = itertools.count()
        self.sign_in = SignIn(
            self.gate,
            verifiers,
            lambda: self.now,
            lambda n: next(salts).to_bytes(n, "big"),
            offline_for,
            lambda number, kind: self.told.append((number, kind)),
        )

    def enter(self, password: str, number: str = "1001") -> Answer:
        return self.sign_in.enter(number, password).answer

    def later(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def desk(verifiers: Verifiers) -> Desk:
    return Desk(verifiers)


def test_the_centre_lets_in_by_name_and_says_until_when_the_password_counts(desk: Desk) -> None:
    desk.gate.until["1001"] = START + timedelta(days=3)
    verdict = desk.sign_in.enter("1001", RIGHT)
    assert (verdict.answer, verdict.name, verdict.offline) == (Answer.ADMITTED, "name of 1001", False)
    assert verdict.password_until == START + timedelta(days=3)


def test_without_the_centre_only_those_come_in_who_were_here_before(desk: Desk) -> None:
    assert desk.enter(RIGHT) is Answer.ADMITTED
    desk.gate.away = True
    assert desk.enter(WRONG) is Answer.WRONG
    verdict = desk.sign_in.enter("1001", RIGHT)
    assert (verdict.answer, verdict.offline, verdict.name) == (Answer.ADMITTED, True, "name of 1001")
    assert desk.enter("somebody else's", "1002") is Answer.NEVER_HERE


def test_without_the_centre_the_time_ends_and_a_clock_set_back_does_not_make_it_longer(desk: Desk) -> None:
    desk.enter(RIGHT)
    desk.gate.away = True
    desk.later(WEEK)
    assert desk.enter(RIGHT) is Answer.ADMITTED
    desk.later(timedelta(seconds=1))
    assert desk.enter(RIGHT) is Answer.TOO_LONG_AGO
    desk.now = START - timedelta(days=2)
    assert desk.enter(RIGHT) is Answer.CLOCK_BACK
    desk.gate.away = False
    desk.now = START + timedelta(days=30)
    assert desk.enter(RIGHT) is Answer.ADMITTED


def test_where_no_day_without_the_centre_is_allowed_nothing_is_kept(verifiers: Verifiers) -> None:
    desk = Desk(verifiers, timedelta(0))
    assert desk.enter(RIGHT) is Answer.ADMITTED
    assert verifiers.numbers() == []
    desk.gate.away = True
    assert desk.enter(RIGHT) is Answer.NEVER_HERE


def test_wrong_tries_cost_ever_more_time_and_a_right_one_clears_them(desk: Desk) -> None:
    for _n in range(FREE_TRIES):
        assert desk.enter(WRONG) is Answer.WRONG
    asked = desk.gate.asked
    refused = desk.sign_in.enter("1001", RIGHT)
    assert (refused.answer, refused.wait_s) == (Answer.TOO_OFTEN, 10)
    assert desk.gate.asked == asked  # nobody is asked meanwhile
    desk.later(timedelta(seconds=10))
    verdict = desk.sign_in.enter("1001", WRONG)
    assert (verdict.answer, verdict.wait_s) == (Answer.WRONG, 20)
    desk.later(timedelta(seconds=20))
    assert desk.enter(RIGHT) is Answer.ADMITTED
    assert desk.enter(WRONG) is Answer.WRONG


def test_another_number_does_not_wait_for_somebody_elses_tries(desk: Desk) -> None:
    for _n in range(FREE_TRIES):
        desk.enter(WRONG)
    assert desk.enter("somebody else's", "1002") is Answer.ADMITTED


def test_after_too_many_wrong_tries_without_the_centre_only_the_centre_lets_in(desk: Desk) -> None:
    desk.enter(RIGHT)
    desk.gate.away = True
    for _n in range(OFFLINE_TRIES):
        assert desk.enter(WRONG) is Answer.WRONG
        desk.later(LONGEST_WAIT)
    assert desk.enter(RIGHT) is Answer.NEVER_HERE
    desk.later(LONGEST_WAIT)
    desk.gate.away = False
    assert desk.enter(RIGHT) is Answer.ADMITTED


@pytest.mark.parametrize("answer", [Answer.DISABLED, Answer.NO_RIGHTS, Answer.EXPIRED])
def test_whom_the_centre_refuses_nobody_lets_in_without_it(desk: Desk, answer: Answer) -> None:
    desk.enter(RIGHT)
    desk.gate.answers["1001"] = answer
    assert desk.enter(RIGHT) is answer
    desk.gate.away = True
    assert desk.enter(RIGHT) is Answer.NEVER_HERE


def test_a_password_that_was_right_here_and_is_no_more_is_told_as_changed_or_over_its_time(desk: Desk) -> None:
    desk.gate.until["1001"] = START + timedelta(days=1)
    desk.enter(RIGHT)
    desk.gate.passwords["1001"] = NEW
    assert desk.sign_in.look_again("1001", RIGHT).answer is Answer.CHANGED
    assert desk.enter(RIGHT) is Answer.WRONG  # nothing is known of it any more
    assert desk.enter(NEW) is Answer.ADMITTED
    desk.gate.passwords["1001"] = "the server says only that it is wrong"
    desk.later(timedelta(days=1))
    assert desk.enter(NEW) is Answer.EXPIRED


def test_a_company_directory_that_is_away_puts_nobody_out_and_costs_no_verifier(desk: Desk) -> None:
    desk.enter(RIGHT)
    desk.gate.answers["1001"] = Answer.DIRECTORY
    assert desk.sign_in.look_again("1001", RIGHT).answer is Answer.DIRECTORY
    assert desk.sign_in.unlock("1001", RIGHT).answer is Answer.ADMITTED
    assert desk.verifiers.numbers() == ["1001"]


def test_every_contact_makes_the_time_without_the_centre_begin_anew(desk: Desk) -> None:
    desk.enter(RIGHT)
    desk.later(timedelta(days=6))
    assert desk.sign_in.look_again("1001", RIGHT).answer is Answer.ADMITTED
    desk.gate.away = True
    desk.later(timedelta(days=6))
    assert desk.enter(RIGHT) is Answer.ADMITTED


def test_a_lock_opens_at_once_by_what_the_seat_knows(desk: Desk) -> None:
    desk.enter(RIGHT)
    asked = desk.gate.asked
    desk.later(timedelta(hours=3))
    assert desk.sign_in.unlock("1001", RIGHT).answer is Answer.ADMITTED
    assert desk.gate.asked == asked


def test_a_lock_opens_with_a_password_that_was_changed_elsewhere_and_with_no_wrong_one(desk: Desk) -> None:
    desk.enter(RIGHT)
    desk.gate.passwords["1001"] = NEW
    assert desk.sign_in.unlock("1001", WRONG).answer is Answer.WRONG
    assert desk.sign_in.unlock("1001", NEW).answer is Answer.ADMITTED
    desk.gate.away = True
    assert desk.sign_in.unlock("1001", RIGHT).answer is Answer.WRONG
    assert desk.sign_in.unlock("1001", NEW).answer is Answer.ADMITTED


def test_the_lock_counts_wrong_tries_too(desk: Desk) -> None:
    desk.enter(RIGHT)
    for _n in range(FREE_TRIES):
        assert desk.sign_in.unlock("1001", WRONG).answer is Answer.WRONG
    assert desk.sign_in.unlock("1001", RIGHT).answer is Answer.TOO_OFTEN


def test_a_new_password_counts_at_once_and_without_the_centre_too(desk: Desk) -> None:
    desk.enter(RIGHT)
    assert desk.sign_in.change_password("1001", WRONG, NEW).answer is Answer.WRONG
    assert desk.sign_in.change_password("1001", RIGHT, RIGHT).answer is Answer.WEAK
    assert desk.sign_in.change_password("1001", RIGHT, "x1001yyyyy").answer is Answer.WEAK
    assert desk.sign_in.change_password("1001", RIGHT, NEW).answer is Answer.ADMITTED
    desk.gate.away = True
    assert desk.sign_in.change_password("1001", NEW, RIGHT).offline
    assert desk.enter(RIGHT) is Answer.WRONG
    assert desk.enter(NEW) is Answer.ADMITTED


def test_the_one_whom_the_centre_let_in_last_is_named_first(desk: Desk) -> None:
    desk.enter(RIGHT)
    desk.later(timedelta(hours=1))
    desk.enter("somebody else's", "1002")
    assert desk.verifiers.numbers() == ["1002", "1001"]
    desk.later(timedelta(hours=1))
    desk.sign_in.look_again("1001", RIGHT)
    assert desk.verifiers.numbers() == ["1001", "1002"]


@given(st.integers(0, 60), st.integers(0, 10**6))
def test_a_wait_never_grows_while_one_waits_and_never_beyond_the_longest(wrong: int, passed_s: int) -> None:
    tries = Tries(wrong, START)
    now = START + timedelta(seconds=passed_s)
    assert timedelta(0) <= wait_after(tries, now) <= LONGEST_WAIT
    assert wait_after(tries, now + timedelta(seconds=1)) <= wait_after(tries, now)
    assert wait_after(Tries(wrong + 1, START), now) >= wait_after(tries, now)
    assert wait_after(tries, START + LONGEST_WAIT) == timedelta(0)


@pytest.mark.parametrize("password", ["", "short", "11111111", "10011001", "aaaa1001bbbb"])
def test_easy_passwords_are_not_taken(password: str) -> None:
    assert is_weak(password, "1001")


def test_a_name_stands_for_a_number_where_one_person_alone_has_it() -> None:
    staff = [("1001", "张三"), ("1002", "李四"), ("1003", "张三")]
    assert meant(" 李四 ", lambda: staff) == "1002"
    assert meant("张三", lambda: staff) == "张三"
    assert meant("１００１", lambda: staff) == "1001"
    assert meant("9", lambda: staff) == "9"


def test_a_verifier_holds_no_password_and_tells_all_others_from_it() -> None:
    made = verifier.make_verifier("1001", "", RIGHT, b"s" * 16, START, None)
    assert verifier.matches(made, RIGHT)
    assert not any(verifier.matches(made, other) for other in ("", RIGHT + " ", RIGHT[:-1], RIGHT.upper()))
    assert RIGHT.encode() not in made.digest + made.salt


def test_what_account_somebody_has_is_told_when_the_centre_lets_them_in(desk: Desk) -> None:
    desk.gate.kinds = {"1001": "agent"}
    desk.enter(WRONG)
    desk.later(LONGEST_WAIT)
    desk.enter(RIGHT)
    assert desk.told == [("1001", "agent")]
    desk.gate.kinds = {"1001": "supervisor"}
    desk.sign_in.look_again("1001", RIGHT)
    assert desk.told[1:] == [("1001", "supervisor")]
    desk.gate.away = True
    desk.enter(RIGHT)
    assert len(desk.told) == 2, "the seat alone knows of no account"
