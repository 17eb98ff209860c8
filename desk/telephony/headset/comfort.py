"""How the headset sounds: volumes, and the gain that follows the agent's voice. `SoundPath` stands between the
headset's buffers and the 20 ms clock; its two methods run on the audio thread and never wait.

The automatic gain brings speech to one level and knows nothing else: it moves only while somebody speaks, and stays
where it is in between, so that the noise of a pause is not pumped up. What is speech is told by two signs at once:
louder than the quietest moment of the last seconds, and uneven, as syllables are and a fan is not.

There is no echo cancellation: PJSIP's belongs to its own sound devices, which this build has not got, and no package
offers one for both Linux and Windows. The sound server's can be chosen by name like any device (docs/settings.md)."""

import math
from collections import deque
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from desk.domain.commands import SetComfort
from desk.telephony.frames import FRAME_MS, SILENCE, SILENT_DBFS
from desk.telephony.headset.exchange import Exchange

EARPIECE_DB = (-30.0, 12.0)
RING_DB = (-40.0, 12.0)
MICROPHONE_DB = (-20.0, 20.0)

CEILING = 32767 * 10 ** (-1 / 20)  # nothing is amplified beyond -1 dBFS
RECOVER = 10 ** (0.3 / 20)  # a frame: 15 dB a second, after a loud moment or a louder setting

TARGET_DBFS = -20.0  # of speech while it lasts: what the network is planned for (ITU-T G.111), and room for its peaks
GAIN_DB = (-10.0, 20.0)
NOISE_MOST_DBFS = -42.0  # the noise behind a quiet voice is not lifted above this
UP_DB_S, DOWN_DB_S = 8.0, 20.0
MEMORY_FRAMES = 75  # 1.5 s of speech
FLOOR_FRAMES = 75  # the quietest of the last two stretches of 1.5 s
ABOVE_FLOOR_DB = 9.0
ACTIVE_DB = 16.0  # speech reaches down so far below its own level (ITU-T P.56: 15.9); what lies lower is noise
UNEVEN_FRAMES, UNEVEN_DB = 50, 9.0
RISE_DB, RISES = 6.0, 2  # in that second: a fan begins once, syllables again and again
SPEECH_LEAST_DBFS = -56.0

Frame: TypeAlias = npt.NDArray[np.float32]


def bounded(asked: SetComfort) -> SetComfort:
    """Volumes that are no number become 0, those beyond what is offered the nearest."""
    return SetComfort(
        _within(asked.earpiece_db, EARPIECE_DB),
        _within(asked.ring_db, RING_DB),
        _within(asked.microphone_db, MICROPHONE_DB),
        asked.automatic_gain,
    )


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1]) if math.isfinite(value) else 0.0


def factor(db: float) -> float:
    return float(10 ** (db / 20))


def level_dbfs(frame: bytes) -> float:
    """The mean power of a frame, relative to that of a full-scale square wave; `SILENT_DBFS` for silence."""
    samples = np.frombuffer(frame, np.int16).astype(np.float32)
    power = float(samples @ samples) / max(samples.size, 1)
    return max(10 * math.log10(power / 32768.0**2), SILENT_DBFS) if power else SILENT_DBFS


class Amplifier:
    """A gain without clipping and without clicks: it moves within a frame, falls at once where a sample would go too
    far, and climbs back slowly."""

    def __init__(self) -> None:
        self._last = 1.0

    def __call__(self, frame: bytes, gain: float) -> bytes:
        if gain == self._last == 1.0:
            return frame
        samples = np.frombuffer(frame, np.int16).astype(np.float32)
        highest = float(np.abs(samples).max(initial=0.0))
        safe = min(gain, max(CEILING / highest, 1.0)) if highest else gain
        reached = min(safe, self._last * RECOVER)
        changed = samples * np.linspace(self._last, reached, samples.size, dtype=np.float32)
        if float(np.abs(changed).max(initial=0.0)) > max(CEILING, highest):
            changed = samples * np.float32(reached)
        self._last = gain if gain / reached < 1.0001 else reached
        return bytes(np.rint(changed).clip(-32768, 32767).astype(np.int16).tobytes())


