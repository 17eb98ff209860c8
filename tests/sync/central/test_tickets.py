"""Signing in by a Kerberos ticket: a real KDC, PostgreSQL with `gss`, and the libpq that Desk ships."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from desk.demo.postgres import PrivatePostgres
from desk.demo.processes import free_port, wait_until
from desk.domain.sign_in import Answer
from desk.sync.central import admin as central_admin
from desk.sync.central.access import connect
from desk.sync.central.gate import CentralGate
from desk.sync.central.people import Account, People
from tests.sync.conftest import access

REALM = "DESK.TEST"
TICKET_PASSWORD = "only the domain knows it"

_CLIENT = """
[libdefaults]
 default_realm = {realm}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 rdns = false
 dns_canonicalize_hostname = false
[realms]
 {realm} = {{
  kdc = 127.0.0.1:{port}
 }}
[domain_realm]
 localhost = {realm}
"""
_SERVER = """
[kdcdefaults]
 kdc_listen = 127.0.0.1:{port}
 kdc_tcp_listen = 127.0.0.1:{port}
[realms]
 {realm} = {{
  database_name = {folder}/principal
  key_stash_file = {folder}/stash
 }}
"""


@dataclass
class Domain:
    """A company's domain: who is in it, and tickets."""

    folder: Path
    env: dict[str, str]

    def admin(self, *query: str) -> None:
        subprocess.run(["kadmin.local", *query], env=self.env, check=True, capture_output=True, timeout=30)

    def sign_in_to_the_pc(self, name: str) -> None:
        subprocess.run(
            ["kinit", f"{name}@{REALM}"],
            env=self.env,
            input=TICKET_PASSWORD + "\n",
            text=True,
            check=True,
            capture_output=True,
            timeout=30,
        )


@pytest.fixture(scope="module")
def domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Domain]:
    folder, port = tmp_path_factory.mktemp("kdc"), free_port()
    (folder / "krb5.conf").write_text(_CLIENT.format(realm=REALM, port=port))
    (folder / "kdc.conf").write_text(_SERVER.format(realm=REALM, port=port, folder=folder))
    env = {
        **os.environ,
        "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin",
        "KRB5_CONFIG": str(folder / "krb5.conf"),
        "KRB5_KDC_PROFILE": str(folder / "kdc.conf"),
        "KRB5CCNAME": f"FILE:{folder / 'tickets'}",
    }
    made = Domain(folder, env)
    create = ["kdb5_util", "create", "-s", "-r", REALM, "-P", "master"]
    subprocess.run(create, env=env, check=True, capture_output=True, timeout=60)
    made.admin("addprinc", "-randkey", f"postgres/localhost@{REALM}")
    made.admin("ktadd", "-k", str(folder / "pg.keytab"), f"postgres/localhost@{REALM}")
    for name in ("9201", "9202", "9203"):
        made.admin("addprinc", "-pw", TICKET_PASSWORD, f"{name}@{REALM}")
    kdc = subprocess.Popen(["krb5kdc", "-n"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def answers() -> bool:
        try:
            made.sign_in_to_the_pc("9201")
        except subprocess.CalledProcessError:
            return False
        return True

    wait_until("the KDC", answers, 20)
    yield made
    kdc.terminate()
    kdc.wait(10)


@pytest.fixture
def gate(
    server: PrivatePostgres, database: str, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CentralGate]:
    """Of a seat whose PC is in the domain; its database takes tickets only."""
    for name in ("KRB5_CONFIG", "KRB5CCNAME"):
        monkeypatch.setenv(name, domain.env[name])
    keytab, hba = server.folder / "pg.keytab", server.data / "pg_hba.conf"
    shutil.copyfile(domain.folder / "pg.keytab", keytab)
    if os.geteuid() == 0:
        shutil.chown(keytab, "postgres", "postgres")
    keytab.chmod(0o600)
    before = hba.read_text()
    line = f"hostssl {database} all 127.0.0.1/32,::1/128 gss include_realm=0 krb_realm={REALM}\n"
    hba.write_text(line.replace("127.0.0.1/32,::1/128", "127.0.0.1/32") + before)
    reload = f"ALTER SYSTEM SET krb_server_keyfile = '{keytab}'; SELECT pg_reload_conf();"
    for statement in reload.split(";")[:-1]:
        server.sql(statement + ";")
    people = People(central_admin.Owner(server.admin_url(database)))
    for number in ("9201", "9202"):
        people.add(Account(number, number, "赵六", "agent"), None)
    way = replace(access(server, database), host="localhost", ticket=True, user="")
    yield CentralGate(way)
    hba.write_text(before)
    server.sql("ALTER SYSTEM RESET krb_server_keyfile;")
    server.sql("SELECT pg_reload_conf();")


def test_a_ticket_lets_its_owner_in_and_nobody_else(gate: CentralGate, domain: Domain) -> None:
    domain.sign_in_to_the_pc("9201")
    verdict = gate.judge("9201", "")
    assert (verdict.answer, verdict.name) == (Answer.ADMITTED, "赵六"), verdict.detail
    assert gate.judge("9202", "").answer is Answer.NO_TICKET
    with connect(gate.access_of("9201", ""), "test") as connection:
        assert connection.pgconn.used_gssapi
        assert connection.pgconn.ssl_in_use
    domain.sign_in_to_the_pc("9202")
    assert gate.judge("9202", "").answer is Answer.ADMITTED
    assert gate.judge("9201", "").answer is Answer.NO_TICKET


def test_without_a_ticket_nobody_comes_in(gate: CentralGate, domain: Domain) -> None:
    (domain.folder / "tickets").unlink(missing_ok=True)
    assert gate.judge("9201", "").answer is Answer.NO_TICKET
