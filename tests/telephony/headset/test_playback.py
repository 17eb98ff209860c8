"""Sinks: the real one and the fake take sound alike. miniaudio's null device plays in real time and is not heard, so
that the real one is tried on any machine."""

import time
from collections.abc import Callable

import miniaudio
import pytest

from desk.recording.playing.player import FakeSink
from desk.telephony.headset.playback import MiniaudioSink
from desk.usecases.recording_ports import AudioSink, SinkLost

RATE_HZ = 48_000
TEN_MS = bytes(RATE_HZ // 100 * 4)


def null_sink() -> MiniaudioSink:
    return MiniaudioSink(backends=[miniaudio.Backend.NULL])


@pytest.fixture(params=[FakeSink, null_sink], ids=["fake", "miniaudio"])
def sink(request: pytest.FixtureRequest) -> AudioSink:
    make: Callable[[], AudioSink] = request.param
    return make()


class TestEverySink:
    def test_it_takes_what_is_written(self, sink: AudioSink) -> None:
        sink.open(RATE_HZ, 2)
        for _ in range(30):
            sink.write(TEN_MS)
        sink.close()

    def test_it_can_be_opened_again_and_again(self, sink: AudioSink) -> None:
        for rate_hz, channels in ((48_000, 2), (16_000, 1), (48_000, 2)):
            sink.open(rate_hz, channels)
            sink.write(TEN_MS)
            sink.close()

    def test_closing_twice_does_nothing(self, sink: AudioSink) -> None:
        sink.close()
        sink.open(RATE_HZ, 2)
        sink.close()
        sink.close()

    def test_closed_it_takes_nothing(self, sink: AudioSink) -> None:
        with pytest.raises(SinkLost):
            sink.write(TEN_MS)
        sink.open(RATE_HZ, 2)
        sink.close()
        with pytest.raises(SinkLost):
            sink.write(TEN_MS)


def test_the_real_sink_keeps_only_a_fraction_of_a_second_ahead() -> None:
    sink = null_sink()
    sink.open(RATE_HZ, 2)
    begun = time.monotonic()
    for _ in range(60):
        sink.write(TEN_MS)
    # 600 ms of sound, of which the queue may still hold 100 ms and the device some periods.
    assert time.monotonic() - begun > 0.3
    sink.close()


def test_a_device_that_does_not_exist_is_lost_at_once() -> None:
    with pytest.raises(SinkLost):
        MiniaudioSink(lambda: "no such earpiece").open(RATE_HZ, 2)
