r"""What a Windows domain (or IT by hand) has set for this computer: `HKLM\Software\Policies\Desk`, as the templates of
`tools/policy_templates.py` write it, read into the same tree that a settings file is read into.

A table is a key of its name, a setting a value in it. A switch is a DWORD 0 or 1, a number a DWORD, a text a REG_SZ; a
list is a key with values "1", "2" ... in it, or a REG_MULTI_SZ; an array of tables (`[[line]]`, `[[dial.rules]]`) is a
key with keys "1", "2" ... in it. Only the machine's policies are read: those of a user could be written by the user,
who is not who decides.

The registry is a port, so that the logic runs where there is none; `WindowsRegistry` is the real one. Read once at the
start of a process, any thread."""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from desk.i18n import _
from desk.settings.shapes import Shape, Table, inner_shapes, tables

ROOT = r"Software\Policies\Desk"
_SHOWN_ROOT = "HKLM\\" + ROOT

Value = str | int | tuple[str, ...]


class PolicyUnfit(Exception):
    """A policy that cannot be used. `where`: as shown in the registry's editor."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where, self.reason = where, reason


@dataclass(frozen=True, slots=True)
class RegistryKey:
    """`values`: text as it is (variables such as %ProgramData% put in), numbers, lists of texts. `unread`: names of
    values of other types."""

    values: Mapping[str, Value] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


class Registry(Protocol):
    """The machine's part of the registry, in its 64-bit view."""

    def key(self, path: str) -> RegistryKey | None:
        """None where there is no such key. Raises `OSError` where it may not be read."""
        ...


@dataclass(frozen=True, slots=True)
class Policies:
    """`tree`: as `tomllib` gives a settings file; {} where nothing is set. `where`: by the settings' dotted names
    ("line.user", "line[1].user" for the second of several), where each was read, for people."""

    tree: Mapping[str, Any] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)


def read_policies(registry: "Registry | None" = None) -> Policies:
    """Of this computer; none where it has no registry. Raises `PolicyUnfit` for a setting that does not exist or a
    value of the wrong type, `OSError`."""
    if registry is None:
        if os.name != "nt":
            return Policies()
        registry = WindowsRegistry()
    return _Reading(registry).all()


class _Reading:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._where: dict[str, str] = {}

    def all(self) -> Policies:
        top = self._registry.key(ROOT)
        if top is None:
            return Policies()
        known = tables()
        tree = self._settings("", top, ROOT, known[""].shapes)
        for name in top.keys:
            table = known.get(name.lower())
            if table is None or not table.name:
                raise PolicyUnfit(rf"{_SHOWN_ROOT}\{name}", _("there is no such table of settings"))
            found = self._table(table, rf"{ROOT}\{name}")
            if found:
                tree[table.name] = found
        return Policies(tree, self._where)

    def _table(self, table: Table, path: str) -> Any:
        if not table.several:
            return self._one(table.name, path, table.shapes)
        key = self._key(path)
        numbered = _numbered(key.keys)
        if not numbered:
            return self._one(table.name, path, table.shapes)
        if any(key.values) or len(numbered) < len(key.keys):
            raise PolicyUnfit(
                f"HKLM\\{path}", _("either one table stands here, or only keys named 1, 2 ... for several")
            )
        return [
            self._one(f"{table.name}[{number}]", rf"{path}\{key}", table.shapes) for number, key in enumerate(numbered)
        ]

    def _one(self, dotted: str, path: str, shapes: Mapping[str, Shape]) -> dict[str, Any]:
        """A table: its values, its lists, its arrays."""
        key = self._key(path)
        tree = self._settings(dotted, key, path, shapes)
        for name in key.keys:
            inner, shape = rf"{path}\{name}", shapes.get(name.lower())
            if shape is None or not shape.several:
                raise PolicyUnfit(f"HKLM\\{inner}", _("there is no such setting"))
            tree[shape.key] = self._array(dotted, inner, shape) if shape.kind == "table" else self._list(inner, shape)
            self._where[f"{dotted}.{shape.key}"] = f"HKLM\\{inner}"
        return tree

    def _settings(self, dotted: str, key: RegistryKey, path: str, shapes: Mapping[str, Shape]) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        for name in key.unread:
            raise PolicyUnfit(rf"HKLM\{path}\{name}", _("a text (REG_SZ) or a number (REG_DWORD) is needed"))
        for name, value in key.values.items():
            where = rf"HKLM\{path}\{name}"
            if not name:
                continue  # the key's default value, which editors leave behind
            shape = shapes.get(name.lower())
            if shape is None or shape.kind == "table":
                raise PolicyUnfit(where, _("there is no such setting"))
            tree[shape.key] = _fitting(shape, value, where)
            self._where[f"{dotted}.{shape.key}" if dotted else shape.key] = where
        return tree

    def _list(self, path: str, shape: Shape) -> list[Any]:
        """Values "1", "2" ... in their order; what Group Policy writes for a list may be named after its own text."""
        values = self._key(path).values
        names = sorted(
            (name for name in values if name),
            key=lambda name: (not name.isdecimal(), int(name or 0) if name.isdecimal() else 0, name),
        )
        return [_single(shape, values[name], rf"HKLM\{path}\{name}") for name in names]

    def _array(self, dotted: str, path: str, shape: Shape) -> list[dict[str, Any]]:
        shapes = inner_shapes(shape.table, shape.key)
        return [
            self._one(f"{dotted}.{shape.key}[{number}]", rf"{path}\{key}", shapes)
            for number, key in enumerate(_numbered(self._key(path).keys))
        ]

    def _key(self, path: str) -> RegistryKey:
        return self._registry.key(path) or RegistryKey()


