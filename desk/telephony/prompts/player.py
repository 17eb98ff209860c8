"""Prompts beside the calls: the greeting with the work number and the notice of recording when a call is answered, a
phrase when the agent asks for it; recording them in the headset, trying them, dropping them.

A prompt is mixed into what the far side is sent on the tick (`frame_clock`), so that it is in the recording's agent
channel as it was sent; the agent hears it quietly and may speak over it or cut it off. Sounds are read when the agent
takes the seat and not when a call is answered: the answer waits for no file. On answer only calls that came in and that
the agent has answered are greeted, not an intercom's that answers by itself, nor one that the agent dialled.

A companion of the phone process: main thread."""

import logging
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from desk.domain import commands, events
from desk.domain.calls import Phase
from desk.domain.identity import CallId
from desk.domain.party import Direction
from desk.domain.prompts import GREETING, LONGEST_S, PROMPTS, RECORDING_NOTICE, is_prompt_name
from desk.telephony.companion import Companion, Does, Refusal, Workplace
from desk.telephony.frames import FRAME_BYTES, FRAME_MS, RATE_HZ
from desk.telephony.prompts.played_sound import PlayedSound
from desk.telephony.prompts.shelf import PromptShelf
from desk.telephony.prompts.sound import prepared

BESIDE_GAIN = 0.25  # -12 dB in the agent's ear
LEAD_S = 0.4  # the caller's network opens its way of speech, and the telephone comes to the ear
BETWEEN_S = 0.25
_LONGEST_FRAMES = int(LONGEST_S * 1000 / FRAME_MS)

_log = logging.getLogger(__name__)


@dataclass
class _Playing:
    call_id: CallId
    waiting: deque[tuple[str, bytes]]
    prompt: str = ""
    sound: PlayedSound | None = None


