"""Settling a conflict: one of the versions is written again by somebody who has seen them all. What the others wrote
stays in the log. Stages are settled by the domain's table, at the seat that made the last move.

Any thread; durable when it returns."""

import logging
from collections.abc import Callable

from desk.domain.changes import Change
from desk.domain.conflicts import STAGE, Conflict, Version, find, standing_stage, standing_task_stage
from desk.domain.identity import ChangeId
from desk.usecases.conflict_ports import Conflicts
from desk.usecases.ports import ChangeAuthor, ChangeLog
from desk.usecases.recording_ports import Histories

BY_TABLE = "settled by the rules"
BY_HAND = "settled"
_LOT = 50

_log = logging.getLogger(__name__)


def is_answer(change: Change) -> bool:
    """Whether somebody has settled a conflict with it: what it says, others wrote."""
    return change.reason.startswith(f"{BY_HAND}: ")


class ConflictMoved(Exception):
    """It is not what was shown any more: settled by somebody else, or another version has come. Nothing was
    written."""


class SettleConflict:
    def __init__(self, change_log: ChangeLog, author: ChangeAuthor, histories: Histories) -> None:
        self._log, self._author, self._histories = change_log, author, histories

    def take(self, shown: Conflict, change_id: ChangeId) -> None:
        """Write this version of it again, as the person signed in. `shown` is what they had before their eyes. Raises
        `ConflictMoved`."""
        now = self._now(shown)
        version = next((v for v in shown.versions if v.change_id == change_id), None)
        if now is None or version is None or _names(now) != _names(shown):
            raise ConflictMoved(f"{shown.entity} {shown.entity_id}: {shown.aspect}")
        reason = f"{BY_HAND}: {version.author}@{version.seat}"
        self._log.append([self._author.change(shown.entity, shown.entity_id, dict(version.values), reason)])

    def _now(self, shown: Conflict) -> Conflict | None:
        found = find(shown.entity, shown.entity_id, self._histories.of(shown.entity, shown.entity_id))
        return next((c for c in found.conflicts if c.aspect == shown.aspect), None)


class SettleStages:
    """The worker's: `author` writes in the machine's name, because nobody has decided anything but the table."""

    def __init__(
        self,
        change_log: ChangeLog,
        author: ChangeAuthor,
        histories: Histories,
        conflicts: Conflicts,
        seat: str,
        settled: Callable[[], None] = lambda: None,
    ) -> None:
        self._log, self._author, self._histories, self._conflicts = change_log, author, histories, conflicts
        self._seat, self._settled = seat, settled

    def work_once(self) -> bool:
        """Settle what this seat has to settle; whether there was any."""
        tickets = self._conflicts.stages_to_settle(self._seat, _LOT)
        tasks = self._conflicts.task_stages_to_settle(self._seat, _LOT)
        done = sum(self._settle("ticket", name, standing_stage) for name in tickets)
        done += sum(self._settle("task", name, standing_task_stage) for name in tasks)
        if done:
            self._settled()
        return done > 0

    def _settle(self, entity: str, name: str, table: Callable[[Conflict], Version | None]) -> bool:
        found = find(entity, name, self._histories.of(entity, name))
        conflict = next((c for c in found.conflicts if c.aspect == STAGE), None)
        stands = table(conflict) if conflict is not None and conflict.is_final else None
        if stands is None:
            return False
        reason = f"{BY_TABLE}: {stands.author}@{stands.seat}"
        self._log.append([self._author.change(entity, name, dict(stands.values), reason)])
        _log.info("a %s was moved twice at once; the rules say which stands", entity, extra={f"{entity}_id": name})
        return True


def _names(conflict: Conflict) -> tuple[ChangeId, ...]:
    return tuple(version.change_id for version in conflict.versions)
