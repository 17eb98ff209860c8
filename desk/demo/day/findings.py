"""What has to hold after the day, and its figures. Read from the rows at the seats and at the centre, not from what the
run remembers of itself."""

import hashlib
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from desk.demo.day.other_clocks import OVERNIGHT, missed, untried
from desk.demo.day.plan import CALLS, day_end, day_start
from desk.demo.day.taking_calls import Counts
from desk.demo.day.working import Working
from desk.demo.day.workplace import Workplace
from desk.demo.postgres import PrivatePostgres
from desk.demo.report import Report
from desk.domain.attempts import Attempt, Purpose
from desk.domain.clocks import ClockName, running
from desk.domain.moves import Refusal
from desk.domain.ticket_figures import figures
from desk.domain.tickets import OPEN_STAGES, Stage, Ticket
from desk.domain.times import from_text
from desk.i18n import _
from desk.store.attempts import SqlAttempts
from desk.store.ticket_figures import SqlFigures

COMPARED = ("ticket", "task", "attempt", "promise", "follow_up", "warning", "incident", "question", "hand_over", "call")
REMINDED = timedelta(days=1, hours=1)  # a call before the limit counts as well
CAME_SECOND = (Refusal.WRITTEN_SINCE, Refusal.DONE_ALREADY, Refusal.AT_WORK, Refusal.ENDED, Refusal.JOINED)
DAILY = timedelta(days=1, hours=12)  # between two calls while it is late; somebody who was not reached is called later
_HANDLER = frozenset({Purpose.REMIND, Purpose.CHASE, Purpose.PROGRESS})
# What a call has to be for, so that it is about this clock.
CHASED_BY = dict.fromkeys(ClockName, _HANDLER) | {
    ClockName.PLAN: _HANDLER | {Purpose.PLAN},
    ClockName.FOLLOW_UP: frozenset({Purpose.FOLLOW_UP}),
}
BY_THE_DESK = frozenset({ClockName.CLOSE, ClockName.RESUME})


@dataclass(frozen=True, slots=True)
class Breach:
    """A clock that ran out: until when it was late, and whether anybody was called about it."""

    ticket: Ticket
    clock: str
    due_at: datetime
    until: datetime
    is_chased: bool


@dataclass(frozen=True)
class Day:
    seats: Sequence[Workplace]
    central: PrivatePostgres
    database: str
    day: date
    now: datetime

    def tickets(self) -> list[Ticket]:
        """Those of the day."""
        since, until = day_start(self.day), day_end(self.day)
        rows = SqlFigures(self.seats[0].store).rows(since, until)
        return [one for one in rows.tickets if since <= one.registered_at < until]

    def breaches(self) -> list[Breach]:
        return [breach for ticket in self.tickets() for breach in self._of(ticket)]

    def _of(self, ticket: Ticket) -> list[Breach]:
        attempts = SqlAttempts(self.seats[0].store).of_ticket(ticket.ticket_id)
        spans = [(clock.value, due, self.now) for clock, due in running(ticket).items() if due <= self.now]
        for entry in ticket.late:
            clock, due, stopped = entry.split(" ")
            spans.append((clock, from_text(due), from_text(stopped)))
        return [
            Breach(ticket, clock, due, until, is_chased(ClockName(clock), attempts, due, until))
            for clock, due, until in spans
        ]

    def digest(self, seat: Workplace) -> dict[str, str]:
        """Each table's rows at a seat, as one number."""
        return {name: _hash(seat.rows(name)) for name in COMPARED}

    def counts_at_centre(self) -> dict[str, int]:
        """Of each entity, by name."""
        queries = {name: f'SELECT count(*) FROM desk."{name}"' for name in COMPARED}  # noqa: S608 - our own names
        return {name: int(self.central.sql(query, self.database)) for name, query in queries.items()}


