"""What an evidence pack is about: one call, told whole to those who dispute it, with other residents left out of it.
Values; who is left out is decided by `desk.domain.evidence_mask`."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.call_log import CallEntry, RecordingEntry
from desk.domain.changes import Change
from desk.domain.listening import Comment, Listening
from desk.domain.tickets import Ticket


class SoundForm(Enum):
    """What plain audio is written as."""

    WAV = "wav"
    MP3 = "mp3"
    OPUS = "opus"


@dataclass(frozen=True, slots=True)
class SoundOrder:
    """`mixed`: both sides in one channel; else left the caller, right the agent."""

    form: SoundForm
    mixed: bool = False

    @property
    def text(self) -> str:
        """As it stands in the listening log."""
        return f"{self.form.value} {'mixed' if self.mixed else 'two channels'}"


@dataclass(frozen=True, slots=True)
class TicketStory:
    """A ticket with all its changes, oldest first: its own and those of its tasks, attempts, promises, messages,
    follow-ups, warnings and questions, and of other calls of the caller. `own` False: as far as anybody knows another
    resident's, which this call, or a ticket of the caller's, joined."""

    ticket: Ticket
    changes: tuple[Change, ...]
    own: bool


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The `seal_hash` of the recordings before and after in the seat's chain, "" where there is none (yet). Hashes
    only: whose calls they were stays out of it."""

    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything but the audio and its seal, already masked. `names`: what people read for an id (a person's name, a
    home's place) that stands in a change. `call_changes`, `recording_changes`: oldest first."""

    call: CallEntry
    recording: RecordingEntry
    tickets: tuple[TicketStory, ...]
    call_changes: tuple[Change, ...]
    recording_changes: tuple[Change, ...]
    comments: tuple[Comment, ...]
    listenings: tuple[Listening, ...]
    neighbours: Neighbours
    names: tuple[tuple[str, str], ...]
    masked: int  # values that were left out
    made_at: datetime
    made_by: str  # work number
    seat: str
