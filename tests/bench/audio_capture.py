"""What a point of the virtual headset carries, recorded with the time of every sample: the microphone's source where
the device under test reads it, and the monitor of the earpiece's sink.

parec hands over blocks of a few ms; a block may come late but never early, so the earliest arrivals among all of a few
seconds are the clock of the samples (a lower envelope). One reader thread each, in the benchmark's own process."""

import os
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from desk.demo.processes import wait_until
from desk.demo.virtual_headset import RATE_HZ as SOUND_CARD_HZ
from tests.bench.audio_priority import raised, raised_thread
from tests.bench.audio_signal import RATE_HZ, Samples, from_pcm16, resampled

CAPTURE_HZ = SOUND_CARD_HZ
BLOCK_MS = 5  # asked of the sound server: at least as fine as any device under test asks
ENVELOPE_S = 5.0
START_S = 10.0


class Capture:
    """Records `device` (a source, or a sink's monitor) from construction to `stop`."""

    def __init__(self, device: str, env: Mapping[str, str]) -> None:
        argv = ["parec", f"--device={device}", f"--rate={CAPTURE_HZ}", "--channels=1", "--format=s16le", "--raw"]
        self._process = subprocess.Popen(
            [*argv, f"--latency-msec={BLOCK_MS}", "--client-name=bench"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env={**os.environ, **env},
            start_new_session=True,
        )
        raised(self._process.pid)
        self._blocks: list[bytes] = []
        self._arrivals: list[tuple[float, int]] = []
        self._thread = threading.Thread(target=self._read, daemon=True, name=f"bench-capture-{Path(device).name}")
        self._thread.start()
        wait_until(f"capture of {device}", lambda: self._arrivals, START_S)

    def _read(self) -> None:
        raised_thread()
        assert self._process.stdout is not None
        pipe, total = self._process.stdout.fileno(), 0
        while block := os.read(pipe, 1 << 16):
            now_s = time.monotonic()
            total += len(block) // 2
            self._blocks.append(block)
            self._arrivals.append((now_s, total))

    def stop(self) -> "Recorded":
        """End it; what was recorded."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(5)
        self._thread.join(5)
        if self._process.stdout is not None:
            self._process.stdout.close()
        arrivals = np.array(self._arrivals)
        return Recorded(
            resampled(from_pcm16(b"".join(self._blocks)), CAPTURE_HZ, RATE_HZ),
            arrivals[:, 0],
            arrivals[:, 1] / CAPTURE_HZ,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self.stop()


class Recorded:
    """`sound` at `RATE_HZ`. `arrived_s`: when each block came (CLOCK_MONOTONIC); `ended_s`: where it ends."""

    def __init__(self, sound: Samples, arrived_s: Samples, ended_s: Samples) -> None:
        self.sound = sound
        at, behind = ended_s, arrived_s - ended_s
        centres = np.arange(0.0, float(at[-1]) + ENVELOPE_S / 2, ENVELOPE_S / 2)
        least = [float(behind[np.abs(at - centre) <= ENVELOPE_S / 2].min(initial=np.inf)) for centre in centres]
        known = np.isfinite(least)
        self._centres, self._least = centres[known], np.array(least)[known]

    def time_of(self, position_s: Samples) -> Samples:
        """When what stands at these places of the sound passed."""
        return np.asarray(position_s + np.interp(position_s, self._centres, self._least), np.float64)
