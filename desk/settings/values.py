"""What can be set at a seat, with its defaults: values only. Read from the file by `desk.settings`, checked by
`desk.settings.checks`, described for people in `docs/settings.md`."""

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

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