def _numbered(keys: tuple[str, ...]) -> list[str]:
    return sorted((key for key in keys if re.fullmatch(r"[0-9]{1,4}", key)), key=int)


def _fitting(shape: Shape, value: Value, where: str) -> Any:
    if not shape.several:
        return _single(shape, value, where)
    if isinstance(value, tuple):
        return [_single(shape, one, where) for one in value]
    return [_single(shape, value, where)]


def _single(shape: Shape, value: Value, where: str) -> Any:
    """A policy's editor writes numbers as DWORDs, hands that know no better as texts: both will do."""
    match shape.kind:
        case "switch" if value in (0, 1, "0", "1"):
            return value in (1, "1")
        case "switch":
            raise PolicyUnfit(where, _("0 (off) or 1 (on) is needed"))
        case "number" if isinstance(value, int):
            return value
        case "number" if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
            return int(value)
        case "number":
            raise PolicyUnfit(where, _("a number is needed"))
        case _ if isinstance(value, str):
            return value
        case _:
            raise PolicyUnfit(where, _("a text (REG_SZ) is needed"))


class FakeRegistry:
    """A registry in memory: keys by their path below HKLM. Names are found as Windows finds them, in any case."""

    def __init__(self, values: Mapping[str, Mapping[str, Any]]) -> None:
        self._values = {path.lower(): (path, dict(inner)) for path, inner in values.items()}

    def key(self, path: str) -> RegistryKey | None:
        wanted = path.lower()
        below = [
            whole[len(path) + 1 :].split("\\")[0]
            for folded, (whole, _inner) in self._values.items()
            if folded.startswith(wanted + "\\")
        ]
        if wanted not in self._values and not below:
            return None
        inner = self._values.get(wanted, ("", {}))[1]
        fit = {name: value for name, value in inner.items() if isinstance(value, (str, int, tuple))}
        return RegistryKey(fit, tuple(dict.fromkeys(below)), tuple(name for name in inner if name not in fit))


if sys.platform == "win32":
    import winreg

    class WindowsRegistry:
        """The real one. Nothing is kept open."""

        def key(self, path: str) -> RegistryKey | None:
            access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
            try:
                opened = winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path, 0, access)
            except FileNotFoundError:
                return None
            with opened:
                keys, count, _written = winreg.QueryInfoKey(opened)
                values: dict[str, Value] = {}
                unread: list[str] = []
                for number in range(count):
                    name, value, kind = winreg.EnumValue(opened, number)
                    read = _read(value, kind)
                    if read is None:
                        unread.append(name)
                    else:
                        values[name] = read
                return RegistryKey(values, tuple(winreg.EnumKey(opened, n) for n in range(keys)), tuple(unread))

    def _read(value: Any, kind: int) -> Value | None:
        if kind == winreg.REG_EXPAND_SZ:
            return winreg.ExpandEnvironmentStrings(value or "")
        if kind == winreg.REG_SZ:
            return str(value or "")
        if kind in (winreg.REG_DWORD, winreg.REG_QWORD):
            return int(value or 0)
        if kind == winreg.REG_MULTI_SZ:
            return tuple(value or ())
        return None
else:

    class WindowsRegistry:
        """There is none here."""

        def key(self, path: str) -> RegistryKey | None:
            raise OSError(f"no registry on this system: {path}")
