"""The change log's values. Everything people do is a `Change`; the row of a ticket, a call, a person is the fold of
its changes. The rules run when a change is made, at its author's seat; the fold is generic: in central order the last
value of each field wins, and a change that the centre has not ordered yet comes after all that it has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from desk.domain.identity import ChangeId

# What a field may hold: JSON values without nesting deeper than a list or an object of texts. Times are ISO 8601 in
# UTC with microseconds and a trailing Z, so that they sort as text.
FieldValue: TypeAlias = bool | int | float | str | list[str] | dict[str, str] | None
Patch: TypeAlias = Mapping[str, FieldValue]


@dataclass(frozen=True, slots=True)
class Change:
    """`base_seq`: the highest central sequence its author's seat had folded when it was made (0 = none).
    `central_seq`: its place in the central order, None while the centre has not taken it."""

    change_id: ChangeId
    entity: str
    entity_id: str
    at: datetime
    author: str
    seat: str
    patch: Patch
    reason: str = ""
    base_seq: int = 0
    central_seq: int | None = None


class Foldable(Protocol):
    """What the fold needs of a change."""

    @property
    def change_id(self) -> ChangeId: ...
    @property
    def patch(self) -> Patch: ...
    @property
    def central_seq(self) -> int | None: ...


def _place(change: Foldable) -> tuple[bool, int, str]:
    return (change.central_seq is None, change.central_seq or 0, change.change_id)


def fold(changes: Iterable[Foldable]) -> dict[str, FieldValue]:
    """The row that these changes of ONE entity make: the same changes give the same row in whatever order they came.
    Unordered changes come last, among themselves by id (UUIDv7: by the time they were made)."""
    row: dict[str, FieldValue] = {}
    for change in sorted(changes, key=_place):
        row.update(change.patch)
    return row
