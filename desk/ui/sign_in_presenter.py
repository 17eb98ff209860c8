"""Who may sign in at this seat, judged from the register. No Qt; pure functions.

A seat that stands alone has no passwords: the work number says who writes. The seat's own agent may always sign in,
even where the register knows no staff yet."""

from dataclasses import dataclass

from desk.domain.estate import Duty, Staff
from desk.i18n import _
from desk.ui.seat_state import Agent

SIGNS_IN = frozenset({Duty.AGENT, Duty.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not, in words that say what to do."""

    words: str


def judge(typed_number: str, staff: Staff | None, seat_agent: Agent) -> Agent | Refused:
    """`staff`: whom the register has under this number (None: nobody). `seat_agent`: this seat's own."""
    number = typed_number.strip()
    if not number:
        return Refused(_("Type your work number."))
    if staff is None:
        if number == seat_agent.number:
            return seat_agent
        return Refused(_("No such work number. Check it, or ask your supervisor to enter you."))
    if not staff.active:
        return Refused(_("This work number is no longer active. Ask your supervisor."))
    if staff.duty not in SIGNS_IN:
        return Refused(_("This work number does not take calls. Sign in with an agent's or supervisor's."))
    return Agent(staff.number, staff.name or (seat_agent.name if number == seat_agent.number else ""))
