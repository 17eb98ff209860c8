"""The seat calls itself over the fake stack: the way out and in, what is recorded where, and that a real call wins."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from desk.domain import commands, events
from desk.domain.dial_plan import DialPlan
from desk.domain.party import Party
from desk.settings import LineSettings
from desk.telephony.aside_recorder import AsideRecorder
from desk.telephony.calls.dial_target import Aim, aim
from desk.telephony.companion import Workplace
from desk.telephony.frames import FRAME_BYTES, SILENCE
from desk.telephony.self_check import SelfCheck
from desk.telephony.stack import Leg
from desk.wire import SpoolClosed
from tests.telephony.test_fake_phone import FakeRecorder, FakeScene, running

OWN = "8001"
LINE = LineSettings(registrar="pbx.example", kind="direct", user=OWN)
SPOKEN = (np.sin(np.arange(16_000 // 5) / 7.0) * 9000).astype(np.int16).tobytes()  # 0.2 s


class SelfCheckScene(FakeScene):
    """Its exchange sends back to the seat what the seat dials."""

    def __init__(self, **more: Any) -> None:
        self.aside_recorder = FakeRecorder()
        self.sound = SPOKEN
        super().__init__(companions=[self._make], **more)

    def _make(self, place: Workplace) -> SelfCheck:
        self.aside = AsideRecorder(FakeRecorder())
        return SelfCheck(place, self.aside, lambda: self.aside_recorder, _aim, lambda _line: OWN, lambda: self.sound)

    def check(self) -> Leg:
        """The outgoing leg."""
        before = set(self.stack.legs)
        self.do(commands.CheckSelf(OWN, ""))
        self.until(lambda: set(self.stack.legs) - before)
        (leg,) = set(self.stack.legs) - before
        return leg

    def comes_back(self, number: str = OWN, *marks: str) -> Leg:
        leg = self.stack.far_calls(Party(number), marks=marks)
        assert leg is not None
        return leg

    def up(self, leg: Leg) -> bool:
        return leg in self.stack.legs and self.stack.legs[leg].up


def _aim(target: str, line: str) -> Aim:
    label = LINE.label
    return aim(DialPlan(), target, {label: LINE}, {label}, line)


@pytest.fixture
def scene() -> Iterator[SelfCheckScene]:
    with running(SelfCheckScene()) as ready:
        # the recorder that the phone itself has is the one that everything else goes to
        ready.phone._frames._recorder = ready.aside
        ready.aside._recorder = ready.recorder
        yield ready


def test_it_goes_out_comes_in_by_its_own_number_and_both_voices_are_recorded_aside(scene: SelfCheckScene) -> None:
    mark = scene.mark()
    outgoing = scene.check()
    incoming = scene.comes_back()
    scene.until(lambda: scene.up(incoming))
    scene.stack.sends.extend([b"\x01\x02" * (FRAME_BYTES // 2)] * 5)
    scene.stack.far_answers(outgoing)
    told = scene.wait(events.SelfChecked, timeout_s=10.0)
    assert (told.code, told.own, told.number) == (200, True, OWN)
    assert told.offered_ms is not None
    assert scene.stack.echoed == [outgoing]
    heard, said = scene.aside_recorder.audio[told.call_id]
    assert b"".join(said).startswith(SPOKEN) or SPOKEN in b"".join(said)
    assert b"\x01\x02" * (FRAME_BYTES // 2) in heard
    assert scene.aside_recorder.running == set()
    assert [type(event).__name__ for event in scene.aside_recorder.events] == [
        "CallOffered",
        "CallAnswered",
        "RecordingStarted",
        "CallEnded",
    ]
    # nothing of it anywhere else: no call, no ringing, no event, no sound in the ear
    assert scene.names(mark) == ["SelfChecked"]
    assert scene.recorder.events == []
    assert scene.headset.rings == []
    assert set(scene.headset.heard) <= {SILENCE}
    assert scene.stack.legs == {}


def test_a_number_that_sends_back_what_it_hears_will_do(scene: SelfCheckScene) -> None:
    outgoing = scene.check()
    scene.stack.far_answers(outgoing)
    told = scene.wait(events.SelfChecked, timeout_s=10.0)
    assert (told.code, told.own) == (200, False)
    assert scene.stack.echoed == []


def test_an_exchange_that_answers_before_it_rings_here_does_not_make_it_ring(scene: SelfCheckScene) -> None:
    outgoing = scene.check()
    scene.stack.far_answers(outgoing)
    scene.until(lambda: scene.aside_recorder.audio)
    incoming = scene.comes_back()
    scene.until(lambda: scene.up(incoming))
    told = scene.wait(events.SelfChecked, timeout_s=10.0)
    assert (told.code, told.own) == (200, True)
    assert scene.stack.echoed == [outgoing]
    assert scene.headset.rings == []


def test_by_a_second_way_it_is_busy_and_rings_nobody(scene: SelfCheckScene) -> None:
    mark = scene.mark()
    scene.check()
    incoming = scene.comes_back()
    scene.until(lambda: scene.up(incoming))
    second = scene.comes_back()
    scene.until(lambda: second not in scene.stack.legs)
    scene.stack.far_ends(incoming)
    scene.wait(events.SelfChecked)
    assert scene.names(mark) == ["SelfChecked"]


def test_it_is_known_by_its_mark_whatever_number_the_exchange_shows(scene: SelfCheckScene) -> None:
    mark = scene.mark()
    outgoing = scene.check()
    incoming = scene.comes_back("075588886666", "somebody-else-s", scene.stack.legs[outgoing].mark)
    scene.until(lambda: scene.up(incoming))
    scene.stack.far_answers(outgoing)
    told = scene.wait(events.SelfChecked, timeout_s=10.0)
    assert (told.code, told.own, told.number) == (200, True, "075588886666")
    assert scene.names(mark) == ["SelfChecked"]
    assert scene.headset.rings == []


@pytest.mark.parametrize(("number", "marks"), [("075588886666", ()), ("075588886666", ("another-seat-s",)), (OWN, ())])
def test_what_does_not_bring_the_mark_rings_once_marks_have_come_through(
    scene: SelfCheckScene, number: str, marks: tuple[str, ...]
) -> None:
    """Also where an exchange shows residents by the seat's own number."""
    outgoing = scene.check()
    incoming = scene.comes_back(OWN, scene.stack.legs[outgoing].mark)
    scene.until(lambda: scene.up(incoming))
    resident = scene.comes_back(number, *marks)
    offered = scene.wait(events.CallOffered)
    assert offered.party.number == number
    assert scene.wait(events.SelfChecked).code == 0
    scene.stack.far_ends(resident)
    scene.wait(SpoolClosed, call_id=offered.call_id)


