"""Faults of a seat and of what is around it, each real, each put right again at the end, and the name under which the
doctor has to find it. Used by the tests, several at once, and one by one by the figure `doctor_found`."""

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.demo.kamailio import Kamailio
from desk.demo.processes import free_port
from desk.link.addresses import address_for, write_token
from desk.link.sockets import LinkServer
from desk.secrets import KeyringSecrets
from desk.store.store import Store
from tests.compose.doctor_ground import LINE_PASSWORD, LINE_USER, DoctorGround, Patient
from tests.proxies import OwnPage, serving
from tests.telephony.certificates import Certificate, new_ca, self_signed
from tests.updating.bundles import open_keys

TWO_DAYS_S = 2 * 24 * 3600
Spoil = Callable[[DoctorGround, Patient], AbstractContextManager[None]]


@dataclass(frozen=True)
class Fault:
    """`found_as`: the check's name. `root`: only root can bring it about."""

    name: str
    found_as: str
    spoil: Spoil
    root: bool = False


@contextmanager
def misspelt(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    seat.spoilt_settings = "\n[fone]\nhold = true\n"
    yield


@contextmanager
def open_folder(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    seat.data_dir.chmod(0o777)
    yield


@contextmanager
def no_folder(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    (seat.folder / "run").write_text("a file lies there")
    yield


@contextmanager
def full_disk(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    with _small_disk(seat.folder / "second", "size=1m"):
        (seat.folder / "second" / "ballast").write_bytes(bytes(900_000))
        seat.tables["recording"]["overflow_folder"] = str(seat.folder / "second" / "spool")
        yield


@contextmanager
def crashed(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    (seat.data_dir / "crashes").mkdir(mode=0o700)
    (seat.data_dir / "crashes" / "phone-20261122T010203Z-77.txt").write_text("Fatal Python error: Aborted\n")
    yield


@contextmanager
def no_keyring(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    def none() -> KeyringSecrets:
        with _variable("DBUS_SESSION_BUS_ADDRESS", f"unix:path={seat.folder}/nobody"):
            return KeyringSecrets()

    seat.secrets = none
    with _variable("DBUS_SESSION_BUS_ADDRESS", f"unix:path={seat.folder}/nobody"):
        yield


@contextmanager
def no_line_password(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    seat.tables["line"]["user"] = "1002"
    yield


@contextmanager
def no_store_key(_ground: DoctorGround, _seat: Patient) -> Iterator[None]:
    key = KeyringSecrets().get("store") or ""
    KeyringSecrets().delete("store")
    try:
        yield
    finally:
        KeyringSecrets().set("store", key)


@contextmanager
def other_store_key(_ground: DoctorGround, _seat: Patient) -> Iterator[None]:
    key = KeyringSecrets().get("store") or ""
    KeyringSecrets().set("store", "5a" * 32)
    try:
        yield
    finally:
        KeyringSecrets().set("store", key)


@contextmanager
def damaged_store(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    with (seat.data_dir / "seat.db").open("r+b") as handle:
        handle.seek(8192)
        handle.write(os.urandom(40_960))
    yield


@contextmanager
def unsent_work(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    at = (datetime.now(UTC) - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    store = Store.open(seat.data_dir / "seat.db", KeyringSecrets())
    with store.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO change (change_id, entity, entity_id, at, author, seat, patch, reason, base_seq)"
            " VALUES ('c1', 'ticket', 't1', ?, '1001', 'D1', '{}', '', 0)",
            (at,),
        )
    store.close()
    yield


@contextmanager
def unsealed(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    (seat.data_dir / "spool").mkdir(mode=0o700)
    file = seat.data_dir / "spool" / "0193a000-0000-7000-8000-000000000001.jsonl"
    file.write_text("{}\n")
    then = file.stat().st_mtime - TWO_DAYS_S
    os.utime(file, (then, then))
    yield


@contextmanager
def no_sound_server(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    with _variable("PULSE_SERVER", f"unix:{seat.folder}/nobody"):
        yield


@contextmanager
def no_microphone(ground: DoctorGround, _seat: Patient) -> Iterator[None]:
    ground.headset.unplug_microphone()
    try:
        yield
    finally:
        ground.headset.plug_in_microphone()


@contextmanager
def other_earpiece(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    seat.tables["headset"]["earpiece"] = "Headset in the drawer"
    yield


@contextmanager
def muted(ground: DoctorGround, _seat: Patient) -> Iterator[None]:
    _pactl(ground, "set-source-mute", "microphone", "1")
    try:
        yield
    finally:
        _pactl(ground, "set-source-mute", "microphone", "0")


@contextmanager
def clipping(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    seat.loud = 32_767
    yield


@contextmanager
def no_exchange(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    old, new = str(seat.tables["line"]["registrar"]), f"127.0.0.1:{free_port()}"
    seat.tables["line"]["registrar"] = new
    seat.keep(f"sip:{LINE_USER}@{new}", LINE_PASSWORD)
    yield
    KeyringSecrets().delete(f"sip:{LINE_USER}@{new}")
    seat.tables["line"]["registrar"] = old


@contextmanager
def expired(ground: DoctorGround, seat: Patient) -> Iterator[None]:
    with _tls_exchange(ground, seat, ground.ca.server("expired", days=-1)):
        yield


@contextmanager
def soon_over(ground: DoctorGround, seat: Patient) -> Iterator[None]:
    with _tls_exchange(ground, seat, ground.ca.server("soon", days=5)):
        yield


@contextmanager
def nobody_vouches(ground: DoctorGround, seat: Patient) -> Iterator[None]:
    with _tls_exchange(ground, seat, self_signed(ground.ca.folder)):
        yield


@contextmanager
def port_taken(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        seat.tables["line"]["port"] = other.getsockname()[1]
        yield


@contextmanager
def voice_ports_taken(_ground: DoctorGround, _seat: Patient) -> Iterator[None]:
    """A short range in the place of 4000-4199, which the tests' own telephones use."""
    import socket

    from desk.telephony.health import audio_ports

    with contextlib.ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        first = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        first.bind(("", 0))
        port = first.getsockname()[1] & ~1
        patch.setattr(audio_ports, "PORTS", range(port, port + 2))
        yield


@contextmanager
def wrong_line_password(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    entry = f"sip:{LINE_USER}@{seat.tables['line']['registrar']}"
    seat.keep(entry, "nonsense")
    try:
        yield
    finally:
        seat.keep(entry, LINE_PASSWORD)


@contextmanager
def no_echo(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    seat.test_call = True
    seat.tables["self_check"] = {"number": "4711"}
    yield


@contextmanager
def no_centre(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    seat.tables["central"]["url"] = f"postgresql://127.0.0.1:{free_port()}/desk"
    yield


@contextmanager
def unknown_authority(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    seat.tables["central"]["ca_file"] = str(new_ca(seat.folder / "other-ca").certificate)
    yield


@contextmanager
def wrong_central_password(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    seat.tables["central"]["user"] = "1002"
    seat.keep("central:1002@127.0.0.1", "nonsense")
    yield


@contextmanager
def right_taken_away(ground: DoctorGround, _seat: Patient) -> Iterator[None]:
    ground.centre.sql('REVOKE desk_agent FROM "1001"')
    try:
        yield
    finally:
        ground.centre.sql('GRANT desk_agent TO "1001"')


@contextmanager
def wrong_clock(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    seat.clock = lambda: datetime.now(UTC) + timedelta(minutes=10)
    yield


@contextmanager
def no_vault(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    (seat.folder / "vault").rmdir()
    yield


@contextmanager
def read_only_vault(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    with _small_disk(seat.folder / "vault", "size=1m,ro"):
        yield


@contextmanager
def storage_expired(ground: DoctorGround, seat: Patient) -> Iterator[None]:
    with serving(OwnPage, ground.ca.server("storage", days=-1)) as port:
        endpoint = f"https://localhost:{port}"
        seat.tables["vault"] = {
            "url": "s3://calls",
            "endpoint": endpoint,
            "access_key": "seat",
            "ca_file": str(ground.ca.certificate),
        }
        seat.keep("vault:seat@calls", "secret")
        yield


@contextmanager
def update_server_soon_over(ground: DoctorGround, seat: Patient) -> Iterator[None]:
    with serving(OwnPage, ground.ca.server("updates", days=5)) as port:
        channel = f"https://localhost:{port}/desk"
        ca_file = str(ground.ca.certificate)
        seat.tables["update"] = {"channel": channel, "keys": [open_keys().public], "ca_file": ca_file}
        yield


@contextmanager
def no_phone(_ground: DoctorGround, seat: Patient) -> Iterator[None]:
    """A seat whose phone does not come up: its launcher and its background service serve."""
    run, token = seat.folder / "run", bytes(32)
    write_token(run, token)
    with contextlib.ExitStack() as stack:
        for role in ("launcher", "sync"):
            server = LinkServer(address_for(run, role), token, role)
            server.start()
            stack.callback(server.close)
        yield


@contextmanager
def _tls_exchange(ground: DoctorGround, seat: Patient, certificate: Certificate) -> Iterator[None]:
    folder = seat.folder / "tls-exchange"
    with Kamailio(folder, {LINE_USER: LINE_PASSWORD}, certificate=certificate) as exchange:
        registrar = f"127.0.0.1:{exchange.tls_port}"
        seat.tables["line"] |= {
            "transport": "tls",
            "registrar": registrar,
            "ca_file": str(ground.ca.certificate),
        }
        seat.keep(f"sip:{LINE_USER}@{registrar}", LINE_PASSWORD)
        yield


@contextmanager
def _small_disk(folder: Path, options: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "desk-test", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    before = os.environ[name]
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ[name] = before


def _pactl(ground: DoctorGround, *words: str) -> None:
    subprocess.run(["pactl", *words], env={**os.environ, **ground.headset.env}, check=True, capture_output=True)


FAULTS = {
    fault.name: fault
    for fault in (
        Fault("a setting is misspelt", "settings", misspelt),
        Fault("the data folder is open to everybody", "folders", open_folder),
        Fault("a file lies where a folder belongs", "folders", no_folder),
        Fault("the disk is full", "disk", full_disk, root=True),
        Fault("a process has crashed", "crashes", crashed),
        Fault("there is no keyring", "keyring", no_keyring),
        Fault("the line's password is missing", "keyring.entries", no_line_password),
        Fault("the store's key is missing", "keyring.entries", no_store_key),
        Fault("the store's key is another's", "store", other_store_key),
        Fault("the store is damaged", "store", damaged_store),
        Fault("work is unsent for two days", "changes", unsent_work),
        Fault("a recording is unsealed for two days", "recordings", unsealed),
        Fault("the sound server is stopped", "sound", no_sound_server),
        Fault("the microphone is unplugged", "headset.microphone", no_microphone),
        Fault("another earpiece stands in", "headset.earpiece", other_earpiece),
        Fault("the microphone is muted", "headset.level", muted),
        Fault("the microphone clips", "headset.level", clipping),
        Fault("the exchange is gone", "sip.server", no_exchange),
        Fault("the exchange's certificate has expired", "sip.certificate", expired),
        Fault("the exchange's certificate ends in five days", "sip.certificate", soon_over),
        Fault("the exchange's certificate is self-signed", "sip.certificate", nobody_vouches),
        Fault("the SIP port is taken", "sip.port", port_taken),
        Fault("the ports for voice are taken", "sip.audio", voice_ports_taken),
        Fault("the line's password is wrong", "sip.registration", wrong_line_password),
        Fault("the test number does not answer", "call.test", no_echo),
        Fault("the centre is down", "central", no_centre),
        Fault("the centre's authority is unknown", "central.certificate", unknown_authority),
        Fault("the role's password is wrong", "central.rights", wrong_central_password),
        Fault("the role lacks a right", "central.rights", right_taken_away),
        Fault("the clock is ten minutes fast", "clock", wrong_clock),
        Fault("the vault's share is not there", "vault", no_vault),
        Fault("the vault is read-only", "vault", read_only_vault, root=True),
        Fault("the storage's certificate has expired", "vault.certificate", storage_expired),
        Fault("the update server's certificate ends in five days", "update.certificate", update_server_soon_over),
        Fault("the phone process is away", "seat.processes", no_phone),
    )
}
