"""What the use cases of recordings need of the world: searching calls, opening what is sealed, hearing it, proving it,
deleting it. As in `ports`, each says which thread may call it, what it costs and how it fails."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from desk.domain.call_log import CallPlace, RecordingEntry
from desk.domain.call_search import CallHit, CallQuery
from desk.domain.changes import Change
from desk.domain.evidence import Evidence, SoundOrder
from desk.domain.identity import CallId
from desk.domain.listening import Comment, Listening
from desk.domain.retention import Aging
from desk.domain.scores import Sample, Score


class AudioSink(Protocol):
    """Where a recording is heard. One thread at a time, never the ui's. Samples are 16-bit little endian,
    interleaved."""

    def open(self, rate_hz: int, channels: int) -> None:
        """Take the device. Raises `SinkLost`."""
        ...

    def write(self, samples: bytes) -> None:
        """Waits until the device has room for them (it keeps a fraction of a second). Raises `SinkLost`."""
        ...

    def drop(self) -> None:
        """Forget what was written and is not heard yet. Never raises."""
        ...

    def close(self) -> None:
        """Give the device back; what it still holds is dropped. Never raises, and does nothing twice."""
        ...


class CallSearch(Protocol):
    """Looking for calls among millions, any fields together. Any thread but the ui's; a page in some 50 ms."""

    def page(self, query: CallQuery, after: CallPlace | None, limit: int) -> list[CallHit]:
        """The newest that fit and are older than `after` (None: the newest of all), newest first. Raises `SearchAway`
        where what is searched cannot be reached."""
        ...


class Listenings(Protocol):
    """Reads of what was listened to. Any thread."""

    def of_call(self, call_id: CallId) -> list[Listening]:
        """Oldest first."""
        ...


class Comments(Protocol):
    def of_call(self, call_id: CallId) -> list[Comment]:
        """Those not removed, in the order of their moment."""
        ...


class Scores(Protocol):
    def of_call(self, call_id: CallId) -> list[Score]:
        """Newest first."""
        ...

    def of_agent(self, agent: str, since: datetime, until: datetime) -> list[Score]:
        """Those given in this time, newest first."""
        ...

    def between(self, since: datetime, until: datetime) -> list[Score]:
        """The same of all agents."""
        ...

    def answered(self, scored_by: str) -> list[Score]:
        """Those that this person gave, with a new answer (`Score.has_new_answer`), newest answer first."""
        ...

    def samples(self, period: str) -> list[Sample]: ...


class AudioStream(Protocol):
    """The plain audio file of a recording, while it is still being loaded and opened: what is read is proven to be what
    was sealed, span by span. One reader's thread; it fills up from a thread of its own. A binary file that can seek,
    as PyAV takes it; a read waits for bytes that are not there yet. When loading failed or a span was changed, what was
    proven before is still read in pieces; a read behind it, one of the whole, and `tell` raise `StreamBroken`."""

    def read(self, size: int = -1, /) -> bytes: ...

    def seek(self, offset: int, whence: int = 0, /) -> int: ...

    def tell(self) -> int: ...

    def close(self) -> None:
        """Loading stops."""
        ...

    @property
    def size(self) -> int:
        """Bytes of the whole."""
        ...

    @property
    def loaded(self) -> int:
        """Bytes that can be read without waiting, from the start. Any thread."""
        ...


class Opener(Protocol):
    """Opens sealed recordings, wherever they lie. Any thread but the ui's."""

    def open(self, entry: RecordingEntry) -> AudioStream:
        """Raises `RecordingAway` (not in the vault), `VaultAway`, `VaultRefused`, `NotForYou` (no key here opens it),
        `StreamBroken` (not what was sealed)."""
        ...


class Histories(Protocol):
    """What became of one thing, change by change. Any thread."""

    def of(self, entity: str, entity_id: str) -> list[Change]:
        """All of its changes in the order they count: the centre's, then those it has not ordered yet by their time."""
        ...


