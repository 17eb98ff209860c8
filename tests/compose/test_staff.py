"""`desk staff` over a real store, and the worker that gives away what people left behind."""

from argparse import Namespace
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.compose.policies import Policies
from desk.compose.staff import adopter, run
from desk.domain.identity import TicketId
from desk.faults import Fault
from desk.secrets import FakeSecrets
from desk.settings import SeatSettings, Settings
from desk.settings.values import PoliciesSettings
from desk.store.change_log import SqlChangeLog
from desk.store.outbox import SqlOutbox
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.usecases.estate_map import EstateMap
from tests.making import change, ticket


@pytest.fixture
def secrets() -> FakeSecrets:
    return FakeSecrets()


@pytest.fixture
def settings(tmp_path: Path, secrets: FakeSecrets) -> Settings:
    settings = Settings(data_dir=tmp_path, seat=SeatSettings(name="S01", agent="9001", language="en"))
    store = Store.open(settings.store_file, secrets)
    people = (("1001", "agent"), ("1002", "agent"), ("9001", "supervisor"))
    SqlChangeLog(store).append(
        [
            *(
                change("staff", f"s{number}", {"number": number, "name": number, "duty": duty, "active": True})
                for number, duty in people
            ),
            ticket("t1", owner="1001"),
        ]
    )
    store.close()
    return settings


def said(settings: Settings, secrets: FakeSecrets, action: str, number: str, to: str = "") -> str:
    lines: list[str] = []
    assert run(settings, Namespace(action=action, number=number, to=to), lines.append, secrets) == 0
    return "\n".join(lines)


def test_what_is_open_is_told_and_given_to_the_successor(settings: Settings, secrets: FakeSecrets) -> None:
    assert "厨房漏水" in said(settings, secrets, "work", "1001")
    with pytest.raises(Fault, match="1 things are open in the name of 1001"):
        said(settings, secrets, "remove", "1001")
    answer = said(settings, secrets, "remove", "1001", "1002")
    assert "1 open thing of 1001 is 1002's now" in answer
    assert "1001 is not among the staff any more" in answer
    assert said(settings, secrets, "work", "1001") == "Nothing is open in the name of 1001"
    with pytest.raises(Fault, match="nobody at work has the work number 1001"):
        said(settings, secrets, "remove", "1001", "1002")


def test_only_a_supervisor_takes_somebody_out_and_signs_for_it(settings: Settings, secrets: FakeSecrets) -> None:
    agent = replace(settings, seat=replace(settings.seat, agent="1002"))
    with pytest.raises(Fault, match="Only a supervisor"):
        said(agent, secrets, "remove", "1001", "1002")
    said(settings, secrets, "remove", "1001", "1002")
    store = Store.open(settings.store_file, secrets)
    left = [one for one in SqlOutbox(store).unsent(100) if one.entity_id == "s1001" and one.patch == {"active": False}]
    assert [one.author for one in left] == ["9001"]
    store.close()


def test_the_background_service_gives_away_what_is_left(settings: Settings, secrets: FakeSecrets) -> None:
    store = Store.open(settings.store_file, secrets)
    SqlChangeLog(store).append([change("staff", "s1001", {"active": False})])
    told: list[None] = []
    assert adopter(settings, store, Policies(settings, None), lambda: told.append(None)).work_once()
    row = SqlTickets(store).get(TicketId("t1"))
    assert row
    assert row.owner == "9001"
    assert told == [None]
    assert {one.number for one in SqlResidents(store).staff() if one.active} == {"1002", "9001"}
    store.close()


def test_what_is_wrong_with_a_company_s_policy_files_is_told_and_the_rest_holds(tmp_path: Path) -> None:
    (tmp_path / "clocks.toml").write_text('[clock]\naccept = "soon"\n')
    (tmp_path / "calendar.toml").write_text("[year.2027]\n")
    own = PoliciesSettings(folder=str(tmp_path), estate="lake")
    policies = Policies(Settings(policies=own), None, lambda: datetime(2026, 11, 22, tzinfo=UTC))
    (told,) = policies.troubles()
    assert told.startswith(f"{tmp_path / 'clocks.toml'}:2: ")
    shipped = Policies(Settings(), None, lambda: datetime(2026, 11, 22, tzinfo=UTC))
    assert policies.clocks.policy == shipped.clocks.policy
    assert "2027" in shipped.troubles()[0]
    gone = Policies(Settings(policies=PoliciesSettings(folder=str(tmp_path / "gone"))), None)
    assert "there is no such folder" in gone.troubles()[0]


def test_a_ticket_has_the_clocks_of_the_estate_it_is_in(
    tmp_path: Path, settings: Settings, secrets: FakeSecrets
) -> None:
    own = tmp_path / "company" / "湖畔"
    own.mkdir(parents=True)
    (own / "clocks.toml").write_text('[clock]\naccept = "2 h"\n')
    store = Store.open(settings.store_file, secrets)
    SqlChangeLog(store).append(
        [
            change("estate", "e1", {"name": "湖畔"}),
            change("estate", "e2", {"name": "山居"}),
            change("building", "b1", {"estate_id": "e1", "code": "1", "name": "1栋"}),
            change("building", "b2", {"estate_id": "e2", "code": "2", "name": "2栋"}),
            ticket("t2", building_id="b1"),
            ticket("t3", building_id="b2"),
        ]
    )
    estate_map = EstateMap(SqlResidents(store))
    policies = Policies(Settings(policies=PoliciesSettings(folder=str(own.parent))), estate_map)
    assert policies.strange_folders() == ()
    (own.parent / "湖泮").mkdir()
    (told,) = Policies(Settings(policies=PoliciesSettings(folder=str(own.parent))), estate_map).strange_folders()
    assert told.startswith("湖泮: ")
    for name, hours in (("t1", 24), ("t2", 2), ("t3", 24)):
        row = SqlTickets(store).get(TicketId(name))
        assert row
        filed = policies.clocks.of(row).filed(row)
        assert filed.accept_due_at == row.registered_at + timedelta(hours=hours)
    store.close()
