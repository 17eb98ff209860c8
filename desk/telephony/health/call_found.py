"""What is found of the test call, in words. Pure functions, any thread."""

from desk.domain.health import Finding, Level
from desk.i18n import _
from desk.telephony.health.test_call import CallTested

FAIR_MOS = 3.6  # ITU-T G.109: below it many users are dissatisfied
POOR_MOS = 3.1  # nearly all of them


def found(tested: CallTested) -> Finding:
    if tested.code == 0:
        return Finding("call.test", Level.UNCHECKED, _("The test call was not made, or broke off: another call runs."))
    figures: dict[str, float | int | str] = {"sip_code": tested.code}
    if tested.code != 200:
        return Finding(
            "call.test",
            Level.WRONG,
            _("The test call was not answered ({code} {reason}).").format(code=tested.code, reason=tested.reason),
            _("Let the exchange pass calls from this seat to the test number, and back to it."),
            figures,
        )
    if tested.mos is None:
        return Finding(
            "call.test",
            Level.WRONG,
            _("The test call was answered, but no sound came back."),
            _("Open the firewall for RTP (UDP) between this computer and the exchange."),
            figures,
        )
    figures["mos"] = tested.mos
    said = _("It is heard with MOS {mos:.1f} of 4.5.").format(mos=tested.mos)
    if tested.loss is not None and tested.jitter_ms is not None:
        figures |= {"loss_percent": tested.loss, "jitter_ms": tested.jitter_ms, "codec": tested.codec}
        said += " " + _("{loss:.1f} % lost, jitter {jitter:.0f} ms ({codec}).").format(
            loss=tested.loss, jitter=tested.jitter_ms, codec=tested.codec
        )
    if tested.round_trip_ms is not None:
        figures["round_trip_ms"] = tested.round_trip_ms
    if tested.mos >= FAIR_MOS:
        return Finding("call.test", Level.OK, said, figures=figures)
    level = Level.WARNING if tested.mos >= POOR_MOS else Level.WRONG
    return Finding(
        "call.test", level, said, _("Use a cable instead of Wi-Fi; let the network prefer voice (QoS)."), figures
    )
