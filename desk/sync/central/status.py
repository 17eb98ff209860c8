"""`desk central status`: how the centre and its seats stand, in lines for people. Pure functions."""

from collections.abc import Iterator

from desk.i18n import _
from desk.sync.central.advice import FREEZE_AGE, GIB, advise
from desk.sync.central.figures import Figures, SeatFigures

MANY_BEHIND = 1_000
MIB = 1 << 20


def lines(figures: Figures) -> Iterator[str]:
    """What is wrong stands in the line of what it is about, after "!"."""
    yield _("Schema {schema} on PostgreSQL {server}, {size}; {used} of {most} connections.").format(
        schema=figures.schema,
        server=figures.server,
        size=_size(figures.database_bytes),
        used=figures.connections,
        most=figures.most_connections,
    )
    yield _("Log: {head} changes, about {hour} in the last hour, {day} in the last day.").format(
        head=figures.head, hour=figures.changes_hour, day=figures.changes_day
    )
    yield from _archive(figures)
    yield from _messages(figures)
    yield from _audit(figures)
    yield from _seats(figures)
    for advice in advise(figures):
        yield "! " + advice.what
        if advice.do:
            yield "    " + advice.do


def healthy(figures: Figures) -> bool:
    """Nothing that needs a person now. A seat that is switched off is not wrong; what one cannot send is, and what one
    that is here says of itself."""
    seats_are_well = all(not seat.refused and (seat.away or not seat.troubles) for seat in figures.seats or ())
    messages_go_out = figures.messages is None or figures.messages.overdue == 0
    return (
        seats_are_well
        and messages_go_out
        and not figures.codes_twice
        and not figures.archive.failing
        and figures.freeze_age < FREEZE_AGE
    )


def _archive(figures: Figures) -> Iterator[str]:
    if figures.archive.on and figures.archive.last_s is not None:
        yield _("Archive: last piece {minutes:.0f} min ago.").format(minutes=figures.archive.last_s / 60)
    for replica in figures.replicas:
        yield _("Replica {name}: {size} behind.").format(name=replica.name, size=_size(replica.behind_bytes))


def _messages(figures: Figures) -> Iterator[str]:
    if (counted := figures.messages) is None:
        return
    line = _("Messages: {waiting} waiting; in the last day {failed} failed, {dropped} came too late.").format(
        waiting=counted.waiting, failed=counted.failed, dropped=counted.dropped
    )
    if counted.overdue:
        line += " " + _("! {count} should be out for an hour: does a seat with that channel run?").format(
            count=counted.overdue
        )
    yield line


def _audit(figures: Figures) -> Iterator[str]:
    if figures.audit_day:
        counted = ", ".join(f"{what} {count}" for what, count in figures.audit_day)
        yield _("Audit of the last day: {entries}.").format(entries=counted)


def _seats(figures: Figures) -> Iterator[str]:
    if figures.seats is None:
        yield _("Seats: this role may not read them; take one in desk_admin.")
        return
    here = sum(not seat.away for seat in figures.seats)
    yield _("Seats: {here} here, {away} away.").format(here=here, away=len(figures.seats) - here)
    for seat in figures.seats:
        yield "  " + _seat(seat)


def _seat(seat: SeatFigures) -> str:
    state = _("away for {time}").format(time=_long(seat.silent_s)) if seat.away else _("here")
    wrong = []
    if seat.refused:
        wrong.append(_("{count} changes refused by the centre").format(count=seat.refused))
    if seat.unsent:
        wrong.append(
            _("{count} changes not sent, the oldest for {time}").format(count=seat.unsent, time=_long(seat.waits_s))
        )
    if seat.filled_permille < 1000:
        wrong.append(_("filling, {share:.0%} there").format(share=seat.filled_permille / 1000))
    if seat.troubles:
        wrong.append(", ".join(seat.troubles))
    if seat.is_old:
        wrong.append(_("an old program, {newest} is there").format(newest=seat.newest_program))
    if seat.copies:
        wrong.append(_("a copy of its store came {count} times").format(count=seat.copies))
    lag = _("{count} changes behind").format(count=seat.behind) if seat.behind else _("in step")
    if seat.behind > MANY_BEHIND and not seat.away:
        lag = f"! {lag}"
    line = f"{seat.seat:8} {seat.role:12} {seat.program:10} {seat.address:15} {state}, {lag}"
    return f"{line}  ! {'; '.join(wrong)}" if wrong else line


def _long(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 120:
        return _("{count} min").format(count=minutes)
    return (
        _("{count} h").format(count=minutes // 60) if minutes < 2880 else _("{count} d").format(count=minutes // 1440)
    )


def _size(count_bytes: int) -> str:
    return f"{count_bytes / GIB:.1f} GB" if count_bytes >= GIB else f"{count_bytes / MIB:.1f} MB"
