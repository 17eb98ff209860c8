"""What can be set at a seat, with its defaults: values only. Read from the file by `desk.settings`, checked by
`desk.settings.checks`, described for people in `docs/settings.md`."""

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import platformdirs


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
class LineSettings:
    """`kind` "registered": user@registrar with a password from the keyring (entry "sip:user@registrar");
    "direct": no registrar, calls come from `peers` (IP addresses; empty = any) and go out to `registrar` if given.
    `backups`: registrars tried in this order while the first does not answer. `codecs` in the order of preference."""

    label: str = "热线"
    colour: Literal["blue", "green", "orange", "purple", "red", "grey"] = "blue"
    kind: Literal["registered", "direct"] = "direct"
    user: str = "desk"
    registrar: str = ""  # host or host:port
    proxy: str = ""  # outbound proxy, "" = none
    backups: tuple[str, ...] = ()  # host or host:port
    transport: Literal["udp", "tcp", "tls"] = "udp"
    ca_file: str = ""  # for tls: the company's CA, "" = the system's store
    srtp: Literal["off", "optional", "required"] = "off"
    codecs: tuple[Literal["G722", "PCMA", "PCMU", "GSM", "iLBC", "speex"], ...] = ("G722", "PCMA", "PCMU")
    port: int = 5060  # local SIP port, 0 = any
    bind: str = ""  # local address, "" = all
    peers: tuple[str, ...] = ()
    area_code: str = ""  # the office's, put before local numbers: "0755"
    retry_s: int = 10  # after a failed registration
    expires_s: int = 120
    auto_answer: bool = False  # every call of this line is answered at once
    auto_answer_header: bool = True  # a caller may ask for it: Call-Info answer-after, Alert-Info
    send_digits: Literal["rfc4733", "info"] = "rfc4733"
    voice_mail: str = ""  # what to dial to hear the messages; "" = no lamp


@dataclass(frozen=True, kw_only=True)
class HeadsetSettings:
    """Device names; "" = the system's default. `kind` "none": no sound device is opened (a seat without headset)."""

    kind: Literal["sound", "none"] = "sound"
    microphone: str = ""
    earpiece: str = ""
    ring_device: str = ""
    ring_on_speakers: bool = True  # also on the system's default device while the ring device is a headset
    keys: bool = True  # the headset's own hook and mute keys (USB HID)


@dataclass(frozen=True, kw_only=True)
class PhoneSettings:
    """How the telephone behaves, whichever line. Codes are dialled on `codes_line` ("" = the first), "" = there is
    none; `{number}` in a code is replaced."""

    hold_music: str = ""  # a WAV file; "" = silence
    greeting: bool = False  # the agent's recorded greeting (or the shipped one) is played on answer
    recording_notice: bool = False  # played after it
    forward_by: Literal["redirect", "code"] = "redirect"  # SIP 302, or the exchange's feature codes below
    no_answer_s: int = 20
    night_start: str = "20:00"
    night_end: str = "08:30"
    night_target: str = ""  # the monitoring centre
    codes_line: str = ""
    sign_in_code: str = ""
    sign_out_code: str = ""
    pause_code: str = ""
    resume_code: str = ""
    forward_always_code: str = ""  # "*72{number}"
    forward_busy_code: str = ""
    forward_no_answer_code: str = ""
    forward_off_code: str = ""
    listen_code: str = ""  # a supervisor's, "*222{number}"
    whisper_code: str = ""
    barge_code: str = ""
    hold_too_long_s: int = 60
    ring_too_long_s: int = 12
    global_keys: bool = True  # answer, hang up, mute while another program has the focus


@dataclass(frozen=True, kw_only=True)
class DialRule:
    """One row of the dial plan: a number that `pattern` (a whole regular expression) matches is sent as `send`, in
    which \\1 ... stand for its groups. `line` "" = whichever is free."""

    pattern: str
    send: str = "\\g<0>"
    line: str = ""


@dataclass(frozen=True, kw_only=True)
class DialSettings:
    """What the agent types becomes what the trunk wants. `rules` come first; then the plan that these words make."""

    outside_prefix: str = ""  # before every number that is no extension, "9"
    area_code: str = ""  # the office's; "" = the first line's
    extension_digits: tuple[int, ...] = (3, 4)
    trunk_zero: Literal["other_area", "always", "never"] = "other_area"  # 0 before a mobile number
    keep_area_code: bool = False  # local numbers are sent with their area code, too
    emergency: tuple[str, ...] = ("110", "119", "120", "122")
    rules: tuple[DialRule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CentralSettings:
    """`url` "" = standing alone. postgresql://host[:port]/database; the user is the agent's role, its password in the
    keyring (entry "central:user@host"). TLS is always verified against `ca_file` (or the system's store)."""

    url: str = ""
    user: str = ""
    ca_file: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordingSettings:
    """`folder`: the vault where `[vault]` names none; "" = inside the data folder. `recipients`: who may open what this
    seat seals, age recipients ("age1..."); none = the hotline's key in this seat's own keyring. `own_days`: how long
    agents may hear their own calls, 0 = never."""

    folder: str = ""
    codec: Literal["opus", "flac"] = "opus"
    bitrate: int = 32_000  # Opus, both channels together
    recipients: tuple[str, ...] = ()
    own_days: int = 7
    overflow_folder: str = ""  # where the spool goes on when its disk is full
    mirror: bool = False  # the spool is written there all the time, too
    warn_free_mb: int = 2_000  # of the spool's disk


@dataclass(frozen=True, kw_only=True)
class VaultSettings:
    """Where sealed recordings are kept. `url`: "s3://bucket/prefix", or a folder or share; "" = `[recording] folder`.
    The secret of `access_key` is in the keyring (entry "vault:access_key@bucket"). Limits in kbit/s, 0 = none."""

    url: str = ""
    endpoint: str = ""  # of an S3-compatible storage; "" = the region's own
    region: str = ""
    access_key: str = ""
    ca_file: str = ""
    upload_kbit_s: int = 0
    upload_in_call_kbit_s: int = 2_000  # while a call runs


@dataclass(frozen=True, kw_only=True)
class RetentionRule:
    """Recordings of calls older than `days` go, of those that fit all that is given: kinds of their ticket, tags of
    their household or person. Where several rules fit, the longest time counts."""

    days: int
    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RetentionSettings:
    """`rules` none: everything stays. `automatic`: once a day; else only by `desk retention`."""

    automatic: bool = False
    rules: tuple[RetentionRule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReplaySettings:
    """`search`: where calls are looked for: in this seat's store, or in the central database."""

    search: Literal["seat", "central"] = "seat"


@dataclass(frozen=True, kw_only=True)
class ScoreSettings:
    """`sheets`: a folder of sheets; "" = those shipped. `samples`: random ones per agent and week."""

    sheets: str = ""
    samples: int = 3


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
