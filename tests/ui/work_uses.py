"""Work lists and promises over the store in memory, as the window is given them."""

from collections.abc import Callable, Sequence

from desk.domain.clocks import Clocks
from desk.domain.work_times import WorkTimes
from desk.ui.after.lists.parts import WorkUses
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.fakes_history import FakeHistories
from desk.usecases.fakes_tasks import FakeTasks
from desk.usecases.fakes_work import FakePromises, FakeWorkLists
from desk.usecases.move_ticket import MoveParts, MoveTicket
from desk.usecases.ports import Clock, NewId
from desk.usecases.promise import KeepPromises
from desk.usecases.work_through import WorkParts, WorkThrough


def work_uses_of(
    store: FakeStore,
    author: FakeAuthor,
    clock: Clock,
    new_id: NewId,
    who: Callable[[], str] = lambda: "1001",
    here: Callable[[], set[str]] | None = None,
    causes: Sequence[str] = (),
) -> WorkUses:
    tasks, clocks = FakeTasks(store), Clocks()
    promises = KeepPromises(store, author, FakePromises(store), who, store.staff, clock, new_id, here=here)
    moves = MoveTicket(
        MoveParts(
            log=store,
            author=author,
            tickets=store.tickets,
            tasks=tasks,
            histories=FakeHistories(store),
            staff=store.staff,
            clock=clock,
            new_id=new_id,
            who=who,
            seat="S01",
            clocks=clocks,
        )
    )
    work = WorkThrough(
        WorkParts(
            change_log=store,
            author=author,
            lists=FakeWorkLists(store),
            tasks=tasks,
            staff=store.staff,
            promises=promises,
            who=who,
            clock=clock,
            new_id=new_id,
            times=WorkTimes(clocks),
            moves=moves,
            area_code="0755",
        )
    )
    return WorkUses(
        work=work,
        promises=promises,
        staff=store.staff,
        buildings=store.buildings,
        codes=lambda word: ["repair.water"] if word in "水龙头漏水" else [],
        causes=causes,
        clocks=clocks,
    )
