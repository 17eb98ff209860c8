"""What work lists and the promise ledger need of the world. See `desk.usecases.ports`."""

from collections.abc import Sequence
from typing import Protocol

from desk.domain.identity import CallId, TicketId
from desk.domain.promises import Promise
from desk.domain.work_lists import Keys, ListQuery, Moment, WorkItem, WorkList


class WorkLists(Protocol):
    """Reads of work lists. Any thread but the window's: the slim rows of a list of a hundred thousand take some tenths
    of a second, those of a hundred some milliseconds, a screenful in full a few."""

    def keys(self, query: ListQuery) -> Keys:
        """All rows of a list in the order that is asked for."""
        ...

    def first(self, query: ListQuery, most: int) -> list[str]:
        """The keys of its first rows, without the rest."""
        ...

    def items(self, keys: Sequence[str], query: ListQuery) -> dict[str, WorkItem]:
        """These rows of a list in full, by key; those that are not there (any more) are left out. A thing is given
        whether or not it still stands on the list. What a ticket's row is about depends on both list and moment."""
        ...

    def counts(self, who: str, moment: Moment) -> dict[WorkList, int]:
        """How many stand on each list."""
        ...


class Promises(Protocol):
    """Reads of the promise ledger. Any thread; indexed."""

    def get(self, promise_id: str) -> Promise | None: ...

    def open(self) -> list[Promise]:
        """Everybody's, the earliest first."""
        ...

    def open_of(self, owner: str) -> list[Promise]:
        """This person's, the earliest first."""
        ...

    def of_ticket(self, ticket_id: TicketId) -> list[Promise]:
        """All of them, kept ones too, oldest first."""
        ...

    def of_call(self, call_id: CallId) -> list[Promise]:
        """Given in this call and still open."""
        ...

    def given_in(self, call_id: CallId) -> list[Promise]:
        """All that were given in this call, kept ones too, oldest first. Reads through the whole ledger: for one
        call at a time."""
        ...
