"""What the telephone says, in the agent's words: why a command was not done, how a call or a transfer ended, what a
line suffers from, where calls go. SIP codes and reason codes in, one sentence out; what nobody has foreseen gets a
sentence, too, with its code, so that IT can be told.

No Qt. The tables are built when asked for, because the language is chosen at run time."""

from desk.domain.agent_state import AgentState
from desk.domain.availability import Availability, Forward
from desk.domain.calls import TurnedAway
from desk.domain.certificates import CertificateFault
from desk.i18n import _

_BUSY = frozenset({486, 600})
_NO_NUMBER = frozenset({404, 410, 484, 485, 604})
_NOBODY = frozenset({408, 480, 487})
_CODEC = frozenset({415, 488, 606})
_DECLINED = frozenset({401, 403, 407, 603, 607, 608})
_ROUTE = frozenset({482, 483, 500, 502, 503, 504, 513})


def outcome(code: int) -> str:
    """Why nobody was reached, by the SIP code of the last answer, in half a sentence."""
    if code in _BUSY:
        return _("busy")
    if code in _NO_NUMBER:
        return _("no such number")
    if code in _NOBODY:
        return _("nobody answers")
    if code in _CODEC:
        return _("its telephone does not fit ours")
    if code in _DECLINED:
        return _("refused")
    if code in _ROUTE:
        return _("the exchange cannot get through")
    return _("code {code}").format(code=code) if code else _("no answer")


def unreached(code: int) -> str:
    """How an outgoing call ended that nobody answered, as its state."""
    if code in _BUSY:
        return _("Busy")
    if code in _NO_NUMBER:
        return _("No such number")
    if code in _CODEC:
        return _("Not connected: their telephone does not fit ours. Tell IT ({code})").format(code=code)
    if code in _DECLINED:
        return _("Refused by the other side")
    if code in _ROUTE:
        return _("The exchange cannot get through ({code}). Try again later").format(code=code)
    return _("Not answered")


def turned_away(reason: str, number: str) -> str:
    """A call that was refused before it could ring: what the agent is told of it, "" where it is no such call."""
    said = {
        TurnedAway.ALL_LINES.value: _("A call from {number} found all lines taken and was refused as busy."),
        TurnedAway.NO_CODEC.value: _(
            "A call from {number} could not be taken: its telephone speaks none of this line's codecs. Tell IT."
        ),
        TurnedAway.NOT_ENCRYPTED.value: _(
            "A call from {number} could not be taken: it is not encrypted, as this line demands. Tell IT."
        ),
    }.get(reason, "")
    return said.format(number=number or _("Number withheld"))


def refusal(command: str, reason: str, detail: str = "") -> str:
    """Why a command to the phone was not done, and what to do (`CommandRefused`)."""
    by_detail = {**_not_now(), **(_bad_number() if reason == "bad_number" else {})}
    known = {
        "no_such_call": _("That call is already over."),
        "not_now": _("That is not possible at this moment of the call."),
        "bad_number": _("That is not a number that can be dialled. Use digits, * and #."),
        "line_deaf": _("The line is not connected; wait until its lamp is green, then try again."),
        "no_prompt": _("There is no such prompt. Record it on the headset page (F10)."),
        "no_device": _("That sound device is not there. Choose another one (F10)."),
        "no_code": _("No such code is set up. Ask IT to enter it in the settings."),
        "phone_away": _("The telephone part is restarting; try again in some seconds."),
    }
    general = _("The telephone could not do that ({command}). Try again.").format(command=action(command))
    return by_detail.get(detail) or known.get(reason) or general


def _not_now() -> dict[str, str]:
    return {
        "too many calls": _("There are four calls already. End one of them first."),
        "a call is running": _("That works only while there is no call."),
        "it is being transferred": _("This call is being transferred. Take it back first (F5)."),
        "there is no call to be transferred": _("There is no call to hand over any more."),
        "there is no second call": _("A three-way call needs two calls: ask a colleague first (Ctrl+T)."),
        "there is a conference already": _("There is a three-way call already. End it first (Shift+F2)."),
        "it consults about no call": _("Nobody is being asked at the moment."),
    }


