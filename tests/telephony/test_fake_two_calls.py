"""Two calls over the fake stack; and what only a fake can be made to do: a far side that never says a word."""

from collections import deque
from collections.abc import Iterator

import pytest

from desk.domain import commands, events
from desk.domain.calls import Phase
from desk.domain.commands import Command
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.telephony.calls import transfers
from desk.telephony.frames import FRAME_BYTES
from desk.telephony.stack import Leg
from desk.wire import SpoolClosed
from tests.telephony.test_fake_phone import FakeScene, running
from tests.telephony.two_call_contract import TwoCallContract, TwoCallScene

BUSY = "8486"


class FakeTwoCalls(FakeScene):
    """The far sides behave: a telephone that is called rings, one that is sent on goes, unless it is to be `silent`."""

    handler, nobody = "8001", BUSY

    def __init__(self) -> None:
        self.silent = False
        self._by_itself = False
        self._seen: dict[Leg, str] = {}
        super().__init__()

    def do(self, command: Command) -> None:
        super().do(command)
        if isinstance(command, (commands.Dial, commands.Transfer, commands.CompleteTransfer)):
            super().do(commands.WatchLevels(on=False))  # has been through the loop: so has the command
            self.snapshot()
            self._behave()

    def _behave(self) -> None:
        for leg, fake in tuple(self.stack.legs.items()):
            told = f"{fake.uri} {fake.sent_on} {fake.to}"
            if self._seen.get(leg, " " if fake.incoming else "") == told or self.silent:
                continue
            self._seen[leg] = told
            if fake.sent_on or fake.to:
                self._go(leg, fake.sent_on)
            elif BUSY in fake.uri:
                self.stack.far_ends(leg, 486, "Busy Here")
            elif fake.uri:
                self._legs["handler"] = leg
                self.stack.far_rings(leg)

    def _go(self, leg: Leg, to: str) -> None:
        self.stack.far_says_of_transfer(leg, 100, "Trying")
        if BUSY in to:
            self.stack.far_says_of_transfer(leg, 486, "Busy Here", final=True)
        elif not to or self._by_itself:
            self.stack.far_says_of_transfer(leg, 200, "OK", final=True)

    def far_answers_by_itself(self, who: str, on: bool) -> None:
        self._by_itself = on

    def far_accepts(self, who: str) -> None:
        """The agent's call, or the resident's, who was sent there."""
        if self._legs[who] in self.stack.legs:
            self.stack.far_answers(self._legs[who])
        else:
            self.until(lambda: self.stack.legs[self._legs["resident"]].sent_on)
            self.stack.far_says_of_transfer(self._legs["resident"], 200, "OK", final=True)

    def far_ends(self, who: str) -> None:
        if self._legs[who] in self.stack.legs:
            super().far_ends(who)

    def far_holds(self, who: str, on: bool) -> None:
        self.stack.far_holds(self._legs[who], on)


@pytest.fixture
def scene() -> Iterator[FakeTwoCalls]:
    with running(FakeTwoCalls()) as ready:
        yield ready


class TestFakeTwoCalls(TwoCallContract):
    @pytest.fixture
    def scene(self) -> Iterator[TwoCallScene]:
        with running(FakeTwoCalls()) as ready:
            yield ready


def up(scene: FakeTwoCalls, who: str = "resident") -> CallId:
    return TwoCallContract().up(scene)


def test_a_transfer_of_which_no_word_comes_brings_the_caller_back(
    scene: FakeTwoCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfers, "SILENT_S", 0.1)
    scene.silent = True
    resident = up(scene)
    scene.do(commands.Transfer(resident, "8001"))
    assert scene.wait(events.TransferFailed, call_id=resident).code == 408
    scene.wait(events.CallResumed, call_id=resident)


def test_a_transfer_that_fails_late_leaves_the_next_talk_alone_and_can_be_taken_back(scene: FakeTwoCalls) -> None:
    scene.silent = True
    first = up(scene)
    scene.do(commands.Transfer(first, "8001"))
    scene.wait(events.TransferStarted)
    mark = scene.mark()
    scene.far_calls("next")
    following = scene.wait(events.CallOffered, after=mark).call_id
    scene.do(commands.Answer(following))
    scene.wait(events.RecordingStarted, call_id=following)
    scene.stack.far_says_of_transfer(scene._legs["resident"], 486, "Busy Here", final=True)
    assert scene.wait(events.TransferFailed, call_id=first).code == 486
    assert TwoCallContract().phases(scene) == {first: Phase.HELD, following: Phase.UP}
    assert scene.phone._frames.route.active == following
    assert not {"CallHeld", "CallResumed"} & set(scene.names(mark))
    scene.do(commands.Hold(first, on=False))
    scene.wait(events.CallResumed, call_id=first)
    assert TwoCallContract().phases(scene) == {first: Phase.UP, following: Phase.HELD}


