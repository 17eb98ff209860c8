"""What came of checking one recording, and how it is to be checked: values. Any thread."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from desk.recording.proof.findings import Finding, What
from desk.recording.sealing import age


@dataclass(frozen=True, slots=True)
class Link:
    """A recording's place in its seat's chain."""

    chain: str
    place: int
    seal_hash: str
    previous: str


@dataclass(slots=True)
class Checked:
    """`stem`: "2026/11/22/<call_id>". `link` None where there is no seal to be read. `tombstone`: SHA-256 of the note
    on the deletion, "" where there is none to be read."""

    stem: str
    findings: list[Finding] = field(default_factory=list)
    link: Link | None = None
    is_recording: bool = False
    opened: bool = False
    deleted: bool = False
    tombstone: str = ""
    size_bytes: int = 0
    length_ms: int = 0
    out_of_reach: bool = False  # the vault itself did not answer

    def found(self, what: What, suffix: str = "", detail: object = "") -> None:
        self.findings.append(Finding(what, self.stem + suffix, str(detail)[:300]))

    @property
    def call_id(self) -> str:
        """As the name says."""
        return self.stem.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class How:
    """`identities` none: without a key, nothing is opened. `audio` False: nor is the audio read at all."""

    identities: Sequence[age.Identity] = ()
    audio: bool = True
    decode: bool = False
