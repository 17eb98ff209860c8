"""How a limit stands, in a few words: "Accept: 3 h left", "Accept: 2 d overdue". No Qt; pure functions."""

from datetime import datetime, timedelta

from desk.domain.clocks import ClockName, Clocks, Standing
from desk.domain.tickets import Ticket
from desk.i18n import _
from desk.ui.after import words
from desk.ui.rows_presenter import Chip

_TONES = {Standing.NONE: "", Standing.FINE: "", Standing.SOON: "warn", Standing.OVERDUE: "danger"}
_DAYS_FROM = timedelta(days=2)  # below it hours say more


def left(due: datetime, now: datetime) -> str:
    """ "3 h left", "20 min overdue"."""
    gap = abs(due - now)
    if gap < timedelta(hours=1):
        amount = _("{n} min").format(n=int(gap.total_seconds() // 60))
    elif gap < _DAYS_FROM:
        amount = _("{n} h").format(n=int(gap.total_seconds() // 3600))
    else:
        amount = _("{n} d").format(n=gap.days)
    return _("{amount} overdue").format(amount=amount) if now >= due else _("{amount} left").format(amount=amount)


def tone(due: datetime | None, clocks: Clocks, now: datetime) -> str:
    """The colour of a chip for this limit."""
    return _TONES[clocks.standing(due, now)]


def next_chip(ticket: Ticket, clocks: Clocks, now: datetime) -> Chip | None:
    """What has to be done next of this ticket, and how much time there is; None where no clock runs."""
    try:
        name = ClockName(ticket.next_clock)
    except ValueError:
        return None
    if ticket.next_due_at is None:
        return None
    text = _("{clock}: {left}").format(clock=words.clock(name), left=left(ticket.next_due_at, now))
    return Chip(text, tone(ticket.next_due_at, clocks, now))
