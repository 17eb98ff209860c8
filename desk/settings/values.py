"""What can be set at a seat, with its defaults: values only. Read from the file by `desk.settings`, checked by
`desk.settings.checks`, described for people in `docs/settings.md`."""

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import platformdirs

from desk.settings.phone_values import DialSettings, HeadsetSettings, LineSettings, PhoneSettings
from desk.settings.recording_values import (
    RecordingSettings,
    ReplaySettings,
    RetentionSettings,
    ScoreSettings,
    VaultSettings,
)


@dataclass(frozen=True, kw_only=True)
class SeatSettings:
    """`name`: short, unique in the hotline, part of every ticket number (A-Z, 0-9, up to 8). `sign_in` "list": a work
    number of the register is enough; "password": the centre asks for its password; "ticket": for a Kerberos ticket."""

    name: str = "S01"
    agent: str = "1001"
    agent_name: str = ""
    language: Literal["zh_CN", "en"] = "zh_CN"
    theme: Literal["light", "dark", "system"] = "system"
    sign_in: Literal["list", "password", "ticket"] = "list"
    lock_minutes: int = 10  # without a key, a move of the mouse or a call; 0 = only on demand
    offline_days: int = 7  # somebody may sign in without the centre that long after it last let them in; 0 = never
    keep_passwords: Literal["unsent", "never"] = "unsent"  # in the keyring, until all of theirs is sent

    @property
    def sits(self) -> str:
        """Whose work number counts before anybody has signed in; "" nobody's."""
        return self.agent if self.sign_in == "list" else ""

    @property
    def machine(self) -> str:
        """Who signs what the seat writes by itself: where people prove who they are, nobody of them."""
        return self.sits or self.name


@dataclass(frozen=True, kw_only=True)
class CentralSettings:
    """`url` "" = standing alone. postgresql://host[:port]/database; the user is the agent's role, its password in the
    keyring (entry "central:user@host"). TLS is always verified against `ca_file` (or the system's store)."""

    url: str = ""
    user: str = ""
    ca_file: str = ""


@dataclass(frozen=True, kw_only=True)
class PoliciesSettings:
    """`folder`: of the company's own policy files, "" = the shipped ones; `estate`: a folder in it, for this estate."""

    folder: str = ""
    estate: str = ""


@dataclass(frozen=True, kw_only=True)
class TextsSettings:
    """`folder`: the company's own categories.toml and phrases.toml, in the place of the shipped ones; "" = none."""

    folder: str = ""


@dataclass(frozen=True, kw_only=True)
class CompanySettings:
    """`source`: where `desk enrol` looks for the company's file: a folder, a file, an address. `keys`: the only ones
    whose signature counts on this PC, none = those that an enrolment code brings."""

    source: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChannelSettings:
    """A way to people outside. `url`: of a signed webhook, or one of apprise's, in which `{secret}` is replaced by the
    keyring's entry "channel:name" and `{to}` by the recipient. `sends` False: messages for it are made here, and sent
    by other seats."""

    name: str = ""
    kind: Literal["webhook", "apprise"] = "webhook"
    url: str = ""
    receipts: str = ""  # webhook: asked what became of a message; "" = nobody
    ca_file: str = ""
    quiet: bool = True  # quiet hours hold its messages
    sends: bool = True


