"""What a check of the headset makes of the sound: pure functions on samples, and the table that judges.

The sound that is played is a sweep through the telephone's band: it is found again in a recording by its shape, however
quiet, with the time it took to a fraction of a millisecond. The agent hears three short "whoops"."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from desk.domain.events import Verdict
from desk.telephony.frames import FRAME_SAMPLES, RATE_HZ, SILENT_DBFS

Samples: TypeAlias = npt.NDArray[np.float64]

SWEEP_S, SWEEP_HZ, SWEEP_PEAK = 0.2, (300.0, 3400.0), 0.2  # -14 dBFS: as loud as speech
LEAD_S, EVERY_S, SWEEPS = 0.3, 0.9, 3
LONGEST_S = 0.65  # a way there and back that is longer is not found
SURE = 0.25  # likeness, 0-1: noise comes to 0.15, a laptop's loudspeaker in a room still to 0.4
SAME_WAY_MS = 25.0  # two sweeps that took as long as each other, but for what a buffer may do in between

SPEAK_S, SILENCE_S = 4.0, 2.0
SETTLE_S = 0.4  # at the beginning of both: the agent is still reading
ACTIVE_DB = 16.0  # below the loudest moments: still speech (ITU-T P.56)
CLIPPED = 32_000


@dataclass(frozen=True, slots=True)
class Echo:
    """What came back of the sound that was played: so much quieter, after so long."""

    below_db: float
    round_trip_ms: float


@dataclass(frozen=True, slots=True)
class Measured:
    voice_dbfs: float
    noise_dbfs: float
    clipped: float  # share of the samples, 0-1
    echo: Echo | None


# Speech in the network lies about -20 dBFS (ITU-T G.111); much less is hard to follow, much more clips in its peaks.
SILENT_DB = -65.0  # a switched-off or muted microphone: below what the air of a quiet room makes
QUIET_DB = -38.0
LOUD_DB = -10.0
CLIPPED_SHARE = 0.001
NOISE_DB = -42.0  # an office beside an open window
VOICE_OVER_NOISE_DB = 15.0  # ITU-T P.835 listeners call less than that intrusive
ECHO_DB = 30.0  # ITU-T G.131: with less, the caller hears himself on every route that is not a local one
SLOW_MS = 200.0  # 100 ms each way leaves 50 to the network of the 150 that ITU-T G.114 allows

TABLE: tuple[tuple[Verdict, Callable[[Measured], bool]], ...] = (
    # the first that holds is the verdict: what hides other faults stands first
    (Verdict.SILENT_MICROPHONE, lambda found: found.voice_dbfs < SILENT_DB),
    (Verdict.TOO_LOUD, lambda found: found.voice_dbfs > LOUD_DB or found.clipped > CLIPPED_SHARE),
    (Verdict.NOISY, lambda found: found.noise_dbfs > NOISE_DB),
    (Verdict.TOO_QUIET, lambda found: found.voice_dbfs < QUIET_DB),
    (Verdict.NOISY, lambda found: found.voice_dbfs - found.noise_dbfs < VOICE_OVER_NOISE_DB),
    (Verdict.ECHO, lambda found: found.echo is not None and found.echo.below_db < ECHO_DB),
    (Verdict.SLOW, lambda found: found.echo is not None and found.echo.round_trip_ms > SLOW_MS),
)


def verdict(found: Measured) -> Verdict:
    return next((word for word, holds in TABLE if holds(found)), Verdict.GOOD)


def sweep() -> Samples:
    """One, at full scale, with soft edges."""
    seconds = np.arange(int(SWEEP_S * RATE_HZ)) / RATE_HZ
    low, high = SWEEP_HZ
    wave = np.sin(2 * np.pi * (low * seconds + (high - low) * seconds**2 / (2 * SWEEP_S)))
    edge = np.minimum(np.minimum(seconds, SWEEP_S - seconds) / 0.01, 1.0)
    return np.asarray(wave * np.sin(edge * np.pi / 2) ** 2)


def tone() -> bytes:
    """What is played: three sweeps, 16 bit."""
    sound = np.zeros(int((LEAD_S + SWEEPS * EVERY_S) * RATE_HZ))
    for at in _starts():
        one = sweep() * SWEEP_PEAK * 32767
        sound[at : at + one.size] = one
    return bytes(sound.astype(np.int16).tobytes())


def silence(seconds: float) -> bytes:
    return bytes(int(seconds * RATE_HZ) * 2)


def measure(tone_heard: bytes, voice_heard: bytes, silence_heard: bytes) -> Measured:
    """From what the microphone gave while the tone was played, while the agent spoke and while nobody did."""
    voice = _samples(voice_heard)[int(SETTLE_S * RATE_HZ) :]
    noise_dbfs = noise_level(_samples(silence_heard)[int(SETTLE_S * RATE_HZ) :])
    clipped = float((np.abs(voice) >= CLIPPED).mean()) if voice.size else 0.0
    return Measured(voice_level(voice), noise_dbfs, clipped, echo(_samples(tone_heard)))


def echo(heard: Samples) -> Echo | None:
    """Where at least two of the sweeps came back, after the same time."""
    found = [one for at in _starts() if (one := _find(heard[at:])) is not None]
    if len(found) < 2:
        return None
    middle = float(np.median([one.round_trip_ms for one in found]))
    alike = [one for one in found if abs(one.round_trip_ms - middle) <= SAME_WAY_MS]
    if len(alike) < 2:
        return None
    # A frame that a busy computer drops takes from a sweep and adds nothing: the loudest is the truest.
    return Echo(min(one.below_db for one in alike), float(np.median([one.round_trip_ms for one in alike])))


def voice_level(samples: Samples) -> float:
    """The power of speech while there is speech, in dBFS: of all frames not much quieter than the loudest tenth."""
    levels = _levels(samples)
    if not levels.size:
        return SILENT_DBFS
    active = levels[levels >= np.percentile(levels, 90) - ACTIVE_DB]
    return max(float(10 * np.log10(np.mean(10 ** (active / 10)))), SILENT_DBFS)


def noise_level(samples: Samples) -> float:
    """The middle one of the frames: a chair that creaks is no noise."""
    levels = _levels(samples)
    return float(np.median(levels)) if levels.size else SILENT_DBFS


def _starts() -> tuple[int, ...]:
    return tuple(int((LEAD_S + number * EVERY_S) * RATE_HZ) for number in range(SWEEPS))


def _samples(pcm: bytes) -> Samples:
    return np.frombuffer(pcm, np.int16).astype(np.float64)


def _levels(samples: Samples) -> Samples:
    """Of each frame, in dBFS."""
    whole = samples[: samples.size // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    power = np.maximum((whole**2).mean(axis=1) / 32768.0**2, 10 ** (SILENT_DBFS / 10))
    return np.asarray(10 * np.log10(power))


def _find(heard: Samples) -> Echo | None:
    """The sweep in what was heard from the moment on in which it was played."""
    one = sweep()
    heard = heard[: int(LONGEST_S * RATE_HZ) + one.size]
    if heard.size < one.size:
        return None
    size = 1 << (heard.size + one.size).bit_length()
    match = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(one, size)), size)[: heard.size - one.size + 1]
    power = np.concatenate(([0.0], np.cumsum(heard**2)))
    energy = power[one.size :] - power[: match.size]
    own = float(one @ one)
    likeness = np.abs(match) / np.sqrt(np.maximum(energy, 1.0) * own)
    best = int(likeness.argmax())
    if likeness[best] < SURE:
        return None
    came_back = abs(float(match[best])) / own
    return Echo(20 * math.log10(SWEEP_PEAK * 32767 / max(came_back, 1e-9)), best * 1000 / RATE_HZ)
