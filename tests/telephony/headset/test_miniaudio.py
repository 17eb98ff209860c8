"""`MiniaudioHeadset` on a real sound server: what every headset does, and formats, ringing, leaks."""

import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psutil
import pytest

from desk.demo.processes import wait_until
from desk.demo.virtual_headset import MICROPHONE, VirtualHeadset
from desk.domain.commands import ChooseHeadset, SetComfort
from desk.domain.events import CheckStage, Verdict
from desk.domain.troubles import Trouble
from desk.telephony.headset import sound_devices
from desk.telephony.headset.check import tone, voice_level
from desk.telephony.headset.chosen import ChosenHeadset
from desk.telephony.headset.miniaudio import MiniaudioHeadset
from desk.telephony.headset.port import HeadsetReport
from tests.telephony.headset_contract import (
    OTHER,
    OWN,
    WITHIN_S,
    Clock,
    HeadsetContract,
    Told,
    choose,
    mic,
    on,
    reached,
)
from tests.telephony.sound_shelf import SoundShelf
from tests.telephony.sounds import speechlike, write_wav

FOLLOWS_S = 2.0  # what is promised


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualHeadset]:
    """A sound server without a device, whose address is in the environment as on a seat."""
    headset = VirtualHeadset(tmp_path_factory.mktemp("pulse"))
    headset.start()
    headset.unplug()
    with pytest.MonkeyPatch.context() as patch:
        for key, value in headset.env.items():
            patch.setitem(os.environ, key, value)
        yield headset
    headset.stop()


