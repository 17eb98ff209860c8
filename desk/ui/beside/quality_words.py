"""How a call is heard, in the agent's language: one sentence of diagnosis that tells network, headset and exchange
apart and says what to do, and a word for an estimate. No Qt. Closed tables, made when asked for."""

from desk.domain.diagnosis import FINE_MOS, POOR_MOS, Diagnosis
from desk.i18n import _


def diagnosis(value: Diagnosis) -> str:
    """ "" where nothing is wrong."""
    return {
        Diagnosis.NONE: "",
        Diagnosis.MICROPHONE_DEAD: _("The microphone gives no sound: check its mute switch and its plug"),
        Diagnosis.FAR_SIDE_SILENT: _("No sound arrives from the far side: offer to call back"),
        Diagnosis.HEADSET_UNDERRUNS: _("This computer is too busy for the headset: close other programs"),
        Diagnosis.NETWORK_LOSS: _("The network loses speech: tell IT, and call back if it stays"),
        Diagnosis.NETWORK_JITTER: _("The network delivers unevenly: tell IT, and call back if it stays"),
        Diagnosis.NETWORK_DELAY: _("The network is slow: wait a moment before you answer"),
        Diagnosis.EXCHANGE_CODEC: _("The exchange uses a coarse voice coding: nothing to do here, tell IT"),
        Diagnosis.MICROPHONE_QUIET: _("The microphone is too quiet: move it closer or raise its level"),
    }[value]


def short_diagnosis(value: Diagnosis) -> str:
    """In a list: where the fault lies. "" where nothing is wrong."""
    return {
        Diagnosis.NONE: "",
        Diagnosis.MICROPHONE_DEAD: _("Microphone dead"),
        Diagnosis.FAR_SIDE_SILENT: _("Far side silent"),
        Diagnosis.HEADSET_UNDERRUNS: _("Computer busy"),
        Diagnosis.NETWORK_LOSS: _("Network: loss"),
        Diagnosis.NETWORK_JITTER: _("Network: jitter"),
        Diagnosis.NETWORK_DELAY: _("Network: delay"),
        Diagnosis.EXCHANGE_CODEC: _("Exchange: coding"),
        Diagnosis.MICROPHONE_QUIET: _("Microphone quiet"),
    }[value]


def mos_word(mos: float | None) -> str:
    """One word for an estimate of ITU-T G.107; "" where there is none."""
    if mos is None:
        return ""
    if mos >= FINE_MOS:
        return _("Good")
    return _("Fair") if mos >= POOR_MOS else _("Poor")
