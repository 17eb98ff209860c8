"""How a call that was made to try the way was heard, in words: the estimate, what it was made of, and who has to do
something: the network by what it does (loses, delivers unevenly, is slow), or the exchange. Pure functions, any thread;
translated when they are called."""

from typing import assert_never

from desk.domain.diagnosis import POOR_MOS, Diagnosis, cause_of
from desk.domain.health import Finding, Level
from desk.domain.quality import Quality
from desk.i18n import _

FAIR_MOS = 3.6  # ITU-T G.109: below it many users are dissatisfied; below `POOR_MOS` nearly all of them


def found(check: str, quality: Quality) -> Finding:
    """`check`: the finding's name."""
    said = _("It is heard with MOS {mos:.1f} of 4.5.").format(mos=quality.mos)
    said += " " + _("{loss:.1f} % lost, jitter {jitter:.0f} ms ({codec}).").format(
        loss=quality.worst_loss, jitter=quality.jitter_ms, codec=quality.codec
    )
    cause = cause_of(quality)
    figures: dict[str, float | int | str] = {
        "mos": quality.mos,
        "loss_percent": round(quality.worst_loss, 2),
        "jitter_ms": quality.jitter_ms,
        "codec": quality.codec,
        "cause": cause.value,
    }
    if quality.round_trip_ms is not None:
        figures["round_trip_ms"] = quality.round_trip_ms
    if quality.mos >= FAIR_MOS:
        return Finding(check, Level.OK, said, figures=figures)
    level = Level.WARNING if quality.mos >= POOR_MOS else Level.WRONG
    blamed, remedy = _blame(cause)
    return Finding(check, level, f"{blamed} {said}".lstrip(), remedy, figures)


def is_network(quality: Quality | None) -> bool:
    """Whether what is missing of the sound may be missing by the network's doing."""
    return quality is not None and cause_of(quality) in (
        Diagnosis.NETWORK_LOSS,
        Diagnosis.NETWORK_JITTER,
        Diagnosis.NETWORK_DELAY,
    )


def network_remedy() -> str:
    return _("Use a cable instead of Wi-Fi; let the network prefer voice (QoS).")


def _blame(cause: Diagnosis) -> tuple[str, str]:
    """Who, and what to do."""
    match cause:
        case Diagnosis.NETWORK_LOSS:
            return _("The network between seat and exchange loses sound."), network_remedy()
        case Diagnosis.NETWORK_JITTER:
            return _("The network between seat and exchange delivers unevenly (jitter)."), network_remedy()
        case Diagnosis.NETWORK_DELAY:
            return _("The network between seat and exchange is slow."), network_remedy()
        case Diagnosis.EXCHANGE_CODEC:
            why = _("The exchange uses a coarse voice coding.")
            return why, _("Let the exchange speak G.722 or PCMA with this seat.")
        case (
            Diagnosis.NONE
            | Diagnosis.MICROPHONE_DEAD
            | Diagnosis.FAR_SIDE_SILENT
            | Diagnosis.HEADSET_UNDERRUNS
            | Diagnosis.MICROPHONE_QUIET
        ):
            return "", network_remedy()  # nothing of these is measured in such a call
        case _:
            assert_never(cause)
