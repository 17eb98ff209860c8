"""The reminders' sounds: played whole, never two at once, and a device that is away harms nothing."""

import threading
from pathlib import Path

import numpy as np
import pytest

from desk.recording.playing.player import FakeSink
from desk.resources import resources_dir
from desk.telephony.headset.chime import Chime
from desk.ui.beside.reminders_presenter import Reminder

SOUNDS = resources_dir() / "sounds"


class Waits(FakeSink):
    """Takes nothing until it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()

    def write(self, samples: bytes) -> None:
        assert self.may.wait(5)
        super().write(samples)


@pytest.mark.parametrize("reminder", list(Reminder))
def test_every_reminder_has_its_sound(reminder: Reminder) -> None:
    sink, asked = FakeSink(), list[str]()

    def make(device: str) -> FakeSink:
        asked.append(device)
        return sink

    chime = Chime(SOUNDS, make)
    chime(reminder.value, "扬声器", 0.0)
    assert chime.wait()
    assert asked == ["扬声器"]
    assert (sink.rate_hz, sink.channels, sink.is_open) == (16_000, 1, False)
    assert 0.2 < len(sink.heard) / 2 / 16_000 < 1.5
    assert np.abs(np.frombuffer(bytes(sink.heard), np.int16).astype(int)).max() > 5000


def test_it_is_as_loud_as_asked() -> None:
    peaks = []
    for gain_db in (0.0, -12.0, 40.0):
        sink = FakeSink()
        chime = Chime(SOUNDS, lambda _device, sink=sink: sink)  # type: ignore[misc]
        chime("held", "", gain_db)
        assert chime.wait()
        peaks.append(int(np.abs(np.frombuffer(bytes(sink.heard), np.int16).astype(int)).max()))
    assert peaks[1] == pytest.approx(peaks[0] / 4, rel=0.02)
    assert peaks[2] >= 32767


def test_while_one_plays_another_is_left_out() -> None:
    made: list[Waits] = []
    begun = threading.Event()

    def make(_device: str) -> Waits:
        made.append(Waits())
        begun.set()
        return made[-1]

    chime = Chime(SOUNDS, make)
    chime("held", "", 0.0)
    chime("rings", "", 0.0)
    assert begun.wait(5)
    made[0].may.set()
    assert chime.wait()
    assert len(made) == 1


@pytest.mark.parametrize("sound", ["held", "no_such_sound"])
def test_a_device_or_a_file_that_is_away_harms_nothing(sound: str, caplog: pytest.LogCaptureFixture) -> None:
    sink = FakeSink()
    sink.lost = True
    chime = Chime(SOUNDS, lambda _device: sink)
    chime(sound, "gone", 0.0)
    assert chime.wait()
    assert "cannot be heard" in caplog.text
    chime(sound, "gone", 0.0)  # the next one is tried
    assert chime.wait()


def test_a_damaged_file_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "reminder_held.wav").write_bytes(b"RIFF")
    chime = Chime(tmp_path, lambda _device: FakeSink())
    chime("held", "", 0.0)
    assert chime.wait()
