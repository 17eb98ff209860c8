"""Builds what the window does about work lists, what is next, and promised calls."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from desk.compose.clock import new_id, now
from desk.compose.policies import Policies
from desk.domain.attempts import Outcome
from desk.domain.categories import CategoryTree
from desk.domain.identity import CallId, HouseholdId, TicketId
from desk.domain.what_next import What
from desk.domain.work_lists import WorkItem
from desk.domain.work_times import WorkTimes
from desk.policies.work import read_work
from desk.settings import Settings
from desk.store.promises import SqlPromises
from desk.store.residents import SqlResidents
from desk.store.shifts import SqlShifts
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.store.work_lists import SqlWorkLists
from desk.ui.after.lists.parts import WorkUses
from desk.usecases.keep_state import at_the_desk
from desk.usecases.move_ticket import MoveTicket
from desk.usecases.ports import ChangeAuthor, ChangeLog
from desk.usecases.promise import KeepPromises
from desk.usecases.work_through import FollowUpTried, WorkParts, WorkThrough

if TYPE_CHECKING:
    from desk.usecases.follow_up import FollowUpWork  # not loaded with the window

_CODES = 8  # more spellings of one word than that make a filter slow, and find everything


def work_uses(
    settings: Settings,
    store: Store,
    log: ChangeLog,
    author: ChangeAuthor,
    who: Callable[[], str],
    categories: CategoryTree,
    policies: Policies,
    moves: MoveTicket,
    follow_up: "Callable[[], FollowUpWork] | None" = None,
    home: Callable[[HouseholdId], tuple[str, str]] = lambda _id: ("", ""),
) -> WorkUses:
    """`log`: the one that makes messages; `author` signs as whoever is signed in. `follow_up`: asked for when the first
    try of one is put on record. `home`: a household's place in words and a number of it."""
    residents, figures = SqlResidents(store), policies.keep(read_work(policies.folders))
    shifts = SqlShifts(store)
    promises = KeepPromises(
        log,
        author,
        SqlPromises(store),
        who,
        residents.staff,
        now,
        new_id,
        figures.promises,
        here=lambda: at_the_desk(shifts, now()),
    )
    work = WorkThrough(
        WorkParts(
            change_log=log,
            author=author,
            lists=SqlWorkLists(store),
            tasks=SqlTasks(store),
            staff=residents.staff,
            promises=promises,
            who=who,
            clock=now,
            new_id=new_id,
            times=WorkTimes(policies.clocks, figures.at_hand),
            moves=moves,
            follow_up_tried=tries_of(follow_up) if follow_up is not None else None,
            again=figures.again,
            area_code=settings.line.area_code,
            home=home,
        )
    )
    return WorkUses(
        work=work,
        promises=promises,
        staff=residents.staff,
        buildings=residents.buildings,
        codes=codes_of(categories, settings.seat.language),
        clocks=policies.clocks,
        causes=figures.causes,
    )


def tries_of(
    follow_up: "Callable[[], FollowUpWork]",
) -> FollowUpTried:
    """A follow-up's try goes through the use case that counts them."""

    def tried(item: WorkItem, outcome: Outcome, note: str, again: datetime | None, call_id: CallId | None) -> None:
        work = follow_up()
        paper = work.paper(item.about_id) if item.what is What.FOLLOW_UP else work.for_ticket(TicketId(item.about_id))
        work.tried(paper, outcome, note, again, call_id)

    return tried


def codes_of(categories: CategoryTree, language: str) -> Callable[[str], Sequence[str]]:
    """The codes whose names hold a text; of a branch and what is below it the branch alone. Built when first asked."""
    names: dict[str, str] = {}

    def codes(part: str) -> Sequence[str]:
        if not names:
            for one in categories.categories:
                names[one.code] = one.name(language).lower()
                names[one.code.rpartition(".")[0]] = one.group(language).lower()
        found: list[str] = []
        for code in sorted(code for code, name in names.items() if part in name):
            if not any(code.startswith(f"{above}.") for above in found):
                found.append(code)
        return found[:_CODES]

    return codes
