"""The shift's and the knowledge's use cases over a store in memory, for the window's tests."""

from datetime import time, tzinfo

from desk.domain.listening import Role
from desk.domain.roster import ShiftKind, ShiftPolicy
from desk.domain.shifts import Post
from desk.imports.roster_list import read_roster
from desk.policies.knowledge import ARTICLES, read_articles
from desk.resources import resources_dir
from desk.ui.after.knowledge.uses import KnowledgeUses
from desk.ui.after.shift import presenter
from desk.ui.after.shift.uses import ShiftUses
from desk.usecases.ask import Ask, KnowledgePolicy
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.fakes_shift import FakeArticles, FakeOpenWork, FakeQuestions, FakeShifts
from desk.usecases.hand_over import HandOverShift
from desk.usecases.keep_state import KeepState
from desk.usecases.keep_stay import KeepStay
from desk.usecases.knowledge import Knowledge
from desk.usecases.listener import role_of
from desk.usecases.ports import Clock, NewId
from desk.usecases.roster import Roster

POLICY = ShiftPolicy(
    kinds=(
        ShiftKind("early", "早班", time(8, 30), time(14, 15), ("早",)),
        ShiftKind("late", "中班", time(14, 15), time(20, 0), ("中",)),
        ShiftKind("night", "夜班", time(20, 0), time(8, 30), ("夜",), Post.MONITORING),
    )
)


def shift_uses(store: FakeStore, author: FakeAuthor, clock: Clock, new_id: NewId, zone: tzinfo) -> ShiftUses:
    shifts = FakeShifts(store)
    return ShiftUses(
        stays=KeepStay(store, author, shifts, clock, new_id, "S01", POLICY),
        states=KeepState(store, author, shifts, clock, new_id, "S01"),
        roster=Roster(
            store,
            author,
            shifts,
            store.staff,
            clock,
            zone,
            POLICY,
            lambda: role_of("1001", store.staff()) is Role.SUPERVISOR,
        ),
        hand_over=HandOverShift(
            store,
            author,
            shifts,
            FakeOpenWork(store),
            store.staff,
            clock,
            new_id,
            "S01",
            lambda items: presenter.note_text(items, zone),
        ),
        read_file=read_roster,
    )


def knowledge_uses(store: FakeStore, author: FakeAuthor, clock: Clock, new_id: NewId) -> KnowledgeUses:
    knowledge = Knowledge(store, author, FakeArticles(store), clock, new_id)
    return KnowledgeUses(
        knowledge=knowledge,
        ask=Ask(store, author, FakeQuestions(store), knowledge, store.staff, clock, new_id, KnowledgePolicy()),
        shipped=lambda: read_articles(resources_dir() / ARTICLES),
    )
