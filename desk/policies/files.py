"""Policy files: the frame in which every noun of `desk.policies` reads its own.

One TOML file for one noun, in up to three places: shipped (resources/policies), the company's folder, and in that one a
folder named as the estate. A later file replaces keys of the earlier ones, table by table; a list, and so an array of
tables, is replaced whole. Each file is checked as it comes on top of those before it. One that cannot be used changes
nothing: what was there without it holds, and the file is told in one sentence with its line and reason
(`Policy.troubles`).

    @dataclass(frozen=True, kw_only=True)
    class RawShift:                        # the file's shape; dataclasses, tuples and mappings of them may stand in it
        grace: str = "5 min"

    def read_shift(folders: PolicyFolders) -> Policy[ShiftRules]:
        return read_policy(folders, "shift", RawShift, _build)

    def _build(raw: RawShift, wrong: Wrong) -> ShiftRules: ...    # raise wrong(("grace",), _("it is empty"))

Reads files: at start, on a worker's thread, never on the ui's."""

import itertools
import re
import tomllib
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from desk.i18n import _

Raw = TypeVar("Raw")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Path_ = Sequence[str | int]  # ("rule", 0, "when"): the keys and indexes that lead to a value
_MOST_BYTES = 1 << 20
_OF_SEATS = ("knowledge", "shift", "tags", "work")  # nouns of people and their seats, not of a ticket's place


class PolicyError(Exception):
    """A policy file, or a part of it, that cannot be used. `line` is 1-based, 0 where no single line is to blame.
    `str()` is the sentence: file, line, reason."""

    def __init__(self, file: Path, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}" if line else f"{file}: {reason}")
        self.file, self.line, self.reason = file, line, reason


@dataclass(frozen=True)
class PolicyFile:
    """One file as it is written. `tree`: what TOML makes of it."""

    file: Path
    text: str
    tree: Mapping[str, Any]

    def wrong(self, path: Path_, reason: str) -> PolicyError:
        """To be raised; the line is that of the key, else of the table it should stand in."""
        return PolicyError(self.file, line_of(self.text, path), reason)

    def as_(self, kind: type[Raw]) -> Raw:
        """The file as this dataclass. Raises `PolicyError`, also for a key that it does not have."""
        _known_keys(self.tree, kind, self.wrong)
        return _converted(self.tree, kind, self.wrong)


class Wrong(Protocol):
    """What a builder raises: where in the tree, and why, in the person's language."""

    def __call__(self, path: Path_, reason: str) -> PolicyError: ...


