"""A seat's settings: one TOML file, checked whole before anything starts. Secrets are never in it: passwords and keys
live in the keyring under service "desk" (see `docs/settings.md`).

`load` reports a bad file as `SettingsError` with line and reason, and changes nothing. Read once, at start, by every
process; no thread of its own."""

import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec
import platformdirs


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
    runtime_dir: Path = field(default_factory=lambda: Path(platformdirs.user_runtime_dir("desk", appauthor=False)))

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


class SettingsError(Exception):
    """A settings file that cannot be used. `line` is 1-based, 0 where no single line is to blame."""

    def __init__(self, file: Path, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}" if line else f"{file}: {reason}")
        self.file, self.line, self.reason = file, line, reason


def default_file() -> Path:
    """`DESK_SETTINGS` where set, else settings.toml in the user's configuration folder."""
    named = os.environ.get("DESK_SETTINGS")
    return Path(named) if named else Path(platformdirs.user_config_dir("desk", appauthor=False)) / "settings.toml"


def load(file: Path) -> Settings:
    """The settings in this file; the defaults where there is none. Raises `SettingsError`."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(file, 0, str(error)) from error
    try:
        untrusted_tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        raise SettingsError(file, int(at[1]) if at else len(text.splitlines()), str(error)) from error
    _refuse_unknown(file, text, untrusted_tree)
    try:
        return msgspec.convert(untrusted_tree, Settings)
    except msgspec.ValidationError as error:
        path = re.search(r"`\$\.?([\w.]*)", str(error))
        line = _line_of(text, path[1].split(".")) if path else 0
        raise SettingsError(file, line, str(error)) from error


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
            continue
        if name not in tables:
            raise SettingsError(file, _line_of(text, [name]), f"unknown table or key {name!r}")
        for key in value if isinstance(value, dict) else ():
            if key not in tables[name].__annotations__:
                raise SettingsError(file, _line_of(text, [name, key]), f"unknown key {key!r} in [{name}]")


def _line_of(text: str, path: list[str]) -> int:
    """The line where this key stands, 0 if it cannot be told."""
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[([\w.]+)\]", line)
        if header:
            table = header[1]
            if path == [table]:
                return number
        elif (key := re.match(r"\s*([\w-]+)\s*=", line)) and path in ([table, key[1]], [key[1]]):
            return number
    return 0
