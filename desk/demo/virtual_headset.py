"""A headset made of software: a private PulseAudio with a null sink as earpiece, and a virtual source, fed by another
null sink, as microphone. Nothing of the user's own sound server is touched: it has its own runtime folder, cookie and
socket, and those who shall use it are given its address in their environment (`env`)."""

import os
import signal
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from desk.demo.processes import Child, wait_until

START_S = 15.0
RATE_HZ = 16_000
MICROPHONE, EARPIECE = "Desk-Microphone", "Desk-Earpiece"  # as device lists name them


class VirtualHeadset:
    """`speak` is the agent's mouth, `capture` the agent's ear."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        # A socket's path is short: it may not lie below a long folder.
        self._home = tempfile.mkdtemp(prefix="desk-pa-")
        socket = f"{self._home}/native"
        self.env = {
            "PULSE_SERVER": f"unix:{socket}",
            "PULSE_COOKIE": f"{self._home}/cookie",
            "PULSE_RUNTIME_PATH": self._home,
            "PULSE_LATENCY_MSEC": "20",
        }
        self._argv = [
            "pulseaudio",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "-n",
            "--disable-shm=yes",
            "--high-priority=yes",  # as on a desktop, where it may
            "--realtime=yes",
            "--log-level=notice",
            "-L",
            f"module-native-protocol-unix socket={socket} auth-anonymous=1",
        ]
        self._child: Child | None = None
        self._modules: dict[str, list[int]] = {}

    def start(self) -> None:
        env = {**self.env, "HOME": self._home, "XDG_CONFIG_HOME": self._home, "XDG_RUNTIME_DIR": self._home}
        del env["PULSE_SERVER"]
        self._child = Child(self._argv, self.folder / "pulseaudio.log", env)
        self._child.wait_until("PulseAudio", lambda: self._pactl("info", check=False) != "", START_S)
        self.plug_in()

    def switch_off(self) -> None:
        """The server ends; `start` brings another one to the same address."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def stop(self) -> None:
        self.switch_off()
        subprocess.run(["rm", "-rf", self._home], check=False)

    # ---- plugging

    def plug_in(self) -> None:
        self.plug_in_earpiece()
        self.plug_in_microphone()

    def plug_in_earpiece(self) -> None:
        self._modules["earpiece"] = [
            self._load(
                "module-null-sink",
                "norewinds=1",  # else it sleeps for two seconds when it is new, as no real device does
                "sink_name=earpiece",
                f"rate={RATE_HZ}",
                "channels=1",
                f"sink_properties=device.description={EARPIECE}",
            )
        ]
        self._pactl("set-default-sink", "earpiece")

    def plug_in_microphone(self) -> None:
        feed = self._load(
            "module-null-sink",
            "norewinds=1",
            "sink_name=feed",
            f"rate={RATE_HZ}",
            "channels=1",
            "sink_properties=device.description=Desk-Feed",
        )
        source = self._load(
            "module-remap-source",
            "source_name=microphone",
            "master=feed.monitor",
            f"source_properties=device.description={MICROPHONE}",
        )
        self._modules["microphone"] = [source, feed]
        self._pactl("set-default-source", "microphone")

    def unplug(self) -> None:
        """Both devices vanish, as when the cable is pulled."""
        self.unplug_earpiece()
        self.unplug_microphone()

    def unplug_earpiece(self) -> None:
        self._unload("earpiece")

    def unplug_microphone(self) -> None:
        self._unload("microphone")

    # ---- talking and listening

    def speak(self, sound: Path) -> "subprocess.Popen[bytes]":
        """Play a WAV file into the microphone; returns at once."""
        return subprocess.Popen(["paplay", "--device=feed", str(sound)], env={**os.environ, **self.env})

    @contextmanager
    def capture(self, file: Path) -> Iterator[None]:
        """Write what the earpiece plays to a mono WAV file, as long as the context lasts."""
        raw = file.with_suffix(".raw")
        argv = ["parec", "--device=earpiece.monitor", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1"]
        with raw.open("wb") as out:
            listener = subprocess.Popen([*argv, "--latency-msec=20"], stdout=out, env={**os.environ, **self.env})
        try:
            wait_until("the capture to begin", lambda: raw.stat().st_size > 0, 5.0)
            yield
        finally:
            listener.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                listener.wait(5.0)
            listener.kill()
            listener.wait()
            _as_wav(raw, file)

    def clients(self) -> int:
        """How many connections the sound server has."""
        return len(self._pactl("list", "short", "clients").splitlines())

    def streams_on_earpiece(self) -> int:
        return len(self._pactl("list", "short", "sink-inputs").splitlines())

    # ---- PulseAudio

    def _load(self, *words: str) -> int:
        return int(self._pactl("load-module", *words).strip())

    def _unload(self, what: str) -> None:
        for module in self._modules.pop(what, []):
            self._pactl("unload-module", str(module))

    def _pactl(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            ["pactl", *words],
            env={**os.environ, **self.env, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0 and check:
            raise RuntimeError(f"pactl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout if done.returncode == 0 else ""


def _as_wav(raw: Path, file: Path) -> None:
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE_HZ)
        sound.writeframes(raw.read_bytes())
    raw.unlink()


@contextmanager
def virtual_headset(folder: Path) -> Iterator[VirtualHeadset]:
    """A running virtual headset; PulseAudio's log is in `folder`."""
    headset = VirtualHeadset(folder)
    headset.start()
    try:
        yield headset
    finally:
        headset.stop()