def test_each_call_has_a_mark_of_its_own(scene: SelfCheckScene) -> None:
    first = scene.check()
    before = scene.stack.legs[first].mark
    scene.stack.far_ends(first, 486, "Busy Here")
    scene.wait(events.SelfChecked)
    second = scene.check()
    assert before
    assert scene.stack.legs[second].mark not in ("", before)
    scene.stack.far_ends(second, 486, "Busy Here")


def test_a_resident_who_calls_meanwhile_wins_at_once(scene: SelfCheckScene) -> None:
    outgoing = scene.check()
    incoming = scene.comes_back()
    scene.until(lambda: scene.up(incoming))
    scene.stack.far_answers(outgoing)
    scene.until(lambda: scene.phone._frames.route.active)
    scene.far_calls("resident")
    offered = scene.wait(events.CallOffered)
    assert offered.party.number == "13800138000"
    told = scene.wait(events.SelfChecked)
    assert told.code == 0
    scene.do(commands.Answer(offered.call_id))
    scene.wait(events.RecordingStarted, call_id=offered.call_id)
    scene.stack.sends.extend([b"\x05\x00" * (FRAME_BYTES // 2)] * 3)
    scene.until(lambda: b"\x05\x00" * (FRAME_BYTES // 2) in scene.headset.heard)  # the ear is open again
    scene.until(lambda: b"\x05\x00" * (FRAME_BYTES // 2) in scene.recorder.audio[offered.call_id][0])
    assert SPOKEN[:FRAME_BYTES] not in scene.recorder.audio[offered.call_id][1]
    scene.far_ends("resident")
    scene.wait(SpoolClosed, call_id=offered.call_id)


def test_a_resident_who_calls_while_it_only_rings_wins_too(scene: SelfCheckScene) -> None:
    scene.check()
    scene.far_calls("resident")
    offered = scene.wait(events.CallOffered)
    assert scene.wait(events.SelfChecked).code == 0
    scene.far_ends("resident")
    scene.wait(SpoolClosed, call_id=offered.call_id)


def test_it_is_refused_while_somebody_calls_and_while_it_runs(scene: SelfCheckScene) -> None:
    scene.far_calls("resident")
    offered = scene.wait(events.CallOffered)
    scene.do(commands.CheckSelf(OWN, ""))
    assert scene.wait(events.CommandRefused).reason == "not_now"
    scene.far_ends("resident")
    scene.wait(SpoolClosed, call_id=offered.call_id)
    leg, mark = scene.check(), scene.mark()
    scene.do(commands.CheckSelf(OWN, ""))
    assert scene.wait(events.CommandRefused, after=mark).reason == "not_now"
    scene.stack.far_ends(leg, 404, "Not Found")
    told = scene.wait(events.SelfChecked)
    assert (told.code, told.reason, told.call_id) == (404, "Not Found", "")


def test_without_a_sound_there_is_nothing_to_check_with(scene: SelfCheckScene) -> None:
    scene.sound = b""
    scene.do(commands.CheckSelf(OWN, ""))
    refused = scene.wait(events.CommandRefused)
    assert (refused.command, refused.reason, refused.detail) == ("CheckSelf", "failed", "sound")


def test_commanded_before_the_phone_s_first_round_it_has_its_whole_time() -> None:
    first: list[SelfCheckScene] = []

    class Early(SelfCheckScene):
        def _run(self) -> None:
            first.append(self)
            super()._run()

    with running(Early(on_ready=lambda: first[0].do(commands.CheckSelf(OWN, "")))) as scene:
        scene.until(lambda: scene.stack.legs)
        scene.stack.far_ends(min(scene.stack.legs), 486, "Busy Here")
        assert scene.wait(events.SelfChecked).code == 486


def test_after_it_calls_from_one_s_own_number_are_calls(scene: SelfCheckScene) -> None:
    scene.stack.far_ends(scene.check(), 486, "Busy Here")
    scene.wait(events.SelfChecked)
    leg = scene.comes_back()
    offered = scene.wait(events.CallOffered)
    assert offered.party.number == OWN
    scene.stack.far_ends(leg)
    scene.wait(SpoolClosed, call_id=offered.call_id)
