"""The text of a settings file: how it is read, what is said of one that cannot be used, and on which line a key stands.
TOML readers tell no lines, hence the search. Pure but for `text_of`, which reads a file; any thread."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desk.i18n import _


class SettingsError(Exception):
    """A settings file that cannot be used. `line` is 1-based, 0 where no single line is to blame."""

    def __init__(self, file: Path, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}" if line else f"{file}: {reason}")
        self.file, self.line, self.reason = file, line, reason


def text_of(file: Path) -> str | None:
    """None where there is no such file. Raises `SettingsError`."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise SettingsError(file, 0, _("the file is not text in UTF-8")) from error
    except OSError as error:
        raise SettingsError(file, 0, _("the file cannot be read ({detail})").format(detail=error.strerror)) from error


def parse(file: Path, text: str) -> dict[str, Any]:
    """Raises `SettingsError`."""
    lines = len(text.splitlines())
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+)", str(error))
        reason = _("not TOML ({detail})").format(detail=str(error).partition(" (at ")[0])
        raise SettingsError(file, int(at[1]) if at else lines, reason) from error
    except (RecursionError, ValueError) as error:  # nested too deep; a number or a date beyond Python's
        raise SettingsError(file, lines, _("not TOML ({detail})").format(detail=type(error).__name__)) from error


def line_of(text: str, path: Sequence[str]) -> int:
    """The line where this key stands, else its table, 0 if neither can be told. The first part of the path is the
    table's whole name, and may say which table of an array is meant: `line[1]`, `settings.line[0]`."""
    counted = re.fullmatch(r"(.*?)\[(\d+)\]", path[0]) if path else None
    wanted = int(counted[2]) if counted else 0
    path = [re.sub(r"\[\d+\]", "", part) for part in path]
    table, table_line, seen = "", 0, -1
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\[?([^\]]+)\]", line)
        key = re.match(r"""\s*("[^"]*"|'[^']*'|[\w."' -]+?)\s*=""", line)
        if header:
            table = _bare(header[1])
            seen += bool(path) and table == path[0]
            if path and table == path[0] and seen == wanted:
                table_line = number
        elif key and ".".join(path) == ".".join(filter(None, (table, _bare(key[1])))) and seen in (-1, wanted):
            return number
        elif key and not table and path and _bare(key[1]).split(".")[0] == path[0]:
            table_line = number  # an inline table
    return table_line


def _bare(key: str) -> str:
    return re.sub(r"""[\s"']""", "", key)
