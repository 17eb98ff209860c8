"""What the self-check found, in words. Pure functions, any thread; translated when they are called."""

from desk.domain.events import SelfChecked
from desk.domain.health import Finding, Level
from desk.health import call_heard
from desk.i18n import _
from desk.recording.likeness import HEARD

SOON_MS = 50.0  # the promise of a screen pop
SLOW_MS = 1000.0
LATE_S = 1.5  # of one's own voice, there and back

_NAMES = ("call", "quality", "said", "heard", "pop", "recording", "ticket", "sync", "sandbox")
CALL, QUALITY, SAID, HEARD_BACK, POP, RECORDING, TICKET, SYNC, SANDBOX = (f"self_check.{name}" for name in _NAMES)


def call(checked: SelfChecked) -> Finding:
    if checked.code == 200 and checked.own:
        ms = round(checked.offered_ms or 0.0)
        why = _("The seat called itself; the call came back after {ms} ms and was answered.").format(ms=ms)
        return Finding(CALL, Level.OK, why, figures={"offered_ms": ms})
    if checked.code == 200:
        return Finding(CALL, Level.OK, _("The number called answered and sends back what it hears."))
    if checked.code == 408:
        why = _("The call went out and did not come back: nobody answered it.")
        remedy = _("Look at the line's forwarding at the exchange; name another number in [self_check] if need be.")
        return Finding(CALL, Level.WRONG, why, remedy, {"code": checked.code})
    why = _("The exchange refused the seat's call to itself ({code} {reason}).").format(
        code=checked.code, reason=checked.reason
    )
    remedy = _("Ask who runs the exchange whether an extension may call itself; else name a number in [self_check].")
    return Finding(CALL, Level.WRONG, why.replace(" )", ")"), remedy, {"code": checked.code})


def not_recorded() -> Finding:
    why = _("Nothing of the call was recorded.")
    return Finding(RECORDING, Level.WRONG, why, _("Look at the disk of the data folder."))


def said(sure: float) -> Finding:
    figures = {"likeness": round(sure, 2)}
    if sure >= HEARD:
        return Finding(SAID, Level.OK, _("What the agent's side said is in the recording."), figures=figures)
    why = _("What the agent's side said is not in the recording.")
    return Finding(SAID, Level.WRONG, why, _("Make a support bundle (Shift+F12) and give it to IT."), figures)


def heard(sure: float, late_s: float, *, by_network: bool = False) -> Finding:
    figures = {"likeness": round(sure, 2), "late_ms": round(late_s * 1000)}
    if sure >= HEARD and 0.0 <= late_s <= LATE_S:
        why = _("The voice came back through the exchange, {ms} ms later.").format(ms=round(late_s * 1000))
        return Finding(HEARD_BACK, Level.OK, why, figures=figures)
    if sure >= HEARD:
        why = _("The voice came back through the exchange {seconds} s later.").format(seconds=round(late_s, 1))
        return Finding(HEARD_BACK, Level.WARNING, why, _("Look at the way calls take to the exchange."), figures)
    if by_network:
        why = _("Too much of the voice was lost on its way there and back to be known again.")
        return Finding(HEARD_BACK, Level.WRONG, why, call_heard.network_remedy(), figures)
    why = _("No voice came back: callers could not be heard, or could not hear.")
    remedy = _("Look at the firewall for RTP, and at NAT at the exchange.")
    return Finding(HEARD_BACK, Level.WRONG, why, remedy, figures)


def pop_unknown() -> Finding:
    why = _("No number came in with the call, as the far side only sends back what it hears.")
    return Finding(POP, Level.UNCHECKED, why)


def pop_withheld() -> Finding:
    why = _("The exchange sent the call back without a number, so none could pop up.")
    remedy = _("Let the exchange send the caller's number to this seat (P-Asserted-Identity or From).")
    return Finding(POP, Level.WARNING, why, remedy)


def pop(found: bool, took_ms: float) -> Finding:
    figures = {"pop_ms": round(took_ms, 1)}
    if not found:
        why = _("The number that came in did not pop up the resident who has it.")
        remedy = _("Compare the numbers the exchange sends with [line] area_code.")
        return Finding(POP, Level.WRONG, why, remedy, figures)
    why = _("The number that came in popped up its resident in {ms} ms.").format(ms=round(took_ms, 1))
    level = Level.OK if took_ms < SLOW_MS else Level.WARNING
    return Finding(POP, level, why, "" if level is Level.OK else _("Look at what else this PC does."), figures)


def recording(sealed: bool, why_not: str) -> Finding:
    if sealed:
        return Finding(RECORDING, Level.OK, _("The recording was sealed and opened again."))
    why = _("The recording was not sealed ({why}).").format(why=why_not or _("not in time"))
    return Finding(RECORDING, Level.WRONG, why, _("Make a support bundle (Shift+F12) and give it to IT."))


def ticket(filed: bool, why_not: str) -> Finding:
    if filed:
        return Finding(TICKET, Level.OK, _("A ticket was filed and tied to the call, in a store of its own."))
    why = _("A ticket could not be filed ({why}).").format(why=why_not or _("not found again"))
    return Finding(TICKET, Level.WRONG, why, _("Make a support bundle (Shift+F12) and give it to IT."))


def sandbox_failed(error: Exception) -> Finding:
    why = _("What the call left could not be looked at ({detail}).").format(detail=str(error)[:120])
    return Finding(SANDBOX, Level.WRONG, why, _("Look at the disk of the data folder."))


def synced(took_ms: float | None) -> Finding:
    """None: the centre has not confirmed it in time."""
    if took_ms is not None:
        why = _("The centre confirmed a change of this seat within {ms} ms.").format(ms=round(took_ms))
        return Finding(SYNC, Level.OK, why, figures={"sync_ms": round(took_ms)})
    why = _("The centre did not confirm a change of this seat in time; work is kept here.")
    return Finding(SYNC, Level.WARNING, why, _("See the centre's lamp, and `desk central status`."))
