"""What is found of the headset, in words, from what the phone says of it, or from a look without one. Pure functions,
any thread."""

from collections.abc import Sequence

from desk.domain.events import HeadsetState
from desk.domain.health import Finding, Level
from desk.i18n import _
from desk.telephony.frames import SILENT_DBFS

SPEECH_DBFS = -40.0  # the peaks of somebody who speaks into a headset lie far above, those of a quiet room below
CLIPPING_DBFS = -0.1
SILENCE_DBFS = -95.0  # the noise of any open microphone is louder


def sound(state: HeadsetState) -> Sequence[Finding]:
    """Without a sound server ALSA may list devices still, of which none can be opened."""
    if state.microphone_in_use or state.earpiece_in_use:
        figures: dict[str, float | int | str] = {
            "microphones": len(state.microphones),
            "earpieces": len(state.earpieces),
        }
        said = _("{microphones} microphones and {earpieces} earpieces are there.").format(**figures)
        return (Finding("sound", Level.OK, said, figures=figures),)
    return (
        Finding(
            "sound",
            Level.WRONG,
            _("There is no sound device to be used: the sound system does not run, or nothing is plugged in."),
            _("Plug in the headset. If it is, start the sound system: systemctl --user restart pipewire pulseaudio"),
        ),
    )


def microphone(state: HeadsetState) -> Sequence[Finding]:
    return (
        _device(
            "headset.microphone",
            state.microphone,
            state.microphone_in_use,
            _("No microphone is in use: callers hear nothing."),
        ),
    )


def earpiece(state: HeadsetState) -> Sequence[Finding]:
    return (
        _device(
            "headset.earpiece",
            state.earpiece,
            state.earpiece_in_use,
            _("No earpiece is in use: the agent hears nothing."),
        ),
    )


def level(state: HeadsetState, loudest_dbfs: float | None) -> Sequence[Finding]:
    """`loudest_dbfs`: of the span that was listened to, None where nothing came to be measured."""
    if not state.microphone_in_use:
        return ()
    check = "headset.level"
    if loudest_dbfs is None:
        return (Finding(check, Level.UNCHECKED, _("Nothing was measured; try again.")),)
    figures: dict[str, float | int | str] = {"peak_dbfs": round(loudest_dbfs, 1)}
    if loudest_dbfs <= max(SILENCE_DBFS, SILENT_DBFS):
        return (
            Finding(
                check,
                Level.WARNING,
                _("Not a sound comes from the microphone."),
                _("Speak and check again. If it stays: the mute switch, the plug, the system's volume (or F10)."),
                figures,
            ),
        )
    if loudest_dbfs >= CLIPPING_DBFS:
        return (
            Finding(
                check,
                Level.WARNING,
                _("The microphone is too loud: it clips."),
                _("Turn it down on the headset page (F10), or in the system's sound settings."),
                figures,
            ),
        )
    said = _("Speech is heard ({level:.0f} dBFS).") if loudest_dbfs >= SPEECH_DBFS else _("It is open, nobody speaks.")
    return (Finding(check, Level.OK, said.format(level=loudest_dbfs), figures=figures),)


def _device(check: str, chosen: str, in_use: str, missing: str) -> Finding:
    if not in_use:
        return Finding(check, Level.WRONG, missing, _("Plug the headset in, or choose another one (F10)."))
    if chosen and chosen != in_use:
        return Finding(
            check,
            Level.WARNING,
            _("{chosen} is not there; {device} stands in for it.").format(chosen=chosen, device=in_use),
            _("Plug the headset in again, or choose another one (F10)."),
        )
    return Finding(check, Level.OK, in_use)
