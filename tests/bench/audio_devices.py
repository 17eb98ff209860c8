"""The two telephones under test, alike to the one who calls them: Desk, as a whole seat started by its own command, and
baresip, the anchor, as Debian ships it and tuned for a short way. Same virtual headset, same peer, PCMU at 20 ms.

baresip's ALSA driver reaches the sound server through ALSA's own plugin for it (Debian: libasound2-plugins)."""

import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from desk.demo.processes import Child, NotReady, free_port, wait_until
from desk.demo.sealed import plain_recording
from desk.demo.seat import Seat
from desk.demo.virtual_headset import VirtualHeadset
from desk.domain.commands import Answer
from desk.domain.events import CallOffered, LineStatus
from desk.domain.snapshots import PhoneSnapshot
from desk.link.addresses import LinkDown, address_for, token_of
from desk.link.sockets import LinkClient
from desk.recording.playing.decode import RATE_HZ as DECODED_HZ
from desk.recording.playing.decode import Decoder
from tests.bench.audio_signal import RATE_HZ, Samples, from_pcm16, resampled

START_S = 60.0
SEALED_S = 120.0  # a loaded computer seals late
FINE_BITRATE = 128_000
MODULES = "/usr/lib/baresip/modules"
ALSA_TO_PULSE = "*/alsa-lib/libasound_module_pcm_pulse.so"


class Telephone(Protocol):
    """A telephone that answers every call at once."""

    name: str

    def start(self) -> int:
        """Its SIP port on 127.0.0.1, when it can be called."""
        ...

    @property
    def pid(self) -> int:
        """The process that handles the call."""
        ...

    def recording(self) -> tuple[Samples, Samples] | None:
        """After the call: what it recorded of the caller and of the agent; None where it records nothing."""
        ...

    def stop(self) -> None: ...


@dataclass
class DeskSeat:
    """A whole seat: launcher, phone, sync, ui; direct line. Calls are answered through the phone's link, by the time an
    agent's key would have reached it. `env` must hold a keyring and a display."""

    folder: Path
    env: Mapping[str, str]
    name: str = "Desk"
    _seat: Seat | None = None
    _link: LinkClient | None = None
    _call_id: str = ""
    _listening: threading.Event = field(default_factory=threading.Event)

    def start(self) -> int:
        port = free_port(socket.SOCK_DGRAM)
        line: dict[str, object] = {"kind": "direct", "bind": "127.0.0.1", "port": port}
        # At the usual bitrate Opus makes up some of the noise that it hears, and that would look like a loss.
        tables: dict[str, dict[str, object]] = {
            "line": line,
            "seat": {"language": "en"},
            "recording": {"bitrate": FINE_BITRATE},
        }
        self._seat = Seat("B01", self.folder, tables, self.env)
        child = self._seat.start()
        child.wait_until("the seat's token", self._attach, START_S)
        child.wait_until("the seat's line", self._listening.is_set, START_S)
        return port

    def _attach(self) -> bool:
        runtime_dir = self.folder / "run"
        try:
            token = token_of(runtime_dir)
        except LinkDown:
            return False
        if not token:  # being written
            return False
        self._link = LinkClient(address_for(runtime_dir, "phone"), token, "tool", self._take)
        self._link.start()
        return True

    def _take(self, message: Any) -> None:
        if isinstance(message, PhoneSnapshot) and message.lines[0].status is LineStatus.DIRECT:
            self._listening.set()
        elif isinstance(message, CallOffered) and self._link is not None:
            self._call_id = message.call_id
            self._link.send(Answer(message.call_id))

    @property
    def pid(self) -> int:
        return self._seat.pid_of("phone") if self._seat else 0

    def recording(self) -> tuple[Samples, Samples] | None:
        found = wait_until("the sealed recording", self._sealed, SEALED_S)
        assert isinstance(found, Path)
        with Decoder(found) as decoder:
            both = b"".join(iter(decoder.read, b""))
        sound = from_pcm16(both).reshape(-1, 2)
        caller, agent = (resampled(sound[:, side].copy(), DECODED_HZ, RATE_HZ) for side in (0, 1))
        return caller, agent

    def _sealed(self) -> Path | None:
        return plain_recording(self._seat, self._call_id) if self._seat else None

    def stop(self) -> None:
        if self._link is not None:
            self._link.close()
        if self._seat is not None:
            self._seat.stop()


@dataclass(frozen=True, slots=True)
class Tuning:
    """`audio_buffer` (ms) and `jitter_buffer_delay` (frames) are baresip's own settings; `sound_ms` is what the sound
    server may buffer for it (PULSE_LATENCY_MSEC), None = ALSA's choice."""

    audio_buffer: str
    jitter_buffer_delay: str
    sound_ms: int | None


AS_SHIPPED = Tuning("20-160", "5-10", None)  # what baresip 1.0 writes into a new configuration
TUNED = Tuning("20-40", "0-1", 30)  # the shortest of a dozen that lost nothing on an idle computer


@dataclass
class BaresipPhone:
    folder: Path
    headset: VirtualHeadset
    tuning: Tuning
    name: str = "baresip"
    _child: Child | None = None

    def start(self) -> int:
        if not any(Path("/usr/lib").glob(ALSA_TO_PULSE)):
            raise NotReady("ALSA has no way to the sound server: install libasound2-plugins")
        port = free_port(socket.SOCK_DGRAM)
        write_baresip(self.folder, port, self.tuning)
        env = {**self.headset.env, "ALSA_CONFIG_PATH": str(self.folder / "asound.conf"), "HOME": str(self.folder)}
        env["PULSE_LATENCY_MSEC"] = str(self.tuning.sound_ms or "")
        self._child = Child(["baresip", "-4", "-f", str(self.folder)], self.folder / "baresip.log", env)
        self._child.wait_until("baresip", lambda: is_bound(port), START_S)
        return port

    @property
    def pid(self) -> int:
        return self._child.pid if self._child else 0

    def recording(self) -> None:
        return None

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()


def write_baresip(folder: Path, port: int, tuning: Tuning) -> None:
    """baresip's folder: sound through ALSA's plugin, no sound but the call's, every call answered at once."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "asound.conf").write_text(
        "pcm_type.pulse { lib libasound_module_pcm_pulse.so }\n"
        "pcm.mouth { type pulse device microphone }\n"
        "pcm.ear { type pulse device earpiece }\n"
    )
    account = f"<sip:desk@127.0.0.1:{port};transport=udp>;regint=0;answermode=auto;audio_codecs=PCMU\n"
    (folder / "accounts").write_text(account)
    (folder / "contacts").write_text("")
    (folder / "config").write_text(
        f"""poll_method epoll
sip_listen 127.0.0.1:{port}
call_max_calls 1
audio_player alsa,ear
audio_source alsa,mouth
audio_alert aubridge,nowhere
audio_buffer {tuning.audio_buffer}
jitter_buffer_delay {tuning.jitter_buffer_delay}
module_path {MODULES}
module g711.so
module alsa.so
module aubridge.so
module_tmp account.so
module_app menu.so
"""
    )


def without_latency(env: Mapping[str, str]) -> dict[str, str]:
    """The same, but nothing is asked of the sound server in the programs' stead."""
    return {**env, "PULSE_LATENCY_MSEC": ""}


def is_bound(port: int) -> bool:
    """Whether somebody has this UDP port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