class AutomaticGain:
    """Told the level of every frame; tells the gain for it, in dB."""

    def __init__(self) -> None:
        self._gain_db = 0.0
        self._floor = [0.0, 0.0]  # the least of the stretch before and of this one
        self._seen = 0
        self._recent: deque[float] = deque(maxlen=UNEVEN_FRAMES)
        self._power = 0.0  # of speech
        self._spoken = 0  # frames of it, up to MEMORY_FRAMES

    def __call__(self, level: float) -> float:
        self._watch_floor(level)
        self._recent.append(level)
        if self._is_speech(level):
            self._spoken = min(self._spoken + 1, MEMORY_FRAMES)
            self._power += (10 ** (level / 10) - self._power) / self._spoken
            self._approach(TARGET_DBFS - self._level)
        if min(self._floor) < self._level - ACTIVE_DB:
            self._gain_db = min(self._gain_db, max(NOISE_MOST_DBFS - min(self._floor), 0.0))
        return self._gain_db

    @property
    def _level(self) -> float:
        return 10 * math.log10(self._power) if self._power else SILENT_DBFS

    def _watch_floor(self, level: float) -> None:
        if self._seen % FLOOR_FRAMES == 0:
            self._floor = [self._floor[1] if self._seen else level, level]
        self._seen += 1
        self._floor[1] = min(self._floor[1], level)

    def _is_speech(self, level: float) -> bool:
        above = min(self._floor) + ABOVE_FLOOR_DB
        if self._spoken == MEMORY_FRAMES:
            above = min(above, self._level - ACTIVE_DB)  # a voice without pauses is not its own noise
        return level >= max(above, SPEECH_LEAST_DBFS) and self._is_uneven()

    def _is_uneven(self) -> bool:
        lowest, highest = min(self._recent), max(self._recent)
        if highest - lowest < UNEVEN_DB:
            return False
        high = [level > highest - RISE_DB for level in self._recent]
        return sum(now and not before for before, now in pairwise(high)) >= RISES

    def _approach(self, wanted_db: float) -> None:
        wanted_db = min(max(wanted_db, GAIN_DB[0]), GAIN_DB[1])
        up, down = UP_DB_S * FRAME_MS / 1000, DOWN_DB_S * FRAME_MS / 1000
        self._gain_db += min(max(wanted_db - self._gain_db, -down), up)


class SoundPath:
    """`set` and `exchange` may be called on any thread: each replaces one value as a whole."""

    def __init__(self) -> None:
        self._comfort = SetComfort()
        self._mouth, self._ear = Amplifier(), Amplifier()
        self._automatic = AutomaticGain()
        self._exchange: Exchange | None = None

    @property
    def comfort(self) -> SetComfort:
        return self._comfort

    def set(self, comfort: SetComfort) -> None:
        if comfort.automatic_gain and not self._comfort.automatic_gain:
            self._automatic = AutomaticGain()
        self._comfort = comfort

    def exchange(self, with_what: Exchange | None) -> None:
        """Both directions belong to a check from now on; None: to the clock again."""
        self._exchange = with_what

    def mouth(self, frame: bytes) -> bytes:
        """From the microphone, to be sent."""
        comfort, exchange = self._comfort, self._exchange
        if exchange is not None:  # measured as it is, so that the gain cannot hide what is wrong
            exchange.hear(self._mouth(frame, factor(comfort.microphone_db)))
            return SILENCE
        gain_db = comfort.microphone_db
        if comfort.automatic_gain:
            gain_db += self._automatic(level_dbfs(frame) + gain_db)
        return self._mouth(frame, factor(gain_db) if gain_db else 1.0)

    def ear(self, frame: bytes) -> bytes:
        """From the far side, to be heard."""
        comfort, exchange = self._comfort, self._exchange
        if exchange is not None:
            frame = exchange.play()
        return self._ear(frame, factor(comfort.earpiece_db) if comfort.earpiece_db else 1.0)
