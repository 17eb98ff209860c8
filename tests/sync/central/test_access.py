"""What is in the way of a seat, told by name: a real server, real certificates, a port that nobody serves."""

from dataclasses import replace
from pathlib import Path

import pytest

from desk.demo.postgres import PrivatePostgres, make_authority
from desk.domain.troubles import Trouble
from desk.settings import CentralSettings
from desk.sync.central.access import CentralAccess, CentralFault, PasswordMissing, access_from, connect
from desk.usecases.ports import KeyringWeak
from tests.sync.conftest import access


@pytest.fixture
def good(server: PrivatePostgres) -> CentralAccess:
    return access(server, "template")


def trouble_of(central: CentralAccess) -> Trouble:
    with pytest.raises(CentralFault) as fault:
        connect(central, "test")
    assert fault.value.detail
    return fault.value.trouble


def test_a_connection_is_encrypted_and_verified(good: CentralAccess) -> None:
    with connect(good, "test") as connection:
        found = connection.execute("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
        assert found == ("TLSv1.3",)


def test_an_unknown_authority_is_unverified(good: CentralAccess, tmp_path: Path) -> None:
    assert trouble_of(replace(good, ca_file=make_authority(tmp_path, "other"))) is Trouble.CENTRAL_UNVERIFIED


def test_the_systems_authorities_do_not_know_a_private_server(good: CentralAccess) -> None:
    assert trouble_of(replace(good, ca_file=None)) is Trouble.CENTRAL_UNVERIFIED


def test_an_authority_file_that_is_missing_is_unverified(good: CentralAccess, tmp_path: Path) -> None:
    assert trouble_of(replace(good, ca_file=tmp_path / "none.crt")) is Trouble.CENTRAL_UNVERIFIED


def test_a_wrong_host_name_is_unverified(good: CentralAccess) -> None:
    assert trouble_of(replace(good, host="localhost.localdomain")) in {
        Trouble.CENTRAL_UNVERIFIED,
        Trouble.CENTRAL_UNREACHABLE,  # where that name does not resolve
    }


def test_a_wrong_password_is_refused(good: CentralAccess) -> None:
    assert trouble_of(replace(good, password=lambda: "wrong")) is Trouble.CENTRAL_REFUSED


def test_an_unknown_role_is_refused(good: CentralAccess) -> None:
    assert trouble_of(replace(good, user="nobody")) is Trouble.CENTRAL_REFUSED


def test_an_unknown_database_is_refused(good: CentralAccess) -> None:
    assert trouble_of(replace(good, database="none")) is Trouble.CENTRAL_REFUSED


def test_a_password_that_the_keyring_lacks_is_refused_by_name(good: CentralAccess) -> None:
    with pytest.raises(PasswordMissing, match=r"central:1001@127\.0\.0\.1"):
        connect(replace(good, password=lambda: None), "test")


def test_a_port_that_nobody_serves_is_unreachable(good: CentralAccess) -> None:
    assert trouble_of(replace(good, port=1)) is Trouble.CENTRAL_UNREACHABLE


def test_a_host_that_does_not_exist_is_unreachable(good: CentralAccess) -> None:
    assert trouble_of(replace(good, host="no-such-host.invalid")) is Trouble.CENTRAL_UNREACHABLE


def test_settings_without_a_url_stand_alone() -> None:
    assert access_from(CentralSettings(), lambda _entry: None) is None


def test_settings_say_where_the_centre_is_and_the_keyring_the_password() -> None:
    settings = CentralSettings(url="postgresql://db.example:6432/hotline", user="1001", ca_file="/etc/ca.crt")
    made = access_from(settings, {"central:1001@db.example": "pw"}.get)
    assert made is not None
    assert (made.host, made.port, made.database, made.user, made.ca_file) == (
        "db.example",
        6432,
        "hotline",
        "1001",
        Path("/etc/ca.crt"),
    )
    assert made.password() == "pw"


def test_a_keyring_that_cannot_be_trusted_is_refused_and_told(good: CentralAccess) -> None:
    def weak() -> str:
        raise KeyringWeak("no keyring here")

    with pytest.raises(PasswordMissing, match="no keyring here"):
        connect(replace(good, password=weak), "test")
