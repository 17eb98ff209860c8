"""Who may sign in at this seat, judged from the register; and what the centre's answer means, in words that say what to
do. No Qt; pure functions.

A seat that stands alone has no passwords: the work number says who writes. The seat's own agent may always sign in,
even where the register knows no staff yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from desk.domain.estate import Duty, Staff
from desk.domain.sign_in import Answer, Verdict
from desk.i18n import _, ngettext
from desk.ui.seat_state import Agent

SIGNS_IN = frozenset({Duty.AGENT, Duty.SUPERVISOR})
TOLD_BEFORE = timedelta(days=14)  # that a password ends


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


def judge_admitted(number: str, name: str, staff: Staff | None) -> Agent | Refused:
    """The centre lets this person in. The register may not have come to this seat yet, and what it says of duties is
    not what the centre says of rights; only somebody whom it has as gone is refused."""
    if staff is not None and not staff.active:
        return Refused(_("This work number is no longer active. Ask your supervisor."))
    return Agent(number, (staff.name if staff is not None else "") or name)


def refusal(verdict: Verdict) -> str:
    """Why somebody is not let in, and what they can do. "" where they are."""
    match verdict.answer:
        case Answer.ADMITTED:
            return ""
        case Answer.WRONG:
            return _wrong(verdict)
        case Answer.TOO_OFTEN:
            return _wait(verdict.wait_s)
        case Answer.SEAT_FAULT:
            return _("This PC cannot check it just now. Try again; if it stays, call IT.")
        case Answer.WEAK:
            return _("Too easy. At least 8 characters, without your work number, and not the present one.")
        case Answer.NEVER_HERE | Answer.TOO_LONG_AGO | Answer.CLOCK_BACK:
            return _offline(verdict.answer)
        case _:
            return _by_centre(verdict.answer)


def _by_centre(answer: Answer) -> str:
    table = {
        Answer.DIRECTORY: _("Work number or password is wrong, or the company's directory is away. Try again."),
        Answer.EXPIRED: _("Your password is over its time. Ask your administrator for a new one."),
        Answer.CHANGED: _("Your password was changed elsewhere. Type the new one."),
        Answer.DISABLED: _("This work number is disabled. Ask your supervisor. What you typed here is kept."),
        Answer.NO_RIGHTS: _("This work number may not take calls. Ask your administrator for the right."),
        Answer.REFUSED: _(
            "The central database lets nobody in from this PC. Call IT; they find the reason in the log."
        ),
        Answer.NO_TICKET: _("There is no valid ticket for this work number. Sign in to the PC again, or call IT."),
        Answer.ASK_AGAIN: _("The background service was restarted. Type your password once more."),
    }
    return table[answer]


def _offline(answer: Answer) -> str:
    if answer is Answer.NEVER_HERE:
        return _(
            "The central database is away, and you have not signed in at this PC before. Try again when it is back."
        )
    if answer is Answer.CLOCK_BACK:
        return _("The central database is away, and this PC's clock is wrong. Ask IT to set it.")
    return _("The central database is away, and you last signed in at this PC too long ago. Try again when it is back.")


def _wrong(verdict: Verdict) -> str:
    return _with_wait(_("Work number or password is wrong."), verdict)


def _with_wait(words: str, verdict: Verdict) -> str:
    return _("{first} {second}").format(first=words, second=_wait(verdict.wait_s)) if verdict.wait_s else words


def _wait(wait_s: int) -> str:
    if wait_s >= 120:
        minutes = -(-wait_s // 60)
        return ngettext("Wait {n} minute, then try again.", "Wait {n} minutes, then try again.", minutes).format(
            n=minutes
        )
    return ngettext("Wait {n} second, then try again.", "Wait {n} seconds, then try again.", wait_s).format(n=wait_s)


def changed_refusal(verdict: Verdict) -> str:
    """As `refusal`, of a new password."""
    if verdict.offline:
        return _("The central database is away: nothing was changed. Try again when it is back.")
    if verdict.answer in (Answer.WRONG, Answer.CHANGED):
        return _with_wait(_("The present password is wrong."), verdict)
    if verdict.answer is Answer.REFUSED:
        return _("Your password is not kept in the central database. Change it where you change your PC's.")
    return refusal(verdict)


def told_at_entry(verdict: Verdict, now: datetime, zone: tzinfo) -> str:
    """What somebody should know who was just let in; "" nothing."""
    until = verdict.password_until
    if until is not None and until - now <= TOLD_BEFORE:
        day = until.astimezone(zone)
        return _("Your password ends on {month}/{day}. Ask your administrator for a new one in time.").format(
            month=day.month, day=day.day
        )
    if verdict.offline:
        return _("Signed in without the central database. All you write is kept and sent when it is back.")
    return ""
