"""Seats that sign in from the list, with roles made as the manual says: what a supervisor writes at one is everybody's,
and where it has to wait for somebody, that is told."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk import cli
from desk.demo.postgres import PrivatePostgres
from desk.domain.changes import Change, FieldValue
from desk.domain.retention import Fate, Rule, fate_of
from desk.domain.troubles import Trouble
from desk.store.retention import SqlAgingRecordings
from desk.sync.central import admin, figures, status
from desk.sync.central.admin import Owner
from desk.sync.central.advice import advise
from desk.sync.central.people import Account, Kind, People
from desk.sync.exchange import rounds
from tests.making import change
from tests.sync.conftest import PASSWORD, Seat, access
from tests.sync.exchange.meeting import meet, session_of, side_of

MakeSeat = Callable[..., Seat]
NAMES = ("L1", "L2")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def owner(server: PrivatePostgres, database: str, tmp_path: Path) -> Iterator[Owner]:
    """Of a hotline with two such seats and nobody else."""
    settings = tmp_path / "settings.toml"
    settings.write_text('[seat]\nlanguage = "en"\n', encoding="utf-8")
    url = server.admin_url(database)
    for seat in NAMES:
        line = ("central", "user", "add", seat, "--kind", "seat", "--no-password", "--url", url)
        assert cli.main(["--settings", str(settings), *line]) == 0
        People(Owner(url)).reset(seat, PASSWORD)
    yield Owner(url)
    server.drop_database(database)
    server.sql(" ".join(f'DROP ROLE IF EXISTS "{role}";' for role in (*NAMES, "2001", "2002", "1009")))


def written(at: Seat, who: str, *made: Change) -> None:
    at.log.append([replace(one, author=who, seat=at.name) for one in made])


def staff(number: str) -> Change:
    fields: dict[str, FieldValue] = {
        "number": number,
        "name": "周九",
        "duty": "supervisor",
        "phone": "",
        "active": True,
    }
    return change("staff", f"s-{number}", fields)


HOLD = change("recording", "c1", {"legal_hold": True, "legal_hold_by": "2001", "legal_hold_why": "lawsuit"})


def recorded(at: Seat) -> None:
    long_ago = "2026-01-01T08:00:00.000000Z"
    kept: dict[str, FieldValue] = {
        "kept": "kept",
        "file": "x.age",
        "sha256": "ab",
        "length_ms": 60_000,
        "size_bytes": 1000,
    }
    written(
        at,
        at.name,
        change("call", "c1", {"line": "x", "direction": "incoming", "number": "1", "offered_at": long_ago}),
        change("recording", "c1", {**kept, "seal_hash": "cd", "vaulted_at": long_ago}),
    )


def fate(at: Seat) -> Fate:
    """What this seat's retention makes of the one recording."""
    (aging,) = SqlAgingRecordings(at.store).page(NOW, None, 10)
    return fate_of(aging, (Rule(90),), NOW)[0]


def test_a_legal_hold_of_a_supervisor_without_an_account_keeps_the_recording_at_every_seat(
    make_seat: MakeSeat, owner: Owner
) -> None:
    here, there = (make_seat(name, name) for name in NAMES)
    written(here, "2001", staff("2001"))  # the first list, which nobody was named by yet
    recorded(here)
    meet(here)
    meet(there)
    assert fate(there) is Fate.GOES
    written(here, "2001", HOLD, change("duty_turn", "d1", {"who": "1001"}))
    meet(here)
    meet(there)
    assert fate(there) is Fate.HELD
    assert here.outbox.unsent_count() == 0
    assert People(owner).account("L1").carries is False


@pytest.mark.usefixtures("owner")
def test_nobody_is_believed_whom_the_list_does_not_name(make_seat: MakeSeat) -> None:
    here = make_seat("L1", "L1")
    written(here, "2001", staff("2001"))
    meet(here)
    written(here, "1001", HOLD)
    with session_of(here) as session:
        session.round()
        assert session.troubles == [(Trouble.AUTHOR_AWAITED, "1001")]


@pytest.mark.parametrize("kind", ["supervisor", "admin"])
def test_the_first_list_is_no_seat_s_to_make_where_somebody_has_an_account_to_make_it_with(
    make_seat: MakeSeat, owner: Owner, kind: Kind
) -> None:
    here, people = make_seat("L1", "L1"), People(owner)
    people.add(Account("2001", "2001", "", kind), PASSWORD)
    written(here, "9001", staff("9001"))
    meet(here)
    assert here.outbox.unsent_count() == 1
    people.disable("2001")
    meet(here)
    assert here.outbox.unsent_count() == 0


