"""Sealing, measured: what half an hour costs, whether a call that runs at the same time loses a frame, how large an
hour is and how well it can still be understood.

The call that runs beside it is `recording_beside`'s. Speech is espeak-ng's in several voices, both sides in turn as in
a call, at 16 kHz. Intelligibility is STOI (Taal et al. 2011, by pystoi) of what is decoded against what was recorded,
the worse channel; 1 is the same."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from desk.recording.sealing.encode import Codec, encode
from desk.recording.sealing.pcm import SpoolAudio
from desk.recording.spool import folder as spool
from tests.bench import recording_beside
from tests.bench.figures import Figure
from tests.recording.scene import CALL, RATE, Sound, closed_spool
from tests.recording.sealed import SealingSeat

VOICES = {
    "cmn": "您好，客服热线，请问有什么可以帮您？好的，我马上为您登记，请您保持电话畅通。",
    "cmn+f3": "五栋二单元的电梯停了，有人被困在里面，请你们快一点派人过来看看。",
    "cmn+m5": "我家厨房的水管漏水了，已经漏到楼下，麻烦今天下午三点以后上门。",
    "en": "Good morning. The lift in building five does not move, and somebody is inside.",
    "en+f4": "I called yesterday about the water in the garage, and nobody has come to look at it.",
}
BITRATES = (16_000, 24_000, 32_000)
SEALED_MIN, QUICK_MIN = 30, 5
SEAL_TIMEOUT_S = 600.0

Say = Callable[[str], None]
Mono = npt.NDArray[np.int16]


@cache
def spoken(voice: str) -> Mono:
    """At 16 kHz."""
    words = ["espeak-ng", "-v", voice, "--stdout", VOICES[voice]]
    raw = subprocess.run(words, capture_output=True, check=True, timeout=60).stdout[44:]
    sound = np.frombuffer(raw, dtype="<i2").astype(np.float64)
    heard: Mono = np.interp(np.arange(0, len(sound), 22_050 / RATE), np.arange(len(sound)), sound).astype(np.int16)
    return heard


def conversation() -> npt.NDArray[np.int16]:
    """Each voice in turn, caller and agent by turns, half a second between them, a little noise on the line."""
    names = list(VOICES)
    turns = []
    for number in range(2 * len(names)):
        turn = np.zeros((len(spoken(names[number % len(names)])) + RATE // 2, 2), dtype=np.int16)
        said = spoken(names[number % len(names)])
        turn[: len(said), number % 2] = said // 2
        turns.append(turn)
    whole = np.concatenate(turns)
    noise = np.random.default_rng(1).standard_normal(whole.shape) * 4
    noisy: npt.NDArray[np.int16] = (whole + noise).astype(np.int16)
    return noisy


def spool_of(folder: Path, minutes: float) -> SealingSeat:
    seat = SealingSeat(folder)
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    tile = conversation().astype("<i2").tobytes()
    left = int(minutes * 60 * RATE) * 4
    with spool.audio_file(seat.spool_dir, CALL).open("wb") as handle:
        while left > 0:
            left -= handle.write(tile[:left])
    return seat


def measure(say: Say, quick: bool = False) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as name:
        folder = Path(name)
        minutes = QUICK_MIN if quick else SEALED_MIN
        say(f"sealing {minutes} min of speech beside a call that runs")
        return [*_sealing(folder / "seal", minutes), *_sizes(folder / "size")]


_SEAL = """
import json, os, resource, sys, time
from pathlib import Path
from tests.recording.sealed import SealingSeat
from desk.recording.sealing.encode import Codec
os.setpriority(os.PRIO_PROCESS, 0, 10)
seat = SealingSeat(Path(sys.argv[1]))
def peak_kib():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
peak = peak_kib()
before = resource.getrusage(resource.RUSAGE_SELF)
began = time.monotonic()
seat.seal(sys.argv[2])
after = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    "took_s": time.monotonic() - began,
    "more_mib": (peak_kib() - peak) / 1024,
}))
"""


def _sealing(folder: Path, minutes: float) -> list[Figure]:
    seat, again = spool_of(folder, minutes), folder / "again"
    spool_of(again, minutes)
    quiet_ms = recording_beside.frame_clock(folder / "idle", lambda: time.sleep(10))[1]
    sealed: dict[str, float] = {}

    def seal(folder: Path) -> None:
        words = [sys.executable, "-c", _SEAL, str(folder), CALL]
        done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=SEAL_TIMEOUT_S)
        sealed.update(json.loads(done.stdout))

    lost, longest_ms = recording_beside.frame_clock(folder / "call", lambda: seal(folder))
    call = recording_beside.phone(folder / "phone", lambda: seal(again))
    raw_mib = spool.audio_file(seat.spool_dir, CALL).stat().st_size / 2**20
    return [
        Figure(f"seal.{minutes:g}_min.cpu", sealed["cpu_s"], "s"),
        Figure(f"seal.{minutes:g}_min.takes", sealed["took_s"], "s"),
        Figure(f"seal.{minutes:g}_min.memory_more", sealed["more_mib"], "MiB", "<= 64", raw_mib),
        Figure("seal.call_beside.frames_lost", lost, "frames", "<= 0"),
        Figure("seal.call_beside.longest_tick", longest_ms, "ms", "", quiet_ms),
        *call.figures("seal.phone_beside"),
    ]


def _sizes(folder: Path) -> list[Figure]:
    folder.mkdir()
    said = conversation()
    spool_dir = folder / "spool"
    closed_spool(spool_dir, Sound.steps([(9000, 0)]))
    spool.audio_file(spool_dir, CALL).write_bytes(said.astype("<i2").tobytes())
    audio = SpoolAudio(spool_dir, CALL, RATE)
    hours = len(said) / RATE / 3600
    flac = folder / "audio.flac"
    encode(flac, audio, Codec("flac"), {})
    flac_mb, wav_mb = flac.stat().st_size / 1e6 / hours, said.nbytes / 1e6 / hours
    figures = [Figure("size.wav", wav_mb, "MB/h"), Figure("size.flac", flac_mb, "MB/h", "", wav_mb)]
    for bitrate in BITRATES:
        file = folder / f"{bitrate}.opus"
        encode(file, audio, Codec("opus", bitrate), {})
        size = file.stat().st_size / 1e6 / hours
        worst = min(_stoi(said[:, channel], _decoded(file)[:, channel]) for channel in (0, 1))
        default = bitrate == Codec().bitrate
        figures.append(Figure(f"size.opus_{bitrate // 1000}k", size, "MB/h", "", wav_mb))
        figures.append(Figure(f"stoi.opus_{bitrate // 1000}k", worst, "", ">= 0.95" if default else ""))
    return figures


def _decoded(file: Path) -> npt.NDArray[np.float64]:
    """At `RATE`, shape (samples, 2)."""
    with av.open(str(file)) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
        blocks = [ready.to_ndarray().T for frame in container.decode(audio=0) for ready in resampler.resample(frame)]
        blocks += [ready.to_ndarray().T for ready in resampler.resample(None)]
    return np.concatenate(blocks).astype(np.float64)


def _stoi(said: Mono, heard: npt.NDArray[np.float64]) -> float:
    """Aligned to the sample first: a codec's delay is no loss of words."""
    from pystoi import stoi  # type: ignore[import-untyped]

    clean = said.astype(np.float64) / 32768
    size = min(len(clean), len(heard))
    piece = slice(RATE, RATE * 5)

    def likeness(shift: int) -> float:
        return float(np.dot(clean[piece], heard[piece.start - shift : piece.stop - shift]))

    best = max(range(-400, 401), key=likeness)
    return float(stoi(clean[:size], np.roll(heard[:size], best), RATE, extended=False))


if __name__ == "__main__":
    for figure in measure(print, quick="--quick" in sys.argv):
        print(figure.line())