class Prompts(Companion):
    """`greeting`, `recording_notice`: whether they are played on answer."""

    def __init__(self, place: Workplace, shelf: PromptShelf, *, greeting: bool, recording_notice: bool) -> None:
        self._to, self._shelf = place, shelf
        wanted = ((GREETING, greeting), (RECORDING_NOTICE, recording_notice))
        self._on_answer = tuple(prompt for prompt, is_wanted in wanted if is_wanted)
        self._sounds: dict[str, bytes] = {}
        self._own: dict[str, float] = {}
        self._agent: str | None = None  # whose sounds these are
        self._playing: _Playing | None = None
        self._taking = ""  # the prompt that is being recorded
        self._take: list[bytes] = []

    @property
    def does(self) -> Does:
        return {
            commands.PlayPrompt: self._play,
            commands.StopPrompt: self._stop,
            commands.RecordPrompt: self._record,
            commands.HearPrompt: self._hear,
            commands.DropPrompt: self._drop,
        }

    @property
    def snapshot(self) -> Mapping[str, Any]:
        return {"own_prompts": self._own}

    # ---- on a call

    def heard(self, event: events.CallEvent) -> None:
        match event:
            case events.CallOffered() | events.CallDialled():
                self._break_off_take()
                self._to.frames.play_to_agent(None)
            case events.CallAnswered() if self._is_greeted(event.call_id):
                self._start(event.call_id, self._on_answer, LEAD_S)
            case events.CallHeld() | events.CallEnded() if self._playing and self._playing.call_id == event.call_id:
                self._end_all()
            case _:
                pass

    def tick(self, now_s: float) -> None:  # noqa: ARG002 - the ticks of the audio count here
        if self._agent != self._to.agent() and not self._to.calls():
            self._load()
        if self._taking and len(self._take) >= _LONGEST_FRAMES:
            self._end_take()
        playing = self._playing
        if playing is None or playing.sound is None:
            return
        if self._to.frames.route.active != playing.call_id:
            self._end_all()
        elif playing.sound.over:
            self._end_one(playing)
            self._next(playing)

    def close(self) -> None:
        self._to.frames.stop_playing()
        self._to.frames.tap(None)

    def _is_greeted(self, call_id: CallId) -> bool:
        call = next((one for one in self._to.calls() if one.call_id == call_id), None)
        return call is not None and call.direction is Direction.INCOMING and call.answers_in_s is None

    def _play(self, command: commands.PlayPrompt) -> None:
        call = next((one for one in self._to.calls() if one.call_id == command.call_id), None)
        if call is None:
            raise Refusal("no_such_call")
        if call.phase is not Phase.UP or self._to.frames.route.active != call.call_id:
            raise Refusal("not_now", call.phase.value)
        if not self._sound(command.prompt):
            raise Refusal("no_prompt", command.prompt)
        self._end_all()
        self._start(call.call_id, (command.prompt,), 0.0)

    def _stop(self, command: commands.StopPrompt) -> None:
        if self._playing and self._playing.call_id == command.call_id:
            self._end_all()

    def _start(self, call_id: CallId, prompts: Iterable[str], lead_s: float) -> None:
        found = [(prompt, self._sound(prompt)) for prompt in prompts]
        for prompt, sound in found:
            if not sound:
                _log.warning("there is no prompt %s to be played", prompt, extra={"call_id": call_id})
        pauses = (lead_s, *[BETWEEN_S] * len(found))
        sounds = [(prompt, sound) for prompt, sound in found if sound]
        waiting = deque((p, _silence(pause_s) + sound) for pause_s, (p, sound) in zip(pauses, sounds, strict=False))
        if waiting:
            self._playing = _Playing(call_id, waiting)
            self._next(self._playing)

    def _next(self, playing: _Playing) -> None:
        if not playing.waiting:
            self._playing = None
            self._to.frames.stop_playing()
            return
        playing.prompt, pcm = playing.waiting.popleft()
        playing.sound = PlayedSound(pcm, BESIDE_GAIN)
        self._to.frames.play(playing.call_id, playing.sound)
        _log.info("prompt began", extra={"call_id": playing.call_id, "prompt": playing.prompt})
        self._to.call_happened(events.PromptPlayed(playing.call_id, self._to.clock(), playing.prompt))

    def _end_one(self, playing: _Playing) -> None:
        _log.info("prompt ended", extra={"call_id": playing.call_id, "prompt": playing.prompt})
        self._to.call_happened(events.PromptEnded(playing.call_id, self._to.clock(), playing.prompt))

    def _end_all(self) -> None:
        """Cut off what plays, and what would follow."""
        playing, self._playing = self._playing, None
        self._to.frames.stop_playing()
        if playing is not None and any(call.call_id == playing.call_id for call in self._to.calls()):
            self._end_one(playing)

    # ---- without a call

    def _record(self, command: commands.RecordPrompt) -> None:
        if not command.on:
            if self._taking == command.prompt:
                self._end_take()
            return
        if not is_prompt_name(command.prompt):
            raise Refusal("no_prompt", command.prompt[:40])
        self._alone()
        if self._to.frames.tapped:
            raise Refusal("not_now", "the microphone is being listened to")
        self._taking, self._take = command.prompt, []
        self._to.frames.play_to_agent(None)
        self._to.frames.tap(self._take.append)

    def _end_take(self) -> None:
        """Keep it. A take that says nothing, or that no disk takes, leaves what was there."""
        prompt, self._taking = self._taking, ""
        self._to.frames.tap(None)
        sound, self._take = prepared(b"".join(self._take)), []
        kept_s, why = 0.0, "silent"
        if sound is not None:
            try:
                self._shelf.keep(prompt, self._to.agent(), sound)
                kept_s, why = len(sound) / 2 / RATE_HZ, ""
            except OSError:
                why = "disk"
                _log.exception("a prompt could not be kept")
        self._to.publish(events.PromptRecorded(prompt, kept_s, why))
        self._load()

    def _break_off_take(self) -> None:
        if self._taking:
            prompt, self._taking, self._take = self._taking, "", []
            self._to.frames.tap(None)
            self._to.publish(events.PromptRecorded(prompt, 0.0, "call"))

    def _hear(self, command: commands.HearPrompt) -> None:
        if not command.prompt:
            self._to.frames.play_to_agent(None)
            return
        self._alone()
        sound = self._sound(command.prompt)
        if not sound:
            raise Refusal("no_prompt", command.prompt)
        self._to.frames.play_to_agent(PlayedSound(sound))

    def _drop(self, command: commands.DropPrompt) -> None:
        try:
            self._shelf.drop(command.prompt, self._to.agent())
        except OSError as error:
            raise Refusal("disk", str(error)) from None
        self._load()

    def _alone(self) -> None:
        if self._to.calls():
            raise Refusal("not_now", "a call is running")
        if self._taking:
            raise Refusal("not_now", f"{self._taking} is being recorded")

    def _load(self) -> None:
        self._agent = self._to.agent()
        self._sounds = {prompt: self._shelf.sound(prompt, self._agent) for prompt in PROMPTS}
        self._own = self._shelf.own(self._agent)
        self._to.publish(events.PromptsChanged(self._own))

    def _sound(self, prompt: str) -> bytes:
        return self._sounds.get(prompt, b"")


def _silence(seconds: float) -> bytes:
    return bytes(int(seconds * 1000 / FRAME_MS) * FRAME_BYTES)
