"""Which keys there are in the settings, and what kind of value each takes: read off `desk.settings.values`, so that
whatever lists or converts settings from elsewhere (policies of a domain, their templates) knows every key there is.

Pure functions, any thread."""

import dataclasses
import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from desk.settings.values import Settings

_IN_FILES = {"lines": "line", "channels": "channel"}  # tables that there may be several of go by their single name


@dataclass(frozen=True, slots=True)
class Shape:
    """One key. `table` "": at the top of the file. `kind`: of the value, or of each where it is a list of them
    (`several`); "table": an array of tables. `words`: what a text may be, where it may not be anything."""

    table: str
    key: str
    kind: Literal["text", "number", "switch", "table"]
    several: bool = False
    words: tuple[str, ...] = ()
    default: Any = None

    @property
    def name(self) -> str:
        """As in "line.codecs"."""
        return f"{self.table}.{self.key}" if self.table else self.key


@dataclass(frozen=True, slots=True)
class Table:
    """`shapes` by key, in the order in which they are documented. `several`: there may be `[[name]]`."""

    name: str
    several: bool
    shapes: Mapping[str, Shape]


@cache
def tables() -> Mapping[str, Table]:
    """Every table by its name in a settings file, the top of the file as ""."""
    hints = get_type_hints(Settings)
    found: dict[str, Table] = {}
    top: dict[str, Shape] = {}
    for field in dataclasses.fields(Settings):
        name, hint = _IN_FILES.get(field.name, field.name), hints[field.name]
        several = get_origin(hint) is tuple
        inner = get_args(hint)[0] if several else hint
        if dataclasses.is_dataclass(inner):
            found[name] = Table(name, several, _shapes(name, inner))
        else:
            top[name] = _shape("", name, hint, None)
    return {"": Table("", False, top), **found}


def inner_shapes(table: str, key: str) -> Mapping[str, Shape]:
    """The keys of each table in an array of them, as in `[[dial.rules]]`."""
    owner = _owner(table)
    return _shapes(f"{table}.{key}", get_args(get_type_hints(owner)[key])[0])


def _owner(table: str) -> Any:
    field = next(name for name in get_type_hints(Settings) if _IN_FILES.get(name, name) == table)
    hint = get_type_hints(Settings)[field]
    return get_args(hint)[0] if get_origin(hint) is tuple else hint


def _shapes(table: str, kind: Any) -> dict[str, Shape]:
    hints = get_type_hints(kind)
    return {field.name: _shape(table, field.name, hints[field.name], field) for field in dataclasses.fields(kind)}


def _shape(table: str, key: str, hint: Any, field: "dataclasses.Field[Any] | None") -> Shape:
    several = get_origin(hint) is tuple
    inner = get_args(hint)[0] if several else hint
    if get_origin(inner) in (Union, types.UnionType):  # "none" beside a kind
        inner = next(one for one in get_args(inner) if one is not type(None))
    words = tuple(str(word) for word in get_args(inner)) if get_origin(inner) is Literal else ()
    default = field.default if field is not None and field.default is not dataclasses.MISSING else None
    return Shape(table, key, _kind(inner, f"{table}.{key}", words), several, words, default)


def _kind(inner: Any, name: str, words: tuple[str, ...]) -> Literal["text", "number", "switch", "table"]:
    if inner is bool:
        return "switch"
    if inner in (int, float):
        return "number"
    if words or inner in (str, Path):
        return "text"
    if dataclasses.is_dataclass(inner):
        return "table"
    raise TypeError(f"{name}: {inner!r} is no kind of value that a setting may have")
