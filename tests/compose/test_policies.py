"""What a company has set about its hotline's work, and each of its estates."""

from dataclasses import replace
from pathlib import Path

from desk.compose.policies import Policies
from desk.domain.changes import Patch
from desk.domain.clocks import Clocks
from desk.domain.identity import BuildingId
from desk.domain.priority_rules import RaiseRule, When
from desk.domain.tickets import Priority
from desk.settings import Settings
from desk.settings.values import PoliciesSettings
from desk.usecases.estate_map import EstateMap
from desk.usecases.fakes import FakeStore
from tests.domain.walks import ticket
from tests.making import START, change


def policies_of(folder: Path) -> Policies:
    """Building b1 stands in 湖畔, b2 in no estate that is known."""
    store = FakeStore()
    building: Patch = {"estate_id": "e1", "code": "1", "name": "1栋"}
    store.append([change("estate", "e1", {"name": "湖畔"}), change("building", "b1", building)])
    return Policies(Settings(policies=PoliciesSettings(folder=str(folder))), EstateMap(store))


def test_priorities_are_raised_by_the_rules_of_the_estate_that_the_place_is_in(tmp_path: Path) -> None:
    (tmp_path / "湖畔").mkdir()
    text = "[[raises]]\nwhen = 'reopened'\nto = 'urgent'\n"
    (tmp_path / "湖畔" / "clocks.toml").write_text(text, "utf-8")
    policies = policies_of(tmp_path)
    nowhere = ticket(START, Clocks())
    there, elsewhere = (replace(nowhere, building_id=BuildingId(name)) for name in ("b1", "b2"))
    assert policies.raises(there) == (RaiseRule(When.REOPENED, Priority.URGENT),)
    shipped = Policies(Settings(), None).raises(nowhere)
    assert policies.raises(elsewhere) == policies.raises(nowhere) == shipped
    assert When.REPEATED in {rule.when for rule in shipped}


def test_a_time_to_be_reminded_in_of_another_estate_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "湖畔").mkdir()
    file = tmp_path / "湖畔" / "clocks.toml"
    file.write_text("[figure]\nchase_every = '8 h'\nremind_before = '2 days'\n", "utf-8")
    (trouble,) = [one for one in policies_of(tmp_path).troubles() if str(file) in one]
    assert trouble.startswith(f"{file}:3: ")
    own = PoliciesSettings(folder=str(tmp_path), estate="湖畔")
    assert not [one for one in Policies(Settings(policies=own), None).troubles() if str(file) in one]
