"""The transfer at a real seat, by its keys alone: a resident's call comes through the proxy, the handler is asked,
handed the call, and the two hear each other when the agent has gone. And asked in vain: the resident is back.

Both far sides are PJSIP, because baresip 1.0 knows no Replaces (RFC 3891)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from desk.demo.processes import wait_until
from desk.demo.voices import Sound
from desk.domain.call_log import Outcome, RecordingKept
from tests.end2end import continuity, kept
from tests.end2end.ground import STEP_S, TAPE_S, Ground, Post
from tests.telephony.far_phone import FarPhone, far_phone

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]

HEARD_S = 3.0  # of the talk between the two


@dataclass
class Scene:
    ground: Ground
    post: Post
    resident: FarPhone
    handler: FarPhone
    handler_sound: Sound

    def talk(self) -> str:
        """The resident's call, answered, its form open."""
        self.post.note()
        known = len(self.resident.told)
        self.resident.do("dial", self.ground.line)
        call_id = str(self.post.after("call_shown")["call_id"])
        self.post.after("profile_painted", call_id=call_id)
        self.post.press("F2")
        self.resident.wait("confirmed", STEP_S, known)
        self.post.after("form_opened", call_id=call_id)
        return call_id

    def ask(self, handler: FarPhone) -> str:
        """The handler's telephone is called from the transfer panel; the id of that call."""
        self.post.note()
        self.post.press("ctrl+t")
        self.post.after("transfer_shown", panel="choosing")
        self.post.type(handler.uri)
        self.post.press("Return")
        return str(self.post.after("call_shown")["call_id"])


@pytest.fixture(scope="module")
def scene(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("transfer")
    sound = continuity.tape(folder / "handler.wav", 33, TAPE_S)
    with (
        far_phone(folder / "resident", "13911114444", ground.caller_tape) as resident,
        far_phone(folder / "handler", "8001", folder / "handler.wav") as handler,
        ground.seat() as seat,
    ):
        yield Scene(ground, Post(ground, seat).start(), resident, handler, sound)


def heard(telephone: FarPhone) -> Sound:
    return np.frombuffer(telephone.heard(), np.int16).astype(np.float64) / 32768


def seconds_more(telephone: FarPhone, seconds: float) -> None:
    """Until it has heard so much more."""
    begun = len(telephone.heard())
    wait_until("the talk to go on", lambda: len(telephone.heard()) - begun >= seconds * 2 * 16_000, STEP_S)


def test_handler_who_refuses_leaves_the_resident_with_the_agent(scene: Scene, tmp_path: Path) -> None:
    with far_phone(tmp_path / "busy", "8002", answers=486) as busy:
        call_id = scene.talk()
        asked = scene.ask(busy)
        scene.post.after("call_ended", call_id=asked)
        scene.post.after("transfer_shown", panel="none")
        seconds_more(scene.resident, 0.5)
        known = len(scene.resident.told)
        scene.post.press("F3")
        scene.resident.wait("ended", STEP_S, known)
        scene.post.after("call_ended", call_id=call_id)
    refused = kept.wait_call(scene.post.seat, asked)
    assert (refused.outcome, refused.cause, refused.number) == (Outcome.UNANSWERED, 486, "8002")
    entry = kept.wait_call(scene.post.seat, call_id)
    assert (entry.outcome, entry.transferred_to) == (Outcome.ANSWERED, "")


def test_resident_is_handed_to_the_handler_and_the_two_hear_each_other(scene: Scene) -> None:
    call_id = scene.talk()
    known = len(scene.resident.told)
    asked = scene.ask(scene.handler)
    scene.handler.wait("confirmed", STEP_S)
    scene.post.after("transfer_shown", panel="asking")
    seconds_more(scene.handler, 1.0)
    scene.post.press("ctrl+t")
    scene.resident.wait("referred", STEP_S, known)
    scene.handler.wait("replaced", STEP_S)
    scene.post.after("transfer_told", good=True)
    scene.post.after("call_ended", call_id=call_id)
    scene.post.after("call_ended", call_id=asked)
    seconds_more(scene.resident, HEARD_S)
    scene.resident.do("hangup")
    wait_until("both to have hung up", lambda: scene.resident.idle and scene.handler.idle, STEP_S)
    to_resident = continuity.way_of(heard(scene.resident), scene.handler_sound)
    to_handler = continuity.way_of(heard(scene.handler), scene.ground.caller_sound)
    assert to_resident.ends_s - to_resident.begins_s > HEARD_S / 2
    assert to_handler.ends_s - to_handler.begins_s > HEARD_S / 2
    entry = kept.wait_call(scene.post.seat, call_id)
    assert entry.outcome is Outcome.TRANSFERRED
    assert "8001" in entry.transferred_to
    assert kept.wait_recording(scene.post.seat, call_id).kept is RecordingKept.KEPT
    assert kept.wait_recording(scene.post.seat, asked).kept is RecordingKept.KEPT
