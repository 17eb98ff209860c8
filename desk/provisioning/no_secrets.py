"""No secret stands in a company's file: every seat has it, it lies on a share, and it is read over http. What looks
like one is refused, with the line: rather once too often than once too seldom. Pure, any thread."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from desk.i18n import _
from desk.settings.company_file import CompanyFile
from desk.settings.shapes import tables as known
from desk.settings.source import SettingsError

_KEYS = re.compile(r"passw|passwd|secret|(^|_)token|credential|密码|口令|密钥", re.IGNORECASE)
_VALUES = (
    re.compile(r"AGE-SECRET-KEY-1", re.IGNORECASE),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    re.compile(r"minisign encrypted secret key|untrusted comment: [^\n]*secret key", re.IGNORECASE),
    re.compile(r"://[^/\s:@]*:(?!\{secret\})[^/\s:@]+@"),  # user:password@ in an address
    re.compile(
        r"[?&]([a-z_]*(token|secret|passw\w*|apikey|api_key)|key|sig|sign)=(?!\{secret\})[^&\s]{4,}", re.IGNORECASE
    ),
    re.compile(r"\b(A3T[A-Z0-9]|AKIA|ASIA)[A-Z0-9]{16}\b.{0,80}?[A-Za-z0-9/+]{40}", re.DOTALL),
)


def refuse_secrets(found: CompanyFile) -> None:
    """Raises `SettingsError` for the first thing that looks like a secret; the text does not repeat it."""
    settings = {key for table in known().values() for key in table.shapes}  # keep_passwords says where, and is none
    tables: dict[str, Any] = {"settings": found.settings, "files": found.files}
    tables |= {f"seats.{seat}": own for seat, own in found.seats.items()}
    for table, tree in tables.items():
        for path, text in _texts(tree, (table,)):
            key = path[-1]
            if any(pattern.search(text) for pattern in _VALUES) or (
                table != "files" and key not in settings and text and _KEYS.search(key)
            ):
                raise SettingsError(
                    found.file,
                    _line(found.text, text, key),
                    _(
                        "{key} looks like a secret, and every seat reads this file: take it out. Passwords and keys go "
                        "to the seats with `desk provision codes`."
                    ).format(key=".".join(path)),
                )
    lines = found.text.splitlines()
    for number, line in enumerate(lines, 1):  # comments, too
        if any(pattern.search(line) for pattern in _VALUES):
            raise SettingsError(
                found.file, number, _("this line looks like it holds a secret, and every seat reads this file")
            )


def _texts(tree: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(tree, str):
        yield path, tree
    elif isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from _texts(value, (*path, str(key)))
    elif isinstance(tree, list):
        for value in tree:
            yield from _texts(value, path)


def _line(text: str, value: str, key: str) -> int:
    """Where the value stands as it is, else its key."""
    first = next((part for part in value.splitlines() if part.strip()), value)
    for wanted in (first, key):
        for number, line in enumerate(text.splitlines(), 1):
            if wanted and wanted in line:
                return number
    return 0
