"""A call's manifest as read back: what the phone process wrote down of one call, as plain values. It is where the
call log and the recording's marks come from.

The agent's and caller's digits are never in it, only how many there were: people type card numbers. Pure values."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.identity import CallId
from desk.domain.party import Direction, Party
from desk.domain.tally import Tally


class WhyMissing(Enum):
    """Why a call has no recording. `RecordingEntry.why` is one of these values, or one of them with ": " and a detail
    behind it (see `why_missing`)."""

    NOT_ANSWERED = "not answered"
    INTERRUPTED = "interrupted before audio"  # the phone process died before the first frame
    NO_AUDIO = "no audio came"  # answered, and not one frame was heard or said
    DISK_FULL = "disk full"
    UNWRITABLE = "spool not writable"
    LOST = "audio file lost"  # the manifest tells of audio that is not there any more
    UNSEALABLE = "could not be encoded"  # the raw audio is kept aside in the spool
    UNREADABLE = "manifest not readable"  # what there is of the call is kept aside in the spool


# `Journal.reason` of a call that is told as far as it can be: what is told once the rest is there takes its place.
REST_AWAY = "the rest of it lies in a folder that is away"


def why_missing(why: str) -> tuple[WhyMissing | None, str]:
    """The reason and the detail in `RecordingEntry.why`; (None, the whole text) for one that is not ours."""
    reason, _, detail = why.partition(": ")
    try:
        return WhyMissing(reason), detail
    except ValueError:
        return None, why


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened while audio ran. `audio_ms`: its place in the recording, from the first frame."""

    audio_ms: int
    name: str  # an event of `desk.recording.spool.manifest` (answered, held, muted, far_silent ...), gap, failed
    detail: str = ""

    @property
    def text(self) -> str:
        """As it stands in `RecordingEntry.marks`: "12.340 held"."""
        return f"{self.audio_ms / 1000:.3f} {self.name} {self.detail}".rstrip()

    @classmethod
    def read(cls, untrusted_text: str) -> "Mark":
        """What `text` wrote; its place is 0 where that cannot be read. Never raises."""
        at, _, rest = untrusted_text.partition(" ")
        name, _, detail = rest.partition(" ")
        try:
            return cls(round(float(at) * 1000), name, detail)
        except (ValueError, OverflowError):
            return cls(0, name, detail)


@dataclass(frozen=True, slots=True)
class Start:
    """Audio begins, or goes on: its place in the recording, and the time."""

    audio_ms: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Journal:
    """One call. Times are aware UTC; `ended_at` None while it runs. `rate_hz` 0 = audio never began. `failures`: what
    went wrong with the spool, in the order it did ("disk full: ..."). `damaged_lines`: lines that could not be read
    and were passed over. `heard`: how the call was heard, None where that was never measured. `rang` False: nobody
    was to hear it, it was sent on or refused at once. `transferred_to`: where its far side went, or where it was
    sent unanswered. `agent`: who answered it, else who sat here when it came."""

    call_id: CallId
    line: str
    direction: Direction
    party: Party
    seat: str
    agent: str
    offered_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cause: int = 0
    reason: str = ""
    by_us: bool = False
    interrupted: bool = False
    rate_hz: int = 0
    marks: tuple[Mark, ...] = ()
    failures: tuple[str, ...] = ()
    damaged_lines: int = 0
    rang: bool = True
    transferred_to: str = ""
    heard: Tally | None = None
    starts: tuple[Start, ...] = ()
