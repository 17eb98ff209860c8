"""The ground of the doctor's tests: a seat's computer in which everything is well, with real servers around it
(PulseAudio with somebody who speaks, a keyring, Kamailio, PostgreSQL), and room to spoil one thing or another."""

import contextlib
import os
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from desk.compose import doctor
from desk.compose.clock import now
from desk.demo.kamailio import Kamailio
from desk.demo.keyring_session import keyring_session
from desk.demo.postgres import PrivatePostgres
from desk.demo.seat import toml
from desk.demo.virtual_headset import EARPIECE, MICROPHONE, RATE_HZ, VirtualHeadset, virtual_headset
from desk.domain.health import Finding, Level
from desk.secrets import KeyringSecrets
from desk.store.store import Store
from tests.sync.conftest import PASSWORD as CENTRAL_PASSWORD
from tests.sync.conftest import centre_with
from tests.telephony.certificates import Ca, new_ca

LINE_USER, LINE_PASSWORD = "1001", "secret"
ROLE, DATABASE = "1001", "desk"


@dataclass
class DoctorGround:
    """What is around the seats: the same for all of them, put right again by whoever spoils it."""

    folder: Path
    ca: Ca
    exchange: Kamailio
    centre: PrivatePostgres
    headset: VirtualHeadset
    made: int = 0

    def patient(self) -> "Patient":
        """A seat that is well."""
        self.made += 1
        folder = self.folder / f"seat-{self.made}"
        vault = folder / "vault"
        vault.mkdir(parents=True)
        tables: dict[str, dict[str, object]] = {
            "seat": {"name": "D1", "language": "en"},
            "line": {
                "kind": "registered",
                "user": LINE_USER,
                "registrar": f"127.0.0.1:{self.exchange.port}",
                "port": 0,
                "bind": "127.0.0.1",
            },
            "headset": {"microphone": MICROPHONE, "earpiece": EARPIECE},
            "central": {"url": self.centre.url(DATABASE), "user": ROLE, "ca_file": str(self.centre.ca_file)},
            "vault": {"url": str(vault)},
            "recording": {"warn_free_mb": 0},
        }
        seat = Patient(self, folder, tables)
        seat.data_dir.mkdir(mode=0o700)
        seat.keep(f"sip:{LINE_USER}@127.0.0.1:{self.exchange.port}", LINE_PASSWORD)
        seat.keep(f"central:{ROLE}@127.0.0.1", CENTRAL_PASSWORD)
        Store.open(seat.data_dir / "seat.db", KeyringSecrets()).close()
        return seat


@dataclass
class Patient:
    ground: DoctorGround
    folder: Path
    tables: dict[str, dict[str, object]]
    spoilt_settings: str = ""  # put behind the rest
    clock: Callable[[], datetime] = now
    test_call: bool = False
    secrets: Callable[[], KeyringSecrets] = KeyringSecrets
    loud: int = 8_000
    told: list[Finding] = field(default_factory=list)

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    @property
    def file(self) -> Path:
        return self.folder / "settings.toml"

    def keep(self, entry: str, value: str) -> None:
        KeyringSecrets().set(entry, value)

    def write(self) -> Path:
        top = {"data_dir": str(self.data_dir), "runtime_dir": str(self.folder / "run")}
        self.file.write_text(toml(self.tables, top) + self.spoilt_settings, encoding="utf-8")
        return self.file

    def examine(self) -> tuple[Finding, ...]:
        file = self.write()
        with speaking(self.ground.headset, self.loud):
            return doctor.findings(
                file, self.told.append, test_call=self.test_call, secrets=self.secrets, clock=self.clock
            )


def raised(findings: tuple[Finding, ...]) -> set[str]:
    """Names of what is not well; what could not be looked at for that reason is not among them."""
    return {finding.check for finding in findings if finding.level in (Level.WARNING, Level.WRONG)}


@contextlib.contextmanager
def doctor_ground(folder: Path) -> Iterator[DoctorGround]:
    """The environment of this process is the seat's meanwhile: its keyring, its sound server."""
    with contextlib.ExitStack() as stack:
        ca = new_ca(folder / "ca")
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in stack.enter_context(keyring_session(folder / "keyring")).items():
            patch.setenv(name, value)
        headset = stack.enter_context(virtual_headset(folder / "sound"))
        for name, value in headset.env.items():
            patch.setenv(name, value)
        patch.delenv("DESK_LINK_TOKEN", raising=False)
        exchange = stack.enter_context(
            Kamailio(folder / "pbx", {LINE_USER: LINE_PASSWORD}, certificate=ca.server(days=200))
        )
        centre = stack.enter_context(centre_with(DATABASE))
        yield DoctorGround(folder, ca, exchange, centre, headset)


@contextlib.contextmanager
def speaking(headset: VirtualHeadset, loud: int) -> Iterator[None]:
    """Somebody makes a sound into the microphone all the while: a square wave of 200 Hz, `loud` of 32,767."""
    half = RATE_HZ // 400
    wave = struct.pack(f"<{2 * half}h", *([loud] * half + [-loud] * half))
    mouth = subprocess.Popen(
        ["pacat", "--playback", "--device=feed", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1", "--raw"],
        stdin=subprocess.PIPE,
        env={**os.environ, **headset.env},
        stderr=subprocess.DEVNULL,
    )
    feeder = _fed(mouth, wave * 80)
    try:
        yield
    finally:
        mouth.kill()
        mouth.wait(10)
        feeder.join(10)


def _fed(mouth: "subprocess.Popen[bytes]", block: bytes) -> threading.Thread:
    def feed() -> None:
        assert mouth.stdin is not None
        with contextlib.suppress(OSError):
            while True:
                mouth.stdin.write(block)  # waits while the sound server has enough
        with contextlib.suppress(OSError):
            mouth.stdin.close()

    thread = threading.Thread(target=feed, name="mouth", daemon=True)
    thread.start()
    return thread
