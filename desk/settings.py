"""A seat's settings: one TOML file, checked whole before anything starts. Secrets are never in it: passwords and keys
live in the keyring under service "desk" (see `docs/settings.md`).

`load` reports a bad file as `SettingsError` with line and reason, and changes nothing. Unknown tables and keys are
refused, too: a setting that is misspelt must not be silently without effect. Read once, at start, by every process; no
thread of its own."""

import os
import re
import tomllib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import msgspec
import platformdirs

from desk.i18n import _
from desk.settings_checks import first_problem


@dataclass(frozen=True, kw_only=True)
class SeatSettings:
    """`name`: short, unique in the hotline, part of every ticket number (A-Z, 0-9, up to 8)."""

    name: str = "S01"
    agent: str = "1001"
    agent_name: str = ""
    language: Literal["zh_CN", "en"] = "zh_CN"
    theme: Literal["light", "dark", "system"] = "system"


@dataclass(frozen=True, kw_only=True)
class LineSettings:
    """`kind` "registered": user@registrar with a password from the keyring (entry "sip:user@registrar");
    "direct": no registrar, calls come from `peers` (IP addresses; empty = any) and go out to `registrar` if given."""

    label: str = "热线"
    kind: Literal["registered", "direct"] = "direct"
    user: str = "desk"
    registrar: str = ""  # host or host:port
    proxy: str = ""  # outbound proxy, "" = none
    transport: Literal["udp", "tcp"] = "udp"
    port: int = 5060  # local SIP port, 0 = any
    bind: str = ""  # local address, "" = all
    peers: tuple[str, ...] = ()
    area_code: str = ""  # the office's, put before local numbers: "0755"
    retry_s: int = 10  # after a failed registration
    expires_s: int = 120


@dataclass(frozen=True, kw_only=True)
class HeadsetSettings:
    """Device names; "" = the system's default. `kind` "none": no sound device is opened (a seat without headset)."""

    kind: Literal["sound", "none"] = "sound"
    microphone: str = ""
    earpiece: str = ""
    ring_device: str = ""


@dataclass(frozen=True, kw_only=True)
class CentralSettings:
    """`url` "" = standing alone. postgresql://host[:port]/database; the user is the agent's role, its password in the
    keyring (entry "central:user@host"). TLS is always verified against `ca_file` (or the system's store)."""

    url: str = ""
    user: str = ""
    ca_file: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordingSettings:
    """`folder` "" = inside the data folder."""

    folder: str = ""
    bitrate: int = 32_000  # Opus, both channels together


@dataclass(frozen=True, kw_only=True)
class Settings:
    seat: SeatSettings = field(default_factory=SeatSettings)
    line: LineSettings = field(default_factory=LineSettings)
    headset: HeadsetSettings = field(default_factory=HeadsetSettings)
    central: CentralSettings = field(default_factory=CentralSettings)
    recording: RecordingSettings = field(default_factory=RecordingSettings)
    data_dir: Path = field(default_factory=lambda: Path(platformdirs.user_data_dir("desk", appauthor=False)))
    runtime_dir: Path = field(default_factory=lambda: _default_runtime_dir())

    @property
    def store_file(self) -> Path:
        return self.data_dir / "seat.db"

    @property
    def spool_dir(self) -> Path:
        return self.data_dir / "spool"

    @property
    def recordings_dir(self) -> Path:
        return Path(self.recording.folder) if self.recording.folder else self.data_dir / "recordings"

    @property
    def log_dir(self) -> Path:
        return self.data_dir / "log"

    @property
    def crash_dir(self) -> Path:
        return self.data_dir / "crashes"


def _default_runtime_dir() -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR: a folder under the temporary one is as good
        return Path(platformdirs.user_runtime_dir("desk", appauthor=False))


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
        settings = msgspec.convert(untrusted_tree, Settings, dec_hook=_folder)
    except (msgspec.ValidationError, UnicodeEncodeError, RecursionError) as error:
        at = re.search(r"`\$\.?([\w.]*)", str(error))
        path = at[1].split(".") if at else []
        reason = _("{key} has the wrong kind of value ({detail})").format(
            key=".".join(path), detail=str(error).partition(" - at ")[0]
        )
        raise SettingsError(file, _line_of(text, path), reason) from error
    settings = replace(settings, data_dir=_whole(settings.data_dir), runtime_dir=_whole(settings.runtime_dir))
    problem = first_problem(settings)
    if problem is not None:
        key, reason = problem
        raise SettingsError(file, _line_of(text, key.split(".")), f"{key}: {reason}")
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
        "headset": HeadsetSettings,
        "central": CentralSettings,
        "recording": RecordingSettings,
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
        for key in value if isinstance(value, dict) else ():
            if key not in tables[name].__annotations__:
                raise SettingsError(
                    file,
                    _line_of(text, [name, key]),
                    _("there is no setting {key} in [{table}]").format(key=repr(key[:40]), table=name),
                )


def _line_of(text: str, path: Sequence[str]) -> int:
    """The line where this key stands, else its table, 0 if neither can be told."""
    table, table_line = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\[?([^\]]+)\]", line)
        key = re.match(r"""\s*([\w."' -]+?)\s*=""", line)
        if header:
            table = _bare(header[1])
            if path and table == path[0]:
                table_line = number
        elif key and ".".join(path) == ".".join(filter(None, (table, _bare(key[1])))):
            return number
        elif key and not table and path and _bare(key[1]).split(".")[0] == path[0]:
            table_line = number  # an inline table
    return table_line


def _bare(key: str) -> str:
    return re.sub(r"""[\s"']""", "", key)
