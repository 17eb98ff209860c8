"""Looking after changes that the centre would not take: offer them again, write them into a file for whoever is asked
for help, drop them with a reason, put a dropped one back. Nothing of it is silent: each step is in the log file, and
what is dropped stays at the seat with who did it and why. Any thread."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desk.domain.changes import fold
from desk.domain.identity import ChangeId
from desk.domain.set_aside import SetAside
from desk.domain.times import to_text
from desk.usecases.conflict_ports import SetAsides
from desk.usecases.ports import Clock
from desk.usecases.read_conflicts import ReadConflicts, Thing
from desk.usecases.recording_ports import Histories

MOST = 200
MOST_WHY = 200
_log = logging.getLogger(__name__)

# Takes the refused changes as lines of text, "JSON lines", and says where they lie now.
Export = Callable[[Sequence[dict[str, object]]], Path]


class NoReason(ValueError):
    """Nothing is dropped without a word why."""


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """`name`: its author's, "" where the register has none."""

    set_aside: SetAside
    thing: Thing
    name: str


class LookAfterRefused:
    def __init__(
        self,
        set_asides: SetAsides,
        histories: Histories,
        reading: ReadConflicts,
        clock: Clock,
        work_number: Callable[[], str],
        export: Export,
    ) -> None:
        self._set_asides, self._histories, self._reading = set_asides, histories, reading
        self._clock, self._work_number, self._export = clock, work_number, export

    def read(self) -> list[RefusedChange]:
        """Those still to be taken, newest first, then the dropped ones."""
        found = [*self._set_asides.refused(MOST), *self._set_asides.dropped(MOST)]
        names = self._reading.names() if found else {}
        return [RefusedChange(one, self._thing(one), names.get(one.change.author, "")) for one in found]

    def retry(self, change_ids: Sequence[ChangeId]) -> None:
        """Offer these once more; whoever exchanges with the centre is to be told that there is something."""
        _log.info("refused changes are offered again", extra={"change_ids": list(change_ids)})
        self._set_asides.retry(change_ids)

    def drop(self, change_id: ChangeId, why: str) -> bool:
        """Take it out of the log and its row. False: it is refused no more. Raises `NoReason`."""
        why = " ".join(why.split())[:MOST_WHY]
        if not why:
            raise NoReason
        dropped = self._set_asides.drop(change_id, self._work_number(), self._clock(), why)
        if dropped:
            _log.warning("a refused change was dropped", extra={"change_id": change_id, "agent": self._work_number()})
        return dropped

    def put_back(self, change_id: ChangeId) -> bool:
        _log.info("a dropped change was put back", extra={"change_id": change_id})
        return self._set_asides.put_back(change_id)

    def export(self) -> Path:
        """All of them, dropped ones too, into one file. Raises what the file raises."""
        found = [*self._set_asides.refused(MOST), *self._set_asides.dropped(MOST)]
        path = self._export([as_plain(one) for one in found])
        _log.info("refused changes were written to a file", extra={"count": len(found)})
        return path

    def _thing(self, one: SetAside) -> Thing:
        change = one.change
        changes = self._histories.of(change.entity, change.entity_id) or [change]
        if change.change_id not in {c.change_id for c in changes}:
            changes = [*changes, change]  # a dropped one names its thing, too
        return self._reading.thing(change.entity, change.entity_id, changes)


def as_plain(one: SetAside) -> dict[str, object]:
    """One refused change as JSON values: everything that is needed to make it again."""
    change = one.change
    plain: dict[str, object] = {
        "change_id": change.change_id,
        "entity": change.entity,
        "entity_id": change.entity_id,
        "at": to_text(change.at),
        "author": change.author,
        "seat": change.seat,
        "patch": fold([change]),
        "reason": change.reason,
        "base_seq": change.base_seq,
        "refused": one.refused,
    }
    if one.dropped is not None:
        plain["dropped"] = {"by": one.dropped.by, "at": to_text(one.dropped.at), "why": one.dropped.why}
    return plain
