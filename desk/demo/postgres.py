"""A private PostgreSQL on the loopback, from Debian's package: TLS with a certificate authority of its own, scram
passwords for everybody who comes over the network, and its administrator only through a socket in its own folder.

Used by the demo, the tests and the benchmark. PostgreSQL refuses to run as root: where we are root, it runs as user
postgres in a folder that belongs to it."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

START_S = 20.0
ADMIN = "postgres"
_VERSIONS = ("17", "16", "15", "14")


class PostgresMissing(Exception):
    """Debian's package postgresql is not installed."""


def find_binaries() -> Path:
    """The folder with initdb, postgres and pg_ctl. Raises `PostgresMissing`."""
    folders = [Path(f"/usr/lib/postgresql/{version}/bin") for version in _VERSIONS]
    if (found := shutil.which("pg_ctl")) is not None:
        folders.append(Path(found).resolve().parent)
    for folder in folders:
        if (folder / "initdb").exists():
            return folder
    raise PostgresMissing("no initdb in " + ", ".join(map(str, folders)))


class PrivatePostgres:
    """One server. `start` makes it the first time. Over the network only TLS and passwords are taken; `url` is what a
    seat's settings hold, `ca_file` what it verifies with. Its folder is a short one of its own in the system's place
    for temporary files: user postgres may not enter root's folders, and a socket's path has 107 characters at most.
    `remove` when done. `durable` False: quicker, survives `kill` but no power cut (for tests). `within`: where that
    folder is made instead, all but the socket. `audited`: it keeps the log that `desk central audit` reads."""

    def __init__(self, durable: bool = True, within: Path | None = None, audited: bool = False) -> None:
        self._durable, self._audited = durable, audited
        self.folder = Path(tempfile.mkdtemp(prefix="desk-pg-", dir=within))
        self.sockets = Path(tempfile.mkdtemp(prefix="desk-pg-")) if within else self.folder
        self.data = self.folder / "data"
        self.ca_file = self.folder / "ca.crt"
        self.port = 0
        self._bin = find_binaries()
        self._user = ADMIN if os.geteuid() == 0 else None
        self._server: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        return f"postgresql://127.0.0.1:{self.port}/{database}"

    def admin_url(self, database: str = "postgres") -> str:
        """For the owner of everything, through the socket that only this machine's files guard."""
        return f"postgresql://{ADMIN}@/{database}?host={self.sockets}&port={self.port}"

    def start(self) -> None:
        """Returns when it takes connections. On the same port after the first time."""
        if not self.data.exists():
            self._make()
        command = [str(self._bin / "postgres"), "-D", str(self.data)]
        with (self.folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                command, stdout=log, stderr=log, user=self._user, group=self._user, cwd=self.folder
            )
        end = time.monotonic() + START_S
        while not self.answers():
            if self._server.poll() is not None or time.monotonic() > end:
                tail = (self.folder / "server.log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"PostgreSQL did not start:\n{tail}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Orderly; connections are cut."""
        self._signal_and_wait("fast")

    def kill(self) -> None:
        """As a power cut: nothing is flushed or said."""
        self._signal_and_wait("immediate")

    def crash(self) -> None:
        """SIGKILL to every one of its processes at once: nobody closes a file or says goodbye."""
        if self._server is None:
            return
        root = psutil.Process(self._server.pid)
        everybody = [root, *root.children(recursive=True)]
        for process in everybody:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(everybody, START_S)
        self._server.wait(START_S)
        self._server = None

    def remove(self) -> None:
        """Stop it and delete its folder."""
        self.stop()
        for folder in (self.folder, self.sockets):
            shutil.rmtree(folder, ignore_errors=True)

    def restart(self) -> None:
        self.stop()
        self.start()

    def sql(self, statements: str, database: str = "postgres", variables: Mapping[str, str] | None = None) -> str:
        """Run these as the administrator. `variables` are psql's (:'name' quotes a literal, :"name" a name)."""
        command = [str(self._bin / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        for name, value in (variables or {}).items():
            command += ["-v", f"{name}={value}"]
        done = self._run([*command, "-d", self.admin_url(database)], statements)
        return done.strip()

    def create_database(self, name: str, template: str = "template1") -> None:
        self.sql('CREATE DATABASE :"name" TEMPLATE :"template";', variables={"name": name, "template": template})

    def drop_database(self, name: str) -> None:
        self.sql('DROP DATABASE IF EXISTS :"name" WITH (FORCE);', variables={"name": name})

    def create_role(self, name: str, password: str, group: str = "desk_agent") -> None:
        """Somebody of the hotline without limits, all estates and in every database of this server; people with limits
        are made by `desk central user add`. The group must be there (see `desk central init`)."""
        self.sql(
            'CREATE ROLE :"name" LOGIN PASSWORD :\'password\' IN ROLE :"group", desk_unlimited;',
            variables={"name": name, "password": password, "group": group},
        )

    def _make(self) -> None:
        self.port = _free_port()
        self._make_certificates()
        if self._user is not None:
            owner = pwd.getpwnam(self._user)
            for path in (self.sockets, self.folder, *self.folder.iterdir()):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        self._run(
            [
                *(str(self._bin / "initdb"), "-D", str(self.data), "-U", ADMIN, "-A", "trust"),
                *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
            ]
        )
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.sockets),
            "ssl": "on",
            "ssl_cert_file": str(self.folder / "server.crt"),
            "ssl_key_file": str(self.folder / "server.key"),
            "ssl_min_protocol_version": "TLSv1.2",
            "password_encryption": "scram-sha-256",
            "max_connections": "60",
            "shared_buffers": "64MB",
            "fsync": "on" if self._durable else "off",
        }
        if self._audited:
            settings |= {"logging_collector": "on", "log_destination": "jsonlog", "log_timezone": "Asia/Shanghai"}
        lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        self._write(self.data / "postgresql.auto.conf", lines)
        self._write(self.data / "pg_hba.conf", "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n")

    def _make_certificates(self) -> None:
        make_authority(self.folder, "ca")
        request, extensions = self.folder / "server.csr", self.folder / "server.ext"
        extensions.write_text("subjectAltName = DNS:localhost, IP:127.0.0.1\n")
        _openssl(
            *("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost"),
            *("-keyout", str(self.folder / "server.key"), "-out", str(request)),
        )
        _openssl(
            *("x509", "-req", "-in", str(request), "-CA", str(self.ca_file), "-CAkey", str(self.folder / "ca.key")),
            *("-CAcreateserial", "-days", "3650", "-extfile", str(extensions)),
            *("-out", str(self.folder / "server.crt")),
        )
        (self.folder / "server.key").chmod(0o600)

    def _write(self, file: Path, text: str) -> None:
        file.write_text(text)
        if self._user is not None:
            owner = pwd.getpwnam(self._user)
            os.chown(file, owner.pw_uid, owner.pw_gid)

    def _run(self, command: list[str], statements: str | None = None) -> str:
        done = subprocess.run(
            command,
            input=statements,
            capture_output=True,
            text=True,
            timeout=60,
            user=self._user,
            group=self._user,
            cwd=self.folder,
            env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(self.folder)},
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{Path(command[0]).name}: {done.stderr.strip()}")
        return done.stdout

    def answers(self) -> bool:
        """Whether it takes connections."""
        ready = [str(self._bin / "pg_isready"), "-q", "-h", str(self.sockets), "-p", str(self.port)]
        return subprocess.run(ready, check=False, timeout=START_S).returncode == 0

    def _signal_and_wait(self, mode: str) -> None:
        if self._server is None:
            return
        self._run([str(self._bin / "pg_ctl"), "stop", "-D", str(self.data), "-m", mode, "-w", "-t", "30"])
        self._server.wait(30)
        self._server = None


def make_authority(folder: Path, name: str) -> Path:
    """A certificate authority: `<name>.crt` and `<name>.key` in the folder. Returns the certificate's file."""
    certificate = folder / f"{name}.crt"
    _openssl(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650"),
        *("-subj", "/CN=Desk private authority", "-keyout", str(folder / f"{name}.key"), "-out", str(certificate)),
    )
    return certificate


@contextmanager
def private_postgres(
    keep_log_in: Path | None = None, durable: bool = True, within: Path | None = None, audited: bool = False
) -> Iterator[PrivatePostgres]:
    """A running server, removed at the end; its log is copied to that folder first."""
    server = PrivatePostgres(durable, within, audited)
    try:
        server.start()
        yield server
    finally:
        log = server.folder / "server.log"
        if keep_log_in is not None and log.exists():
            shutil.copyfile(log, keep_log_in / "postgres.log")
        server.remove()


def _openssl(*arguments: str) -> None:
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        raise RuntimeError(f"openssl: {done.stderr.strip()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
