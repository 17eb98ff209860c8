"""The stage: everything around a seat, private and on loopback: Kamailio as registrar and proxy, a virtual headset, a
PostgreSQL with TLS and roles, a keyring per seat, and the resident's telephone. The demo, the end-to-end tests and the
benchmark play on it."""

import contextlib
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from desk.demo.baresip import Baresip
from desk.demo.display import Display
from desk.demo.kamailio import Kamailio
from desk.demo.keyring_session import keyring_session
from desk.demo.known import KNOWN
from desk.demo.ladder import write_ladder
from desk.demo.postgres import PostgresMissing, PrivatePostgres, private_postgres
from desk.demo.processes import Child, free_port
from desk.demo.routes import write_routes
from desk.demo.seat import Seat
from desk.demo.virtual_headset import EARPIECE, MICROPHONE, VirtualHeadset, virtual_headset

DATABASE = "desk"
LINE_USER = "hotline"
CALLER = "resident"
PASSWORD = "only-on-loopback"  # noqa: S105 - of servers that live for this run only
CENTRAL_PASSWORD = "only-for-this-run"  # noqa: S105


@dataclass
class Stage:
    """`central` None where PostgreSQL is not to be had: the seats stand alone."""

    folder: Path
    registrar: Kamailio
    central: PrivatePostgres | None
    headset: VirtualHeadset | None
    display: Display | None
    cleanup: contextlib.ExitStack
    seats: list[Seat] = field(default_factory=list)

    def seat(
        self,
        name: str,
        agent: str,
        *,
        on_line: bool,
        on_screen: bool,
        extra_env: Mapping[str, str] | None = None,
        alone: bool = False,
    ) -> Seat:
        """A seat with a keyring, a database role and, `on_line`, the hotline's number and the virtual headset.
        `on_screen`: its window is on the display; else nobody sees it. `alone`: it knows of no central database. Not
        started yet."""
        folder = self.folder / name
        env = dict(self.cleanup.enter_context(keyring_session(folder / "keyring")))
        env |= extra_env or {}
        if on_screen and self.display:
            env |= self.display.env
        elif not on_screen:
            env["QT_QPA_PLATFORM"] = "offscreen"
        tables: dict[str, dict[str, object]] = {"seat": {"agent": agent, "language": "zh_CN", "theme": "light"}}
        if on_line:
            tables["line"] = {
                "kind": "registered",
                "user": LINE_USER,
                "registrar": self.registrar.address,
                "port": 0,
                "bind": "127.0.0.1",
                "area_code": "0755",
                "retry_s": 5,
            }
        else:
            tables["line"] = {"kind": "direct", "port": 0, "bind": "127.0.0.1", "area_code": "0755"}
        if on_line and self.headset:
            tables["headset"] = {"microphone": MICROPHONE, "earpiece": EARPIECE, "ring_device": EARPIECE}
            env |= self.headset.env
        elif not on_line:
            tables["headset"] = {"kind": "none"}
        tables["policies"] = {"folder": str(write_ladder(write_routes(self.folder / "policies")))}
        role = f"agent{agent}"
        central = None if alone else self.central
        if central:
            tables["central"] = {
                "url": central.url(DATABASE),
                "user": role,
                "ca_file": str(central.ca_file),
            }
        seat = Seat(name, folder, tables, env)
        seat.write_settings()
        if on_line:
            seat.keep_secret(f"sip:{LINE_USER}@{self.registrar.address}", PASSWORD)
        if central:
            central.create_role(role, CENTRAL_PASSWORD)
            seat.keep_secret(f"central:{role}@127.0.0.1", CENTRAL_PASSWORD)
        self.seats.append(seat)
        self.cleanup.callback(seat.stop)
        return seat

    def caller(self, sound: Path | None, name: str = "") -> Baresip:
        """The resident's telephone, registered; dial `line_uri` with it. Its network vouches for its number."""
        folder = self.folder / "caller"
        return self.cleanup.enter_context(
            Baresip(folder, CALLER, self.registrar.address, PASSWORD, sound, display_name=name)
        )

    @property
    def line_uri(self) -> str:
        return f"sip:{LINE_USER}@{self.registrar.address}"


@contextlib.contextmanager
def stage(
    folder: Path,
    *,
    display: Display | None = None,
    with_central: bool = True,
    with_headset: bool = True,
    caller_number: str = KNOWN.number_signalled,
) -> Iterator[Stage]:
    """All servers up, the central database made by `desk central init`; all of it gone at the end, newest first."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as cleanup, ThreadPoolExecutor(1) as beside:
        central = beside.submit(_central, cleanup, folder) if with_central else None
        with contextlib.ExitStack() as telephony:
            registrar = telephony.enter_context(
                Kamailio(
                    folder / "kamailio",
                    {LINE_USER: PASSWORD, CALLER: PASSWORD},
                    {CALLER: caller_number},
                    free_port(),
                )
            )
            headset = telephony.enter_context(virtual_headset(folder / "headset")) if with_headset else None
            database = central.result() if central else None
            cleanup.push(telephony.pop_all())
        yield Stage(folder, registrar, database, headset, display, cleanup)


def _central(cleanup: contextlib.ExitStack, folder: Path) -> PrivatePostgres | None:
    """The database with its schema, None where there is no PostgreSQL. While this runs nobody else uses `cleanup`."""
    try:
        central = cleanup.enter_context(private_postgres(folder))
    except PostgresMissing:
        return None
    _make_central(central, folder)
    return central


def _make_central(central: PrivatePostgres, folder: Path) -> None:
    central.create_database(DATABASE)
    settings = folder / "central.toml"
    settings.write_text("", encoding="utf-8")
    argv = [sys.executable, "-m", "desk", "--settings", str(settings)]
    child = Child([*argv, "central", "init", "--yes", "--url", central.admin_url(DATABASE)], folder / "central.log")
    if child.process.wait(60):
        raise RuntimeError(f"desk central init: {child.log.read_text(errors='replace')[-2000:]}")