class RealScene:
    def __init__(self, folder: Path, server: VirtualHeadset, ring_on_speakers: bool = True) -> None:
        self.shelf = SoundShelf(server)
        self.shelf.plug_in(OWN)
        self.shelf.make_default(OWN)
        self._plugged = {OWN}
        self._folder, self._now, self._on_speakers = folder, datetime(2026, 3, 2, tzinfo=UTC), ring_on_speakers
        self.reports: list[HeadsetReport] = []
        self.headset = self._started()
        on(self, OWN)

    def _started(self) -> MiniaudioHeadset:
        remembered = ChosenHeadset(self._folder, ChooseHeadset("", "", ""), lambda: self._now)
        headset = MiniaudioHeadset(remembered, self._on_speakers)
        headset.open(self.reports.append)
        return headset

    def plug_in(self, name: str, rate_hz: int = 48_000, channels: int = 2, sample: str = "s16le") -> None:
        self.shelf.plug_in(name, rate_hz, channels, sample)
        self._plugged.add(name)

    def pull_out(self, name: str) -> None:
        self.shelf.pull_out(name)
        self._plugged.discard(name)

    def restart(self) -> None:
        self.headset.close()
        self.reports.clear()
        self.headset = self._started()

    def pass_time(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    def end(self) -> None:
        self.headset.close()
        for name in sorted(self._plugged):
            self.shelf.pull_out(name)

    def plays_on(self, *sinks: str) -> bool:
        """Beside the earpiece in use."""
        streams = self.shelf.sinks_playing()
        streams.remove(SoundShelf.short(self.reports[-1].state.earpiece_in_use))
        return streams == sorted(SoundShelf.short(sink) for sink in sinks)


@pytest.fixture
def scene(tmp_path: Path, server: VirtualHeadset) -> Iterator[RealScene]:
    made = RealScene(tmp_path, server)
    yield made
    made.end()


class TestMiniaudioHeadset(HeadsetContract):
    pass


@pytest.mark.parametrize(
    ("rate_hz", "channels", "sample"),
    [(44_100, 2, "s16le"), (8_000, 1, "s16le"), (48_000, 2, "s24le"), (96_000, 6, "s32le"), (16_000, 1, "u8")],
)
def test_whatever_the_devices_format_the_sound_goes_through(
    scene: RealScene, tmp_path: Path, rate_hz: int, channels: int, sample: str
) -> None:
    scene.plug_in(OTHER, rate_hz, channels, sample)
    choose(scene, OTHER)
    on(scene, OTHER)
    speaker = scene.shelf.play(write_wav(tmp_path / "agent.wav", speechlike(2, 30.0)), "other-feed")
    listener = scene.shelf.listen("other.monitor")
    try:
        with Clock(scene.headset, says=tone()) as clock:
            wait_until("the ear", lambda: listener.level_dbfs() > -30.0, 10.0)
            wait_until("the mouth", lambda: level_of(clock) > -30.0, 10.0)
    finally:
        speaker.kill()
        speaker.wait()
        listener.stop()


def level_of(clock: Clock) -> float:
    return voice_level(np.frombuffer(b"".join(clock.heard), np.int16).astype(np.float64))


def test_the_sound_follows_the_plug_within_two_seconds(scene: RealScene) -> None:
    scene.plug_in(OTHER)
    choose(scene, OTHER)
    on(scene, OTHER)
    says = speechlike(3, 5.0).astype(np.int16).tobytes()
    own, other = scene.shelf.listen("own.monitor"), None
    try:
        with Clock(scene.headset, says=says):
            wait_until("the listener", lambda: own.frames, 10.0)
            scene.pull_out(OTHER)
            wait_until("the other ear", lambda: own.loudest_dbfs() > -40.0, FOLLOWS_S)
            scene.plug_in(OTHER)
            other = scene.shelf.listen("other.monitor")
            wait_until("the chosen ear again", lambda: other.loudest_dbfs() > -40.0, FOLLOWS_S)
    finally:
        for listener in (own, other):
            if listener is not None:
                listener.stop()


def test_a_device_that_opens_and_does_nothing_costs_no_sound_and_is_told(scene: RealScene) -> None:
    scene.plug_in(OTHER)
    scene.shelf.pactl("suspend-sink", "other", "1")
    listener = scene.shelf.listen("own.monitor")
    try:
        with Clock(scene.headset, says=speechlike(3, 5.0).astype(np.int16).tobytes()):
            wait_until("the ear", lambda: listener.loudest_dbfs() > -40.0, 10.0)
            scene.headset.choose(mic(OTHER), OTHER, "")
            report = reached(scene, lambda state: state.earpiece == OTHER and not state.present)
            assert report.wrongs == {Trouble.NO_EARPIECE: f"{OTHER}: opened, but does nothing"}
            assert (report.state.microphone_in_use, report.state.earpiece_in_use) == (mic(OTHER), OWN)
            assert listener.loudest_dbfs() > -40.0
            scene.shelf.pactl("suspend-sink", "other", "0")
            assert not on(scene, OTHER).wrongs
    finally:
        listener.stop()


def test_a_sound_server_that_hangs_holds_up_nobody_and_is_taken_up_again(
    scene: RealScene, server: VirtualHeadset
) -> None:
    asked = threading.Event()

    def ask() -> None:
        scene.headset.choose(mic(OTHER), OTHER, "")
        scene.headset.set_comfort(SetComfort(earpiece_db=-3.0))
        scene.headset.ring(on=True)
        scene.headset.ring(on=False)
        for _ in range(100):
            scene.headset.give(scene.headset.take())
        asked.set()

    scene.plug_in(OTHER)
    process = server_process(server)
    process.suspend()
    try:
        threading.Thread(target=ask, name="asks", daemon=True).start()
        assert asked.wait(WITHIN_S)
    finally:
        process.resume()
    on(scene, OTHER)


def server_process(server: VirtualHeadset) -> psutil.Process:
    """The sound server, found by the socket it was told to serve."""
    socket = server.env["PULSE_SERVER"].removeprefix("unix:")
    return next(one for one in psutil.Process().children() if any(socket in word for word in one.cmdline()))


def test_a_ring_in_the_headset_is_heard_in_the_loudspeakers_too(scene: RealScene) -> None:
    scene.plug_in("Built-in Speakers")
    scene.plug_in(OTHER)
    choose(scene, OTHER, ring_device=OTHER)
    on(scene, OTHER)
    scene.shelf.make_default(OTHER)  # as systems do with what was plugged in last
    reached(scene, lambda state: any(one.is_default and one.name == OTHER for one in state.earpieces))
    scene.headset.ring(on=True)
    wait_until("both ring", lambda: scene.plays_on(OTHER, "Built-in Speakers"), WITHIN_S)
    scene.headset.ring(on=True, quiet=True)
    wait_until("only the ear", lambda: scene.plays_on(OTHER), WITHIN_S)
    scene.headset.ring(on=False)
    wait_until("silence", scene.plays_on, WITHIN_S)


def test_a_ring_on_a_device_of_its_own_stays_there_and_survives_its_loss(scene: RealScene) -> None:
    scene.plug_in("Built-in Speakers")
    scene.plug_in(OTHER)
    choose(scene, OWN, ring_device=OTHER)
    scene.headset.ring(on=True)
    wait_until("its own device", lambda: scene.plays_on(OTHER), WITHIN_S)
    scene.pull_out(OTHER)
    wait_until("the headset and the speakers", lambda: scene.plays_on(OWN, "Built-in Speakers"), WITHIN_S)
    scene.plug_in(OTHER)
    wait_until("its own device again", lambda: scene.plays_on(OTHER), WITHIN_S)
    scene.headset.ring(on=False)
    wait_until("silence", scene.plays_on, WITHIN_S)


def test_the_ring_has_a_volume_of_its_own(scene: RealScene) -> None:
    listener = scene.shelf.listen("own.monitor")
    try:
        scene.headset.ring(on=True)
        wait_until("the ring", lambda: listener.level_dbfs() > -35.0, WITHIN_S)
        loud = listener.level_dbfs()
        scene.headset.set_comfort(SetComfort(ring_db=-40.0))
        reached(scene, lambda state: state.ring_db == -40.0)
        listener.forget()
        wait_until("a quieter one", lambda: -90.0 < listener.level_dbfs() < loud - 25.0, WITHIN_S)
    finally:
        scene.headset.ring(on=False)
        listener.stop()


def test_an_empty_shelf_of_the_sound_servers_own_making_is_no_earpiece(scene: RealScene) -> None:
    module = scene.shelf.pactl("load-module", "module-always-sink")
    try:
        scene.pull_out(OWN)
        report = on(scene, "")
        assert report.state.earpieces == ()
    finally:
        scene.plug_in(OWN)
        scene.shelf.make_default(OWN)
        scene.shelf.pactl("unload-module", module)


def test_a_check_with_a_leak_measures_the_way_and_the_loss(scene: RealScene) -> None:
    scene.shelf.leak("own.monitor", "own-feed", delay_ms=150, volume_db=-12.0)
    with Clock(scene.headset, says=tone()) as clock:
        wait_until("the leak: PulseAudio's sinks sleep deeply", lambda: level_of(clock) > -50.0, 10.0)
    told = Told()
    with Clock(scene.headset):
        scene.headset.check(told)
        last = told.last()
    assert last.echo_db is not None
    assert 10.0 < last.echo_db < 12.0 + 5.0  # what a busy computer drops of every sweep is lacking in it
    assert last.round_trip_ms is not None
    assert 150.0 - 30.0 < last.round_trip_ms < 150.0 + 250.0


def test_a_check_of_a_good_headset_is_good(scene: RealScene, tmp_path: Path) -> None:
    told = Told()
    sound = speechlike(4, 3.5)
    wav = write_wav(tmp_path / "agent.wav", sound * 10 ** ((-20.0 - voice_level(sound)) / 20))
    with Clock(scene.headset):
        scene.headset.check(told)
        told.wait(CheckStage.SPEAK)
        speaker = scene.shelf.play(wav, "own-feed")
        told.wait(CheckStage.SILENCE)
        speaker.wait(5.0)
        last = told.last()
    assert last.verdict is Verdict.GOOD, last
    assert last.voice_dbfs == pytest.approx(-20.0, abs=2.5)


def test_a_sound_server_that_was_away_for_a_moment_is_taken_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It restarts by itself on a desktop; ALSA is there meanwhile, and has a device that swallows everything."""
    monkeypatch.setattr(sound_devices, "SERVER_AGAIN_S", 0.5)
    server = VirtualHeadset(tmp_path / "pulse")
    for key, value in server.env.items():
        monkeypatch.setenv(key, value)
    headset = MiniaudioHeadset()
    reports: list[HeadsetReport] = []
    headset.open(reports.append)

    def uses(microphone: str) -> Callable[[], bool]:
        return lambda: bool(reports) and reports[-1].state.microphone_in_use == microphone

    try:
        wait_until("a look", lambda: bool(reports), WITHIN_S)
        assert sound_devices.NOWHERE not in [one.name for one in reports[-1].state.microphones]
        for _ in range(2):
            server.start()
            wait_until("the server's microphone", uses(MICROPHONE), 30.0)
            server.switch_off()
            wait_until("none", uses(""), 30.0)
    finally:
        headset.close()
        server.stop()