def test_what_waits_for_its_author_is_told_everywhere_and_goes_once_they_can_be_spoken_for(
    make_seat: MakeSeat, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there, people = make_seat("L1", "L1"), make_seat("L2", "L2"), People(owner)
    written(here, "2001", staff("2001"))
    recorded(here)
    meet(here)
    people.add(Account("2001", "2001", "周九", "supervisor"), PASSWORD)
    written(here, "2001", HOLD)
    with session_of(here) as session:
        session.round()
        assert session.troubles == [(Trouble.AUTHOR_AWAITED, "2001")]
        session.tell(1, 0)
        told = figures.read_from(owner)
        assert [seat.troubles for seat in told.seats or ()] == [("author_awaited",)]
        assert not status.healthy(told)
        assert any("waits at L1" in one.what and "--for-supervisors" in one.what for one in advise(told))
        people.disable("2001")
        session.round()
        assert here.outbox.unsent_count() == 1  # not asked again yet
        monkeypatch.setattr(rounds, "ASK_AGAIN_S", 0.0)
        session.round()
        assert (session.troubles, here.outbox.unsent_count()) == ([], 0)
    meet(there)
    assert fate(there) is Fate.HELD


def test_after_a_restore_seats_give_back_what_supervisors_wrote_who_have_left(
    make_seat: MakeSeat, server: PrivatePostgres, database: str, owner: Owner
) -> None:
    here, there, people = make_seat("L1", "L1"), make_seat("L2", "L2"), People(owner)
    people.add(Account("2001", "2001", "", "supervisor"), PASSWORD)
    people.add(Account("2002", "2002", "", "supervisor"), PASSWORD)
    people.add(Account("1009", "1009", "", "agent"), PASSWORD)
    recorded(here)
    meet(here)
    kept = f"{database}_restored"
    server.create_database(kept, database)
    written(here, "2001", HOLD)
    meet(here, side_of(here, lambda author: access(server, database, author)))
    meet(there)
    there.access = replace(there.access, database=kept)
    restored = Owner(server.admin_url(kept))
    try:
        People(restored).disable("2001")
        written(there, "1009", staff("1009"))
        assert meet(there).offered_again == 1
        assert (there.outbox.unsent_count(), there.outbox.refused_count()) == (1, 1)
        admin.take_back(restored, 24, lambda _line: None)
        meet(there)
        assert (there.outbox.unsent_count(), there.outbox.refused_count()) == (0, 1)  # an agent's is nobody's to bring
        assert server.sql("SELECT legal_hold, legal_hold_by FROM desk.recording", kept) == "t|2001"
        admin.take_back(restored, 0, lambda _line: None)
        written(there, "2001", change("recording", "c1", {"legal_hold": False}))
        meet(there)
        assert there.outbox.unsent_count() == 1
    finally:
        server.drop_database(kept)


@pytest.mark.parametrize("way", ["the flag", "their password"])
def test_a_supervisor_with_an_account_brings_it_or_a_seat_that_may_speak_for_them(
    make_seat: MakeSeat, server: PrivatePostgres, database: str, owner: Owner, way: str
) -> None:
    here, people = make_seat("L1", "L1"), People(owner)
    people.add(Account("2001", "2001", "周九", "supervisor"), PASSWORD)
    side = side_of(here)
    written(here, "2001", staff("2001"))
    meet(here, side)
    assert here.outbox.unsent_count() == 1
    if way == "the flag":
        people.change(replace(people.account("L1"), carries=True))
    else:
        side.author_access = lambda author: access(server, database, author)
    with session_of(here, side) as session:
        session.round()
        assert (session.troubles, here.outbox.unsent_count()) == ([], 0)
    assert server.sql("SELECT author FROM desk.change", database) == ("L1" if way == "the flag" else "2001")


def test_a_closed_account_is_nobody_s_to_speak_for_while_another_supervisor_s_is_open(
    make_seat: MakeSeat, owner: Owner
) -> None:
    here, people = make_seat("L1", "L1"), People(owner)
    for number in ("2001", "2002"):
        written(here, "2001", staff(number))
    meet(here)
    for number in ("2001", "2002"):
        people.add(Account(number, number, "", "supervisor"), PASSWORD)
    people.disable("2001")
    written(here, "2001", HOLD)
    meet(here)
    assert here.outbox.unsent_count() == 1
    people.disable("2002")
    meet(here)
    assert here.outbox.unsent_count() == 0
