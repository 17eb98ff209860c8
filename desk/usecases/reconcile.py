"""The reconciliation of the last days: every call of the log against its recording, day by day, with what is wrong and
why. Reads the log in pages, a hundred thousand calls in some seconds; a worker's thread, never the ui's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from desk.domain.call_log import CallEntry, CallFilter, CallPlace
from desk.domain.reconcile import DayFigure, Finding, Reason, Verdict, figure_of, judge
from desk.usecases.ports import CallPages, Clock

PAGE = 500
DAYS = 7
MOST_FINDINGS = 1_000


@dataclass(frozen=True, slots=True)
class Report:
    """`days` from today back; `findings` newest first, `MOST_FINDINGS` at the most (the figures count them all)."""

    days: tuple[DayFigure, ...]
    findings: tuple[Finding, ...]

    @property
    def without_reason(self) -> int:
        return sum(day.without_reason for day in self.days)

    @property
    def faulty(self) -> int:
        """What somebody should look at: all that nobody can explain, and what was explained today."""
        return self.without_reason + (self.days[0].with_reason if self.days else 0)


class Reconcile:
    """`zone`: the hotline's, in which a day begins. `seat` "": every seat's calls."""

    def __init__(self, pages: CallPages, clock: Clock, zone: tzinfo, seat: str = "") -> None:
        self._pages, self._clock, self._zone, self._seat = pages, clock, zone, seat

    def run(self, days: int = DAYS) -> Report:
        """Today and the days before it, `days` in all. Raises what the store raises."""
        today = self._clock().astimezone(self._zone).date()
        figures: list[DayFigure] = []
        findings: list[Finding] = []
        for back in range(days):
            day = today - timedelta(days=back)
            figure, found = self.day(day)
            figures.append(figure)
            findings += found[: MOST_FINDINGS - len(findings)]
        return Report(tuple(figures), tuple(findings))

    def day(self, day: date) -> tuple[DayFigure, list[Finding]]:
        now = self._clock()
        verdicts: list[Verdict | Finding] = []
        for calls in self._calls_of(day):
            recordings = self._pages.recordings([call.call_id for call in calls])
            verdicts += [judge(call, recordings.get(call.call_id), now) for call in calls]
        return figure_of(day, verdicts), [verdict for verdict in verdicts if isinstance(verdict, Finding)]

    def _calls_of(self, day: date) -> Iterator[list[CallEntry]]:
        wanted = CallFilter(seat=self._seat, since=self._start(day), until=self._start(day + timedelta(days=1)))
        after: CallPlace | None = None
        while calls := self._pages.page(wanted, after, PAGE):
            yield [call for call in calls if call.answered_at is not None]
            if len(calls) < PAGE:
                return
            after = CallPlace(calls[-1].offered_at, calls[-1].call_id)

    def _start(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self._zone)


def is_explained(finding: Finding) -> bool:
    return finding.reason is not Reason.NONE