def test_one_that_has_accepted_and_hangs_up_has_gone_where_it_was_sent(scene: FakeTwoCalls) -> None:
    scene.silent = True
    resident = up(scene)
    scene.do(commands.Transfer(resident, "8001"))
    scene.stack.far_says_of_transfer(scene._legs["resident"], 202, "Accepted")
    scene.far_ends("resident")
    assert scene.wait(events.CallTransferred, call_id=resident).target == "8001"
    scene.wait(events.CallEnded, call_id=resident)


def test_one_that_hangs_up_before_it_has_accepted_has_just_hung_up(scene: FakeTwoCalls) -> None:
    scene.silent = True
    resident = up(scene)
    scene.do(commands.Transfer(resident, "8001"))
    scene.far_ends("resident")
    scene.wait(SpoolClosed, call_id=resident)
    assert "CallTransferred" not in scene.names()


def test_a_far_side_that_knows_no_transfer_keeps_its_call(scene: FakeTwoCalls) -> None:
    scene.silent = True
    resident = up(scene)
    scene.do(commands.Transfer(resident, "8001"))
    scene.wait(events.TransferStarted)
    scene.stack.far_says_of_transfer(scene._legs["resident"], 405, "Method Not Allowed", final=True)
    assert scene.wait(events.TransferFailed, call_id=resident).code == 405
    scene.wait(events.CallResumed, call_id=resident)


def test_nobody_is_sent_to_an_extension_that_nobody_would_type(scene: FakeTwoCalls) -> None:
    resident = up(scene)
    scene.do(commands.Transfer(resident, "02087654321转803"))
    assert scene.wait(events.CommandRefused).detail == "extension"
    mark = scene.mark()
    scene.do(commands.Dial("02087654321转803", consults=resident))
    handler = scene.wait(events.CallDialled, after=mark).call_id
    scene.do(commands.CompleteTransfer(handler))  # it rings still: they would reach the exchange and no further
    assert scene.wait(events.CommandRefused, after=mark).detail == "extension"
    scene.far_accepts("handler")
    scene.wait(events.RecordingStarted, call_id=handler)
    scene.do(commands.CompleteTransfer(handler))
    scene.wait(events.CallTransferred, call_id=resident)


def test_a_consultation_that_failed_to_become_a_transfer_is_on_hold_and_the_caller_back(scene: FakeTwoCalls) -> None:
    resident, handler = TwoCallContract().consulting(scene)
    scene.silent = True
    scene.do(commands.CompleteTransfer(handler))
    scene.wait(events.TransferStarted, call_id=resident)
    scene.stack.far_says_of_transfer(scene._legs["resident"], 503, "Service Unavailable", final=True)
    scene.wait(events.CallResumed, call_id=resident)
    assert TwoCallContract().phases(scene) == {resident: Phase.UP, handler: Phase.HELD}


def test_somebody_who_hands_us_on_is_followed(scene: FakeTwoCalls) -> None:
    before = up(scene)
    mark = scene.mark()
    scene.stack.far_replaces(scene._legs["resident"], Party("13900139000"))
    after = scene.wait(events.CallOffered, after=mark)
    assert after.party.number == "13900139000"
    scene.wait(events.CallEnded, call_id=before)
    scene.wait(events.RecordingStarted, call_id=after.call_id)
    assert TwoCallContract().phases(scene) == {after.call_id: Phase.UP}
    assert "loud" not in scene.headset.rings[2:]


def test_each_side_of_a_conference_is_recorded_by_itself_and_with_what_it_was_sent(scene: FakeTwoCalls) -> None:
    resident, handler = TwoCallContract().consulting(scene)
    scene.do(commands.Confer(handler, on=True))
    scene.wait(events.ConferenceJoined, call_id=handler)
    says = {"resident": frame(1), "handler": frame(2)}
    for who, sound in says.items():
        scene.stack.says[scene._legs[who]] = deque([sound] * 200)
    scene.headset.say(frame(4) * 30)
    recorded = scene.recorder.audio
    sum_of = {resident: (frame(1), frame(4 + 2)), handler: (frame(2), frame(4 + 1))}
    for call_id, (left, right) in sum_of.items():
        both = recorded[call_id]
        scene.until(lambda both=both, pair=(left, right): pair in zip(*both, strict=False))  # type: ignore[misc]


def test_a_third_call_holds_the_conference_apart(scene: FakeTwoCalls) -> None:
    resident, handler = TwoCallContract().consulting(scene)
    scene.do(commands.Confer(handler, on=True))
    scene.wait(events.ConferenceJoined, call_id=handler)
    mark = scene.mark()
    scene.far_calls("c")
    third = scene.wait(events.CallOffered, after=mark).call_id
    scene.do(commands.Answer(third))
    scene.wait(events.RecordingStarted, call_id=third)
    assert TwoCallContract().phases(scene) == {resident: Phase.HELD, handler: Phase.HELD, third: Phase.UP}
    assert not any(call.in_conference for call in scene.snapshot().calls)


def frame(value: int) -> bytes:
    return value.to_bytes(2, "little") * (FRAME_BYTES // 2)
