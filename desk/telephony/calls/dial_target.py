"""Where an outgoing call goes: the line that takes it, and the SIP URI. Pure functions;
any thread."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

from desk.domain.dial_plan import Dialled, DialPlan
from desk.domain.dial_text import Unmappable
from desk.settings import LineSettings
from desk.telephony.companion import Refusal

CODE = re.compile(r"[0-9*#+]+")


@dataclass(frozen=True, slots=True)
class Aim:
    """`uri` to call by the line of this label; `dialled`: what the plan made of what was typed."""

    uri: str
    line: str
    dialled: Dialled


def aim(
    plan: DialPlan, typed: str, lines: Mapping[str, LineSettings], ready: Set[str], line: str = "", rather: str = ""
) -> Aim:
    """`lines` by label, in the order of the settings; `ready`: those that can dial. `line`: the one that is asked for,
    "" = the plan's choice, else the first that can reach the number and is ready, `rather` before the others. An
    emergency call takes any line that has somebody to send it to, one that is ready before one that is not, whichever
    was asked for. Raises `Refusal`: `bad_number` with a reason of `Unmappable` (or `no_line`) as its detail,
    `line_deaf`."""
    try:
        dialled = plan.map(typed)
    except Unmappable as error:
        raise Refusal("bad_number", error.reason) from None
    asked = line or dialled.line
    wanted = [label for label in lines if asked == label] if asked else _able(dialled, lines, rather)
    chosen = next((label for label in wanted if label in ready), wanted[0] if wanted else "")
    if dialled.emergency and (chosen not in ready or not lines[chosen].registrar):
        useful = sorted((label for label, one in lines.items() if one.registrar), key=lambda label: label not in ready)
        chosen = useful[0] if useful else chosen
    if not chosen:
        raise Refusal("bad_number", "no_line")
    uri = uri_of(dialled, lines[chosen].registrar)
    if chosen not in ready and not dialled.emergency:  # who has nothing to lose may try a line that seems deaf
        raise Refusal("line_deaf", chosen)
    return Aim(uri, chosen, dialled)


def _able(dialled: Dialled, lines: Mapping[str, LineSettings], rather: str) -> list[str]:
    """The lines that can reach it, where there are any: a number needs somebody who knows where it is."""
    able = [label for label, one in lines.items() if dialled.is_uri or one.registrar] or list(lines)
    return sorted(able, key=lambda label: label != rather)


def aim_code(code: str, line: LineSettings, ready: Set[str]) -> Aim:
    """A feature code as it stands, by this line. Raises `Refusal`."""
    uri = uri_of_code(code, line)
    if not uri:
        raise Refusal("bad_number")
    if line.label not in ready:
        raise Refusal("line_deaf", line.label)
    return Aim(uri, line.label, Dialled(code.strip(), code.strip(), code.strip()))


def uri_of_code(code: str, line: LineSettings) -> str:
    """ "" for one that cannot be dialled."""
    text = code.strip()
    if not CODE.fullmatch(text) or not line.registrar:
        return ""
    return uri_of(Dialled(text, text, text), line.registrar)


def uri_of(dialled: Dialled, registrar: str) -> str:
    """The SIP URI to call. Raises `Refusal` for a number on a line that has nobody to send it to."""
    if dialled.is_uri:
        return dialled.send
    if not registrar:
        raise Refusal("bad_number", "no_registrar")
    return f"sip:{dialled.send.replace('#', '%23')}@{registrar}"
