"""Makes resources/sounds/ring.wav: three soft bell notes (E5, G5, C6) that cut through speech without startling.
Run it again after changing it; the file is committed."""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
NOTES = ((0.0, 659.26), (0.16, 783.99), (0.32, 1046.5))  # start in s, frequency
PARTIALS = ((1.0, 1.0, 5.0), (2.0, 0.35, 8.0), (3.01, 0.12, 12.0))  # multiple, share, decay per s
LENGTH_S, PEAK = 1.2, 0.6
FILE = Path(__file__).parent.parent / "resources" / "sounds" / "ring.wav"


def ring() -> npt.NDArray[np.float64]:
    sound = np.zeros(int(LENGTH_S * RATE_HZ))
    for start_s, frequency in NOTES:
        at = int(start_s * RATE_HZ)
        seconds = np.arange(len(sound) - at) / RATE_HZ
        attack = np.minimum(seconds / 0.008, 1.0)
        for multiple, share, decay in PARTIALS:
            sound[at:] += attack * share * np.exp(-decay * seconds) * np.sin(2 * np.pi * frequency * multiple * seconds)
    sound[-400:] *= np.linspace(1.0, 0.0, 400)
    loudest = float(np.abs(sound).max())
    return sound * (PEAK / loudest)


def main() -> None:
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(FILE), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((ring() * 32767).astype(np.int16).tobytes())


if __name__ == "__main__":
    main()
