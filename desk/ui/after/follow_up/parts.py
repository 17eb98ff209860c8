"""What the widgets of follow-ups are built from, and how they write. Ui process, Qt's thread; all reading and writing
is done on the worker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TypeVar

from desk.domain.estate import Household
from desk.domain.follow_ups import FollowUp
from desk.domain.listening import Listener
from desk.domain.questionnaires import Questionnaire
from desk.domain.ticket_figures import TicketFigures
from desk.domain.tickets import Ticket
from desk.ui.hub import Hub
from desk.ui.worker import SAVE_LANE
from desk.usecases.follow_up import FollowUpWork
from desk.usecases.spot_check import SpotChecks
from desk.usecases.survey import SurveyWork

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class FollowUpUses:
    """What can be done, from `desk.usecases`. `due(until, owner)`: `FollowUps.due`. `figures(since, until)`: of that
    time. `tickets`, `households`: by their ids. `listener`: who sits here; supervisors draw and plan. All of it
    runs on the worker."""

    work: FollowUpWork
    checks: SpotChecks
    surveys: SurveyWork
    due: Callable[[datetime, str], Sequence[FollowUp]]
    figures: Callable[[datetime, datetime], TicketFigures]
    tickets: Callable[[Sequence[str]], dict[str, Ticket]]
    households: Callable[[Sequence[str]], dict[str, Household]]
    questionnaires: Callable[[], Sequence[Questionnaire]]
    listener: Callable[[], Listener]
    new_id: Callable[[], str]
    company: str = ""


@dataclass(frozen=True, kw_only=True)
class FollowUpTools:
    """`written`: something was appended, the centre may have it. `category`: a category's name by its code. `warn`: a
    warning is to be raised about this ticket, which begins with these words; None where nobody can."""

    hub: Hub
    uses: FollowUpUses
    clock: Callable[[], datetime]
    zone: tzinfo
    category: Callable[[str], str]
    written: Callable[[], None]
    warn: Callable[[str, str], None] | None = None

    def write(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        def wrote(result: T) -> None:
            self.written()
            done(result)

        self.hub.worker.run(work, wrote, failed, lane=SAVE_LANE)