def judge(day: Day, counts: Counts, working: Working, report: Report, *, is_first: bool) -> None:
    """`is_first`: on the evening of the day; else when all is over."""
    tickets = day.tickets()
    open_ones = [one for one in tickets if one.stage in OPEN_STAGES]
    if is_first:
        _evening(day, counts, report, tickets, open_ones)
    else:
        _end(day, report, tickets, open_ones)
        _happened(day, counts, working, report)
    _clocks(day, report)
    _other_clocks(day, report)
    _everywhere_the_same(day, report)
    _figures(day, report)
    judge_refused(working.refused, counts, report)


def judge_refused(refused: Mapping[str, int], counts: Counts, report: Report) -> None:
    """Two who do not see each other do the same thing now and then: who comes second is refused, no more."""
    few, late = counts.offered // 50, tuple(why.value for why in CAME_SECOND)
    strange = {why: times for why, times in refused.items() if not why.endswith(late)}
    report.check(
        not strange and sum(refused.values()) <= few,
        _("Nothing was refused but to whoever came second"),
        ", ".join(f"{why} {times}" for why, times in sorted(refused.items())) or "0",
    )


def _evening(day: Day, counts: Counts, report: Report, tickets: list[Ticket], open_ones: list[Ticket]) -> None:
    share = 100 * counts.identified / max(1, counts.answered)
    report.check(share >= 95, _("Callers are identified by their number"), f"{share:.1f} %")
    stray = [one.number for one in open_ones if not one.owner or not one.next_clock or one.next_due_at is None]
    report.check(not stray, _("Every open ticket has an owner and a next clock"), ", ".join(stray[:5]))
    without = day.seats[0].answered_without_ticket(day_start(day.day), day_end(day.day))
    report.check(without == 0, _("Every answered call led to a ticket"), str(without))
    report.step(
        _(
            "Calls: {offered} offered, {answered} answered, {filed} filed, {joined} joined, {notice} by a notice,"
            " {asked} asked, {promises} promises, {warnings} early warnings; median talk {talk} s"
        ).format(
            offered=counts.offered,
            answered=counts.answered,
            filed=counts.filed,
            joined=counts.joined,
            notice=counts.by_notice,
            asked=counts.asked,
            promises=counts.promises,
            warnings=counts.warnings,
            talk=round(median(counts.talk_s or [0])),
        )
    )
    stages = Counter(one.stage.value for one in tickets)
    report.step(_("In the evening: {stages}").format(stages=", ".join(f"{k} {v}" for k, v in sorted(stages.items()))))


def _end(day: Day, report: Report, tickets: list[Ticket], open_ones: list[Ticket]) -> None:
    report.check(not open_ones, _("No ticket is left without an outcome"), ", ".join(t.number for t in open_ones[:5]))
    mute = [one.number for one in tickets if one.stage is Stage.CLOSED and one.solved is False]
    report.check(not mute, _("Nothing was closed that the resident calls unsolved"), ", ".join(mute[:5]))
    left = day.seats[0].left_open()
    report.check(not any(left.values()), _("No promise, warning, question or follow-up is left"), str(left))


def _happened(day: Day, counts: Counts, working: Working, report: Report) -> None:
    """What the day is there to show has come: one on which the radar never spoke shows nothing about incidents."""
    accepted = "SELECT count(*) FROM desk.hand_over WHERE coalesce(accepted_by, '') <> ''"
    seen = {
        _("repeats"): counts.joined,
        _("by a notice"): counts.by_notice,
        _("incidents"): working.done["incident confirmed"],
        _("returned by a handler"): working.done["returned"],
        _("not satisfied"): working.done["followed up: not satisfied"],
        _("overdue"): len(day.breaches()),
        _("handed over"): int(day.central.sql(accepted, day.database)),
    }
    seen |= {
        _("wrong addresses corrected"): counts.corrected,
        _("second tasks"): counts.second_tasks,
        _("suspended"): working.done["suspended"],
        _("taken up again"): working.done["take_up"],
        _("early warnings"): counts.warnings,
    }
    if counts.offered >= CALLS:
        seen |= {_("backups sent"): working.done["stood in"]}
    report.check(
        all(seen.values()),
        _("All that the day is there to show has come"),
        ", ".join(f"{what} {times}" for what, times in seen.items()),
    )


