"""What is to be said this very moment, because the call calls for it: the caller says nothing, has been kept waiting,
or was kept waiting; and what the machine is saying in the agent's place. No Qt, no clock: `Aids` is told of the call in
front and of the time, and answers with what is to be shown. Its thresholds are the hotline's."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from desk.domain.calls import TALKING, Call, Phase
from desk.domain.identity import CallId
from desk.domain.prompts import GREETING, PROMPTS, RECORDING_NOTICE
from desk.i18n import _
from desk.texts import Phrase

WAITING_S = 10.0  # kept waiting longer than this: say so
BACK_S = 12.0  # so long is "thank you for waiting" the thing to say
BACK_FROM_MUTE_S = 5.0  # a shorter mute was a cough
GIVE_UP_S = 20.0  # silent for so long: the line before hanging up
SILENT_AFTER_S = 5.0  # what `Quality.silent_caller` has seen when it says so


class Aid(Enum):
    PLAYED = "played"  # the machine speaks
    SILENT = "silent"
    GIVE_UP = "give_up"
    WAITING = "waiting"
    BACK = "back"


# aid -> the phrases that fit, and the prompt that says the first of them ("" = none)
_PHRASES: dict[Aid, tuple[tuple[str, ...], str]] = {
    Aid.PLAYED: ((), ""),
    Aid.SILENT: (("silent_1", "silent_2"), "silent_1"),
    Aid.GIVE_UP: (("silent_hang_up",), "silent_hang_up"),
    Aid.WAITING: (("waiting",), "waiting"),
    Aid.BACK: (("back",), "back"),
}


@dataclass(frozen=True, slots=True)
class AidView:
    """`title` why it has come up; `phrases` what may be said; `prompt` what a key would play ("" = nothing now)."""

    aid: Aid
    title: str
    phrases: tuple[str, ...] = ()
    prompt: str = ""


@dataclass
class _Waited:
    """Since when the caller has heard nobody, when somebody came back, since when nobody has spoken. A caller who has
    listened to a prompt is given as long as anybody before that counts."""

    since: datetime | None = None
    by_mute: bool = False
    back_at: datetime | None = None
    silent_since: datetime | None = None
    listened: bool = False  # a prompt was played when the calls changed last
    counts_from: datetime | None = None


class Aids:
    """Follows the call in front."""

    def __init__(self) -> None:
        self._call: Call | None = None
        self._waits: dict[CallId, _Waited] = {}

    def see(self, front: Call | None, running: Collection[CallId], now: datetime) -> None:
        """After every change of the calls. `running`: what of the calls that are not in front is still to be known."""
        self._call = front
        self._waits = {call_id: waited for call_id, waited in self._waits.items() if call_id in running}
        if front is None or front.phase not in TALKING:
            return
        waited = self._waits.setdefault(front.call_id, _Waited())
        waits = front.phase is Phase.HELD or front.muted
        if waits and waited.since is None:
            waited.since, waited.back_at = (front.held_at or now), None
            waited.by_mute = front.phase is not Phase.HELD
        elif waits and front.phase is Phase.HELD:
            waited.by_mute = False
        elif not waits and waited.since is not None:
            long = (now - waited.since).total_seconds()
            waited.back_at = now if not waited.by_mute or long >= BACK_FROM_MUTE_S else None
            waited.since = None
        if waited.listened and not front.prompt:
            waited.counts_from = now + timedelta(seconds=SILENT_AFTER_S)
        waited.listened = bool(front.prompt)
        too_soon = waited.listened or (waited.counts_from is not None and now < waited.counts_from)
        silent = bool(front.quality and front.quality.silent_caller) and not waits and not too_soon
        waited.silent_since = (waited.silent_since or now) if silent else None

    def now(self, now: datetime) -> Aid | None:
        """What fits this moment."""
        call = self._call
        if call is None or call.phase not in TALKING:
            return None
        if call.prompt:
            return Aid.PLAYED
        waited = self._waits.get(call.call_id, _Waited())
        if waited.since is not None:
            return Aid.WAITING if (now - waited.since).total_seconds() > WAITING_S else None
        if waited.back_at is not None and (now - waited.back_at).total_seconds() <= BACK_S:
            return Aid.BACK
        if waited.silent_since is not None:
            silent_s = (now - waited.silent_since).total_seconds() + SILENT_AFTER_S
            return Aid.GIVE_UP if silent_s >= GIVE_UP_S else Aid.SILENT
        return None

    def view(self, now: datetime, phrases: Sequence[Phrase], language: str, work_number: str = "") -> AidView | None:
        aid, call = self.now(now), self._call
        if aid is None or call is None:
            return None
        codes, prompt = _PHRASES[aid]
        said = {phrase.code: _text(phrase, language, work_number) for phrase in phrases}
        can_play = call.phase is Phase.UP and aid is not Aid.PLAYED
        words = tuple(said[code] for code in codes if code in said)
        return AidView(aid, self._title(aid, call, now), words, prompt if can_play else "")

    def _title(self, aid: Aid, call: Call, now: datetime) -> str:
        match aid:
            case Aid.PLAYED:
                return _("Being played to the caller: {prompt}").format(prompt=prompt_name(call.prompt))
            case Aid.SILENT:
                return _("The caller says nothing")
            case Aid.GIVE_UP:
                return _("Still not a word: say this, then hang up")
            case Aid.WAITING:
                since = self._waits[call.call_id].since or now
                waited_s = int((now - since).total_seconds())
                return _("The caller has been waiting for {seconds} s").format(seconds=waited_s)
            case Aid.BACK:
                return _("You are back: first say")


def _text(phrase: Phrase, language: str, work_number: str) -> str:
    """Without the gaps of what is not known."""
    return " ".join(phrase.text(language, work_number=work_number).split())


def prompt_name(prompt: str) -> str:
    """What a prompt is called."""
    known = {
        GREETING: _("Greeting with the work number"),
        RECORDING_NOTICE: _("Notice of the recording"),
        "silent_1": _("Silent caller"),
        "silent_hang_up": _("Silent caller, before hanging up"),
        "waiting": _("Please wait a little longer"),
        "back": _("Thank you for waiting"),
    }
    return known.get(prompt, prompt)


@dataclass(frozen=True, slots=True)
class PromptRow:
    """A prompt on the headset page. `text` is what it says; `own_s` the length of the agent's own recording, None where
    the shipped one is played."""

    prompt: str
    name: str
    text: str
    own_s: float | None
    state: str


def prompt_rows(
    own: dict[str, float], recording: str, phrases: Sequence[Phrase], language: str, work_number: str
) -> tuple[PromptRow, ...]:
    """Every prompt. `recording`: the one that is being recorded now, "" none."""
    texts = {phrase.code: _text(phrase, language, work_number) for phrase in phrases}
    rows = []
    for prompt, code in PROMPTS.items():
        length_s = own.get(prompt)
        if prompt == recording:
            state = _("recording: speak now")
        elif length_s is None:
            state = _("shipped voice")
        else:
            state = _("your voice, {seconds} s").format(seconds=round(length_s, 1))
        rows.append(PromptRow(prompt, prompt_name(prompt), texts.get(code, ""), length_s, state))
    return tuple(rows)


def recorded_words(prompt: str, why: str, length_s: float) -> str:
    """What came of a recording, and what to do."""
    name = prompt_name(prompt)
    if not why:
        return _("{prompt}: kept, {seconds} s.").format(prompt=name, seconds=round(length_s, 1))
    told = {
        "silent": _("{prompt}: nothing was heard. Check the microphone and record it again."),
        "disk": _("{prompt}: it could not be kept, the disk does not take it. Tell IT."),
        "call": _("{prompt}: a call came in between. Record it again afterwards."),
    }
    return told.get(why, told["silent"]).format(prompt=name)
