"""`desk follow-up`: figures printed, a sample shown; and what is told of a company's own rules."""

from argparse import Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk import exit_codes
from desk.compose import follow_up_commands
from desk.compose.follow_up_rules import FollowUpRules
from desk.compose.policies import Policies
from desk.domain.changes import Patch
from desk.domain.follow_ups import FollowUp, FollowUpKind, FollowUpState
from desk.domain.identity import TicketId
from desk.domain.patches import patch_of
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.domain.working_time import CHINA
from desk.faults import Fault
from desk.secrets import FakeSecrets
from desk.settings import Settings
from desk.settings.values import PoliciesSettings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.store import Store
from desk.usecases.draw_samples import week_of
from desk.usecases.estate_map import EstateMap
from desk.usecases.fakes import FakeStore
from tests.making import change

NOW = datetime.now(UTC)
LAST_WEEK = NOW - timedelta(days=7)


@pytest.fixture
def seat(tmp_path: Path) -> tuple[Settings, FakeSecrets]:
    """One ticket of today, followed up, and three follow-ups of last week."""
    settings, secrets = Settings(data_dir=tmp_path), FakeSecrets()
    store = Store.open(settings.store_file, secrets)
    log = SqlChangeLog(store)
    ids = (f"01900000-0000-7000-8000-{n:012x}" for n in range(1, 100))
    author = SeatAuthor("S01", lambda: "1001", lambda: NOW, lambda: next(ids), log.base_seq)
    ticket = Ticket(
        TicketId("t1"), "1", Kind.REPAIR, "repair.water.tap", Priority.NORMAL, Stage.CLOSED, "", NOW, "1001", "S01",
        done_at=NOW, closed_at=NOW,
    )  # fmt: skip
    made = [
        FollowUp(
            f"f{n}", FollowUpKind.CLOSING, FollowUpState.DONE, at, "1001", done_at=at, done_by="1001", satisfied=True
        )
        for n, at in enumerate([NOW - timedelta(seconds=1), LAST_WEEK, LAST_WEEK, LAST_WEEK])
    ]
    log.append(
        [
            author.change("ticket", "t1", patch_of(ticket, "ticket_id")),
            *(author.change("follow_up", one.follow_up_id, patch_of(one, "follow_up_id")) for one in made),
        ]
    )
    store.close()
    return settings, secrets


def said(seat: tuple[Settings, FakeSecrets], **arguments: object) -> tuple[int, list[str]]:
    settings, secrets = seat
    lines: list[str] = []
    code = follow_up_commands.run(settings, Namespace(**arguments), lines.append, secrets)
    return code, lines


def test_the_days_figures_are_printed(seat: tuple[Settings, FakeSecrets]) -> None:
    code, lines = said(seat, action="figures", days=2)
    told = dict(line.split("\t") for line in lines[1:])
    assert code == exit_codes.OK
    assert told["Follow-up rate"] == "100.0 % (1/1)"
    assert told["Satisfied residents"] == "100.0 % (1/1)"
    assert told["Promised callbacks kept"] == "–"


def test_a_weeks_sample_says_its_seed_and_how_many_it_is_of(seat: tuple[Settings, FakeSecrets]) -> None:
    code, lines = said(seat, action="sample", week=week_of(LAST_WEEK, CHINA))
    assert code == exit_codes.OK
    assert "1001: 1 / 3, seed " in lines[0]
    assert len(lines) == 2
    with pytest.raises(Fault, match="not over"):
        said(seat, action="sample", week=week_of(NOW, CHINA))
    with pytest.raises(Fault, match="2026-W47"):
        said(seat, action="sample", week="soon")


def test_the_rules_are_those_of_the_estate_a_building_stands_in(tmp_path: Path) -> None:
    (tmp_path / "湖畔").mkdir()
    (tmp_path / "湖畔" / "follow_up.toml").write_text("tries = 7\n", "utf-8")
    store = FakeStore()
    building: Patch = {"estate_id": "e1", "code": "1", "name": "1栋"}
    store.append([change("estate", "e1", {"name": "湖畔"}), change("building", "b1", building)])
    policies = Policies(Settings(policies=PoliciesSettings(folder=str(tmp_path))), EstateMap(store))
    rules = FollowUpRules(policies)
    assert (rules.policy("b1").tries, rules.policy("b2").tries, rules.policy().tries) == (7, 3, 3)
    assert rules.questionnaires("b1")


def test_a_survey_without_its_questionnaire_is_told(tmp_path: Path) -> None:
    own = tmp_path / "policies"
    own.mkdir()
    (own / "follow_up.toml").write_text("[[survey]]\nname = 'autumn'\nquestionnaire = 'none'\n", "utf-8")
    policies = Policies(Settings(policies=PoliciesSettings(folder=str(own))), None)
    FollowUpRules(policies).warm()
    assert "survey autumn: there is no questionnaire none" in policies.troubles()
