"""Settings of a seat that nobody provisions: the few words that somebody typed, as a settings file. Any thread."""

import json
import os
from pathlib import Path

from desk.i18n import _
from desk.provisioning.refusals import Refused


def write_settings(file: Path, tables: dict[str, dict[str, str]]) -> None:
    """A new file with these tables; what is "" is left as shipped. Raises `Refused` where there is one by now,
    `OSError`."""
    lines: list[str] = []
    for table, values in tables.items():
        given = {key: value for key, value in values.items() if value}
        if given:
            # JSON's strings are TOML's basic strings but for DEL
            lines += [f"[{table}]", *(f"{key} = {_quoted(value)}" for key, value in given.items()), ""]
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write("\n".join(lines))
            opened.flush()
            os.fsync(opened.fileno())
    except FileExistsError as error:
        raise Refused("settings", _("There are settings already; nothing was changed. Start Desk again.")) from error


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
