"""Prompts beside the calls, in a phone over the fake stack: what the far side gets, what is told, what is kept."""

import gc
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from desk.domain import commands, events
from desk.domain.identity import CallId
from desk.domain.prompts import GREETING, PROMPTS, RECORDING_NOTICE, is_prompt_name
from desk.resources import resources_dir
from desk.telephony.companion import MakeCompanion
from desk.telephony.frames import FRAME_BYTES, RATE_HZ
from desk.telephony.prompts.player import Prompts
from desk.telephony.prompts.shelf import PromptShelf
from desk.telephony.prompts.sound import prepared
from tests.telephony.sounds import likeness, speechlike
from tests.telephony.test_fake_phone import FakeScene, up

SHIPPED = resources_dir() / "sounds" / "prompts" / "zh_CN"
HEARD = 0.8  # likeness of a prompt that is there; of one that is not: below 0.4


def pcm(seed: int, seconds: float = 0.7) -> bytes:
    return speechlike(seed, seconds).astype(np.int16).tobytes()


def samples(frames: Sequence[bytes]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.frombuffer(b"".join(frames), np.int16).astype(np.float64)


@pytest.fixture
def shelf(tmp_path: Path) -> PromptShelf:
    shelf = PromptShelf(tmp_path / "prompts", SHIPPED)
    shelf.keep(GREETING, "", pcm(1))
    shelf.keep(RECORDING_NOTICE, "", pcm(2))
    shelf.keep("waiting", "", pcm(3))
    return shelf


def phone(companion: MakeCompanion) -> Iterator[FakeScene]:
    interval_s = sys.getswitchinterval()
    scene = FakeScene(companions=[companion])
    yield scene
    scene.stop.set()
    scene.thread.join(5.0)
    sys.setswitchinterval(interval_s)
    gc.unfreeze()
    gc.enable()
    assert scene.code == 0


@pytest.fixture
def scene(shelf: PromptShelf) -> Iterator[FakeScene]:
    """A seat that greets and tells of the recording."""
    yield from phone(lambda place: Prompts(place, shelf, greeting=True, recording_notice=True))


@pytest.fixture
def silent(shelf: PromptShelf) -> Iterator[FakeScene]:
    """A seat whose settings want nothing played on answer."""
    yield from phone(lambda place: Prompts(place, shelf, greeting=False, recording_notice=False))


def test_greeting_and_notice_are_sent_in_turn_and_are_in_the_agents_channel(scene: FakeScene) -> None:
    call_id = up(scene)
    scene.wait(events.PromptEnded, prompt=RECORDING_NOTICE, call_id=call_id)
    sent, (caller, agent) = scene.stack.sent, scene.recorder.audio[call_id]
    for seed in (1, 2):
        said = np.frombuffer(pcm(seed), np.int16).astype(np.float64)
        assert likeness(samples(sent), said) > HEARD
        assert likeness(samples(agent), said) > HEARD
    assert not any(frame.strip(b"\0") for frame in caller)
    told = [type(e).__name__ for e in scene.recorder.events if isinstance(e, events.PromptPlayed | events.PromptEnded)]
    assert told == ["PromptPlayed", "PromptEnded"] * 2


def test_the_agent_hears_the_greeting_quietly(scene: FakeScene) -> None:
    call_id = up(scene)
    scene.wait(events.PromptEnded, prompt=GREETING, call_id=call_id)
    heard = samples(list(scene.headset.heard))
    said = np.frombuffer(pcm(1), np.int16).astype(np.float64)
    assert likeness(heard, said) > HEARD
    assert np.abs(heard).max() < 0.3 * np.abs(said).max()


def test_the_agent_cuts_it_off_and_what_would_have_followed(scene: FakeScene) -> None:
    call_id = up(scene)
    scene.wait(events.PromptPlayed, prompt=GREETING)
    mark = scene.mark()
    scene.do(commands.StopPrompt(call_id))
    scene.wait(events.PromptEnded, after=mark, prompt=GREETING)
    sent = len(scene.stack.sent)
    scene.until(lambda: len(scene.stack.sent) > sent + 20)
    assert not any(frame.strip(b"\0") for frame in scene.stack.sent[sent + 1 :])
    assert "PromptPlayed" not in scene.names(mark)
    (call,) = scene.snapshot().calls
    assert call.prompt == ""


def test_a_window_that_attaches_meanwhile_sees_what_is_played(scene: FakeScene) -> None:
    up(scene)
    scene.wait(events.PromptPlayed, prompt=GREETING)
    (call,) = scene.snapshot().calls
    assert call.prompt == GREETING


def test_hold_ends_the_prompt_and_resuming_does_not_go_on_with_it(scene: FakeScene) -> None:
    call_id = up(scene)
    scene.wait(events.PromptPlayed)
    scene.do(commands.Hold(call_id, on=True))
    scene.wait(events.PromptEnded, prompt=GREETING)
    mark = scene.mark()
    scene.do(commands.Hold(call_id, on=False))
    scene.wait(events.CallResumed, after=mark)
    sent = len(scene.stack.sent)
    scene.until(lambda: len(scene.stack.sent) > sent + 20)
    assert not any(frame.strip(b"\0") for frame in scene.stack.sent[sent + 1 :])


def test_a_call_that_the_agent_dialled_is_not_greeted(scene: FakeScene) -> None:
    scene.do(commands.Dial("1001"))
    call_id = scene.wait(events.CallDialled).call_id
    scene.until(lambda: scene.stack.legs)
    scene.stack.far_answers(max(scene.stack.legs))
    scene.wait(events.RecordingStarted, call_id=call_id)
    sent = len(scene.stack.sent)
    scene.until(lambda: len(scene.stack.sent) > sent + 30)
    assert "PromptPlayed" not in scene.names()


def test_nothing_is_played_where_the_settings_do_not_say_so_until_it_is_asked_for(silent: FakeScene) -> None:
    call_id = up(silent)
    assert "PromptPlayed" not in silent.names()
    silent.do(commands.PlayPrompt(call_id, "waiting"))
    silent.wait(events.PromptEnded, prompt="waiting")
    assert likeness(samples(silent.stack.sent), np.frombuffer(pcm(3), np.int16).astype(np.float64)) > HEARD


def test_a_second_prompt_takes_the_place_of_the_first(scene: FakeScene) -> None:
    call_id = up(scene)
    scene.wait(events.PromptPlayed, prompt=GREETING)
    mark = scene.mark()
    scene.do(commands.PlayPrompt(call_id, "waiting"))
    scene.wait(events.PromptEnded, prompt="waiting", after=mark)
    assert scene.names(mark) == ["PromptEnded", "PromptPlayed", "PromptEnded"]


@pytest.mark.parametrize("prompt", ["", "no_such", "../../etc/passwd"])
def test_a_prompt_that_is_not_there_is_refused(scene: FakeScene, prompt: str) -> None:
    call_id = up(scene)
    mark = scene.mark()
    scene.do(commands.PlayPrompt(call_id, prompt))
    assert scene.wait(events.CommandRefused, after=mark).reason == "no_prompt"


def test_only_a_call_that_is_talked_on_is_played_to(silent: FakeScene) -> None:
    call_id = up(silent)
    silent.do(commands.Hold(call_id, on=True))
    silent.wait(events.CallHeld)
    silent.do(commands.PlayPrompt(call_id, "waiting"))
    assert silent.wait(events.CommandRefused).reason == "not_now"


def test_a_prompt_is_recorded_in_the_headset_and_played_from_then_on(silent: FakeScene) -> None:
    silent.do(commands.TakeSeat("1001"))
    silent.do(commands.RecordPrompt(GREETING, on=True))
    silent.until(lambda: silent.phone._frames.tapped)
    silent.headset.say(bytes(FRAME_BYTES * 15) + pcm(9, 1.5) + bytes(FRAME_BYTES * 15))
    silent.until(lambda: not silent.headset._said)
    silent.do(commands.RecordPrompt(GREETING, on=False))
    recorded = silent.wait(events.PromptRecorded, timeout_s=5.0)
    assert recorded.why == ""
    assert 1.4 < recorded.length_s < 1.9
    own = silent.wait(events.PromptsChanged, after=silent.mark() - 1).own
    assert own == {GREETING: pytest.approx(recorded.length_s, abs=0.01)}
    assert silent.snapshot().own_prompts == own
    call_id = up(silent)
    silent.do(commands.PlayPrompt(call_id, GREETING))
    silent.wait(events.PromptEnded)
    assert likeness(samples(silent.stack.sent), np.frombuffer(pcm(9, 1.5), np.int16).astype(np.float64)) > HEARD


def test_a_silent_take_keeps_what_was_there(silent: FakeScene) -> None:
    before = silent.snapshot().own_prompts
    silent.do(commands.RecordPrompt("waiting", on=True))
    silent.until(lambda: silent.phone._frames.tapped)
    silent.do(commands.RecordPrompt("waiting", on=False))
    assert (silent.wait(events.PromptRecorded).length_s, silent.wait(events.PromptRecorded).why) == (0.0, "silent")
    assert silent.snapshot().own_prompts == before


def test_a_call_that_comes_in_breaks_the_take_off(silent: FakeScene) -> None:
    silent.do(commands.RecordPrompt("waiting", on=True))
    silent.until(lambda: silent.phone._frames.tapped)
    silent.far_calls("a")
    assert silent.wait(events.PromptRecorded).why == "call"
    silent.until(lambda: not silent.phone._frames.tapped)
    mark = silent.mark()
    silent.do(commands.RecordPrompt("waiting", on=True))
    assert silent.wait(events.CommandRefused, after=mark).reason == "not_now"


def test_a_disk_that_takes_no_prompt_is_told(silent: FakeScene, tmp_path: Path) -> None:
    silent.do(commands.TakeSeat("77"))
    (tmp_path / "prompts" / "77").write_text("in the way")
    silent.do(commands.RecordPrompt("waiting", on=True))
    silent.until(lambda: silent.phone._frames.tapped)
    silent.headset.say(bytes(FRAME_BYTES * 15) + pcm(9) + bytes(FRAME_BYTES * 15))
    silent.until(lambda: not silent.headset._said)
    silent.do(commands.RecordPrompt("waiting", on=False))
    assert silent.wait(events.PromptRecorded).why == "disk"


def test_the_agent_tries_a_prompt_and_nobody_else_hears_it(silent: FakeScene) -> None:
    silent.do(commands.HearPrompt("waiting"))
    said = np.frombuffer(pcm(3), np.int16).astype(np.float64)
    silent.until(lambda: samples(list(silent.headset.heard)).any())
    heard = len(silent.headset.heard)
    silent.until(lambda: len(silent.headset.heard) > heard + 40)
    assert likeness(samples(list(silent.headset.heard)), said) > HEARD
    assert silent.stack.sent == []


def test_a_prompt_that_is_dropped_gives_way_to_the_shipped_one(silent: FakeScene) -> None:
    silent.until(lambda: silent.snapshot().own_prompts)
    silent.do(commands.DropPrompt("waiting"))
    silent.until(lambda: "waiting" not in silent.snapshot().own_prompts)
    call_id = up(silent)
    silent.do(commands.PlayPrompt(call_id, "waiting"))
    assert silent.wait(events.PromptPlayed).prompt == "waiting"


# the files


def test_the_shipped_greeting_says_the_work_number_digit_by_digit(tmp_path: Path) -> None:
    shelf = PromptShelf(tmp_path, SHIPPED)
    one, longer = shelf.sound(GREETING, "1"), shelf.sound(GREETING, "1001")
    assert len(longer) > len(one)
    assert likeness_of(shelf.sound(GREETING, "7"), SHIPPED / "digit_7.wav") > 0.99
    assert shelf.sound(GREETING, "A7") == shelf.sound(GREETING, "") != b""


def likeness_of(pcm: bytes, file: Path) -> float:
    digit = PromptShelf(file.parent, file.parent).sound(file.stem, "")
    return likeness(np.frombuffer(pcm, np.int16).astype(float), np.frombuffer(digit, np.int16).astype(float))


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_prompt_is_shipped_in_both_languages(tmp_path: Path, language: str) -> None:
    shelf = PromptShelf(tmp_path, SHIPPED.parent / language)
    for prompt in PROMPTS:
        assert 1.0 < len(shelf.sound(prompt, "1001")) / 2 / RATE_HZ < 10.0, prompt


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all" * 100])
def test_a_damaged_file_is_passed_over(tmp_path: Path, content: bytes) -> None:
    shelf = PromptShelf(tmp_path / "own", SHIPPED)
    shelf.keep("waiting", "1001", pcm(1))
    shelf._own("waiting", "1001").write_bytes(content)
    assert shelf.sound("waiting", "1001") == PromptShelf(tmp_path / "none", SHIPPED).sound("waiting", "")
    assert shelf.own("1001") == {}


@pytest.mark.parametrize("number", ["../1001", "1001/..", "工号", "a b", "", "CON"])
def test_no_work_number_leads_out_of_the_folder(tmp_path: Path, number: str) -> None:
    shelf = PromptShelf(tmp_path / "own", SHIPPED)
    shelf.keep("waiting", number, pcm(1))
    assert [file.parent.parent for file in tmp_path.rglob("*.wav")] == [tmp_path / "own"]
    assert set(shelf.own(number)) == {"waiting"}


def test_names_that_are_no_file_are_no_prompts() -> None:
    assert all(is_prompt_name(name) for name in PROMPTS)
    assert not any(is_prompt_name(name) for name in ("", "..", "a/b", "A", "ä", "x" * 41, "a\n"))


# what was said, made into a prompt


def take(speech_dbfs: float, noise_dbfs: float = -70.0, seconds: float = 2.0) -> bytes:
    random = np.random.default_rng(5)
    noise = random.normal(size=int(5 * RATE_HZ)) * 32768 * 10 ** (noise_dbfs / 20)
    said = speechlike(4, seconds)
    said *= 32768 * 10 ** (speech_dbfs / 20) / np.sqrt((said**2).mean())
    noise[RATE_HZ : RATE_HZ + len(said)] += said
    return np.clip(noise, -32768, 32767).astype(np.int16).tobytes()


@pytest.mark.parametrize("speech_dbfs", [-45.0, -30.0, -20.0, -12.0])
def test_a_prompt_is_cut_to_the_words_and_as_loud_as_any_other(speech_dbfs: float) -> None:
    made = prepared(take(speech_dbfs))
    assert made is not None
    sound = np.frombuffer(made, np.int16) / 32768
    assert 2.0 < len(sound) / RATE_HZ < 2.5
    middle = sound[int(0.2 * RATE_HZ) : int(1.8 * RATE_HZ)]
    assert -24.0 < 20 * np.log10(np.sqrt((middle**2).mean())) < -17.0
    assert np.abs(sound).max() <= 0.9


@pytest.mark.parametrize("silence", [b"", b"\0", bytes(10), bytes(RATE_HZ * 2), take(-20.0)[: RATE_HZ // 2]])
def test_where_nothing_was_said_there_is_no_prompt(silence: bytes) -> None:
    assert prepared(silence) is None


def test_a_click_is_no_word() -> None:
    click = np.zeros(2 * RATE_HZ, np.int16)
    click[RATE_HZ : RATE_HZ + 200] = 20000
    assert prepared(click.tobytes()) is None


def test_somebody_who_never_pauses_is_heard_whole() -> None:
    steady = np.sin(np.arange(2 * RATE_HZ) / 9) * 9000
    made = prepared(steady.astype(np.int16).tobytes())
    assert made is not None
    assert len(made) / 2 / RATE_HZ > 1.6


def test_the_call_id_is_that_of_the_call(scene: FakeScene) -> None:
    call_id: CallId = up(scene)
    assert scene.wait(events.PromptPlayed).call_id == call_id
