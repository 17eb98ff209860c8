"""What is open at this seat: drafts left, calls and tickets of late. Worker's thread."""

from dataclasses import dataclass

from desk.domain.call_log import CallEntry
from desk.domain.drafts import Draft
from desk.domain.tickets import Ticket
from desk.usecases.ports import CallLog, Drafts, Tickets


@dataclass(frozen=True, slots=True)
class Work:
    """`drafts` oldest first, `calls` and `tickets` newest first."""

    drafts: tuple[Draft, ...]
    calls: tuple[CallEntry, ...]
    tickets: tuple[Ticket, ...]


class ReadWork:
    def __init__(self, drafts: Drafts, calls: CallLog, tickets: Tickets) -> None:
        self._drafts = drafts
        self._calls = calls
        self._tickets = tickets

    def read(self, author: str, limit: int = 30) -> Work:
        return Work(
            tuple(self._drafts.of_author(author)), tuple(self._calls.recent(limit)), tuple(self._tickets.recent(limit))
        )
