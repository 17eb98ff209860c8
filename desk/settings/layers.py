"""Who says what a setting is. Several may, and the strongest that says anything of a key is heard:

    policy    what an administrator has locked: `policy.toml` in the machine's folder, on Windows the registry's
              policies before it
    seat      what is set for this PC: `seat.toml` in the machine's folder, then the company's file, first what it says
              of this seat, then what it says to all
    user      the user's own settings file
    default

Tables are heard key by key. Of lines and channels: one table, `[line]` without a label, speaks of every line that the
weaker layers have; several, or one with a label, are the lines, and the weaker layers' are beneath those of the same
label and else without effect. Within the company's file what it says to all stays beside what it says of one seat.

A weaker layer's word that is not heard is no error: it is told (`Merged.overruled`), for whoever wonders why. Pure
values but for `default_places`; any thread."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from desk.settings.source import line_of

if TYPE_CHECKING:
    from desk.settings.policy_registry import Registry

Rank = Literal["policy", "seat", "user", "default"]
SEVERAL = {"line": "label", "channel": "name"}  # tables that there may be several of, and what they are known by
_UNNAMED = {"line": "热线", "channel": ""}


@dataclass(frozen=True)
class Places:
    """`machine`: the folder of what holds for everybody on this PC. `registry`: where Windows' policies are, None where
    there is none."""

    machine: Path
    registry: "Registry | None" = None


def default_places() -> Places:
    if sys.platform == "win32":
        from desk.settings.policy_registry import WindowsRegistry

        return Places(Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "Desk", WindowsRegistry())
    return Places(Path("/etc/desk"))


@dataclass(frozen=True)
class Layer:
    """One voice. `source`: the file, or the registry's key as a path; `text` of the file, "" where there is none;
    `table`: what the settings are below in it ("settings", "seats.S01"). `keeps`: lines and channels of the next weaker
    layer stay beside its own. `where`: of the registry, by dotted keys."""

    rank: Rank
    source: Path
    tree: Mapping[str, Any]
    text: str = ""
    table: str = ""
    keeps: bool = False
    where: Mapping[str, str] = field(default_factory=dict)

    def line_of(self, path: Sequence[str]) -> int:
        """0 where it cannot be told."""
        if self.table and path:
            path = [f"{self.table}.{path[0]}", *path[1:]]
        return line_of(self.text, path)


@dataclass(frozen=True)
class Said:
    """What one layer says of a key. `path`: its own ("line[1]", "port")."""

    value: Any
    layer: Layer
    path: tuple[str, ...]

    @property
    def line(self) -> int:
        return self.layer.line_of(self.path)

    @property
    def place(self) -> str:
        """For people: file and line, or the registry's value."""
        named = self.layer.where.get(".".join(self.path))
        if named:
            return named
        return f"{self.layer.source}:{self.line}" if self.line else str(self.layer.source)


@dataclass(frozen=True)
class Overruled:
    """`weaker` is not heard, because `stronger` says something else."""

    key: str
    weaker: Said
    stronger: Said


_Table = dict[str, Any]  # keys to `Said`, or to tables of the same
_Several = list[_Table]


