"""Makes the sounds that remind of a call: resources/sounds/reminder_held.wav (two soft falling notes),
reminder_rings.wav (three short rising ones), reminder_paused.wav (up and down again: the recording is still paused);
reminder_deaf.wav (two low notes and a lower one) tells of a line by which no calls arrive. Short, and unlike the ring.
Run it again after changing it; the files are committed."""

import wave
from pathlib import Path

import numpy as np

RATE_HZ = 16_000
# file -> notes: start in s, frequency, length in s
SOUNDS = {
    "reminder_held": ((0.0, 784.0, 0.16), (0.2, 587.3, 0.24)),
    "reminder_rings": ((0.0, 659.3, 0.09), (0.12, 784.0, 0.09), (0.24, 987.8, 0.16)),
    "reminder_paused": ((0.0, 523.3, 0.12), (0.18, 784.0, 0.12), (0.36, 523.3, 0.2)),
    "reminder_deaf": ((0.0, 440.0, 0.2), (0.26, 440.0, 0.2), (0.52, 293.7, 0.4)),
}
PEAK, EDGE_S = 0.4, 0.012
FOLDER = Path(__file__).parent.parent / "resources" / "sounds"


def main() -> None:
    for name, notes in SOUNDS.items():
        end_s = max(start_s + length_s for start_s, _hz, length_s in notes)
        sound = np.zeros(int(end_s * RATE_HZ))
        for start_s, frequency_hz, length_s in notes:
            seconds = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
            edges = np.minimum(1.0, np.minimum(seconds, length_s - seconds) / EDGE_S)
            at = int(start_s * RATE_HZ)
            tone = np.sin(2 * np.pi * frequency_hz * seconds) + 0.3 * np.sin(4 * np.pi * frequency_hz * seconds)
            sound[at : at + len(seconds)] += tone * edges
        loudest = float(np.abs(sound).max())
        with wave.open(str(FOLDER / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes((sound * (PEAK / loudest) * 32767).astype(np.int16).tobytes())


if __name__ == "__main__":
    main()