def _clocks(day: Day, report: Report) -> None:
    breaches = day.breaches()
    unheard = [one for one in breaches if not one.is_chased]
    by_clock = Counter(one.clock for one in breaches)
    report.check(
        not unheard,
        _("Every clock was met, or its breach is on record and was chased"),
        ", ".join(f"{one.ticket.number} {one.clock}" for one in unheard[:5])
        or ", ".join(f"{clock} {times}" for clock, times in sorted(by_clock.items())),
    )


def _other_clocks(day: Day, report: Report) -> None:
    store = day.seats[0].store
    found = missed(store, day_start(day.day), day_end(day.day), day.now)
    unheard = untried(store, found)
    whats = Counter(one.what for one in found)
    report.check(
        not unheard,
        _("Promises, follow-ups, warnings and questions were met, or called about every day"),
        ", ".join(f"{one.what} {one.about_id}" for one in unheard[:5])
        or ", ".join(f"{what} {times}" for what, times in sorted(whats.items())),
    )


def _everywhere_the_same(day: Day, report: Report) -> None:
    digests = [day.digest(seat) for seat in day.seats]
    differ = [name for name in COMPARED if len({one[name] for one in digests}) > 1]
    report.check(not differ, _("All seats hold the same rows"), ", ".join(differ))
    there, here = day.counts_at_centre(), {name: len(day.seats[0].rows(name)) for name in COMPARED}
    wrong = [f"{name} {here[name]}/{there[name]}" for name in COMPARED if there[name] != here[name]]
    report.check(not wrong, _("The centre holds as many"), ", ".join(wrong))
    stuck = sum(seat.unsent + seat.refused for seat in day.seats)
    report.check(stuck == 0, _("Nothing is unsent or refused"), str(stuck))


def _figures(day: Day, report: Report) -> None:
    since = day_start(day.day)
    found = figures(SqlFigures(day.seats[0].store).rows(since, day.now), since, day.now)
    for name, rate in (
        (_("Completion"), found.completion),
        (_("In time"), found.in_time),
        (_("Followed up"), found.follow_up),
        (_("Reached"), found.reached),
        (_("Called back as promised"), found.callback),
        (_("Satisfied"), found.satisfied),
        (_("Solved with the call itself"), found.first_contact),
    ):
        report.step(f"{name}: {rate}")


def is_chased(clock: ClockName, attempts: Sequence[Attempt], due: datetime, until: datetime) -> bool:
    """Whether somebody was called about it, and again every day for as long as it was late. What the desk does by
    itself nobody is called about: it was done the same day, or the next morning."""
    if clock in BY_THE_DESK:
        return until - due <= OVERNIGHT
    if clock is ClockName.ACCEPT and _next_was_sent(attempts, due, until):
        return True
    calls = sorted(one.at for one in attempts if one.purpose in CHASED_BY[clock] and due - REMINDED <= one.at <= until)
    late = [due, *(at for at in calls if at > due), until]
    return bool(calls) and all(after - before <= DAILY for before, after in itertools.pairwise(late))


def _next_was_sent(attempts: Sequence[Attempt], due: datetime, until: datetime) -> bool:
    """It was the next task's, which nobody had yet (the one before was done at night): somebody was sent instead."""
    first: dict[str | None, datetime] = {}
    for one in attempts:
        if one.purpose is Purpose.DISPATCH:
            first[one.task_id] = min(one.at, first.get(one.task_id, one.at))
    late = [at for at in first.values() if due < at <= min(until, due + OVERNIGHT)]
    return bool(late) and min(first.values()) < due


def _hash(rows: Sequence[tuple[object, ...]]) -> str:
    return hashlib.sha256(repr(sorted(rows, key=repr)).encode()).hexdigest()
