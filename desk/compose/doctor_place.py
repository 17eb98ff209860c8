"""The seat that the doctor looks at, and what was seen of it already: each thing is looked at once, by the first check
that asks for it, whichever thread that is on."""

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from typing import Generic, TypeVar

import msgspec

from desk.domain.commands import CheckSelf, ChooseHeadset
from desk.domain.events import CommandRefused, SelfChecked
from desk.health.running_seat import ask, call_itself
from desk.launcher.launcher import desk_argv
from desk.recording.vault.configured import vault_of
from desk.recording.vault.port import Vault
from desk.secrets import Secrets
from desk.settings import LineSettings, Settings
from desk.store.health import StoreLook
from desk.sync.central.access import access_from
from desk.sync.central.health import CentreLook
from desk.telephony.health import lines_found
from desk.telephony.health.line_check import LinesChecked
from desk.telephony.health.servers import Servers
from desk.telephony.health.sound_look import HeadsetSeen, look
from desk.telephony.health.test_call import CallTested
from desk.usecases.ports import Clock

LINES_S = 40.0  # of the process that looks at the lines, a test call with it
_T = TypeVar("_T")


class LinesUnseen(Exception):
    """The process that looks at the lines failed. The text is for IT."""


class Once(Generic[_T]):
    """`look` is called once, however many ask; what it raises, everybody gets who asks."""

    def __init__(self, look: Callable[[], _T]) -> None:
        self._look, self._lock = look, threading.Lock()
        self._seen: list[_T] = []
        self._failed: Exception | None = None

    def __call__(self) -> _T:
        with self._lock:
            if self._failed is not None:
                raise self._failed
            if not self._seen:
                try:
                    self._seen.append(self._look())
                except Exception as error:
                    self._failed = error
                    raise
            return self._seen[0]


class Place:
    """`file` None: it is not known where the settings were read. `make_secrets` raises `KeyringWeak` where there is no
    keyring to trust. `test_call`: one is to be made."""

    def __init__(
        self,
        settings: Settings,
        file: Path | None,
        make_secrets: Callable[[], Secrets],
        clock: Clock,
        *,
        test_call: bool,
    ) -> None:
        self.settings, self.clock, self.test_call = settings, clock, test_call
        self.file = file
        self.secrets = Once(make_secrets)
        self.seat = Once(lambda: ask(settings.runtime_dir))
        self.servers = Servers(settings.lines, clock, settings.doctor.certificate_days)
        self.lines = Once(self._look_at_lines)
        self.headset = Once(self._look_at_headset)

    @property
    def test_uri(self) -> str:
        return test_uri(self.settings)

    def vault(self) -> Vault:
        return vault_of(self.settings, lambda entry: self.secrets().get(entry), self.clock)

    def store(self) -> StoreLook:
        return StoreLook(self.settings.store_file, self.secrets().get("store"))

    def centre(self) -> CentreLook | None:
        """None: this seat stands alone."""
        access = access_from(self.settings.central, lambda entry: self.secrets().get(entry))
        return CentreLook(access, self.clock, self.settings.doctor.certificate_days) if access is not None else None

    def _look_at_lines(self) -> LinesChecked | None:
        """None: a seat runs here, and its phone does not answer."""
        seat = self.seat()
        if seat is None:
            return self._lines_by_a_process()
        if seat.phone is None:
            return None
        tested = self._call_itself() if self.test_call and self.test_uri and not seat.in_call else None
        return LinesChecked(tuple(lines_found.reports_of(seat.phone.lines, seat.phone.wrongs)), tested)

    def _call_itself(self) -> CallTested | None:
        """By the running phone; None where it cannot now. What it recorded of it goes at once."""
        command = CheckSelf(self.test_uri, test_line(self.settings).label)
        told = call_itself(self.settings.runtime_dir, command)
        match told:
            case SelfChecked():
                rmtree(self.settings.self_check_dir, ignore_errors=True)
                return CallTested(told.code, told.reason, told.own, told.quality)
            case CommandRefused(reason="not_now"):
                return CallTested(0)  # a call, or another check
            case CommandRefused(reason="line_deaf") | None:
                return None
            case CommandRefused():
                return CallTested(503, f"{told.reason} {told.detail}".strip())

    def _lines_by_a_process(self) -> LinesChecked:
        """Raises `LinesUnseen`, `OSError` where it does not come to its end."""
        if self.file is None:
            raise LinesUnseen("no settings file to look with")
        call = ["--call"] if self.test_call and self.test_uri else []
        argv = [*desk_argv(self.file), "doctor", "--look-at-lines", *call]
        try:
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=LINES_S, check=False)
        except subprocess.TimeoutExpired:
            raise LinesUnseen(f"no end within {LINES_S:.0f} s") from None
        try:
            return msgspec.json.decode(done.stdout, type=LinesChecked)
        except msgspec.MsgspecError:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise LinesUnseen(f"exit code {done.returncode}: {said[-1] if said else ''}") from None

    def _look_at_headset(self) -> HeadsetSeen | None:
        """None: as with the lines."""
        seat = self.seat()
        if seat is None:
            return self._open_headset()
        if seat.phone is None:
            return None
        return HeadsetSeen(seat.phone.headset, seat.levels.microphone_dbfs if seat.levels is not None else None)

    def _open_headset(self) -> HeadsetSeen:
        from desk.telephony.headset.chosen import ChosenHeadset
        from desk.telephony.headset.miniaudio import MiniaudioHeadset

        named = self.settings.headset
        by_settings = ChooseHeadset(named.microphone, named.earpiece, named.ring_device)
        folder = self.settings.data_dir if self.settings.data_dir.exists() else None
        return look(MiniaudioHeadset(ChosenHeadset(folder, by_settings, self.clock), ring_on_speakers=False))


def test_line(settings: Settings) -> LineSettings:
    """Which line the test call goes by: that of the self-check."""
    return next((line for line in settings.lines if line.label == settings.self_check.line), settings.line)


def test_uri(settings: Settings) -> str:
    """What the test call calls; "" where there is no exchange to call through."""
    line = test_line(settings)
    return f"sip:{settings.self_check.number or line.user}@{line.registrar}" if line.registrar else ""
