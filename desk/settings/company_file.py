"""The company's file: what IT sets for all seats and for each, one TOML text.

    [company]
    name = "..."
    version = 7             # never less than what a seat has already had

    [settings.line]         # to all seats, as in a settings file
    [seats.S01.line]        # to this one
    [files]
    "ca.pem" = '''...'''    # and in the settings: ca_file = "company:ca.pem"

Its frame is checked here; what it sets is checked with the layers. Pure, any thread."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk.i18n import _
from desk.settings.layers import Layer
from desk.settings.source import SettingsError, line_of, parse

REFERENCE = "company:"
_SEAT = re.compile(r"[A-Z0-9]{1,8}")
_FILE_NAME = re.compile(r"(?!.*(^|/)\.)[^/\\:*?\"<>|\0]+(/[^/\\:*?\"<>|\0]+)*")


@dataclass(frozen=True)
class CompanyFile:
    """`file`: where it was read; `seats`: settings by the seat's name; `files`: their text by relative name."""

    file: Path
    text: str
    name: str
    version: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    seats: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def layers(self, seat: str, files: Path) -> list[Layer]:
        """What it says to this seat, then what it says to all. `files`: the folder in which those it brings lie."""
        own = {**self.seats.get(seat, {})}
        own["seat"] = {**own.get("seat", {}), "name": seat}
        return [
            Layer("seat", self.file, _referred(own, files), self.text, f"seats.{seat}", keeps=True),
            Layer("seat", self.file, _referred(self.settings, files), self.text, "settings"),
        ]


def company_file(file: Path, data: bytes) -> CompanyFile:
    """`file`: by which name it is spoken of. Raises `SettingsError`."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise SettingsError(file, 0, _("the file is not text in UTF-8")) from error
    tree = parse(file, text)
    problem = _frame(tree) or _company(tree.get("company", {})) or _seats(tree) or _files(tree.get("files", {}))
    if problem is not None:
        path, reason = problem
        raise SettingsError(file, line_of(text, path), reason)
    company = tree["company"]
    found = CompanyFile(
        file,
        text,
        company.get("name", ""),
        company["version"],
        tree.get("settings", {}),
        tree.get("seats", {}),
        tree.get("files", {}),
    )
    _refuse_lost_references(found)
    return found


_Problem = tuple[list[str], str]


def _frame(tree: Mapping[str, Any]) -> _Problem | None:
    for key, value in tree.items():
        if key not in ("company", "settings", "seats", "files"):
            return [key], _("there is nothing called {key} here").format(key=repr(key[:40]))
        if not isinstance(value, dict):
            return [key], _("{key} is a table").format(key=f"[{key}]")
    return None


def _company(company: Mapping[str, Any]) -> _Problem | None:
    if strange := set(company) - {"name", "version"}:
        key = min(strange)
        return ["company", key], _("there is nothing called {key} here").format(key=repr(key[:40]))
    if not isinstance(company.get("name", ""), str):
        return ["company", "name"], _("{key} is a text in quotes").format(key="name")
    version = company.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version < 1 << 53:
        return ["company", "version"], _("[company] needs a version, a number that grows: version = 1")
    return None


def _seats(tree: Mapping[str, Any]) -> _Problem | None:
    for seat, own in tree.get("seats", {}).items():
        if not _SEAT.fullmatch(seat) or not isinstance(own, dict):
            return [f"seats.{seat}"], _("the seat's name is 1 to 8 letters A-Z and digits, as in S01")
        of_seat = own.get("seat", {})
        if not isinstance(of_seat, dict):
            return [f"seats.{seat}", "seat"], _("{key} is a table").format(key="seat")
        if "name" in of_seat:
            return [f"seats.{seat}.seat", "name"], _("a seat is called as its table is: leave out its name")
    return None


def _files(files: Mapping[str, Any]) -> _Problem | None:
    for name, content in files.items():
        if not isinstance(content, str) or not _FILE_NAME.fullmatch(name):
            return ["files", name], _("{text} is not a file's name, or not a text").format(text=repr(name[:60]))
    return None


def _refuse_lost_references(found: CompanyFile) -> None:
    tables = {"settings": found.settings, **{f"seats.{seat}": own for seat, own in found.seats.items()}}
    for table, tree in tables.items():
        for path, name in _references(tree):
            if name not in found.files and not any(one.startswith(f"{name}/") for one in found.files):
                at = line_of(found.text, [".".join([table, *path[:-1]]), path[-1]])
                raise SettingsError(
                    found.file, at, _("the company's file brings no file called {name}").format(name=repr(name[:60]))
                )


def _references(tree: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str]]:
    if isinstance(tree, str):
        return [(path, tree.removeprefix(REFERENCE))] if tree.startswith(REFERENCE) else []
    if isinstance(tree, list):
        return [found for one in tree for found in _references(one, path)]
    if isinstance(tree, dict):
        return [found for key, one in tree.items() for found in _references(one, (*path, key))]
    return []


def _referred(tree: Any, files: Path) -> Any:
    """The same with whole names in the place of `company:` ones."""
    if isinstance(tree, str):
        return str(files / tree.removeprefix(REFERENCE)) if tree.startswith(REFERENCE) else tree
    if isinstance(tree, list):
        return [_referred(one, files) for one in tree]
    if isinstance(tree, Mapping):
        return {key: _referred(one, files) for key, one in tree.items()}
    return tree
