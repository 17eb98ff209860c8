"""A seat that greets: the caller hears the greeting with the work number and the notice of the recording as soon as the
call is answered, and both are in the recording's agent channel, as they were sent."""

from collections.abc import Iterator

import numpy as np
import pytest

from desk.demo.baresip import Baresip
from desk.demo.outcome import both_channels
from desk.demo.voices import RATE_HZ, Sound, likeness, read_wav
from desk.domain.call_log import RecordingKept
from desk.domain.prompts import GREETING, RECORDING_NOTICE
from desk.resources import resources_dir
from desk.telephony.prompts.shelf import PromptShelf
from tests.end2end import kept
from tests.end2end.ground import STEP_S, Ground, Post

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]

HEARD, NOT_HEARD = 0.7, 0.4
SOON_S = 2.5  # after the audio begins, both ways of the network included


@pytest.fixture
def post(ground: Ground) -> Iterator[Post]:
    with ground.seat(tables={"phone": {"greeting": True, "recording_notice": True}}) as seat:
        yield Post(ground, seat).start()


def prompt(name: str, post: Post) -> Sound:
    language = str(post.seat.tables.get("seat", {}).get("language", "zh_CN"))
    shelf = PromptShelf(post.seat.data_dir / "prompts", resources_dir() / "sounds" / "prompts" / language)
    return np.frombuffer(shelf.sound(name, "1001"), np.int16) / 32768.0


def test_the_caller_is_greeted_and_the_recording_has_it(ground: Ground, resident: Baresip, post: Post) -> None:
    known = len(resident.events)
    call_id = post.talk(resident)
    post.after("aid_shown", aid="played")
    lasts_s = sum(len(prompt(name, post)) for name in (GREETING, RECORDING_NOTICE)) / RATE_HZ
    post.seat.wait_step("prompt ended", lasts_s + STEP_S, "phone", 0, prompt=RECORDING_NOTICE)
    post.hang_up(resident, call_id)
    resident.wait_event("CALL_CLOSED", STEP_S, known)
    heard, rate_hz = read_wav(resident.heard())
    assert rate_hz == RATE_HZ
    entry = kept.wait_recording(post.seat, call_id)
    assert entry.kept is RecordingKept.KEPT
    caller, agent = both_channels(kept.plain(post.seat, call_id))
    greeting, notice = prompt(GREETING, post), prompt(RECORDING_NOTICE, post)
    at_s = {}
    for name, said in ((GREETING, greeting), (RECORDING_NOTICE, notice)):
        sure, _at_s = likeness(heard, said)
        assert sure > HEARD, f"the caller did not hear the {name}: {sure:.2f}"
        sure, at_s[name] = likeness(agent, said)
        assert sure > HEARD, f"the agent's channel is without the {name}: {sure:.2f}"
        sure, _at_s = likeness(caller, said)
        assert sure < NOT_HEARD, f"the caller's channel has the {name}: {sure:.2f}"
    assert at_s[GREETING] < at_s[RECORDING_NOTICE]
    marks = {mark.split()[-1]: float(mark.split()[0]) for mark in entry.marks if " prompt_played " in mark}
    assert set(marks) == {GREETING, RECORDING_NOTICE}
    assert marks[GREETING] < SOON_S
    assert marks[GREETING] < marks[RECORDING_NOTICE]
    ends = {mark.split()[-1]: float(mark.split()[0]) for mark in entry.marks if " prompt_ended " in mark}
    assert marks[GREETING] < ends[GREETING] <= marks[RECORDING_NOTICE] < ends[RECORDING_NOTICE]
    assert entry.agent_first_ms is None or entry.agent_first_ms > ends[RECORDING_NOTICE] * 1000
