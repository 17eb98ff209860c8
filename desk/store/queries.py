"""How rows become domain values, and the conditions that several queries share."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, TextualSelect

from desk.store.entities import ENTITIES, read
from desk.store.store import Store

T = TypeVar("T")
AFTER_ALL = "\U0010ffff"


class Reader(Generic[T]):
    """Runs queries for one entity and gives its whole rows as its dataclass; partial ones are left out."""

    def __init__(self, store: Store, cls: type[T]) -> None:
        self._store = store
        self._entity = next(entity for entity in ENTITIES.values() if entity.cls is cls)

    def many(self, query: Select[Any] | TextualSelect, given: Mapping[str, Any] | None = None) -> list[T]:
        """`given`: values of the query's bound parameters."""
        with self._store.read() as connection:
            rows = connection.execute(query, given).all()
        return [value for row in rows if (value := read(self._entity, row._asdict())) is not None]

    def one(self, query: Select[Any], given: Mapping[str, Any] | None = None) -> T | None:
        found = self.many(query, given)
        return found[0] if found else None


def starts_with(column: ColumnElement[Any], prefix: str) -> ColumnElement[bool]:
    """As a range, which an index serves whatever the prefix holds (LIKE would not: % and _, and case folding)."""
    return (column >= prefix) & (column < prefix + AFTER_ALL)


def distinct(ids: Sequence[T]) -> list[T]:
    return list(dict.fromkeys(ids))
