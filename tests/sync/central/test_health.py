"""What a seat's doctor finds of the centre: reached, proven, allowed, and of the same time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.demo.postgres import PrivatePostgres
from desk.demo.processes import free_port
from desk.domain.health import Finding, Level
from desk.sync.central.access import CentralAccess
from desk.sync.central.health import CentreLook
from tests.sync.conftest import access
from tests.telephony.certificates import new_ca


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def way(server: PrivatePostgres, database: str) -> CentralAccess:
    return access(server, database)


def levels(look: CentreLook) -> list[list[Level]]:
    """Reached, certificate, rights."""
    found: list[Sequence[Finding]] = [look.reached(), look.certificate(), look.rights()]
    for one in found:
        for finding in one:
            assert bool(finding.remedy) == (finding.level in (Level.WARNING, Level.WRONG))
    return [[finding.level for finding in one] for one in found]


OK, WARNING, WRONG, UNCHECKED = [Level.OK], [Level.WARNING], [Level.WRONG], [Level.UNCHECKED]


def test_a_centre_that_is_well_is_measured(way: CentralAccess) -> None:
    look = CentreLook(way, now, 21)
    assert levels(look) == [OK, OK, OK]
    (reached,) = look.reached()
    assert 0 <= float(reached.figures["round_trip_ms"]) < 500
    assert look.ahead_s == pytest.approx(0, abs=3)


def test_a_clock_that_is_fast_shows_and_so_does_a_certificate_that_ends(way: CentralAccess) -> None:
    look = CentreLook(way, lambda: now() + timedelta(minutes=10), 100_000)
    assert levels(look) == [OK, WARNING, OK]
    assert look.ahead_s == pytest.approx(600, abs=3)


def test_nobody_there(way: CentralAccess) -> None:
    look = CentreLook(replace(way, port=free_port()), now, 21)
    assert [finding.level for finding in look.reached()] == WRONG
    assert look.certificate() == ()


def test_somebody_else_there(way: CentralAccess, tmp_path: Path) -> None:
    look = CentreLook(replace(way, ca_file=new_ca(tmp_path / "ca").certificate), now, 21)
    assert [finding.level for finding in look.reached()] == OK
    assert [finding.level for finding in look.certificate()] == WRONG


def test_a_ca_file_that_is_none(way: CentralAccess, tmp_path: Path) -> None:
    look = CentreLook(replace(way, ca_file=tmp_path / "missing.pem"), now, 21)
    assert [finding.level for finding in look.certificate()] == WRONG


def test_a_wrong_password_and_a_missing_one(way: CentralAccess) -> None:
    assert levels(CentreLook(replace(way, password=lambda: "nonsense"), now, 21)) == [OK, OK, WRONG]
    assert levels(CentreLook(replace(way, password=lambda: None), now, 21)) == [OK, OK, UNCHECKED]


def test_a_role_that_may_only_read_and_one_that_may_nothing(
    server: PrivatePostgres, database: str, way: CentralAccess
) -> None:
    (reader,) = CentreLook(access(server, database, "reader"), now, 21).rights()
    assert reader.level is Level.WRONG
    assert "desk.change (INSERT)" in reader.why
    server.sql("CREATE ROLE stranger LOGIN PASSWORD 'x'")
    assert levels(CentreLook(replace(way, user="stranger", password=lambda: "x"), now, 21)) == [OK, OK, WRONG]


def test_a_database_without_the_schema(server: PrivatePostgres, way: CentralAccess) -> None:
    server.create_database("bare_of_desk")
    assert levels(CentreLook(replace(way, database="bare_of_desk"), now, 21)) == [OK, OK, WRONG]


def test_a_seat_without_a_role_of_its_own_signs_nobody_in(way: CentralAccess) -> None:
    look = CentreLook(replace(way, user="", password=lambda: None), now, 21)
    assert levels(look) == [OK, OK, []]
    assert look.ahead_s is None
