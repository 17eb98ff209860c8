"""Builds what the panel and the page of follow-ups do. Ui process; imported when one of them is first opened."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from desk.compose.clock import new_id, now
from desk.compose.follow_up_rules import FollowUpRules
from desk.domain.estate import Household
from desk.domain.identity import HouseholdId, TicketId
from desk.domain.listening import Listener
from desk.domain.sampling import SEED_BITS
from desk.domain.ticket_figures import TicketFigures, figures
from desk.domain.tickets import Ticket
from desk.domain.working_time import CHINA
from desk.settings import Settings
from desk.store.follow_ups import SqlFollowUps, SqlSurveys
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.ticket_figures import SqlFigures
from desk.ui.after.follow_up.parts import FollowUpUses
from desk.usecases.follow_up import FollowUpParts, FollowUpWork
from desk.usecases.follow_up_moves import FollowUpMoves
from desk.usecases.move_ports import Moves
from desk.usecases.ports import ChangeAuthor, ChangeLog, Tickets
from desk.usecases.spot_check import SpotChecks
from desk.usecases.survey import SurveyWork


@dataclass(frozen=True, kw_only=True)
class FollowUpGround:
    """`log`: the one that makes messages and follow-ups. `who`: the work number of who is signed in."""

    settings: Settings
    store: Store
    log: ChangeLog
    author: ChangeAuthor
    who: Callable[[], str]
    rules: FollowUpRules
    moves: Moves
    tickets: Tickets
    listener: Callable[[], Listener]


def follow_up_uses(ground: FollowUpGround) -> FollowUpUses:
    store, rules = ground.store, ground.rules
    follow_ups, surveys, rows, residents = (
        SqlFollowUps(store),
        SqlSurveys(store),
        SqlFigures(store),
        SqlResidents(store),
    )

    def figures_of(since: datetime, until: datetime) -> TicketFigures:
        return figures(rows.rows(since, until), since, until)

    def households(ids: Sequence[str]) -> dict[str, Household]:
        return {str(key): home for key, home in residents.households([HouseholdId(one) for one in ids]).items()}

    def tickets_of(ids: Sequence[str]) -> dict[str, Ticket]:
        found = {one: ground.tickets.get(TicketId(one)) for one in ids}
        return {one: ticket for one, ticket in found.items() if ticket is not None}

    return FollowUpUses(
        work=FollowUpWork(
            FollowUpParts(
                log=ground.log,
                author=ground.author,
                work_number=ground.who,
                clock=now,
                new_id=new_id,
                follow_ups=follow_ups,
                tickets=ground.tickets,
                follows=FollowUpMoves(ground.moves, ground.tickets),
                policy=rules.policy,
                questionnaires=rules.questionnaires,
                hours=rules.hours,
                numbers=surveys.numbers,
            )
        ),
        checks=SpotChecks(ground.log, ground.author, follow_ups, now, CHINA, rules.policy),
        surveys=SurveyWork(
            ground.log,
            ground.author,
            surveys,
            follow_ups,
            now,
            partial(random.SystemRandom().getrandbits, SEED_BITS),
            CHINA,
            rules.policy,
            rules.questionnaires,
        ),
        due=follow_ups.due,
        figures=figures_of,
        tickets=tickets_of,
        households=households,
        questionnaires=rules.questionnaires,
        listener=ground.listener,
        new_id=new_id,
        company=ground.settings.notify.hotline,
    )
