"""A seat's settings: one TOML file, checked whole before anything starts. Secrets are never in it: passwords and keys
live in the keyring under service "desk" (see `docs/settings.md`).

`load` reports a bad file as `SettingsError` with line and reason, and changes nothing. Unknown tables and keys are
refused, too: a setting that is misspelt must not be silently without effect. Read once, at start, by every process; no
thread of its own."""

import os
import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from desk.i18n import _
from desk.settings.checks import first_problem
from desk.settings.values import (
    CentralSettings,
    ChannelSettings,
    DialRule,
    DialSettings,
    HeadsetSettings,
    LineSettings,
    NotifyRuleSettings,
    NotifySettings,
    PhoneSettings,
    PoliciesSettings,
    RecordingSettings,
    ReplaySettings,
    ResidentsSettings,
    RetentionRule,
    RetentionSettings,
    ScoreSettings,
    SeatSettings,
    Settings,
    StoreSettings,
    TicketHookSettings,
    VaultSettings,
)

_SEVERAL = ("line", "channel")  # tables that there may be several of


class SettingsError(Exception):
    """A settings file that cannot be used. `line` is 1-based, 0 where no single line is to blame."""

    def __init__(self, file: Path, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}" if line else f"{file}: {reason}")
        self.file, self.line, self.reason = file, line, reason


def default_file() -> Path:
    """`DESK_SETTINGS` where set, else settings.toml in the user's configuration folder."""
    named = os.environ.get("DESK_SETTINGS")
    return Path(named) if named else Path(platformdirs.user_config_dir("desk", appauthor=False)) / "settings.toml"


def language_hint(file: Path) -> str:
    """The language that this file asks for, however broken the rest of it is; Chinese where it does not say."""
    try:
        found = re.search(rb"""^\s*language\s*=\s*["'](en|zh_CN)["']""", file.read_bytes(), re.MULTILINE)
    except OSError:
        found = None
    return found[1].decode() if found else "zh_CN"


def load(file: Path) -> Settings:
    """The settings in this file; the defaults where there is none. Raises `SettingsError`."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Settings()
    except UnicodeDecodeError as error:
        raise SettingsError(file, 0, _("the file is not text in UTF-8")) from error
    except OSError as error:
        raise SettingsError(file, 0, _("the file cannot be read ({detail})").format(detail=error.strerror)) from error
    untrusted_tree = _parse(file, text)
    _refuse_unknown(file, text, untrusted_tree)
    try:
        settings = msgspec.convert(_with_lines(untrusted_tree), Settings, dec_hook=_folder)
    except (msgspec.ValidationError, UnicodeEncodeError, RecursionError) as error:
        at = re.search(r"`\$\.?([\w.\[\]]*)", str(error).replace("[...]", ""))
        path = re.sub(r"^(line|channel)s\b", r"\1", at[1]).split(".") if at else []
        reason = _("{key} has the wrong kind of value ({detail})").format(
            key=_shown(".".join(path)), detail=str(error).partition(" - at ")[0]
        )
        raise SettingsError(file, _line_of(text, path), reason) from error
    settings = replace(settings, data_dir=_whole(settings.data_dir), runtime_dir=_whole(settings.runtime_dir))
    problem = first_problem(settings)
    if problem is not None:
        key, reason = problem
        raise SettingsError(file, _line_of(text, key.split(".")), f"{_shown(key)}: {reason}")
    return settings


def _parse(file: Path, text: str) -> dict[str, Any]:
    lines = len(text.splitlines())
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+)", str(error))
        reason = _("not TOML ({detail})").format(detail=str(error).partition(" (at ")[0])
        raise SettingsError(file, int(at[1]) if at else lines, reason) from error
    except (RecursionError, ValueError) as error:  # nested too deep; a number or a date beyond Python's
        raise SettingsError(file, lines, _("not TOML ({detail})").format(detail=type(error).__name__)) from error


def _with_lines(tree: dict[str, Any]) -> dict[str, Any]:
    """`[line]` and `[[line]]` as the tuple that they mean; `[[channel]]`, too."""
    rest = {key: value for key, value in tree.items() if key not in _SEVERAL}
    for key in _SEVERAL:
        found = tree.get(key, [])
        if several := found if isinstance(found, list) else [found]:
            rest[f"{key}s"] = several
    return rest


def _folder(_kind: type, value: Any) -> Path:
    """msgspec's hook for what it does not know: folders, checked to be texts."""
    return Path(value)