@dataclass(frozen=True)
class Policy(Generic[T_co]):
    """What holds, and what was left out because it cannot be used. `remarks`: what holds but may surprise."""

    value: T_co
    troubles: tuple[PolicyError, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class PolicyFolders:
    """`company`: None where there is none. `estate`: the name of a folder in it, "" for none."""

    shipped: Path
    company: Path | None = None
    estate: str = ""

    def all(self) -> tuple[Path, ...]:
        """From the general to the special."""
        own = (self.company, self.company / self.estate if self.estate else None) if self.company else ()
        return (self.shipped, *(folder for folder in own if folder is not None))

    def files(self, name: str) -> list[Path]:
        """Those that there are, from the general to the special. `name` without ".toml", "questionnaires/repair"."""
        found = (folder / f"{name}.toml" for folder in self.all())
        return [file for file in found if file.exists()]

    def estates(self) -> tuple[str, ...]:
        """Folders in the company's, each named as the estate that it is for."""
        if self.company is None or not self.company.is_dir():
            return ()
        return tuple(
            sorted(
                one.name for one in self.company.iterdir() if one.is_dir() and not (self.shipped / one.name).is_dir()
            )
        )

    def troubles(self) -> tuple[PolicyError, ...]:
        """What would be silently without effect: a company's folder that is not there, a file that no policy has the
        name of, one of another estate about what holds for whole seats."""
        missing = [folder for folder in self.all()[1:2] if not folder.is_dir()]
        others = [self.company / name for name in self.estates() if name != self.estate] if self.company else []
        files = [file for folder in (*self.all()[1:], *others) for file in sorted(folder.glob("*.toml"))]
        of_seats = [file for file in files if file.parent in others and file.stem in _OF_SEATS]
        return (
            *(PolicyError(folder, 0, _("there is no such folder")) for folder in missing),
            *(
                PolicyError(file, 0, _("there is no policy of this name: nothing is read from it"))
                for file in files
                if not self._known(file)
            ),
            *(PolicyError(file, 0, of_whole_seats()) for file in of_seats),
        )

    def _known(self, file: Path) -> bool:
        return (self.shipped / file.name).exists()


def of_whole_seats() -> str:
    """Why something is without effect in the folder of another estate than the seats' own."""
    return _("it holds for whole seats: put it into the company's folder, or the one of the seats' estate")


def policy_file(file: Path) -> PolicyFile:
    """Raises `PolicyError`."""
    text = _text(file)
    try:
        return PolicyFile(file, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+)", str(error))
        reason = _("not TOML ({detail})").format(detail=str(error).partition(" (at ")[0])
        raise PolicyError(file, int(at[1]) if at else len(text.splitlines()), reason) from error
    except (RecursionError, ValueError) as error:
        raise PolicyError(file, 0, _("not TOML ({detail})").format(detail=type(error).__name__)) from error


def read_policy(folders: PolicyFolders, name: str, raw: type[Raw], build: Callable[[Raw, Wrong], T]) -> Policy[T]:
    """What the files called `name` come to. `raw`: the shape of the file; `build` makes the value of it and raises what
    `wrong` gives it. A company's file that cannot be used is left out and told; the shipped one must be right: raises
    `PolicyError`."""
    troubles: list[PolicyError] = []
    tree: dict[str, Any] = {}
    layers: list[PolicyFile] = []
    value: list[T] = []
    for file in folders.files(name):
        try:
            layer = policy_file(file)
            _known_keys(layer.tree, raw, layer.wrong)
            merged = merge(tree, layer.tree)
            wrong = _blame((*layers, layer))
            built = build(_converted(merged, raw, wrong), wrong)
        except PolicyError as error:
            if not layers:
                raise
            troubles.append(error)
            continue
        tree, layers, value = merged, [*layers, layer], [built]
    if not value:
        raise PolicyError(folders.shipped / f"{name}.toml", 0, _("the file is missing"))
    return Policy(value[0], tuple(troubles))


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Tables key by key, everything else replaced."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = merge(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def _blame(layers: Sequence[PolicyFile]) -> Wrong:
    """The last file that has what is wrong; the last of all where none has."""

    def wrong(path: Path_, reason: str) -> PolicyError:
        tables = tuple(itertools.takewhile(lambda part: isinstance(part, str), path))  # a list is of one file only
        for depth in range(len(tables), 0, -1):
            for layer in reversed(layers):
                if _has(layer.tree, tables[:depth]):
                    return layer.wrong(path, reason)
        return layers[-1].wrong(path, reason)

    return wrong


def _has(tree: Any, path: Path_) -> bool:
    for part in path:
        if not isinstance(tree, Mapping) or part not in tree:
            return False
        tree = tree[part]
    return True


def line_of(text: str, path: Path_) -> int:
    """Where the value at this path stands: its key's line, else the header of the innermost table that is there, 0 if
    none can be told. TOML readers tell no lines. A value in an inline table or list has the line of that."""
    here: tuple[str | int, ...] = ()
    counts: dict[tuple[str | int, ...], int] = {}
    found, best = 0, 0
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(#.*)?$", line)
        if header and not re.match(r"\s*\[.*[,=]", line):
            here = _place(header[2], header[1] == "[[", counts)
        else:
            key = re.match(r"\s*(\"[^\"]*\"|'[^']*'|[\w.-]+)\s*=", line)
            if key is None:
                continue
            here_key = (*here, *_parts(key[1]))
            if len(here_key) <= len(path) and here_key == tuple(path[: len(here_key)]) and len(here_key) > best:
                found, best = number, len(here_key)
            continue
        if 0 < len(here) <= len(path) and here == tuple(path[: len(here)]) and len(here) > best:
            found, best = number, len(here)
    return found


def _place(name: str, is_array: bool, counts: dict[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
    """The path of a header. `counts`: how many of each array of tables have come."""
    here: tuple[str | int, ...] = ()
    parts = _parts(name)
    for part in parts[:-1]:
        here = (*here, part)
        if here in counts:
            here = (*here, counts[here])
    here = (*here, parts[-1])
    if is_array:
        counts[here] = counts.get(here, -1) + 1
        for below in [other for other in counts if len(other) > len(here) and other[: len(here)] == here]:
            del counts[below]
        return (*here, counts[here])
    return here


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip("\"' ") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", name))


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise PolicyError(file, 0, _("the file is larger than a megabyte"))
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PolicyError(file, 0, _("the file is not text in UTF-8")) from error
    except OSError as error:
        raise PolicyError(file, 0, _("the file cannot be read ({detail})").format(detail=error.strerror)) from error


def _converted(tree: Any, kind: type[Raw], wrong: Wrong, path: tuple[str | int, ...] = ()) -> Raw:
    """This table as its dataclass, the tables in it first, so that a mistake is told where it stands."""
    for value, below, where in _tables_below(tree, kind, path):
        _converted(value, below, wrong, where)
    try:
        return msgspec.convert(tree, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        detail, _sep, at = str(error).partition(" - at ")
        found = re.search(r"\$\.(\w+)", at) or re.search(r"`(\w+)`$", detail)
        key = found[1] if found else ""
        reason = _("{key} has the wrong kind of value ({detail})").format(key=key or "-", detail=detail)
        raise wrong((*path, key) if key else path, reason) from error


def _known_keys(tree: Any, kind: type, wrong: Wrong, path: tuple[str | int, ...] = ()) -> None:
    """Raises for a key that there is not: one that is misspelt must not be silently without effect."""
    known = _hints(kind)
    for key in tree if isinstance(tree, Mapping) else ():
        if key not in known:
            raise wrong((*path, key), _("there is nothing called {key} here").format(key=repr(str(key)[:40])))
    for value, below, where in _tables_below(tree, kind, path):
        _known_keys(value, below, wrong, where)


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def _tables_below(
    tree: Any, kind: type, path: tuple[str | int, ...]
) -> Iterator[tuple[Any, type, tuple[str | int, ...]]]:
    """The tables in this one that have a shape of their own: value, shape, path."""
    hints = _hints(kind)
    for key, value in tree.items() if isinstance(tree, Mapping) else ():
        hint = hints.get(key)
        if typing.get_origin(hint) in (typing.Union, types.UnionType):
            hint = next((part for part in typing.get_args(hint) if part is not type(None)), None)
        if isinstance(hint, type) and is_dataclass(hint):
            yield value, hint, (*path, key)
            continue
        inner = next((part for part in typing.get_args(hint) if isinstance(part, type) and is_dataclass(part)), None)
        if inner is not None:
            items = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, Mapping) else ()
            for name, part in items:
                yield part, inner, (*path, key, name)
