"""What is found of the test call, in words. Pure functions, any thread."""

from dataclasses import replace

from desk.domain.health import Finding, Level
from desk.health import call_heard
from desk.i18n import _
from desk.telephony.health.test_call import CallTested


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
    if tested.quality is None:
        return Finding(
            "call.test",
            Level.WRONG,
            _("The test call was answered, but no sound came back."),
            _("Open the firewall for RTP (UDP) between this computer and the exchange."),
            figures,
        )
    heard = call_heard.found("call.test", tested.quality)
    return replace(heard, figures={**figures, **heard.figures})
