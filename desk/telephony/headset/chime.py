"""Short sounds of the window's, heard on the device that rings: reminders. Each is played by a thread of its own that
opens the device, plays and gives it back, so that neither the window nor a call waits for a sound server; while one
plays, another one is left out. A device that is not there makes no sound and no trouble: the headset's lamp tells.

Ui process; any thread."""

import logging
import threading
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

from desk.telephony.headset.playback import MiniaudioSink
from desk.usecases.recording_ports import AudioSink, SinkLost

_log = logging.getLogger(__name__)
_TAIL_S = 0.3  # pushes the last note out of the sink before it is closed
_LONGEST_S = 5.0

MakeSink = Callable[[str], AudioSink]  # by the device's name


class Chime:
    """`folder` holds the sounds, as `reminder_<sound>.wav`, mono, 16 bit."""

    def __init__(self, folder: Path, make_sink: MakeSink = lambda device: MiniaudioSink(lambda: device)) -> None:
        self._folder, self._make_sink = folder, make_sink
        self._playing = threading.Lock()

    def __call__(self, sound: str, device: str, gain_db: float) -> None:
        if self._playing.acquire(blocking=False):
            threading.Thread(target=self._run, args=(sound, device, gain_db), name="chime", daemon=True).start()

    def wait(self, timeout_s: float = _LONGEST_S) -> bool:
        """Until nothing plays. For tests, and for the end of the window."""
        if self._playing.acquire(timeout=timeout_s):
            self._playing.release()
            return True
        return False

    def _run(self, sound: str, device: str, gain_db: float) -> None:
        try:
            self._play(sound, self._make_sink(device), gain_db)
        except (SinkLost, OSError, EOFError, wave.Error) as error:
            _log.warning("a reminder cannot be heard: %s", error)
        finally:
            self._playing.release()

    def _play(self, sound: str, sink: AudioSink, gain_db: float) -> None:
        with wave.open(str(self._folder / f"reminder_{sound}.wav"), "rb") as file:
            rate_hz = file.getframerate()
            samples = np.frombuffer(file.readframes(int(_LONGEST_S * rate_hz)), np.int16)
        louder = np.clip(samples * 10 ** (gain_db / 20), -32768, 32767).astype(np.int16).tobytes()
        try:
            sink.open(rate_hz, 1)
            sink.write(louder + bytes(int(_TAIL_S * rate_hz) * 2))
        finally:
            sink.close()
