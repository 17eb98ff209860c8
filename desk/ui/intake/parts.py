"""What the intake form is built from: use cases, the worker, and what comes from outside (time, ids, zone, language).

The protocols name only what the form asks of a use case; the use cases of `desk.usecases` fit them. Every one of
their methods is called on a worker thread, except `Tree.get`, which is a look into memory."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from desk.domain.categories import Category
from desk.domain.drafts import Draft, Intake
from desk.domain.estate import Household
from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.domain.notices import Notice
from desk.domain.read_back import Ask
from desk.domain.tickets import Kind, Place, Ticket
from desk.ui.worker import Worker
from desk.usecases.find_category import CategoryHit
from desk.usecases.find_place import PlaceHit
from desk.usecases.follow_caller import Caller
from desk.usecases.ports import Clock, NewId

_log = logging.getLogger("desk.ui.intake")


class Categories(Protocol):
    def find(self, text: str, kind: Kind | None = None, limit: int = 8) -> Sequence[CategoryHit]: ...


class Places(Protocol):
    def find(self, text: str, limit: int = 8, near: str | None = None) -> Sequence[PlaceHit]: ...


class Tree(Protocol):
    def get(self, code: str) -> Category | None: ...


class Filing(Protocol):
    def file(self, draft: Draft, answered_at_once: bool = False) -> Ticket:
        """Raises `IntakeRefused`, `StoreFull`, `StoreBroken`."""
        ...


class Joining(Protocol):
    def join(
        self,
        call_id: CallId | None,
        ticket_id: TicketId,
        note: str = "",
        person_id: PersonId | None = None,
        household_id: HouseholdId | None = None,
        number: str = "",
        caller_name: str = "",
    ) -> Ticket:
        """Raises `TicketNotOpen`, `StoreFull`, `StoreBroken`."""
        ...


class Callers(Protocol):
    """See `desk.usecases.follow_caller.FollowCaller`."""

    def said(self, draft: Draft) -> Caller | None: ...
    def follow(self, draft: Draft) -> Draft: ...


class Keeping(Protocol):
    def save(self, draft: Draft) -> object: ...
    def drop(self, draft_id: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class IntakeParts:
    """`answer`: the form as a notice answers it. `gate`: why the place of a form is to be read back to the caller, on
    the worker. `zone`: the office's. `language` as in the settings ("zh_CN", "en"). `home`: a household's home as a
    place, out of memory. `caller`: who is on a call, "" where nobody knows any more. `failed`: told of every store
    error on Qt's thread, besides the words in the form; `works`: a draft was written after one. `unsaved`: whether text
    waits that the store would not take. `settle`: gives what was chosen on the card to the save lane."""

    worker: Worker
    categories: Categories
    places: Places
    tree: Tree
    filing: Filing
    joining: Joining
    keeping: Keeping
    callers: Callers
    clock: Clock
    new_id: NewId
    zone: tzinfo
    home: Callable[[Household], Place]
    caller: Callable[[CallId], str] = lambda _call_id: ""
    language: str = "zh_CN"
    answer: Callable[[Intake, Notice], Intake] = lambda intake, _notice: intake
    gate: Callable[[Intake], Ask | None] = lambda _intake: None
    failed: Callable[[Exception], None] = lambda error: _log.error("the store failed", exc_info=error)
    works: Callable[[], None] = lambda: None
    unsaved: Callable[[bool], None] = lambda _on: None
    settle: Callable[[], None] = lambda: None
