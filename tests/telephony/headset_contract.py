"""What a headset does, real or not: one suite, inherited for `FakeHeadset` and for `MiniaudioHeadset` on PulseAudio.
There are two headsets in the drawer: "own" is plugged in from the beginning and the system's default."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol, TypeVar

from desk.demo.processes import wait_until
from desk.domain.commands import SetComfort
from desk.domain.events import CheckStage, HeadsetChecked, HeadsetState, Verdict
from desk.domain.troubles import Trouble
from desk.telephony.frames import FRAME_BYTES, FRAME_MS, SILENCE
from desk.telephony.headset.port import Headset, HeadsetReport

WITHIN_S = 6.0  # a bound for a busy machine; what it takes is measured by the benchmark
OWN, OTHER, LAST = "Own", "Other", "Last"
_Got = TypeVar("_Got")


class HeadsetScene(Protocol):
    reports: list[HeadsetReport]

    @property
    def headset(self) -> Headset: ...

    def plug_in(self, name: str) -> None: ...
    def pull_out(self, name: str) -> None: ...
    def restart(self) -> None:
        """The phone ends and starts again, with what it remembers."""
        ...

    def pass_time(self, seconds: float) -> None:
        """On the clock by which choices are remembered."""
        ...


def mic(name: str) -> str:
    return f"{name} mic"


def choose(scene: HeadsetScene, name: str, ring_device: str = "") -> None:
    """And keep it so long that it was no try."""
    scene.headset.choose(mic(name), name, ring_device)
    reached(scene, lambda state: state.earpiece == name)
    scene.pass_time(3600.0)


def reached(scene: HeadsetScene, matches: Callable[[HeadsetState], bool]) -> HeadsetReport:
    def last() -> HeadsetReport | None:
        report = scene.reports[-1] if scene.reports else None
        return report if report is not None and matches(report.state) else None

    try:
        return wait_until("the headset", last, WITHIN_S)
    except Exception:
        print(*scene.reports[-3:], sep="\n")
        raise


def on(scene: HeadsetScene, name: str) -> HeadsetReport:
    wanted = (mic(name), name) if name else ("", "")
    return reached(scene, lambda state: (state.microphone_in_use, state.earpiece_in_use) == wanted)


class Clock:
    """The 20 ms clock that the phone would be: takes and gives on a thread of its own. `says`: what the far side
    says, again and again."""

    def __init__(self, headset: Headset, tick_s: float = FRAME_MS / 1000, says: bytes = SILENCE) -> None:
        self._headset, self._tick_s = headset, tick_s
        self._says = [says[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0") for at in range(0, len(says), FRAME_BYTES)]
        self.heard: deque[bytes] = deque(maxlen=50)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock")

    def __enter__(self) -> "Clock":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        at_s = time.monotonic()
        while not self._over.is_set():
            self.heard.append(self._headset.take())
            self._says.append(self._says.pop(0))
            self._headset.give(self._says[-1])
            at_s += self._tick_s
            time.sleep(max(at_s - time.monotonic(), 0.0))


class Told:
    """What a check tells, and a way to wait for it."""

    def __init__(self) -> None:
        self.stages: list[HeadsetChecked] = []
        self._came = threading.Condition()

    def __call__(self, told: HeadsetChecked) -> None:
        with self._came:
            self.stages.append(told)
            self._came.notify_all()

    def wait(self, *stages: CheckStage, timeout_s: float = 30.0) -> HeadsetChecked:
        with self._came:
            assert self._came.wait_for(lambda: any(one.stage in stages for one in self.stages), timeout_s), self.stages
        return next(one for one in self.stages if one.stage in stages)

    def last(self) -> HeadsetChecked:
        return self.wait(CheckStage.DONE, CheckStage.FAILED)


class HeadsetContract:
    """Inherit and provide a `scene` fixture: opened, "own" in use, nothing chosen."""

    tick_s = FRAME_MS / 1000

    def test_without_a_choice_it_is_on_the_systems_default(self, scene: HeadsetScene) -> None:
        report = on(scene, OWN)
        assert (report.state.present, report.wrongs) == (True, {})
        assert (report.state.microphone, report.state.earpiece) == ("", "")

    def test_a_choice_counts_at_once(self, scene: HeadsetScene) -> None:
        scene.plug_in(OTHER)
        choose(scene, OTHER)
        assert on(scene, OTHER).state.present

    def test_pulled_out_it_makes_do_and_says_so_and_goes_back(self, scene: HeadsetScene) -> None:
        scene.plug_in(OTHER)
        choose(scene, OTHER)
        on(scene, OTHER)
        scene.pull_out(OTHER)
        report = on(scene, OWN)
        assert set(report.wrongs) == {Trouble.HEADSET_VANISHED}
        assert not report.state.present
        assert report.state.earpiece == OTHER, "the choice stands"
        scene.plug_in(OTHER)
        report = on(scene, OTHER)
        assert (report.state.present, report.wrongs) == (True, {})

    def test_a_choice_that_was_never_there_is_missing_and_something_else_works(self, scene: HeadsetScene) -> None:
        scene.headset.choose("No such mic", "No such earpiece", "")
        report = reached(scene, lambda state: state.earpiece == "No such earpiece")
        assert report.wrongs == {
            Trouble.NO_MICROPHONE: "No such mic",
            Trouble.NO_EARPIECE: "No such earpiece",
        }
        on(scene, OWN)

    def test_without_any_device_it_says_what_is_missing(self, scene: HeadsetScene) -> None:
        scene.pull_out(OWN)
        report = on(scene, "")
        assert set(report.wrongs) == {Trouble.HEADSET_VANISHED}
        assert scene.headset.take() == SILENCE
        scene.headset.give(SILENCE)
        told = Told()
        scene.headset.check(told)
        assert told.last() == HeadsetChecked(CheckStage.FAILED, Verdict.NO_MICROPHONE)
        scene.plug_in(OWN)
        assert not on(scene, OWN).wrongs

    def test_each_headset_comes_back_with_how_it_was_left(self, scene: HeadsetScene) -> None:
        scene.plug_in(OTHER)
        scene.headset.set_comfort(SetComfort(-6.0, -12.0, 4.0, automatic_gain=True))
        reached(scene, lambda state: state.automatic_gain)
        choose(scene, OTHER)
        state = on(scene, OTHER).state
        assert (state.earpiece_db, state.microphone_db, state.automatic_gain) == (0.0, 0.0, False)
        scene.headset.set_comfort(SetComfort(3.0, -12.0, -2.0))
        reached(scene, lambda state: state.earpiece_db == 3.0)
        scene.pull_out(OTHER)
        state = on(scene, OWN).state
        assert (state.earpiece_db, state.microphone_db, state.automatic_gain) == (-6.0, 4.0, True)
        scene.plug_in(OTHER)
        assert on(scene, OTHER).state.earpiece_db == 3.0
        scene.restart()
        state = on(scene, OTHER).state
        assert (state.earpiece, state.earpiece_db, state.microphone_db) == (OTHER, 3.0, -2.0)

    def test_another_one_out_of_the_drawer_is_no_trouble(self, scene: HeadsetScene) -> None:
        scene.plug_in(LAST)
        choose(scene, LAST)
        on(scene, LAST)
        scene.pull_out(LAST)
        scene.plug_in(OTHER)
        choose(scene, OTHER)
        on(scene, OTHER)
        scene.pull_out(OTHER)
        assert on(scene, OWN).wrongs
        scene.plug_in(LAST)
        report = on(scene, LAST)
        assert (report.wrongs, report.state.earpiece, report.state.present) == ({}, LAST, True)
        scene.plug_in(OTHER)
        assert on(scene, OTHER).state.earpiece == OTHER

    def test_volumes_beyond_what_is_offered_are_brought_to_the_nearest(self, scene: HeadsetScene) -> None:
        scene.headset.set_comfort(SetComfort(earpiece_db=99.0, ring_db=float("nan"), microphone_db=-99.0))
        state = reached(scene, lambda state: state.earpiece_db != 0.0).state
        assert (state.earpiece_db, state.ring_db, state.microphone_db) == (12.0, 0.0, -20.0)

    def test_a_check_that_is_broken_off_says_so_and_gives_the_headset_back(self, scene: HeadsetScene) -> None:
        told = Told()
        with Clock(scene.headset, self.tick_s):
            scene.headset.check(told)
            told.wait(CheckStage.TONE)
            scene.headset.break_off_check()
            assert told.last() == HeadsetChecked(CheckStage.FAILED)
        again = Told()
        with Clock(scene.headset, self.tick_s):
            scene.headset.check(again)
            again.wait(CheckStage.TONE)
            scene.headset.break_off_check()
            again.last()

    def test_a_check_fails_when_the_headset_is_pulled_out(self, scene: HeadsetScene) -> None:
        told = Told()
        with Clock(scene.headset, self.tick_s):
            scene.headset.check(told)
            told.wait(CheckStage.TONE)
            scene.pull_out(OWN)
            assert told.last() == HeadsetChecked(CheckStage.FAILED, Verdict.NO_MICROPHONE)

    def test_a_check_of_a_microphone_that_gives_nothing_tells_its_stages_and_that(self, scene: HeadsetScene) -> None:
        told = Told()
        with Clock(scene.headset, self.tick_s):
            scene.headset.check(told)
            last = told.last()
        assert [one.stage for one in told.stages] == [
            CheckStage.TONE,
            CheckStage.SPEAK,
            CheckStage.SILENCE,
            CheckStage.DONE,
        ]
        assert (last.verdict, last.echo_db, last.round_trip_ms) == (Verdict.SILENT_MICROPHONE, None, None)
