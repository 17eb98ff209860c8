"""The shift's names in the agent's language: posts, how a turn was begun and ended, why a line of the roster or a
hand-over was refused. No Qt; built when asked for, because the language is chosen at run time."""

from datetime import timedelta

from desk.domain.adherence import Punctual
from desk.domain.hand_over import What
from desk.domain.roster_rows import RosterFault, RosterProblem
from desk.domain.shifts import Post
from desk.i18n import _
from desk.usecases.hand_over import HandOverRefused, WhyNot


def post(value: Post) -> str:
    return {
        Post.AGENT: _("Hotline"),
        Post.SUPERVISOR: _("Supervisor on duty"),
        Post.HANDLER: _("Repair duty"),
        Post.LEAD: _("Area duty"),
        Post.MONITORING: _("Monitoring centre"),
    }[value]


def begun(value: Punctual) -> str:
    return {
        Punctual.ON_TIME: _("in time"),
        Punctual.SHORT: _("in time, but not early"),
        Punctual.LATE: _("late"),
        Punctual.ABSENT: _("did not come"),
        Punctual.OPEN: _("not here yet"),
    }[value]


def ended(value: Punctual) -> str:
    return {
        Punctual.ON_TIME: _("left in time"),
        Punctual.SHORT: _("left at the end"),
        Punctual.LATE: _("left early"),
        Punctual.ABSENT: "",
        Punctual.OPEN: "",
    }[value]


def what(value: What) -> str:
    return {
        What.PROMISE: _("Promised call"),
        What.WARNING: _("Early warning"),
        What.TICKET: _("Ticket"),
        What.QUESTION: _("Question"),
        What.ANSWER: _("Answer to tell"),
        What.FOLLOW_UP: _("Follow-up"),
    }[value]


def amount(length: timedelta) -> str:
    """ "3 h 12 min", "8 min"."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return _("{n} min").format(n=minutes)
    return _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)


def problem(value: RosterProblem) -> str:
    """With its row, where it has one."""
    said = _fault(value.fault).format(text=value.text)
    return _("Row {row}: {said}").format(row=value.row, said=said) if value.row else said


def _fault(value: RosterFault) -> str:
    return {
        RosterFault.NO_HEADING: _("no row has the headings of a roster (work number or name, and days)."),
        RosterFault.PERSON_MISSING: _("nobody is named."),
        RosterFault.PERSON_UNKNOWN: _("nobody of the staff is “{text}”. Enter them first, or correct the roster."),
        RosterFault.PERSON_TWICE: _("two people are called “{text}”: write the work number."),
        RosterFault.PERSON_LEFT: _("“{text}” has left. Put somebody else there."),
        RosterFault.DAY_MISSING: _("no day is given for {text}."),
        RosterFault.DAY_UNREADABLE: _("“{text}” is no day. Write 11-24 or 2026-11-24."),
        RosterFault.SHIFT_MISSING: _("no shift is given for {text}. Write its name, or 08:30-14:15."),
        RosterFault.SHIFT_UNKNOWN: _("there is no shift “{text}”. Write its name, or 08:30-14:15."),
        RosterFault.OVERLAPS: _("{text} is on duty already at that time."),
    }[value]


def refused(error: HandOverRefused) -> str:
    return {
        WhyNot.UNKNOWN: _("This note has not arrived at this seat yet."),
        WhyNot.TAKEN: _("{by} has taken it over already.").format(by=error.by),
        WhyNot.OWN: _("Nobody hands over to themselves: name the next person."),
        WhyNot.NO_SUCH_PERSON: _("Nobody of the staff has this work number or name, or two have the name."),
        WhyNot.REASON_MISSING: _("Write why you have to go: it stays on record."),
    }[error.why]
