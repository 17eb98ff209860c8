"""`FakeHeadset` does what a headset does; and what only it can show."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.domain.commands import ChooseHeadset, SetComfort
from desk.domain.events import Verdict
from desk.domain.troubles import Trouble
from desk.telephony.headset.chosen import ChosenHeadset
from desk.telephony.headset.fake import FakeHeadset
from desk.telephony.headset.port import HeadsetReport
from tests.telephony.headset_contract import OTHER, OWN, Clock, HeadsetContract, Told, choose, mic, on


class FakeScene:
    def __init__(self, folder: Path) -> None:
        self._folder, self._now = folder, datetime(2026, 3, 2, tzinfo=UTC)
        self.reports: list[HeadsetReport] = []
        self.headset = self._started()

    def _started(self) -> FakeHeadset:
        remembered = ChosenHeadset(self._folder, ChooseHeadset("", "", ""), lambda: self._now)
        headset = FakeHeadset(mic(OWN), OWN, remembered)
        headset.open(self.reports.append)
        return headset

    def plug_in(self, name: str) -> None:
        self.headset.plug_in(mic(name), name)

    def pull_out(self, name: str) -> None:
        self.headset.unplug(mic(name), name)

    def restart(self) -> None:
        self.headset.close()
        self.reports.clear()
        before, self.headset = self.headset, self._started()
        for microphone, earpiece in zip(before.microphones, before.earpieces, strict=True):
            self.headset.plug_in(microphone, earpiece)

    def pass_time(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[FakeScene]:
    made = FakeScene(tmp_path)
    yield made
    made.headset.close()


class TestFakeHeadset(HeadsetContract):
    tick_s = 0.0005


def test_a_device_that_cannot_be_opened_is_told_and_the_next_best_works(scene: FakeScene) -> None:
    scene.headset.broken = {OTHER}
    scene.plug_in(OTHER)
    scene.headset.choose(mic(OTHER), OTHER, "")
    report = scene.reports[-1]
    assert report.wrongs == {Trouble.NO_EARPIECE: f"{OTHER}: cannot be opened"}
    assert (report.state.microphone_in_use, report.state.earpiece_in_use) == (mic(OTHER), OWN)


def test_what_leaks_is_measured() -> None:
    headset, told = FakeHeadset(leaks=True), Told()
    headset.set_comfort(SetComfort(microphone_db=-12.0))
    with Clock(headset, 0.0005):
        headset.check(told)
        last = told.last()
    assert last.round_trip_ms == pytest.approx(20.0, abs=0.5)
    assert last.echo_db == pytest.approx(12.0, abs=0.5)
    assert last.verdict is Verdict.SILENT_MICROPHONE


def test_a_choice_follows_the_hand_not_the_look(scene: FakeScene) -> None:
    scene.plug_in(OTHER)
    choose(scene, OTHER)
    scene.headset.choose("", "", "")
    assert on(scene, OWN).state.present