def _whole(folder: Path) -> Path:
    """~ stands for the home folder."""
    try:
        return folder.expanduser()
    except RuntimeError:  # there is no such user
        return folder


def _refuse_unknown(file: Path, text: str, tree: dict[str, object]) -> None:
    tables = {
        "seat": SeatSettings,
        "line": LineSettings,
        "phone": PhoneSettings,
        "dial": DialSettings,
        "headset": HeadsetSettings,
        "central": CentralSettings,
        "recording": RecordingSettings,
        "vault": VaultSettings,
        "retention": RetentionSettings,
        "replay": ReplaySettings,
        "score": ScoreSettings,
        "policies": PoliciesSettings,
        "store": StoreSettings,
        "residents": ResidentsSettings,
        "ticket_hook": TicketHookSettings,
        "notify": NotifySettings,
        "channel": ChannelSettings,
    }
    for name, value in tree.items():
        if name in ("data_dir", "runtime_dir"):
            if not isinstance(value, str):
                raise SettingsError(file, _line_of(text, [name]), _("{key} is a text in quotes").format(key=name))
            continue
        if name not in tables:
            raise SettingsError(
                file, _line_of(text, [name]), _("there is no setting {key}").format(key=repr(name[:40]))
            )
        for number, key in _keys(value):
            if key not in tables[name].__annotations__:
                raise SettingsError(
                    file,
                    _line_of(text, [f"{name}[{number}]", key]),
                    _("there is no setting {key} in [{table}]").format(key=repr(key[:40]), table=name),
                )
    _refuse_unknown_of_rules(file, text, tree, "dial", DialRule)
    _refuse_unknown_of_rules(file, text, tree, "retention", RetentionRule)
    _refuse_unknown_of_rules(file, text, tree, "notify", NotifyRuleSettings)


def _refuse_unknown_of_rules(file: Path, text: str, tree: dict[str, object], table: str, rule: type) -> None:
    found = tree.get(table)
    for _number, key in _keys(found.get("rules") if isinstance(found, dict) else None):
        if key not in rule.__annotations__:
            raise SettingsError(
                file,
                _line_of(text, [table, "rules", key]) or _line_of(text, [table, "rules"]),
                _("there is no setting {key} in [{table}]").format(key=repr(key[:40]), table=f"{table}.rules"),
            )


def _keys(value: object) -> list[tuple[int, str]]:
    """Of a table, or of all tables of an array: which of them, and the key."""
    tables = value if isinstance(value, list) else [value]
    return [(number, key) for number, table in enumerate(tables) if isinstance(table, dict) for key in table]


def _line_of(text: str, path: Sequence[str]) -> int:
    """The line where this key stands, else its table, 0 if neither can be told. A part of the path may say which table
    of an array is meant: `line[1]`."""
    counted = re.fullmatch(r"(.*?)\[(\d+)\]", path[0]) if path else None
    wanted = int(counted[2]) if counted else 0
    path = [re.sub(r"\[\d+\]", "", part) for part in path]
    table, table_line, seen = "", 0, -1
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\[?([^\]]+)\]", line)
        key = re.match(r"""\s*([\w."' -]+?)\s*=""", line)
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


def _shown(key: str) -> str:
    return re.sub(r"\[\d+\]", "", key)


def _bare(key: str) -> str:
    return re.sub(r"""[\s"']""", "", key)
