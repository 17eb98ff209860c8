"""What looking after conflicts and refused changes needs of the world. As in `ports`, each says which thread may call
it, what it costs and how it fails."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from desk.domain.identity import ChangeId
from desk.domain.set_aside import SetAside


class Conflicts(Protocol):
    """Which things stand in conflict now. Any thread; indexed reads."""

    def things(self, limit: int) -> list[tuple[str, str]]:
        """(entity, entity id), the latest conflict first."""
        ...

    def count(self) -> int:
        """Of conflicts, some of which may be about the same thing."""
        ...

    def task_stages_to_settle(self, seat: str, limit: int) -> list[str]:
        """The same of tasks."""
        ...

    def stages_to_settle(self, seat: str, limit: int) -> list[str]:
        """Tickets whose stage was moved by two unseen by each other, all moves ordered by the centre, the last of them
        made at this seat."""
        ...


class SetAsides(Protocol):
    """Changes that the centre would not take. Any thread; each call is durable when it returns."""

    def refused(self, limit: int) -> list[SetAside]:
        """Still to be taken, newest first."""
        ...

    def dropped(self, limit: int) -> list[SetAside]:
        """Taken out of the log by hand, the latest first."""
        ...

    def retry(self, change_ids: Sequence[ChangeId]) -> None:
        """Offer these to the centre once more."""
        ...

    def drop(self, change_id: ChangeId, by: str, at: datetime, why: str) -> bool:
        """Take it out of the log and out of its row, and keep it with who did it and why. False: it is refused no
        more."""
        ...

    def put_back(self, change_id: ChangeId) -> bool:
        """Into the log and its row again, to be offered to the centre. False: it was not dropped."""
        ...
