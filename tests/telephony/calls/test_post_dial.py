"""The extension behind a number: tones after the answer, by themselves."""

from collections.abc import Iterator

import pytest

from desk.domain import commands, events
from desk.telephony.calls import post_dial
from desk.telephony.calls.post_dial import PostDial
from tests.telephony.test_fake_phone import FakeScene, running


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeScene]:
    monkeypatch.setattr(post_dial, "PAUSE_S", 0.05)
    with running(FakeScene([PostDial])) as made:
        yield made


def test_the_extension_is_sent_once_the_other_side_has_answered(scene: FakeScene) -> None:
    scene.do(commands.Dial("0755-87654321转803"))
    dialled = scene.wait(events.CallDialled)
    assert (dialled.party.number, dialled.post_dial) == ("075587654321", "803")
    (leg,) = scene.stack.legs
    scene.stack.far_answers(leg)
    assert scene.wait(events.DigitsSent).digits == "803"
    assert scene.names().index("CallAnswered") < scene.names().index("DigitsSent")
    assert "".join(scene.stack.legs[leg].digits) == "803"


def test_a_call_that_is_held_meanwhile_gets_it_when_it_is_talked_on_again(
    scene: FakeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_dial, "PAUSE_S", 1.0)
    scene.do(commands.Dial("87654321转803"))
    call_id = scene.wait(events.CallDialled).call_id
    (leg,) = scene.stack.legs
    scene.stack.far_answers(leg)
    scene.wait(events.CallAnswered)
    scene.do(commands.Hold(call_id, on=True))
    scene.wait(events.CallHeld)
    scene.do(commands.Hold(call_id, on=False))
    scene.wait(events.CallResumed)
    scene.wait(events.DigitsSent)
    assert scene.names().index("CallResumed") < scene.names().index("DigitsSent")


def test_nothing_is_sent_to_a_call_that_has_ended_or_had_no_extension(scene: FakeScene) -> None:
    for target in ("87654321转803", "87654321"):
        mark = scene.mark()
        scene.do(commands.Dial(target))
        call_id = scene.wait(events.CallDialled, after=mark).call_id
        leg = max(scene.stack.legs)
        scene.stack.far_answers(leg)
        scene.wait(events.RecordingStarted, after=mark)
        scene.do(commands.HangUp(call_id))
        scene.wait(events.CallEnded, call_id=call_id)
    assert "DigitsSent" not in scene.names()