class Merged:
    """All layers heard together. `layers`: the strongest first."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = tuple(layers)
        self.overruled: list[Overruled] = []
        self._said: _Table = {}
        for layer in reversed(self.layers):
            self._hear(layer)

    def tree(self) -> dict[str, Any]:
        """The settings, as of one file; lines and channels as arrays of tables."""
        return {key: _bare(said) for key, said in self._said.items()}

    def said(self, path: Sequence[str]) -> Said | None:
        """What is heard of this key ("line[1]", "port"); where nobody says anything of it, the strongest word on its
        table."""
        for depth in range(len(path), 0, -1):
            below = list(_leaves(_at(self._said, path[:depth])))
            if below:
                return min(below, key=lambda said: self.layers.index(said.layer))
        return None

    def voices(self, key: str) -> list[Said]:
        """What every layer says of this key, as it stands there, the strongest first. `key`: "seat.name"; of a line
        without or with its number, "line.port", "line[1].port"."""
        table, _dot, rest = key.partition(".")
        return [
            Said(value, layer, path)
            for layer in self.layers
            for value, path in _own(layer.tree, table, rest)
            if value is not None
        ]

    def heard(self) -> list[tuple[str, Said]]:
        """Every key that somebody says something of, and what is heard."""
        return [(".".join(path), said) for path, said in _walk(self._said)]

    def _hear(self, layer: Layer) -> None:
        for key, value in layer.tree.items():
            if key in SEVERAL:
                self._said[key] = self._several(key, value, layer)
            elif isinstance(value, Mapping):
                below = self._said.get(key)
                self._said[key] = self._over(key, below if isinstance(below, dict) else {}, value, layer, (key,))
            else:
                self._over("", self._said, {key: value}, layer, ())

    def _over(self, shown: str, under: _Table, over: Mapping[str, Any], layer: Layer, path: tuple[str, ...]) -> _Table:
        """`under` with what this layer says of the same table."""
        for key, value in over.items():
            said, before = Said(value, layer, (*path, key)), under.get(key)
            if isinstance(before, Said) and before.value != value:
                self.overruled.append(Overruled(f"{shown}.{key}" if shown else key, before, said))
            under[key] = said
        return under

    def _several(self, key: str, value: Any, layer: Layer) -> Any:
        """A table while each layer has only one, else a list of tables."""
        known_by, before = SEVERAL[key], self._said.get(key)
        if isinstance(value, Mapping) and (known_by not in value or isinstance(before, dict | None)):
            each = before if isinstance(before, list) else [before or {}]
            for table in each:
                self._over(key, table, value, layer, (key,))
            return each if isinstance(before, list) else each[0]
        tables: _Several = before if isinstance(before, list) else [before] if before else []
        weaker = {self._name(key, table): table for table in tables}
        several = value if isinstance(value, list) else [value]
        own = []
        for number, one in enumerate(several):
            under = weaker.pop(one.get(known_by, _UNNAMED[key]), {})
            own.append(self._over(key, under, one, layer, (f"{key}[{number}]",)))
        if not layer.keeps:
            return own
        return [table for table in tables if table in own or self._name(key, table) in weaker] + [
            table for table in own if table not in tables
        ]

    def _name(self, key: str, table: _Table) -> str:
        said = table.get(SEVERAL[key])
        return str(said.value) if isinstance(said, Said) else _UNNAMED[key]


def _bare(said: Any) -> Any:
    if isinstance(said, Said):
        return said.value
    if isinstance(said, list):
        return [_bare(one) for one in said]
    return {key: _bare(value) for key, value in said.items()}


def _at(said: Any, path: Sequence[str]) -> Any:
    for part in path:
        name, _bracket, number = part.partition("[")
        if not isinstance(said, dict) or name not in said:
            return None
        said = said[name]
        if isinstance(said, list):
            index = int(number.rstrip("]") or 0)
            said = said[index] if index < len(said) else None
    return said


def _leaves(said: Any) -> Iterator[Said]:
    if isinstance(said, Said):
        yield said
    elif isinstance(said, dict | list):
        for one in said.values() if isinstance(said, dict) else said:
            yield from _leaves(one)


def _walk(said: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Said]]:
    if isinstance(said, Said):
        yield path, said
    elif isinstance(said, list):
        for number, one in enumerate(said):
            yield from _walk(one, (*path[:-1], f"{path[-1]}[{number}]"))
    else:
        for key, one in said.items():
            yield from _walk(one, (*path, key))


def _own(tree: Mapping[str, Any], table: str, rest: str) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Values of one layer, with their paths: more than one where there are several such tables and none is named."""
    name, _bracket, number = table.partition("[")
    found = tree.get(name)
    if not rest:
        yield found, (name,)
        return
    several = found if isinstance(found, list) else [found]
    for index, one in enumerate(several):
        if isinstance(one, Mapping) and (not number or index == int(number.rstrip("]"))):
            yield one.get(rest), (f"{name}[{index}]" if isinstance(found, list) else name, rest)
