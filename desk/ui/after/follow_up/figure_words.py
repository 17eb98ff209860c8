"""Figures of a time's tickets as they are read: for the page, for the day's print. No Qt; pure functions."""

from desk.domain.clocks import ClockName
from desk.domain.ticket_figures import Rate, TicketFigures
from desk.i18n import _
from desk.ui import words
from desk.ui.after import words as after_words
from desk.ui.rows_presenter import Chip

_NONE = "–"


def rate(value: Rate) -> str:
    """ "96.4 % (27/28)", a dash where there is nothing to have a rate of."""
    return str(value)


def figure_chips(found: TicketFigures) -> tuple[Chip, ...]:
    """The week's in one line."""
    return (
        Chip(_("Completion {rate}").format(rate=rate(found.completion))),
        Chip(_("Follow-up {rate}").format(rate=rate(found.follow_up))),
        Chip(_("Reached {rate}").format(rate=rate(found.reached))),
        Chip(_("Satisfied {rate}").format(rate=rate(found.satisfied))),
        Chip(_("Mean score {score}").format(score=_number(found.mean_score))),
        Chip(_("First contact {rate}").format(rate=rate(found.first_contact))),
        Chip(_("Callbacks kept {rate}").format(rate=rate(found.callback))),
        Chip(_("Overdue {n}").format(n=found.overdue), "danger" if found.overdue else ""),
    )


def figure_lines(found: TicketFigures) -> list[tuple[str, str]]:
    """All of them, (what, how much), as they are printed."""
    return [
        (_("New tickets"), str(found.new)),
        *((f"  {words.kind(kind)}", str(count)) for kind, count in found.new_by_kind.items()),
        (_("Done"), str(found.done)),
        (_("Closed"), str(found.closed)),
        (_("Cancelled"), str(found.cancelled)),
        (_("Opened again"), str(found.reopened)),
        (_("Open tickets"), str(found.open)),
        (_("Overdue"), str(found.overdue)),
        *((f"  {owner or _('nobody')}", str(count)) for owner, count in found.overdue_by_owner.items()),
        *(
            ("  " + _("because: {cause}").format(cause=cause or _("no cause given")), str(count))
            for cause, count in found.overdue_by_cause.items()
        ),
        (_("Completion"), rate(found.completion)),
        (_("Completed in time"), rate(found.in_time)),
        (_("Follow-up rate"), rate(found.follow_up)),
        (_("Reached by follow-ups"), rate(found.reached)),
        (_("In-process follow-ups"), rate(found.in_process)),
        (_("Satisfied residents"), rate(found.satisfied)),
        (_("Mean score"), _number(found.mean_score)),
        (_("First-contact resolution"), rate(found.first_contact)),
        (_("Promised callbacks kept"), rate(found.callback)),
        (_("Call to handler (median)"), _minutes(found.transfer_min)),
        (_("Call to acceptance (median)"), _minutes(found.response_min)),
        (_("Clocks that ran out"), str(sum(found.late_by_clock.values()))),
        *((f"  {_clock(name)}", str(count)) for name, count in found.late_by_clock.items()),
    ]


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:.0f}"


def _minutes(value: float | None) -> str:
    return _NONE if value is None else _("{n} min").format(n=f"{value:.0f}")


def _clock(name: str) -> str:
    known = next((clock for clock in ClockName if clock.value == name), None)
    return after_words.clock(known) if known is not None else name
