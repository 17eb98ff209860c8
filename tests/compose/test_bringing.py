"""`desk import roster` at night, in a hotline whose people sign in with passwords: it reaches the other seats, or says
that it has not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk import exit_codes
from desk.compose import bringing, floor_imports
from desk.compose.clock import new_id
from desk.compose.sign_in import people_of, who_of
from desk.demo.postgres import PrivatePostgres
from desk.domain.patches import patch_of
from desk.faults import Fault
from desk.secrets import FakeSecrets
from desk.settings import CentralSettings, SeatSettings, Settings
from desk.store.accounts import SqlAccounts
from desk.store.change_log import SqlChangeLog
from desk.store.store import Store
from desk.sync.central.admin import Owner
from desk.sync.central.people import Account, People
from desk.sync.exchange.lane import CentralLane
from desk.sync.exchange.session import SeatSide
from desk.sync.sign_in import SignInLane
from tests import making
from tests.sync.conftest import centre_with
from tests.usecases.floor import STAFF

PASSWORD, LEADER = "of both 密码", "3001"
JOB, LENT = f"job:{LEADER}@127.0.0.1", f"central:{LEADER}@127.0.0.1"


@pytest.fixture(scope="module")
def server() -> Iterator[PrivatePostgres]:
    with centre_with("hotline") as running:
        people = People(Owner(running.admin_url("hotline")))
        people.add(Account("S01", "S01", "", "seat"), PASSWORD)
        people.add(Account(LEADER, LEADER, "", "supervisor"), PASSWORD)
        yield running


@pytest.fixture
def settings(server: PrivatePostgres, tmp_path: Path) -> Settings:
    url = f"postgresql://127.0.0.1:{server.port}/hotline"
    return Settings(
        data_dir=tmp_path,
        seat=SeatSettings(name="S01", agent=LEADER, sign_in="password"),
        central=CentralSettings(url=url, user="S01", ca_file=str(server.ca_file)),
    )


@pytest.fixture
def secrets() -> FakeSecrets:
    return FakeSecrets({"store": "5a" * 32, "central:S01@127.0.0.1": PASSWORD})


@pytest.fixture
def store(settings: Settings, secrets: FakeSecrets) -> Iterator[Store]:
    opened = Store.open(settings.store_file, secrets)
    SqlChangeLog(opened).append([making.change("staff", one.staff_id, patch_of(one, "staff_id")) for one in STAFF])
    SqlAccounts(opened).note(LEADER, "supervisor")
    yield opened
    opened.close()


@pytest.fixture
def people(settings: Settings, secrets: FakeSecrets, store: Store) -> Iterator[SignInLane]:
    """The seat's background service; nobody is signed in."""
    lane = people_of(settings, secrets, store, lambda _put_out: None)
    assert lane is not None
    side = SeatSide.of(store, "S01", new_id, author_access=lane.sitting.access_of)
    exchange = CentralLane(side, who_of(lane, settings, secrets), lambda _state: None, lambda _entities: None)
    exchange.start()
    yield lane
    exchange.stop()


def listed(folder: Path) -> Path:
    file, day = folder / "排班.csv", (datetime.now(UTC) + timedelta(days=3)).date()
    file.write_text(f"工号,姓名,{day:%Y-%m-%d}\n1001,张三,早\n", encoding="gb18030")
    return file


def turns(store: Store) -> int:
    with store.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM duty_turn").scalar_one())


def test_a_job_at_night_brings_the_roster_in_its_author_s_name_and_lends_the_password_no_longer(
    server: PrivatePostgres, settings: Settings, secrets: FakeSecrets, people: SignInLane, tmp_path: Path
) -> None:
    secrets.set(JOB, PASSWORD)
    said: list[str] = []
    assert floor_imports.roster(settings, listed(tmp_path), said.append, secrets) == exit_codes.OK
    assert said[-1] == "The centre has it."
    found = server.sql("SELECT DISTINCT author, agent FROM desk.change WHERE entity = 'duty_turn'", "hotline")
    assert found == f"{LEADER}|{LEADER}"
    people.sitting.sweep()
    assert [secrets.get(entry) for entry in (LENT, JOB)] == [None, PASSWORD]


def test_without_a_password_it_says_that_no_other_seat_has_it(
    settings: Settings, secrets: FakeSecrets, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "PATIENCE_S", 0.0)
    said: list[str] = []
    assert floor_imports.roster(settings, listed(tmp_path), said.append, secrets) == exit_codes.FAULT
    assert LEADER in said[-1]
    assert f"desk secret set {JOB}" in said[-1]
    assert turns(store) == 1
    by_list = replace(settings, seat=replace(settings.seat, sign_in="list"))  # there the seat's role brings it
    assert floor_imports.roster(by_list, listed(tmp_path), said.append, secrets) == exit_codes.OK


def test_a_wrong_password_changes_nothing(
    settings: Settings, secrets: FakeSecrets, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "ask", lambda _prompt: "old")
    with pytest.raises(Fault, match=LEADER):
        floor_imports.roster(settings, listed(tmp_path), lambda _line: None, secrets)
    assert turns(store) == 0
