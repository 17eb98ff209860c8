"""More devices beside the virtual headset: any earpiece or microphone that PulseAudio can make, plugged in, pulled out
and wired to each other by a test."""

import os
import subprocess
import threading
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from desk.demo.virtual_headset import VirtualHeadset
from desk.telephony.frames import FRAME_BYTES, RATE_HZ, dbfs, peak
from desk.telephony.headset.check import voice_level

LATELY = 50  # frames: a second


class Listener:
    """Hears a source of PulseAudio's, and knows how loud it was lately."""

    def __init__(self, source: str, env: dict[str, str]) -> None:
        argv = ["parec", f"--device={source}", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1"]
        self._process = subprocess.Popen([*argv, "--latency-msec=20"], stdout=subprocess.PIPE, env=env)
        self.frames: deque[bytes] = deque(maxlen=LATELY)
        self._thread = threading.Thread(target=self._read, name="listener")
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            while frame := stream.read(FRAME_BYTES):
                self.frames.append(frame)

    def level_dbfs(self) -> float:
        """Of what was heard in the last second, while there was something; -100 before it is over."""
        frames = list(self.frames)
        if len(frames) < LATELY:
            return -100.0
        return voice_level(np.frombuffer(b"".join(frames), np.int16).astype(np.float64))

    def loudest_dbfs(self) -> float:
        """The loudest sample of what was heard lately, however little that is."""
        return dbfs(peak(b"".join(self.frames)))

    def forget(self) -> None:
        self.frames.clear()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()


@dataclass
class SoundShelf:
    headset: VirtualHeadset
    _modules: dict[str, list[str]] = field(default_factory=dict)

    def plug_in(self, name: str, rate_hz: int = 48_000, channels: int = 2, sample: str = "s16le") -> None:
        """An earpiece of this name, and a microphone "NAME mic" that hears what is played into `feed(name)`."""
        short, form = self.short(name), (f"rate={rate_hz}", f"channels={channels}", f"format={sample}")
        sink = ("module-null-sink", "norewinds=1", *form)  # else it sleeps for two seconds, as no real device does
        self._modules[name] = [
            self.pactl("load-module", *sink, f"sink_name={short}", f"sink_properties=\"device.description='{name}'\""),
            self.pactl("load-module", *sink, f"sink_name={short}-feed", "sink_properties=device.description=Feed"),
            self.pactl(
                "load-module",
                "module-remap-source",
                f"source_name={short}-mic",
                f"master={short}-feed.monitor",
                f"source_properties=\"device.description='{name} mic'\"",
            ),
        ]

    def pull_out(self, name: str) -> None:
        for module in reversed(self._modules.pop(name)):
            self.pactl("unload-module", module)

    def make_default(self, name: str) -> None:
        self.pactl("set-default-sink", self.short(name))
        self.pactl("set-default-source", f"{self.short(name)}-mic")

    def leak(self, source: str, sink: str, delay_ms: int, volume_db: float) -> None:
        """What `source` gives is played into `sink`, so much later and at such a volume."""
        before = set(self._inputs())
        self.pactl("load-module", "module-loopback", f"source={source}", f"sink={sink}", f"latency_msec={delay_ms}")
        (new,) = set(self._inputs()) - before
        self.pactl("set-sink-input-volume", new, f"{volume_db}dB")

    def listen(self, source: str) -> Listener:
        return Listener(source, {**os.environ, **self.headset.env})

    def play(self, file: Path, sink: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(["paplay", f"--device={sink}", str(file)], env={**os.environ, **self.headset.env})

    def sinks_playing(self) -> list[str]:
        """The names of the earpieces that have a stream, one for each."""
        names = {line.split("\t")[0]: line.split("\t")[1] for line in self.pactl("list", "short", "sinks").splitlines()}
        streams = self.pactl("list", "short", "sink-inputs").splitlines()
        return sorted(names.get(line.split("\t")[1], "") for line in streams)

    def pactl(self, *words: str) -> str:
        env = {**os.environ, **self.headset.env, "LC_ALL": "C"}
        done = subprocess.run(["pactl", *words], env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"pactl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def _inputs(self) -> list[str]:
        return [line.split("\t")[0] for line in self.pactl("list", "short", "sink-inputs").splitlines()]

    @staticmethod
    def short(name: str) -> str:
        return name.lower().replace(" ", "-")
