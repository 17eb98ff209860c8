"""What others have changed while somebody looks at a thing or types about it. The place in the central order at which
they began is noted; whatever of other seats stands behind it later is news.

On a worker's thread; one indexed query for each thing that is watched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desk.domain.changes import Change, FieldValue, fold
from desk.domain.conflicts import ASPECTS, is_whole_row
from desk.usecases.ports import ChangeLog
from desk.usecases.read_conflicts import ReadConflicts, Thing
from desk.usecases.recording_ports import Histories

Key = tuple[str, str]  # entity, entity id


@dataclass(frozen=True, slots=True)
class News:
    """An aspect of a thing (see `desk.domain.conflicts`) says something else now. `by`: the change that says it;
    `name`: its author's. `named`: what ids in `before` and `after` stand for, as in `read_conflicts.Side`."""

    thing: Thing
    aspect: str
    before: Mapping[str, FieldValue]
    after: Mapping[str, FieldValue]
    by: Change
    name: str
    named: tuple[str, str] = ("", "")


class WatchThings:
    """`seat`: this one, whose own changes are no news."""

    def __init__(self, change_log: ChangeLog, histories: Histories, reading: ReadConflicts, seat: str) -> None:
        self._log, self._histories, self._reading, self._seat = change_log, histories, reading, seat

    def begin(self) -> int:
        """To be kept by whoever begins to look."""
        return self._log.base_seq()

    def news(self, keys: Sequence[Key], since: int) -> tuple[News, ...]:
        """Of these things, the latest of each aspect; () while nobody else has changed them."""
        found: list[News] = []
        for entity, entity_id in keys:
            changes = self._histories.of(entity, entity_id)
            if any(self._is_new(change, since) for change in changes):
                found += self._of(entity, entity_id, changes, since)
        return tuple(found)

    def _of(self, entity: str, entity_id: str, changes: Sequence[Change], since: int) -> list[News]:
        before = fold(change for change in changes if not self._is_new(change, since))
        now = fold(changes)
        thing = self._reading.thing(entity, entity_id, changes)
        names: dict[str, str] | None = None
        found: list[News] = []
        for aspect, fields in ASPECTS.get(entity, {}).items():
            old, new = ({field: row.get(field) for field in fields} for row in (before, now))
            last = [change for change in changes if any(field in change.patch for field in fields)][-1:]
            if old == new or not last or not self._is_new(last[0], since):
                continue
            names = self._reading.names() if names is None else names
            named = (self._reading.named(old), self._reading.named(new))
            found.append(News(thing, aspect, old, new, last[0], names.get(last[0].author, ""), named))
        return found

    def _is_new(self, change: Change, since: int) -> bool:
        if change.seat == self._seat or is_whole_row(change):
            return False
        return change.central_seq is not None and change.central_seq > since