@dataclass(frozen=True, kw_only=True)
class NotifyRuleSettings:
    """When a ticket comes to stage `when`, the template is sent by the channel: to the resident's own number, to the
    handler's, or to whoever the channel has. Or, when an early warning comes to step `warning`: to whose turn it is, or
    to whoever the channel has. `kinds` none = tickets of every kind."""

    when: str = ""
    warning: str = ""
    template: str = ""
    channel: str = ""
    to: Literal["contact", "handler", "channel", "turn"] = "contact"
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NotifySettings:
    """`hotline`: how messages name the sender. `templates`: a file of own templates beside the shipped ones. `link`:
    what the links of handlers' messages begin with, "" = they have none; the sealed end is put behind it."""

    hotline: str = ""
    templates: str = ""
    link: str = ""
    quiet_start: str = "21:30"
    quiet_end: str = "08:00"
    expire_h: int = 24  # what could not be sent for so long is dropped
    rules: tuple[NotifyRuleSettings, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ResidentsSettings:
    """Lists of residents that another system puts into `folder` ("" = none), imported by `mapping` (a file). A list
    that would change or end more than `most_changed` percent of its rows is refused."""

    folder: str = ""
    mapping: str = ""
    every_minutes: int = 10
    end_missing: bool = False
    most_changed: int = 20


@dataclass(frozen=True, kw_only=True)
class TicketHookSettings:
    """Where every ticket that is made or changed is told of; "" = nowhere. The secret that signs is in the keyring
    (entry "hook:host"). `since`: a day; tickets registered before are not told of, "" = from the first start on."""

    url: str = ""
    ca_file: str = ""
    since: str = ""


@dataclass(frozen=True, kw_only=True)
class StoreSettings:
    """`second_folder`: where the second copy of unsent work lies, sealed; "" = `unsent` in the data folder, which
    survives damage to the store but not the loss of the disk."""

    second_folder: str = ""


@dataclass(frozen=True, kw_only=True)
class DoctorSettings:
    """`desk doctor`. Its test call calls what the self-check does."""

    certificate_days: int = 21  # a certificate that ends sooner is told


@dataclass(frozen=True, kw_only=True)
class SupportSettings:
    """Support bundles. `recipients`: age recipients who may open them, () = the seat's own key. `upload`: a folder or
    an https address that they are brought to, "" = they stay at the seat. `keep`: so many stay."""

    recipients: tuple[str, ...] = ()
    upload: str = ""
    keep: int = 20


@dataclass(frozen=True, kw_only=True)
class UpdateSettings:
    """`channel`: a folder, or the address of one, where new versions are offered; "" = none is looked for. `keys`:
    minisign's public keys, one of which must have signed what is offered. `folder`: where versions lie; "" = the
    computer's own, else in the data folder."""

    channel: str = ""
    keys: tuple[str, ...] = ()
    ca_file: str = ""  # of the channel's server, "" = the system's store
    folder: str = ""
    every_minutes: int = 60
    kbit_s: int = 4_000  # 0 = no limit


@dataclass(frozen=True, kw_only=True)
class SelfCheckSettings:
    """The seat calls itself at night. `at`: from which time of the day on, "" = never; all seats within ten minutes
    after it, each at a moment of its own. `number`: what to call, "" = the line's own; one that sends back what it
    hears will do. `line`: its label, "" = the first. `idle_minutes`: so long nobody has touched the PC or talked."""

    at: str = ""
    number: str = ""
    line: str = ""
    idle_minutes: int = 30


@dataclass(frozen=True, kw_only=True)
class Settings:
    seat: SeatSettings = field(default_factory=SeatSettings)
    lines: tuple[LineSettings, ...] = (LineSettings(),)  # `[line]`, or `[[line]]` for each
    phone: PhoneSettings = field(default_factory=PhoneSettings)
    dial: DialSettings = field(default_factory=DialSettings)
    headset: HeadsetSettings = field(default_factory=HeadsetSettings)
    central: CentralSettings = field(default_factory=CentralSettings)
    recording: RecordingSettings = field(default_factory=RecordingSettings)
    vault: VaultSettings = field(default_factory=VaultSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    replay: ReplaySettings = field(default_factory=ReplaySettings)
    score: ScoreSettings = field(default_factory=ScoreSettings)
    policies: PoliciesSettings = field(default_factory=PoliciesSettings)
    texts: TextsSettings = field(default_factory=TextsSettings)
    company: CompanySettings = field(default_factory=CompanySettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    doctor: DoctorSettings = field(default_factory=DoctorSettings)
    support: SupportSettings = field(default_factory=SupportSettings)
    notify: NotifySettings = field(default_factory=NotifySettings)
    channels: tuple[ChannelSettings, ...] = ()  # `[[channel]]`
    residents: ResidentsSettings = field(default_factory=ResidentsSettings)
    ticket_hook: TicketHookSettings = field(default_factory=TicketHookSettings)
    update: UpdateSettings = field(default_factory=UpdateSettings)
    self_check: SelfCheckSettings = field(default_factory=SelfCheckSettings)
    data_dir: Path = field(default_factory=lambda: Path(platformdirs.user_data_dir("desk", appauthor=False)))
    runtime_dir: Path = field(default_factory=lambda: _default_runtime_dir())

    @property
    def line(self) -> LineSettings:
        """The first: the one that is meant where none is named."""
        return self.lines[0]

    @property
    def store_file(self) -> Path:
        return self.data_dir / "seat.db"

    @property
    def second_dir(self) -> Path:
        """The second copy of unsent work, this seat's own in a share that many seats may use."""
        second = self.store.second_folder
        return Path(second) / self.seat.name if second else self.data_dir / "unsent"

    @property
    def spool_dir(self) -> Path:
        return self.data_dir / "spool"

    @property
    def spool_dirs(self) -> tuple[Path, ...]:
        """Where the spool of a call may lie: its folder, and the second one where there is one, this seat's own in a
        share that many seats may use."""
        second = self.recording.overflow_folder
        return (self.spool_dir, Path(second) / self.seat.name) if second else (self.spool_dir,)

    @property
    def sealed_dir(self) -> Path:
        """Sealed recordings that wait for the vault."""
        return self.data_dir / "sealed"

    @property
    def self_check_dir(self) -> Path:
        """What the seat's call of itself leaves: a store and recordings of its own, gone with the next one."""
        return self.data_dir / "self_check"

    @property
    def recordings_dir(self) -> Path:
        return Path(self.recording.folder) if self.recording.folder else self.data_dir / "recordings"

    @property
    def log_dir(self) -> Path:
        return self.data_dir / "log"

    @property
    def crash_dir(self) -> Path:
        return self.data_dir / "crashes"

    @property
    def support_dir(self) -> Path:
        """Support bundles."""
        return self.data_dir / "support"


def _default_runtime_dir() -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR: a folder under the temporary one is as good
        return Path(platformdirs.user_runtime_dir("desk", appauthor=False))
