"""What the use cases ask of complaint early warnings. Reads only: what is written goes through the change log."""

from typing import Protocol

from desk.domain.early_warnings import EarlyWarning, WarningStep
from desk.domain.identity import TicketId


class Warnings(Protocol):
    """Reads of early warnings, from the seat store. Any thread; each a few indexed rows."""

    def get(self, warning_id: str) -> EarlyWarning | None: ...

    def of_ticket(self, ticket_id: TicketId) -> list[EarlyWarning]:
        """All of them, the newest first."""
        ...

    def open(self, limit: int) -> list[EarlyWarning]:
        """Those that somebody has to go on with, the one whose clock runs out first in front."""
        ...

    def ended(self, limit: int) -> list[EarlyWarning]:
        """Closed and withdrawn, the latest first."""
        ...

    def times_at(self, warning_id: str, step: WarningStep) -> int:
        """How many changes known here brought it to this step."""
        ...

    def steps_to_settle(self, seat: str, limit: int) -> list[str]:
        """Warnings whose step was written at two seats at once, in the centre's order by now, the last time at this
        seat: see `desk.usecases.settle_warnings`."""
        ...