class SealedLog(Protocol):
    """What the change log says of sealed recordings. Any thread."""

    def hash_at(self, chain: str, place: int) -> str:
        """The `seal_hash` of the recording at this place of a seat's chain; "" where the log knows none."""
        ...


class Cancelled(Exception):
    """Somebody wanted it no longer; nothing is left of it."""


Progress = Callable[[float], None]  # 0.0 to 1.0; may raise `Cancelled`


class Pack(Protocol):
    """An evidence pack that is made and not yet on any disk."""

    @property
    def sha256(self) -> str:
        """Of the file as `write` writes it."""
        ...

    def write(self, target: Path) -> None:
        """All of it or nothing, durable; an older file of that name is replaced. Raises `OSError`."""
        ...


class PackMaker(Protocol):
    def make(self, evidence: Evidence, progress: Progress) -> Pack:
        """With the audio and its seal. Raises what `Opener.open` raises, and `Cancelled`."""
        ...


class SoundWriter(Protocol):
    def write(self, audio: AudioStream, call_id: CallId, order: SoundOrder, target: Path, progress: Progress) -> None:
        """Plain audio that names the call and not the caller. All of it or nothing; an older file of that name is
        replaced. Raises `OSError`, `StreamBroken`, `Cancelled`."""
        ...


class AgingRecordings(Protocol):
    """Recordings by their age, for retention. A worker's thread; five hundred take some tenths of a second."""

    def page(self, before: datetime, after: CallPlace | None, limit: int) -> list[Aging]:
        """Those kept and not deleted, of calls offered before this time and later than `after` (None: the oldest of
        all), oldest first."""
        ...

    def count(self) -> int:
        """How many are kept and not deleted."""
        ...


class RecordingChanges(Protocol):
    """Writes what depends on how a recording stands at that very moment: another process of the seat may change it
    between a look and the writing. Any thread."""

    def append_if(
        self, call_id: CallId, fits: Callable[[RecordingEntry | None], bool], changes: Sequence[Change]
    ) -> bool:
        """As `ChangeLog.append`, where `fits` says so of the recording; nobody writes in between. Whether it did.
        `fits` is quick and asks the store nothing. Raises `StoreFull`, `StoreBroken`."""
        ...


class RecordingEraser(Protocol):
    """Takes recordings out of the vault. Any thread but the ui's; raises `VaultAway`, `VaultRefused`, `OSError`."""

    def holds(self, file: str) -> bool:
        """Whether this vault has it."""
        ...

    def erase(self, file: str, tombstone: Mapping[str, str]) -> None:
        """First the tombstone, then the audio and every key beside the seal; the seal stays. Done again, it completes
        what is missing."""
        ...

    def spare(self, file: str) -> None:
        """Take the tombstone of a recording away that was not erased after all."""
        ...


class Erasures(Protocol):
    """Deletions that have begun at this seat: durable when a call returns. Raises `OSError`."""

    def begin(self, call_id: CallId) -> None: ...

    def end(self, call_id: CallId) -> None: ...

    def begun(self) -> list[CallId]: ...


class RecordingFiles(Protocol):
    """The recordings folder. Any thread; some milliseconds for an hour of speech."""

    def read(self, file: str) -> bytes:
        """The whole recording, by its name in `RecordingEntry.file`. Raises `FileNotFoundError` (also for a name that
        leads out of the folder) or another `OSError`."""
        ...


class SearchAway(Exception):
    """What is searched cannot be reached now."""


class VaultAway(Exception):
    """The vault does not answer: try again later."""


class VaultRefused(Exception):
    """The vault answers and will not: wrong key, read-only, no such bucket."""


class VaultTaken(Exception):
    """Something else lies in the vault under this name; nothing was overwritten."""


class RecordingAway(Exception):
    """The vault does not hold this recording."""


class NotForYou(Exception):
    """No key in this seat's keyring opens this recording."""


class StreamBroken(Exception):
    """This is not what was sealed."""


class LoadBrokeOff(StreamBroken):
    """The vault stopped answering while it was loaded. Nothing says that it was changed: it may be whole next time."""


class SinkLost(Exception):
    """There is no such sound device, or it is there no longer."""
