"""The tick: what is sent is what is recorded, prompts included; what only the agent is to hear is in neither."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.identity import CallId
from desk.telephony.frame_clock import FrameClock
from desk.telephony.frames import FRAME_BYTES, FRAME_SAMPLES, SILENCE
from desk.telephony.headset.fake import FakeHeadset
from desk.telephony.prompts.played_sound import PlayedSound, mix

CALL, OTHER = CallId("a"), CallId("b")


def frame(sample: int) -> bytes:
    return np.full(FRAME_SAMPLES, sample, np.int16).tobytes()


class Tape:
    def __init__(self) -> None:
        self.caller: list[bytes] = []
        self.agent: list[bytes] = []

    def note(self, event: object) -> None:
        pass

    def start(self, call_id: CallId, rate_hz: int) -> None:
        pass

    def write(self, call_id: CallId, caller: bytes, agent: bytes) -> None:
        self.caller.append(caller)
        self.agent.append(agent)

    def stop(self, call_id: CallId) -> None:
        pass


class Scene:
    def __init__(self, *, muted: bool = False) -> None:
        self.headset, self.tape = FakeHeadset(), Tape()
        self.clock = FrameClock(self.headset, self.tape)
        self.clock.connect(CALL, muted)
        self.clock.record((CALL,))

    def tick(self, far: int = 0) -> bytes:
        sent = self.clock.mouth()
        self.clock.ear(frame(far))
        return sent


def test_a_prompt_is_sent_over_the_agents_voice_and_recorded_as_it_was_sent() -> None:
    scene = Scene()
    scene.headset.say(frame(1000) * 3)
    scene.clock.play(CALL, PlayedSound(frame(200) * 2))
    assert [scene.tick() for _ in range(4)] == [frame(1200), frame(1200), frame(1000), SILENCE]
    assert scene.tape.agent == [frame(1200), frame(1200), frame(1000), SILENCE]


def test_while_the_recording_is_paused_both_channels_are_silent_and_the_call_is_as_ever() -> None:
    scene = Scene()
    scene.headset.say(frame(1000) * 4)
    scene.tick(far=7)
    scene.clock.pause(frozenset({CALL}))
    assert [scene.tick(far=7), scene.tick(far=7)] == [frame(1000), frame(1000)]
    scene.clock.pause(frozenset())
    scene.tick(far=7)
    assert scene.tape.caller == [frame(7), SILENCE, SILENCE, frame(7)]
    assert scene.tape.agent == [frame(1000), SILENCE, SILENCE, frame(1000)]


def test_the_agent_hears_the_prompt_quietly_and_the_caller_channel_does_not_have_it() -> None:
    scene = Scene()
    scene.clock.play(CALL, PlayedSound(frame(1000), beside_gain=0.25))
    scene.tick(far=40)
    scene.tick(far=40)
    assert list(scene.headset.heard) == [frame(290), frame(40)]
    assert scene.tape.caller == [frame(40), frame(40)]


def test_mute_silences_the_microphone_and_not_the_prompt() -> None:
    scene = Scene(muted=True)
    scene.headset.say(frame(1000))
    scene.clock.play(CALL, PlayedSound(frame(200)))
    assert scene.tick() == frame(200)


def test_a_prompt_can_be_cut_off_and_leaves_nothing_behind() -> None:
    scene = Scene()
    prompt = PlayedSound(frame(200) * 50, beside_gain=1.0)
    scene.clock.play(CALL, prompt)
    scene.tick()
    scene.clock.stop_playing()
    assert [scene.tick() for _ in range(2)] == [SILENCE, SILENCE]
    assert list(scene.headset.heard)[1:] == [SILENCE, SILENCE]
    assert (prompt.taken, prompt.over) == (1, False)


def test_a_prompt_for_one_call_is_never_heard_by_another() -> None:
    scene = Scene()
    scene.clock.play(CALL, PlayedSound(frame(200) * 5))
    scene.clock.connect(OTHER, muted=False)
    assert scene.tick() == SILENCE


def test_a_sound_for_the_agent_is_neither_sent_nor_recorded() -> None:
    scene = Scene()
    scene.clock.play_to_agent(PlayedSound(frame(300) * 2))
    assert scene.tick(far=10) == SILENCE
    scene.clock.ear(b"")  # without a leg, too
    assert list(scene.headset.heard) == [frame(310), frame(300)]
    assert scene.tape.caller[0] == frame(10)


def test_the_microphone_can_be_listened_to_without_a_call_and_while_muted() -> None:
    scene = Scene(muted=True)
    heard: list[bytes] = []
    scene.clock.tap(heard.append)
    scene.headset.say(frame(7) + frame(8) + frame(9))
    scene.tick()
    scene.clock.ear(b"")
    scene.clock.tap(None)
    scene.clock.ear(b"")
    assert heard == [frame(7), frame(8)]


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=40), st.integers(-32768, 32767))
def test_mixing_never_wraps_round(samples: list[int], other: int) -> None:
    one = np.array(samples, np.int16)
    mixed = np.frombuffer(mix(one.tobytes(), np.full(len(one), other, np.int16).tobytes()), np.int16)
    assert mixed.tolist() == [max(-32768, min(32767, sample + other)) for sample in samples]


@given(st.binary(max_size=3 * FRAME_BYTES).map(lambda pcm: pcm[: len(pcm) // 2 * 2]))
def test_a_sound_comes_out_whole_in_whole_frames(pcm: bytes) -> None:
    sound = PlayedSound(pcm)
    frames = []
    while (taken := sound.take()) is not None:
        frames.append(taken[0])
    assert sound.over
    assert all(len(one) == FRAME_BYTES for one in frames)
    assert b"".join(frames)[: len(pcm)] == pcm
    assert not b"".join(frames)[len(pcm) :].strip(b"\0")
