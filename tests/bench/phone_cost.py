"""What a call costs, and how long the way from mouth to ear is, beside others in the same run: Desk's phone process (in
a whole seat), baresip tuned, and Linphone's console client. One call each of the audio benchmark's own kind, on an idle
computer, one after the other."""

import socket
from dataclasses import dataclass
from pathlib import Path

import psutil

from desk.demo.processes import Child, NotReady, free_port
from desk.demo.virtual_headset import VirtualHeadset
from tests.bench.audio_call import CallResult, measure_call
from tests.bench.audio_devices import TUNED, BaresipPhone, DeskSeat, Telephone, is_bound
from tests.bench.audio_signal import NotFound, Samples

START_S = 20.0
LINPHONE = "linphonec"


@dataclass(frozen=True, slots=True)
class Cost:
    """`memory_mb`: PSS of the process that handles the call, during the call's last moment."""

    call: CallResult
    memory_mb: float


class Weighed:
    """A telephone whose memory is looked at while it is still in its call's last moment."""

    def __init__(self, telephone: Telephone) -> None:
        self._telephone, self.name = telephone, telephone.name
        self.memory_mb = 0.0

    def start(self) -> int:
        return self._telephone.start()

    @property
    def pid(self) -> int:
        found = self._telephone.pid
        if found:
            self.memory_mb = psutil.Process(found).memory_full_info().pss / 1e6
        return found

    def recording(self) -> tuple[Samples, Samples] | None:
        self.memory_mb = psutil.Process(self._telephone.pid).memory_full_info().pss / 1e6
        return self._telephone.recording()

    def stop(self) -> None:
        self._telephone.stop()


@dataclass
class Linphone:
    """Linphone's console client, answering by itself, on the sound server."""

    folder: Path
    headset: VirtualHeadset
    name: str = "linphonec"
    _child: Child | None = None

    def start(self) -> int:
        port = free_port(socket.SOCK_DGRAM)
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "linphonerc"
        config.write_text(
            f"[sip]\nsip_port={port}\nsip_tcp_port=0\nsip_tls_port=0\nuse_info=0\nbind_address=127.0.0.1\n"
            "[sound]\nplayback_dev_id=PulseAudio: Desk-Earpiece\ncapture_dev_id=PulseAudio: Desk-Microphone\n"
            "echocancellation=0\n[video]\nenabled=0\n[net]\nfirewall_policy=0\n"
        )
        env = {**self.headset.env, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)}
        # It ends with its input: a pipe that is never written to keeps it.
        command = f"tail -f /dev/null | {LINPHONE} -a -c {config} -d 0"
        self._child = Child(["bash", "-c", command], self.folder / "linphonec.log", env)
        self._child.wait_until("linphonec", lambda: is_bound(port), START_S)
        return port

    @property
    def pid(self) -> int:
        if self._child is None:
            return 0
        family = psutil.Process(self._child.pid).children(recursive=True)
        return next((one.pid for one in family if one.name().startswith(LINPHONE)), 0)

    def recording(self) -> None:
        return None

    def stop(self) -> None:
        if self._child is not None:
            for one in psutil.Process(self._child.pid).children(recursive=True):
                one.terminate()
            self._child.stop()


def measure(
    headset: VirtualHeadset, seat_env: dict[str, str], seconds: float, folder: Path
) -> tuple[Cost, Cost, Cost | None]:
    """Desk, baresip, and Linphone where it runs here."""
    desk = _one(Weighed(DeskSeat(folder / "desk", seat_env)), headset, seconds, folder)
    tuned = _one(Weighed(BaresipPhone(folder / "tuned", headset, TUNED, "baresip tuned")), headset, seconds, folder)
    try:
        linphone = _one(Weighed(Linphone(folder / "linphone", headset)), headset, seconds, folder)
    except (NotReady, NotFound, OSError, psutil.Error, IndexError):
        linphone = None
    return desk, tuned, linphone


def _one(telephone: Weighed, headset: VirtualHeadset, seconds: float, folder: Path) -> Cost:
    result = measure_call(telephone, headset, seconds, folder / "sounds")
    return Cost(result, telephone.memory_mb)
