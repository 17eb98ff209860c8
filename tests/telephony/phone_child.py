"""A phone process of its own for the tests: the real `PhoneProcess` on PJSIP, served over the real link, with a
recorder that writes what it is given to plain files. `python -m tests.telephony.phone_child FOLDER`, configured by
FOLDER/phone.json; leaves by `os._exit` as the real one does."""

import ctypes
import json
import logging
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import uuid6

from desk.domain.commands import ChooseHeadset
from desk.domain.dial_plan import DialPlan
from desk.domain.events import CallEvent
from desk.domain.identity import CallId
from desk.link.sockets import LinkServer
from desk.recording.spool.recorder import SpoolRecorder
from desk.settings import LineSettings, PhoneSettings
from desk.telephony.aside_recorder import AsideRecorder
from desk.telephony.calls.call_memory import CallMemory
from desk.telephony.calls.dial_target import aim
from desk.telephony.companion import MakeCompanion
from desk.telephony.headset.care import HeadsetCare
from desk.telephony.headset.chosen import ChosenHeadset
from desk.telephony.headset.fake import FakeHeadset
from desk.telephony.headset.miniaudio import MiniaudioHeadset
from desk.telephony.headset.port import Headset, NoHeadset
from desk.telephony.lines.registration import Registration
from desk.telephony.pj.sieve import library_file
from desk.telephony.pj.stack import PjStack
from desk.telephony.precedence import take_precedence
from desk.telephony.process import PhoneProcess
from desk.telephony.quality_watch import QualityWatch
from desk.telephony.self_check import SelfCheck
from desk.telephony.stack import OnSignal

TOKEN = b"t" * 32


class FileRecorder:
    """caller and agent as raw PCM beside each other; events as lines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()

    def note(self, event: CallEvent) -> None:
        with self.lock, (self.folder / "events.txt").open("a") as file:
            file.write(f"{type(event).__name__} {event.call_id}\n")

    def start(self, call_id: CallId, rate_hz: int) -> None:
        assert rate_hz == 16_000

    def write(self, call_id: CallId, caller: bytes, agent: bytes) -> None:
        assert len(caller) == len(agent) == 640
        with (self.folder / f"{call_id}.caller").open("ab") as file:
            file.write(caller)
        with (self.folder / f"{call_id}.agent").open("ab") as file:
            file.write(agent)

    def stop(self, call_id: CallId) -> None:
        pass

    def close(self) -> None:
        pass


def _spool(folder: Path) -> SpoolRecorder:
    """As in a real phone process."""
    return SpoolRecorder(
        folder / "spool",
        lambda: datetime.now(UTC),
        seat="S01",
        agent=lambda: "1001",
        on_failed=lambda call_id, wrong: logging.getLogger(__name__).error("not recorded: %s %s", call_id, wrong),
    )


class LoudFakeHeadset(FakeHeadset):
    """Says what stands in a file, again and again, and keeps what it hears in another."""

    def __init__(self, say: Path | None) -> None:
        super().__init__()
        self._pcm = say.read_bytes() if say else b""

    def take(self) -> bytes:
        if self._pcm and not self._said:
            self.say(self._pcm)
        return super().take()


class HastyStack(PjStack):
    """Gives up what is not answered after `gives_up_s`, where PJSIP waits 32 s (RFC 3261, timers B, F and H)."""

    gives_up_s = 0.0

    def open(self, on_signal: OnSignal) -> None:
        super().open(on_signal)
        if self.gives_up_s:
            ctypes.CDLL(library_file()).pjsip_tsx_set_timers(0, 0, 0, round(1000 * self.gives_up_s))


class _JsonLines(logging.Handler):
    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file.open("a", buffering=1)

    def emit(self, record: logging.LogRecord) -> None:
        plain = {key: value for key, value in record.__dict__.items() if isinstance(value, int | float | str)}
        if record.exc_info:
            plain["traceback"] = self.formatter.formatException(record.exc_info) if self.formatter else "?"
        self._file.write(json.dumps({**plain, "message": record.getMessage()}) + "\n")


def main() -> None:
    folder = Path(sys.argv[1])
    config = json.loads((folder / "phone.json").read_text())
    handler = _JsonLines(folder / "phone.log")
    handler.setFormatter(logging.Formatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    lines = msgspec.convert(config["lines"], tuple[LineSettings, ...])
    phone_settings = msgspec.convert(config.get("phone", {}), PhoneSettings)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    headset: Headset
    match config["headset"]:
        case "sound":
            wanted = ChooseHeadset(*config.get("devices", ("", "", "")))
            headset = MiniaudioHeadset(ChosenHeadset(folder, wanted, lambda: datetime.now(UTC)))
        case "fake":
            headset = LoudFakeHeadset(Path(config["say"]) if config.get("say") else None)
        case _:
            headset = NoHeadset()

    def hasty(line: LineSettings) -> Registration | None:
        if config.get("usual_pace"):
            return None
        retry_s, refresh_s, patience_s = config.get("pace", (line.retry_s, 1.5, 1.5))
        return Registration(retry_s, refresh_s, patience_s)

    password_file = folder / "password"

    def password() -> str | None:
        return password_file.read_text() if password_file.exists() else None

    HastyStack.gives_up_s = config.get("gives_up_s", 0.0)
    sip_log = folder / "sip.log" if config.get("sip_log") else None
    aside = AsideRecorder(_spool(folder) if config.get("spool") else FileRecorder(folder))
    by_label = {line.label: line for line in lines}
    companions: list[MakeCompanion] = [HeadsetCare, QualityWatch] if config.get("watch") else [HeadsetCare]
    if config.get("self_check"):
        companions.append(
            lambda place: SelfCheck(
                place,
                aside,
                lambda: _spool(folder / "aside"),
                lambda target, line: aim(DialPlan(), target, by_label, set(by_label), line),
                lambda label: by_label[label].user,
                lambda: Path(config["self_check"]).read_bytes(),
            )
        )
    phone = PhoneProcess(
        lines,
        headset,
        lambda lines, frames: HastyStack(lines, frames, lambda _: password, sip_log, hasty, phone_settings.hold_music),
        aside,
        lambda join, message, leave: LinkServer(config["address"], TOKEN, "phone", join, message, leave),
        lambda: datetime.now(UTC),
        lambda: str(uuid6.uuid7()),
        lambda: (folder / "beat").touch(),
        stop,
        companions=companions,
        phone=phone_settings,
        memory=CallMemory(folder),
        take_precedence=take_precedence if config.get("precedence", True) else lambda: False,
    )
    code = phone.run()
    logging.shutdown()
    os._exit(code)


if __name__ == "__main__":
    main()