def _bad_number() -> dict[str, str]:
    """Why the dial plan cannot map what was typed."""
    return {
        "empty": _("There is no number to dial."),
        "not_a_number": _("That is not a number. Choose somebody from the list, or type digits, * and #."),
        "wrong_length": _("That number is too short or too long. Check it and type all of it."),
        "too_long": _("That number is too long. Check it."),
        "bad_uri": _("That address cannot be called. Check it, or type the number."),
        "rule": _("A rule of the dial plan makes no number of that. Tell IT."),
        "no_line": _("There is no line of that name. Ask IT to check the settings."),
        "extension": _("The extension is dialled only once they answer: ask first (Ctrl+T), then hand over."),
        "forward_extension": _("Calls cannot be sent on to an extension behind a number. Set a direct number."),
        "no_registrar": _("This line calls addresses only, not numbers. Use another line."),
    }


def action(command: str) -> str:
    """A command's name, as the agent knows it."""
    known = {
        "Answer": _("Answer"),
        "Reject": _("Reject"),
        "HangUp": _("Hang up"),
        "Mute": _("Mute"),
        "Hold": _("Hold"),
        "Dial": _("Dial"),
        "SendDigits": _("Keypad"),
        "Transfer": _("Transfer"),
        "CompleteTransfer": _("Transfer"),
        "CancelConsultation": _("Take back"),
        "Confer": _("Three-way call"),
        "DialCode": _("Feature code"),
        "PauseQueue": _("My state"),
        "SetAvailability": _("Availability"),
        "ChooseHeadset": _("Headset"),
    }
    return known.get(command, command)


def line_reason(code: int, reason: str) -> str:
    """What a deaf line suffers from: the reason codes of an unverified certificate, else the registrar's answer."""
    certificate = {fault.value: words for fault, words in _certificate().items()}
    return certificate.get(reason) or f"{code or ''} {reason}".strip()


def _certificate() -> dict[CertificateFault, str]:
    return {
        CertificateFault.EXPIRED: _("the certificate has expired"),
        CertificateFault.NOT_YET_VALID: _("the certificate is not valid yet: check this PC's clock"),
        CertificateFault.WRONG_NAME: _("the certificate is for another name"),
        CertificateFault.SELF_SIGNED: _("the certificate is signed by nobody but itself"),
        CertificateFault.UNKNOWN_CA: _("the certificate is signed by somebody unknown here"),
        CertificateFault.REVOKED: _("the certificate has been withdrawn"),
        CertificateFault.OTHER: _("the certificate is not in order"),
        CertificateFault.CA_FILE: _("the CA file in the settings cannot be read"),
        CertificateFault.NO_TLS: _("the exchange speaks no TLS there, or only an old one"),
    }


def forward(mode: Forward) -> str:
    return {
        Forward.ALWAYS: _("Always"),
        Forward.BUSY: _("When busy"),
        Forward.NO_ANSWER: _("No answer"),
        Forward.NIGHT: _("At night"),
    }[mode]


def away(availability: Availability) -> str:
    """Where calls go instead of ringing here, in one short line; "" where they ring."""
    goes = {
        Forward.ALWAYS: _("All calls go to {target}"),
        Forward.BUSY: _("When busy, calls go to {target}"),
        Forward.NO_ANSWER: _("Unanswered calls go to {target}"),
        Forward.NIGHT: _("At night, calls go to {target}"),
    }
    said = [goes[mode].format(target=target) for mode, target in _ordered(availability)]
    always = Forward.ALWAYS in availability.forwards
    if always:
        said = said[:1]
    if availability.do_not_disturb:
        said.insert(0, _("Do not disturb"))
    return _("; ").join(said)


def _ordered(availability: Availability) -> list[tuple[Forward, str]]:
    return [(mode, availability.forwards[mode]) for mode in Forward if availability.forwards.get(mode)]


def agent_state(state: AgentState) -> str:
    return {
        AgentState.READY: _("Ready"),
        AgentState.BREAK: _("On a break"),
        AgentState.LUNCH: _("At lunch"),
        AgentState.TRAINING: _("In training"),
        AgentState.FAULT: _("Technical fault"),
        AgentState.WRAP_UP: _("Wrapping up"),
    }[state]
