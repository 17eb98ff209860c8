"""Sound devices as choices, and the check of the headset in words. No Qt; pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from desk.domain.events import AudioDevice, CheckStage, HeadsetChecked, HeadsetState, Verdict
from desk.i18n import _


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """`name` "" = the system's default. `here` False: chosen once, not plugged in now."""

    name: str
    words: str
    here: bool = True


@dataclass(frozen=True, slots=True)
class CheckView:
    """`tone`: "accent" while it runs, "go", "warn", "danger". `figures` "" while there are none."""

    running: bool
    tone: str
    title: str
    says: str
    figures: str = ""


def device_choices(devices: Sequence[AudioDevice], chosen: str) -> tuple[DeviceChoice, ...]:
    """The default first, then every device by name; one that was chosen and is away stays in the list."""
    default = next((device.name for device in devices if device.is_default), "")
    first = _("System default ({name})").format(name=default) if default else _("System default")
    out = [DeviceChoice("", first), *(DeviceChoice(device.name, device.name) for device in devices)]
    if chosen and all(choice.name != chosen for choice in out):
        out.append(DeviceChoice(chosen, _("{name} (not plugged in)").format(name=chosen), here=False))
    return tuple(out)


def stands_in(headset: HeadsetState) -> str:
    """What is used while a chosen device is away; "" where nothing is."""
    away = [
        (headset.microphone, headset.microphone_in_use),
        (headset.earpiece, headset.earpiece_in_use),
    ]
    named = [used for chosen, used in away if chosen and used and used != chosen]
    if not named:
        return ""
    return _("Until it is plugged in again, {name} is used.").format(name=" / ".join(dict.fromkeys(named)))


def keys_words(keys: str) -> str:
    if keys:
        return _("The keys of {name} work: answer, hang up, mute.").format(name=keys)
    return _("No headset with keys of its own was found. The function keys do the same.")


def volume(db: float) -> str:
    """+3 dB, -6 dB, 0 dB."""
    return f"{round(db):+d} dB" if round(db) else "0 dB"


def check_idle() -> CheckView:
    return CheckView(
        False,
        "accent",
        _("Check before the shift"),
        _("Ten seconds: three short tones, then you speak, then you are silent. Put the headset on."),
    )


def check(told: HeadsetChecked) -> CheckView:
    """A stage of the check, and its outcome."""
    match told.stage:
        case CheckStage.TONE:
            return CheckView(True, "accent", _("Listen"), _("You should hear three short tones."))
        case CheckStage.SPEAK:
            says = _("Count from one to ten, as loud as on the telephone.")
            return CheckView(True, "accent", _("Speak now"), says)
        case CheckStage.SILENCE:
            return CheckView(True, "accent", _("Be silent"), _("The room is measured; say nothing for two seconds."))
        case CheckStage.FAILED:
            says = _("It was broken off. With a call running or a device away it cannot be done.")
            return CheckView(
                False, "warn", _("Not checked"), says if told.verdict is None else _verdict(told.verdict)[2]
            )
        case CheckStage.DONE:
            tone, title, says = _verdict(told.verdict or Verdict.GOOD)
            return CheckView(False, tone, title, says, figures(told))
        case _:
            assert_never(told.stage)


def figures(told: HeadsetChecked) -> str:
    parts = []
    if told.voice_dbfs is not None:
        parts.append(_("voice {db} dB").format(db=round(told.voice_dbfs)))
    if told.noise_dbfs is not None:
        parts.append(_("room {db} dB").format(db=round(told.noise_dbfs)))
    if told.echo_db is not None:
        parts.append(_("echo {db} dB below").format(db=round(told.echo_db)))
    else:
        parts.append(_("no echo"))
    if told.round_trip_ms is not None:
        parts.append(_("out and back {ms} ms").format(ms=round(told.round_trip_ms)))
    return " · ".join(parts)


def _verdict(value: Verdict) -> tuple[str, str, str]:
    """Tone, title, and what to do."""
    return {
        Verdict.GOOD: ("go", _("The headset is fine"), _("You are heard well, and the room is quiet enough.")),
        Verdict.NO_MICROPHONE: ("danger", _("No microphone"), _("Plug the headset in, or choose a microphone above.")),
        Verdict.SILENT_MICROPHONE: (
            "danger",
            _("The microphone gives no sound"),
            _("Check the mute switch on the cable and the plug; then check again."),
        ),
        Verdict.TOO_QUIET: (
            "warn",
            _("You are too quiet"),
            _("Move the microphone to two fingers from the mouth, or raise its volume above."),
        ),
        Verdict.TOO_LOUD: (
            "warn",
            _("You are too loud: it is distorted"),
            _("Move the microphone to the side of the mouth, or lower its volume above."),
        ),
        Verdict.NOISY: (
            "warn",
            _("The room is noisy"),
            _("Callers hear it. Close the window, turn the microphone away from the noise, or use another headset."),
        ),
        Verdict.ECHO: (
            "warn",
            _("The caller would hear himself"),
            _("Lower the earpiece's volume, and keep the microphone away from the earpiece."),
        ),
        Verdict.SLOW: (
            "warn",
            _("The sound takes too long"),
            _("Bluetooth does that. Plug the headset in by its cable or its USB adapter."),
        ),
    }[value]
