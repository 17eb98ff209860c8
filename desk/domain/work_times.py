"""What now, at hand and soon mean for the work lists, by the company's clocks and calendar; when to chase again, by
those of the ticket's estate. Pure, any thread."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from desk.domain.clocks import Clocks, Figure
from desk.domain.outcome_rules import SHIPPED as SHIPPED_AGAIN
from desk.domain.outcome_rules import AgainFigures
from desk.domain.promise_rules import SHIPPED as SHIPPED_PROMISES
from desk.domain.promise_rules import PromiseFigures
from desk.domain.tickets import Ticket
from desk.domain.work_lists import Moment


@dataclass(frozen=True, slots=True)
class WorkFigures:
    """What the company sets about working through lists. `at_hand`: what runs out so soon is due now.
    `causes`: what may be the cause that something is late, in the company's words; none: nobody is asked."""

    promises: PromiseFigures = SHIPPED_PROMISES
    again: AgainFigures = SHIPPED_AGAIN
    at_hand: timedelta = timedelta(minutes=15)
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkTimes:
    clocks: Clocks = field(default_factory=Clocks)
    at_hand: timedelta = timedelta(minutes=15)

    def moment(self, now: datetime) -> Moment:
        """`soon`: a limit up to then is to be reminded of by now. One for the rows of all estates, the seat's: a list
        is one indexed read."""
        soon = self.clocks.time.add(now, self.clocks.policy.figures[Figure.REMIND_BEFORE])
        return Moment(now, now + self.at_hand, max(soon, now + self.at_hand))

    def chase_again(self, now: datetime, ticket: Ticket | None) -> datetime:
        """Chased now: when once more. `ticket`: whose handler was called, None where it is about none."""
        clocks = self.clocks.of(ticket) if ticket else self.clocks
        return clocks.time.add(now, clocks.policy.figures[Figure.CHASE_EVERY])
