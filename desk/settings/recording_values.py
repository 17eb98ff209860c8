"""What can be set of recordings, their vault, how long they stay and how they are scored: values only, as in
`desk.settings.values`."""

from dataclasses import dataclass
from typing import Literal


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
    """`sheets`: a folder of sheets; "" = those shipped. `samples`: random ones per agent and week. `answer_days`: for
    so many days after a score is final its agent finds the call, hears it and may answer, however old the call is."""

    sheets: str = ""
    samples: int = 3
    answer_days: int = 14
