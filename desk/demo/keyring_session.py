"""A keyring where there is no desktop: a private D-Bus session with gnome-keyring in it, real and unlocked, for tests
and for the demo. The person's own keyring is neither seen nor touched; what is kept here is gone with the folder.

Starts two processes (works as root), ends both by their ids."""

import contextlib
import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desk.demo.processes import Child, listens

START_S = 30.0
_LOGIN = "/org/freedesktop/secrets/collection/login"


@contextmanager
def keyring_session(folder: Path | None = None) -> Iterator[dict[str, str]]:
    """The environment that makes a process use this keyring (`os.environ` of the caller is left alone). `folder` None:
    a temporary one. Raises `NotReady`, `OSError` where dbus-daemon or gnome-keyring-daemon is missing."""
    with contextlib.ExitStack() as stack:
        # Own short folder for the socket: its path must be shorter than 100 bytes.
        sockets = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="desk-bus-")))
        home = folder or sockets / "home"
        for name in ("data", "config", "cache", "run"):
            (home / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        env = {
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_RUNTIME_DIR": str(home / "run"),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={sockets}/bus",
        }
        bus = stack.enter_context(
            Child(
                ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address=unix:path={sockets}/bus"],
                home / "dbus.log",
                env,
            )
        )
        bus.wait_until("D-Bus", lambda: listens(sockets / "bus"), START_S)
        daemon = stack.enter_context(_Daemon(home / "keyring.log", env))
        daemon.wait_until("gnome-keyring", lambda: _unlocked(env["DBUS_SESSION_BUS_ADDRESS"]), START_S)
        yield {"DBUS_SESSION_BUS_ADDRESS": env["DBUS_SESSION_BUS_ADDRESS"]}


class _Daemon(Child):
    """gnome-keyring, with a password nobody knows on its standard input: an empty one would mean plain text."""

    def __init__(self, log: Path, env: dict[str, str]) -> None:
        self.name, self.log = "gnome-keyring-daemon", log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **env},
                start_new_session=True,
            )
        assert self.process.stdin is not None  # noqa: S101 - a pipe was asked for
        self.process.stdin.write(secrets.token_hex(16).encode())
        self.process.stdin.close()


def _unlocked(address: str) -> bool:
    """Whether the service has its name (asking it earlier would make D-Bus start a second one) and an open keyring."""
    import secretstorage  # Linux only
    from jeepney import DBusAddress, new_method_call  # type: ignore[import-untyped]
    from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]

    with contextlib.closing(open_dbus_connection(bus=address)) as connection:
        names = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        asked = new_method_call(names, "NameHasOwner", "s", ("org.freedesktop.secrets",))
        if not connection.send_and_get_reply(asked).body[0]:
            return False
        try:
            return not secretstorage.Collection(connection, _LOGIN).is_locked()
        except secretstorage.exceptions.SecretStorageException:
            return False
