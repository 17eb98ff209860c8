"""Taking a recording out of the hotline: as an evidence pack, or as plain audio. Only supervisors may, and each time is
on record before anything is written: a pack is made in memory, its SHA-256 goes into the listening log, and then the
file appears; so a pack without its entry never exists. A refused or failed try is an entry, too.

A worker's thread: some seconds for a long call."""

from pathlib import Path

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.evidence import Evidence, SoundOrder
from desk.domain.identity import CallId
from desk.domain.listening import Access, Listener, NotAllowed, may_export
from desk.usecases.gather_evidence import GatherEvidence
from desk.usecases.listening_log import ListeningLog
from desk.usecases.ports import CallLog, Clock, KeyMissing, KeyringWeak
from desk.usecases.recording_ports import (
    Cancelled,
    NotForYou,
    Opener,
    PackMaker,
    Progress,
    RecordingAway,
    SoundWriter,
    StreamBroken,
    VaultAway,
    VaultRefused,
)

_CANNOT = (KeyMissing, KeyringWeak, NotForYou, RecordingAway, StreamBroken, VaultAway, VaultRefused)


class EvidenceRefused(Exception):
    """`why`: not allowed; None: there is no recording to take out, and `entry` says why not (None: not logged yet)."""

    def __init__(self, why: NotAllowed | None, entry: RecordingEntry | None = None) -> None:
        super().__init__(why.value if why else "no recording")
        self.why, self.entry = why, entry


class _Leave:
    """Who may take a recording out; a refused or failed try is on record."""

    def __init__(self, listening_log: ListeningLog, calls: CallLog) -> None:
        self._log, self._calls = listening_log, calls

    def taken(self, what: str, listener: Listener, call_id: CallId) -> RecordingEntry:
        """The recording. Raises `EvidenceRefused`."""
        refused = may_export(listener)
        if refused is not None:
            self._log.note(Access.REFUSED, call_id, f"{what}: {refused.value}")
            raise EvidenceRefused(refused)
        entry = self._calls.recording(call_id)
        if entry is None or entry.kept is RecordingKept.MISSING or entry.deleted_at is not None:
            why = "not logged" if entry is None else "deleted" if entry.deleted_at else "no recording"
            self._log.note(Access.REFUSED, call_id, f"{what}: {why}")
            raise EvidenceRefused(None, entry)
        return entry

    def failed(self, what: str, call_id: CallId, error: Exception) -> None:
        self._log.note(Access.REFUSED, call_id, f"{what}: {type(error).__name__}")


class MakePack:
    """See the module. `gather` collects and masks, `packs` puts the file together."""

    def __init__(
        self,
        listening_log: ListeningLog,
        clock: Clock,
        seat: str,
        calls: CallLog,
        gather: GatherEvidence,
        packs: PackMaker,
    ) -> None:
        self._log, self._leave = listening_log, _Leave(listening_log, calls)
        self._clock, self._seat, self._gather, self._packs = clock, seat, gather, packs

    def make(
        self, call_id: CallId, listener: Listener, target: Path, progress: Progress = lambda _share: None
    ) -> Evidence:
        """Write the pack of this call; what is in it. Raises `EvidenceRefused`, what `Opener.open` raises, `Cancelled`
        (out of `progress`), `OSError`, `StoreFull`, `StoreBroken`; in each case no file was written, but for a fault
        of the disk, and then no half of one."""
        entry = self._leave.taken("pack", listener, call_id)
        try:
            evidence = self._gather.gather(call_id, entry, self._clock(), listener.agent, self._seat)
            pack = self._packs.make(evidence, progress)
        except _CANNOT as error:
            self._leave.failed("pack", call_id, error)
            raise
        self._log.note(Access.PACKED, call_id, pack.sha256)
        pack.write(target)
        progress(1.0)
        return evidence


class ExportAudio:
    def __init__(self, listening_log: ListeningLog, calls: CallLog, opener: Opener, sounds: SoundWriter) -> None:
        self._log, self._leave = listening_log, _Leave(listening_log, calls)
        self._opener, self._sounds = opener, sounds

    def export(
        self,
        call_id: CallId,
        listener: Listener,
        order: SoundOrder,
        target: Path,
        progress: Progress = lambda _share: None,
    ) -> None:
        """Raises as `MakePack.make` does."""
        what = f"export {order.text}"
        entry = self._leave.taken(what, listener, call_id)
        try:
            audio = self._opener.open(entry)
        except _CANNOT as error:
            self._leave.failed(what, call_id, error)
            raise
        try:
            self._log.note(Access.EXPORTED, call_id, order.text)
            self._sounds.write(audio, call_id, order, target, progress)
        finally:
            audio.close()


__all__ = ["Cancelled", "EvidenceRefused", "ExportAudio", "MakePack", "Progress"]
