"""The quality watch against a stack whose figures are set by hand, tick by tick, without a clock of its own."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from desk.domain import events
from desk.domain.calls import Call, Phase
from desk.domain.diagnosis import Diagnosis
from desk.domain.identity import CallId
from desk.domain.party import Direction, Party
from desk.domain.quality import Quality
from desk.domain.tally import Tally
from desk.domain.troubles import Trouble
from desk.telephony.companion import Workplace
from desk.telephony.fake_stack import FakeStack
from desk.telephony.frame_clock import FrameClock
from desk.telephony.frames import FRAME_SAMPLES, SILENCE
from desk.telephony.headset.fake import FakeHeadset
from desk.telephony.headset.frame_buffer import AudioCounts
from desk.telephony.headset.port import Headset, HeadsetCounts, NoHeadset
from desk.telephony.quality_watch import GATED_S, SILENT_S, QualityWatch
from desk.telephony.stack import LegStatistics

T0 = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
START = LegStatistics("PCMA", 0, 0, 0, 1.0, 40.0, 0, None, None)


def tone(peak: int) -> bytes:
    return np.full(FRAME_SAMPLES, peak, np.int16).tobytes()


SPEECH, NOISE = tone(8000), tone(30)  # -12 and -61 dBFS


class _NoRecorder:
    def write(self, call_id: CallId, caller: bytes, agent: bytes) -> None:
        pass

    def note(self, event: events.CallEvent) -> None:
        pass

    def start(self, call_id: CallId, rate_hz: int) -> None:
        pass

    def stop(self, call_id: CallId) -> None:
        pass


@dataclass
class Scene:
    """One call that is talked on. `says`, `hears`: what each frame of the microphone and earpiece is. `loss`, `late`:
    of a hundred packets; `comes` False: no packets at all."""

    headset: Headset = field(default_factory=FakeHeadset)
    says: bytes = NOISE
    hears: bytes = SPEECH
    loss: int = 0
    late: int = 0
    comes: bool = True
    now_s: float = 1000.0

    def __post_init__(self) -> None:
        self.frames = FrameClock(self.headset, _NoRecorder())
        self.stack = FakeStack(self.frames)
        leg = self.stack.far_calls(Party("13800138000"))
        assert leg is not None
        self.leg = leg
        offered = Call(CallId("c1"), "热线", Direction.INCOMING, Party("13800138000"), Phase.UP, T0)
        self.calls: tuple[Call, ...] = (offered,)
        self.happened: list[events.CallEvent] = []
        self.stands: set[Trouble] = set()
        self.stack.measured[self.leg] = START
        self.watch = QualityWatch(self._workplace())
        self.frames.connect(CallId("c1"), muted=False)
        self.watch.heard(events.CallAnswered(CallId("c1"), T0))

    def _workplace(self) -> Workplace:
        def nothing(*_: Any) -> None:
            raise AssertionError("the watch has no business with this")

        return Workplace(
            clock=lambda: T0 + timedelta(seconds=self.now_s - 1000),
            new_id=lambda: "",
            publish=nothing,
            call_happened=self.happened.append,
            do=nothing,
            later=nothing,
            settle=lambda _family, present: setattr(self, "stands", set(present)),
            calls=lambda: self.calls,
            leg=lambda call_id: self.leg if call_id == "c1" else None,
            agent=lambda: "1001",
            frames=self.frames,
            headset=self.headset,
            stack=self.stack,
        )

    def change(self, **fields: Any) -> None:
        self.calls = (replace(self.calls[0], **fields),)

    def run(self, seconds: float) -> None:
        """In steps of 20 ms, as the audio clock and the loop do."""
        for _ in range(round(seconds * 50)):
            self.now_s += 0.02
            if isinstance(self.headset, FakeHeadset):
                self.headset.say(self.says)
            self.frames.mouth()
            self.frames.ear(self.hears)
            before = self.stack.measured[self.leg]
            number = before.sent + 1
            lost = self.comes and number * self.loss % 100 < self.loss
            late = self.comes and not lost and number * self.late % 100 < self.late
            self.stack.measured[self.leg] = replace(
                before,
                sent=number,
                received=before.received + (self.comes and not lost),
                lost=before.lost + lost,
                discarded=before.discarded + late,
            )
            self.watch.tick(self.now_s)

    @property
    def qualities(self) -> list[Quality]:
        return [event.quality for event in self.happened if isinstance(event, events.QualityMeasured)]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_good_call_is_measured_every_two_seconds(scene: Scene) -> None:
    scene.run(21)
    assert 9 <= len(scene.qualities) <= 10
    assert {(q.codec, q.loss, q.discarded, q.sent_loss) for q in scene.qualities} == {("PCMA", 0.0, 0.0, None)}
    assert all(q.mos > 4.3 and q.earpiece_dbfs == pytest.approx(-12.2, abs=0.1) for q in scene.qualities)
    assert Tally.of(scene.qualities).diagnosis is Diagnosis.NONE
    assert scene.stands == set()


def test_loss_is_the_difference_and_not_the_sum(scene: Scene) -> None:
    scene.loss = 20
    scene.run(10)
    scene.loss = 0
    bad = len(scene.qualities)
    scene.run(10)
    assert all(15 <= q.loss <= 25 and q.mos < 3.2 for q in scene.qualities[:bad])
    assert [q.loss for q in scene.qualities[bad + 1 :]] == [0.0] * (len(scene.qualities) - bad - 1)
    assert Tally.of(scene.qualities[:bad]).diagnosis is Diagnosis.NETWORK_LOSS


def test_late_packets_are_told_apart_from_lost_ones(scene: Scene) -> None:
    scene.late = 20
    scene.run(10)
    assert all(q.loss == 0.0 and q.discarded > 10 for q in scene.qualities)
    assert Tally.of(scene.qualities).diagnosis is Diagnosis.NETWORK_JITTER


def test_the_far_sides_reports_are_compared_with_what_was_sent_between_them(scene: Scene) -> None:
    def report(number: int, lost: int) -> None:
        measured = scene.stack.measured[scene.leg]
        scene.stack.measured[scene.leg] = replace(measured, reports=number, sent_lost=lost, round_trip_ms=60.0)

    scene.run(5)
    report(1, 0)
    scene.run(5)
    assert [q.sent_loss for q in scene.qualities][-1] == 0.0
    report(2, 50)  # of the 250 packets since
    scene.run(5)
    assert scene.qualities[-1].sent_loss == pytest.approx(20.0, abs=3)
    assert scene.qualities[-1].mos < 3.2
    report(3, 50)
    scene.run(3)
    assert scene.qualities[-1].sent_loss == 0.0
    assert scene.qualities[-1].round_trip_ms == 60.0


def test_a_dead_microphone_is_told_within_five_seconds_and_cleared_when_it_speaks(scene: Scene) -> None:
    scene.says = SILENCE
    scene.run(SILENT_S - 0.3)
    assert scene.stands == set()
    scene.run(0.5)
    assert scene.stands == {Trouble.DEAD_MICROPHONE}
    scene.run(0.3)
    assert scene.qualities[-1].silent_microphone  # at once, and not with the span's end
    scene.run(3)
    assert scene.qualities[-1].silent_microphone
    assert (
        Tally.of(scene.qualities[-2:]).diagnosis is Diagnosis.MICROPHONE_DEAD
        or not scene.qualities[-2].silent_microphone
    )
    scene.says = SPEECH
    scene.run(0.3)
    assert scene.stands == set()


def test_a_muted_microphone_is_not_dead(scene: Scene) -> None:
    scene.says = SILENCE
    scene.change(muted=True)
    scene.run(12)
    assert scene.stands == set()
    assert not any(q.silent_microphone for q in scene.qualities)
    assert all(q.microphone_dbfs is None for q in scene.qualities)


def test_a_seat_without_a_microphone_has_no_dead_one() -> None:
    scene = Scene(headset=NoHeadset())
    scene.run(12)
    assert scene.stands == set()


def test_a_microphone_that_gates_its_noise_is_given_more_time(scene: Scene) -> None:
    for _ in range(2):
        scene.says = SPEECH
        scene.run(1)
        scene.says = SILENCE
        scene.run(2)
    scene.says = SPEECH
    scene.run(0.5)
    scene.says = SILENCE
    scene.run(GATED_S - 1)
    assert scene.stands == set()
    scene.run(2)
    assert scene.stands == {Trouble.DEAD_MICROPHONE}


def test_no_packets_are_told_within_five_seconds_and_over_with_the_first_one(scene: Scene) -> None:
    scene.run(3)
    scene.comes, scene.hears = False, SILENCE
    scene.run(3)
    assert scene.stands == set()
    scene.run(2)
    assert scene.stands == {Trouble.NO_AUDIO}
    assert scene.qualities[-1].no_packets
    assert (scene.qualities[-1].loss, scene.qualities[-1].mos) == (100.0, 1.0)
    assert Tally.of(scene.qualities[-2:]).diagnosis is Diagnosis.FAR_SIDE_SILENT
    measured = scene.stack.measured[scene.leg]
    scene.stack.measured[scene.leg] = replace(measured, lost=measured.lost + 300)  # the gap in the numbers
    scene.comes = True
    scene.run(4.5)
    assert scene.stands == set()
    assert scene.qualities[-1].loss == 0.0
    assert not any(q.loss == 100.0 for q in scene.qualities[-2:])


def test_a_far_side_that_has_put_us_on_hold_may_be_silent(scene: Scene) -> None:
    scene.run(3)
    scene.change(far_held=True)
    scene.watch.heard(events.FarHeld(CallId("c1"), T0, True))
    scene.comes = False
    before = len(scene.qualities)
    scene.run(12)
    assert scene.stands == set()
    assert all(q.loss == 0.0 and not q.no_packets for q in scene.qualities[before:])


def test_a_caller_is_silent_when_neither_side_speaks(scene: Scene) -> None:
    scene.hears = NOISE
    scene.says = SPEECH  # the agent explains something for long
    scene.run(9)
    assert not any(q.silent_caller for q in scene.qualities)
    scene.says = NOISE
    scene.run(8)
    assert scene.qualities[-1].silent_caller
    assert Tally.of(scene.qualities).diagnosis is Diagnosis.NONE  # that is no fault
    scene.hears = SPEECH
    scene.run(2.5)
    assert not scene.qualities[-1].silent_caller


def test_our_own_late_frames_are_the_headsets(scene: Scene) -> None:
    scene.run(2.5)
    for number in range(1, 4):
        counts = HeadsetCounts(AudioCounts(lost=6.0 * number), AudioCounts(repeated=4.0 * number))
        scene.headset.counts = counts  # type: ignore[misc]
        scene.run(2)
    assert scene.qualities[-1].late_frames == 10
    assert Tally.of(scene.qualities[-3:]).diagnosis is Diagnosis.HEADSET_UNDERRUNS


def test_a_call_on_hold_is_not_measured_and_begins_anew(scene: Scene) -> None:
    scene.run(5)
    measured = len(scene.qualities)
    scene.change(phase=Phase.HELD)
    scene.watch.heard(events.CallHeld(CallId("c1"), T0))
    scene.comes = False
    scene.run(20)
    assert len(scene.qualities) == measured
    scene.comes = True
    scene.change(phase=Phase.UP)
    scene.watch.heard(events.CallResumed(CallId("c1"), T0))
    scene.run(5)
    assert len(scene.qualities) > measured
    assert all(q.loss == 0.0 and not q.no_packets for q in scene.qualities[measured:])
    assert scene.stands == set()


def test_what_was_wrong_is_over_with_the_call(scene: Scene) -> None:
    scene.says, scene.comes = SILENCE, False
    scene.run(8)
    assert scene.stands == {Trouble.DEAD_MICROPHONE, Trouble.NO_AUDIO}
    scene.calls = ()
    scene.watch.heard(events.CallEnded(CallId("c1"), T0, 200))
    assert scene.stands == set()
    before = len(scene.happened)
    scene.run(5)
    assert len(scene.happened) == before


def test_a_call_on_which_no_audio_ever_runs_is_told_within_five_seconds_and_when_it_comes(scene: Scene) -> None:
    measured = scene.stack.measured.pop(scene.leg)
    for _ in range(int(4.8 / 0.02)):
        scene.now_s += 0.02
        scene.watch.tick(scene.now_s)
    assert Trouble.NO_AUDIO in scene.stands
    told = scene.qualities[0]
    assert (told.codec, told.no_packets, told.mos) == ("", True, 1.0)
    assert told.at <= T0 + timedelta(seconds=3)
    assert Tally.of(scene.qualities).spans == len(scene.qualities) == 2
    scene.stack.measured[scene.leg] = measured
    scene.run(3)
    assert Trouble.NO_AUDIO not in scene.stands
    assert not scene.qualities[-1].no_packets


def test_a_call_without_audio_that_the_far_side_holds_is_left_alone(scene: Scene) -> None:
    del scene.stack.measured[scene.leg]
    scene.change(far_held=True)
    for _ in range(300):
        scene.now_s += 0.02
        scene.watch.tick(scene.now_s)
    assert scene.happened == []
    assert Trouble.NO_AUDIO not in scene.stands


ALAW_SILENCE = tone(8)  # what the idle code of PCMA is decoded to


@pytest.mark.parametrize("silence", [SILENCE, ALAW_SILENCE])
def test_packets_that_never_held_a_sound_are_told_within_five_seconds_of_the_answer(
    scene: Scene, silence: bytes
) -> None:
    scene.hears = silence
    scene.run(4.3)
    assert scene.stands == set()
    scene.run(0.6)
    assert scene.stands == {Trouble.NO_AUDIO}
    assert scene.qualities[-1].never_heard
    assert not scene.qualities[-1].no_packets
    assert Tally.of(scene.qualities[-2:]).diagnosis in (Diagnosis.FAR_SIDE_SILENT, Diagnosis.NONE)
    scene.hears = NOISE
    scene.run(2.5)
    assert scene.stands == set()
    assert not scene.qualities[-1].never_heard


def test_a_caller_who_merely_listens_is_not_taken_for_one_who_is_not_heard(scene: Scene) -> None:
    """Their telephone takes the noise out: pure silence after the first word, or before it while the agent speaks."""
    scene.hears, scene.says = SILENCE, SPEECH
    scene.run(12)
    scene.says = NOISE
    scene.run(3)
    scene.hears = SPEECH
    scene.run(0.2)
    scene.hears = SILENCE
    scene.run(30)
    assert scene.stands == set()
    assert not any(q.never_heard for q in scene.qualities)


def test_a_codec_that_settles_is_no_sound(scene: Scene) -> None:
    scene.hears = NOISE
    scene.run(0.3)
    scene.hears = ALAW_SILENCE
    scene.run(4.6)
    assert scene.stands == {Trouble.NO_AUDIO}


def test_the_noise_of_a_room_is_a_sound(scene: Scene) -> None:
    scene.hears = NOISE
    scene.run(1)
    scene.hears = SILENCE
    scene.run(12)
    assert scene.stands == set()


@pytest.mark.parametrize("waits", [{"prompt": "greeting"}, {"far_held": True}])
def test_who_is_played_a_prompt_or_holds_us_need_not_be_heard(scene: Scene, waits: dict[str, Any]) -> None:
    scene.hears = SILENCE
    scene.change(**waits)
    scene.run(12)
    assert scene.stands == set()
    assert not any(q.never_heard or q.silent_caller for q in scene.qualities)
    scene.change(prompt="", far_held=False)
    scene.run(5)
    assert scene.stands == {Trouble.NO_AUDIO}


def test_a_call_that_goes_on_is_not_judged_by_how_it_begins_again(scene: Scene) -> None:
    scene.run(1)
    scene.watch.heard(events.CallHeld(CallId("c1"), T0))
    scene.watch.heard(events.CallResumed(CallId("c1"), T0))
    scene.hears = SILENCE
    scene.run(12)
    assert scene.stands == set()
