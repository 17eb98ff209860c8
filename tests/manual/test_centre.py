"""The manual's way to a centre, followed to the letter from a fresh PostgreSQL to a person who signs in; block by block
as they stand in docs/postgresql.md, in a home of its own; and on to a directory that checks passwords (docs/ldap.md).
"""

import base64
import contextlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from desk.demo.postgres import ADMIN, PrivatePostgres, find_binaries, private_postgres
from desk.demo.processes import Child, free_port
from tests.telephony.certificates import new_ca
from tools.manual.blocks import DOCS, commands, marked

BLOCKS = marked(DOCS / "postgresql.md")
LDAP_BLOCKS = marked(DOCS / "ldap.md")
BIND_PASSWORD, PERSON_PASSWORD = "may look people up", "密码 of 李四"
OWNER_PASSWORD = "it's \\ a password"
ON_SERVER = ("certificates", "settings", "who may come", "restart", "database", "superuser")
ON_IT = ("settings of it", "centre")

pytestmark = pytest.mark.timeout(300)


@dataclass
class Server:
    """A fresh PostgreSQL, a home for IT, and commands that stand in for what a test may not touch."""

    postgres: PrivatePostgres
    home: Path
    said: dict[str, str] = field(default_factory=dict)

    @property
    def certs(self) -> Path:
        return self.postgres.folder / "desk tls"

    def environment(self) -> Mapping[str, str]:
        programs = (self.home / "bin", Path(sys.executable).parent, find_binaries())
        return {
            "PATH": ":".join([*map(str, programs), os.environ["PATH"]]),
            "LC_ALL": "C.UTF-8",
            "HOST": "localhost",
            "NET": "127.0.0.0/8",
            "ADMIN_NET": "127.0.0.1/32",
            "CERTS": str(self.certs),
            "CA": str(self.certs / "ca.crt"),
            "PGPORT": str(self.postgres.port),
        }

    def as_postgres(self) -> dict[str, str]:
        return {"HOME": str(self.postgres.folder), "PGHOST": str(self.postgres.sockets), "PGUSER": ADMIN}

    def as_it(self) -> dict[str, str]:
        return {"HOME": str(self.home), "PGPASSWORD": OWNER_PASSWORD}

    def bash(
        self, script: str, cwd: Path, typed: str = OWNER_PASSWORD, user: str | None = None, **given: str
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["bash", "-euc", script],
            env={**self.environment(), **given},
            cwd=cwd,
            user=user,
            group=user,
            input=typed + "\n",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def follow(self, name: str, *, as_postgres: bool, typed: str = OWNER_PASSWORD, **given: str) -> None:
        """Run a block of either page."""
        user = ADMIN if as_postgres and os.geteuid() == 0 else None
        cwd = self.postgres.folder if as_postgres else self.home
        done = self.bash({**BLOCKS, **LDAP_BLOCKS}[name], cwd, typed, user, **given)
        assert done.returncode == 0, f"{name}: {done.stdout}\n{done.stderr}"
        self.said[name] = done.stdout


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("it")
    with private_postgres(durable=False) as postgres:
        yield Server(postgres, home)


@pytest.fixture(scope="module")
def centre(server: Server) -> Server:
    """Followed from the first block to the last, in the order of the page."""
    postgres, as_postgres = server.postgres, server.as_postgres()
    restarted = postgres.folder / "restarted"
    shim = server.home / "bin" / "systemctl"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\n[ "$*" = "restart postgresql" ] && touch "{restarted}"\n')
    shim.chmod(0o755)
    for name in ON_SERVER:
        server.follow(name, as_postgres=name != "restart", **as_postgres)
        if restarted.exists():
            restarted.unlink()
            postgres.restart()
            assert name == "restart"
    for name in ON_IT:
        server.follow(name, as_postgres=False, **server.as_it())
    return server


def connected(server: Server, user: str, password: str, tls: str = "verify-full") -> "psycopg.Connection[Any]":
    return psycopg.connect(
        host="localhost",
        port=server.postgres.port,
        dbname="desk",
        user=user,
        password=password,
        sslmode=tls,
        sslrootcert=str(server.certs / "ca.crt"),
    )


def passwords(server: Server) -> list[str]:
    return re.findall(r"(?:Password: |密码：)(\S+)", server.said["centre"])


def test_every_block_of_the_page_is_followed() -> None:
    assert set(BLOCKS) == {*ON_SERVER, *ON_IT}
    assert set(LDAP_BLOCKS) == {"directory", "people of the directory"}


def test_the_people_it_made_can_come_in_and_do_what_they_may(centre: Server) -> None:
    seat, agent, supervisor = passwords(centre)
    for user, password in (("S01", seat), ("1001", agent), ("2001", supervisor)):
        with connected(centre, user, password) as connection:
            assert connection.execute("SELECT count(*) FROM desk.ticket").fetchone() == (0,)
    with connected(centre, "1001", agent) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM desk.change")


def test_nobody_comes_in_without_tls_or_by_a_wrong_password(centre: Server) -> None:
    _, agent, _ = passwords(centre)
    with pytest.raises(psycopg.OperationalError, match=r"pg_hba|no encryption|rejects"):
        connected(centre, "1001", agent, tls="disable")
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        connected(centre, "1001", agent + "x")


def test_the_centre_misses_nothing_but_a_backup(centre: Server) -> None:
    """`desk central check` and `status` ended well, or the block would not have."""
    assert "1001" in centre.said["centre"]
    assert "张三" in centre.said["centre"]
    complaints = re.findall(r"^!.*", centre.said["centre"], re.MULTILINE)
    assert len(complaints) == 1  # that nothing is archived, which is the next page's


LDIF = """
dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
o: example
dc: example

dn: ou=people,dc=example,dc=com
objectClass: organizationalUnit
ou: people

dn: cn=lisi,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
cn: lisi
sn: Li
employeeNumber: 1002
userPassword:: {person}
"""
SLAPD = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=desk,dc=example,dc=com" read by * none
database mdb
suffix dc=example,dc=com
directory {folder}
rootdn cn=desk,dc=example,dc=com
rootpw "{bind}"
"""


@pytest.fixture(scope="module")
def directory(centre: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The centre, and an OpenLDAP that it asks."""
    if Path("/etc/apparmor.d/usr.sbin.slapd").exists():
        pytest.skip("Ubuntu's AppArmor lets slapd into its own folders only")
    folder, port = tmp_path_factory.mktemp("directory"), free_port()
    config, people = folder / "slapd.conf", folder / "people.ldif"
    trusted = centre.postgres.folder / "directory"  # where the server's user may read
    trusted.mkdir()
    authority = new_ca(trusted)
    certificate, key = authority.server("directory")
    config.write_text(SLAPD.format(folder=folder, certificate=certificate, key=key, bind=BIND_PASSWORD))
    people.write_text(LDIF.format(person=base64.b64encode(PERSON_PASSWORD.encode()).decode()).lstrip())
    subprocess.run(["/usr/sbin/slapadd", "-f", config, "-l", people], check=True, capture_output=True, timeout=60)
    slapd = Child(
        ["/usr/sbin/slapd", "-f", str(config), "-h", f"ldaps://127.0.0.1:{port}", "-d", "0"], folder / "slapd.log"
    )
    slapd.wait_until("the directory", lambda: answers(port), 20.0)
    given = {
        "LDAP": "127.0.0.1",  # the client library takes "localhost" for the computer's own name
        "LDAP_PORT": str(port),
        "BASE": "ou=people,dc=example,dc=com",
        "ATTRIBUTE": "employeeNumber",
        "BIND_DN": "cn=desk,dc=example,dc=com",
    }
    centre.follow("directory", as_postgres=True, typed=BIND_PASSWORD, **centre.as_postgres(), **given)
    centre.follow("people of the directory", as_postgres=False, **centre.as_it())
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LDAPTLS_CACERT", str(authority.certificate))
        centre.postgres.restart()
    yield centre
    slapd.stop()


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
        return True
    return False


def test_the_directory_lets_people_in_by_their_password_and_seats_by_their_own(directory: Server) -> None:
    with connected(directory, "1002", PERSON_PASSWORD) as connection:
        assert connection.execute("SELECT count(*) FROM desk.ticket").fetchone() == (0,)
    seat, agent, _ = passwords(directory)
    connected(directory, "S01", seat).close()
    for user, password in (("1002", "wrong"), ("1002", ""), ("1001", agent)):  # nobody of that number in the directory
        with pytest.raises(psycopg.OperationalError, match=r"LDAP authentication failed|empty password|no password"):
            connected(directory, user, password)


# Pages, and how those of their commands begin that IT types at a centre that runs; in this order.
TYPED = (
    ("operations.md", "central status"),
    ("supervisors.md", "central user add report"),
    ("central.md", "central user change"),
    ("central.md", "central audit"),
    ("central.md", "central user reset"),
    ("central.md", "central user disable"),
    ("central.md", "central upgrade"),
)


@pytest.mark.skipif("DESK_DOCS" not in os.environ, reason="make docs")
@pytest.mark.parametrize(("page", "beginning"), TYPED)
def test_what_other_pages_show_to_be_typed_at_a_centre_is_done(centre: Server, page: str, beginning: str) -> None:
    shown = [one.words for one in commands(DOCS / page) if one.whole and one.words.startswith(beginning)]
    assert shown
    for words in shown:
        done = centre.bash(f"desk {words}", centre.home, typed="a new password", **centre.as_it())
        assert done.returncode == 0, f"{words}: {done.stdout}\n{done.stderr}"
