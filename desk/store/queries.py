"""How rows become domain values, and the conditions that several queries share.

What is asked while a telephone rings is asked in SQL as it stands (`Reader.where`): SQLAlchemy takes longer to build
and look up such a query than SQLite to answer it, and the window's thread waits for the interpreter meanwhile."""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Select, TextualSelect

from desk.store.entities import ENTITIES, columns_of, read
from desk.store.store import Store

T = TypeVar("T")
AFTER_ALL = "\U0010ffff"
AMONG = "IN (SELECT value FROM json_each(?))"
_encode = msgspec.json.Encoder().encode


class Reader(Generic[T]):
    """Runs queries for one entity and gives its whole rows as its dataclass; partial ones are left out."""

    def __init__(self, store: Store, cls: type[T]) -> None:
        self._store = store
        self._entity = next(entity for entity in ENTITIES.values() if entity.cls is cls)
        self._columns = columns_of(self._entity)
        names = ", ".join(f'"{name}"' for name in self._columns)
        self._select = f'SELECT {names} FROM "{self._entity.name}" WHERE '  # noqa: S608 - names of our own

    def many(self, query: Select[Any] | TextualSelect, given: Mapping[str, Any] | None = None) -> list[T]:
        """`given`: values of the query's bound parameters."""
        with self._store.read() as connection:
            rows = connection.execute(query, given).all()
        return [value for row in rows if (value := read(self._entity, row._asdict())) is not None]

    def where(self, condition: str, *values: Any) -> list[T]:
        """`condition` in SQL, with a `?` for each value, and what may follow it (ORDER BY, LIMIT)."""
        with self._store.read() as connection:
            rows = connection.exec_driver_sql(self._select + condition, values).all()
        named = (dict(zip(self._columns, row, strict=True)) for row in rows)
        return [value for row in named if (value := read(self._entity, row)) is not None]

    def one(self, query: Select[Any], given: Mapping[str, Any] | None = None) -> T | None:
        found = self.many(query, given)
        return found[0] if found else None


def starts_with(column: ColumnElement[Any], prefix: str) -> ColumnElement[bool]:
    """As a range, which an index serves whatever the prefix holds (LIKE would not: % and _, and case folding)."""
    return (column >= prefix) & (column < prefix + AFTER_ALL)


def listed(ids: Sequence[str]) -> str:
    """For `IN (SELECT value FROM json_each(?))`: one value, however many ids."""
    return _encode(list(dict.fromkeys(ids))).decode()


def quoted(value: Enum) -> str:
    """Its value as it stands in SQL."""
    return f"'{value.value}'"


def among(values: Iterable[Enum]) -> str:
    """For `IN`, in an order of their own: the same statement every time."""
    return f"({', '.join(sorted(quoted(value) for value in values))})"


def distinct(ids: Sequence[T]) -> list[T]:
    return list(dict.fromkeys(ids))
