"""Sealed recordings that are lost on their way to the vault: logged, waiting for it, and gone from where they waited
(deleted, restored from an older copy, or set aside by the uploader because the disk had damaged them). Every
sample still lies in the spool, so they are sealed again, and the log is told.

The vault is asked first. Where it holds the recording already, that is confirmed; where it holds something else, or a
part, nothing is done but telling: nothing in a vault is overwritten, and the spool stays.

A worker's thread of the sync process; it may wait as long as a network does."""

import hashlib
import logging
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from desk.domain.call_log import RecordingEntry
from desk.domain.identity import CallId
from desk.domain.seal import AUDIO_SUFFIX
from desk.recording.sealing.seal_file import MOST_BYTES, SealDamaged, read_seal, seal_name
from desk.recording.vault.port import Pace, Source, read_all, unhurried
from desk.usecases.ports import Clock, StoreBroken, StoreFull
from desk.usecases.recording_ports import RecordingAway, VaultAway, VaultRefused

log = logging.getLogger(__name__)

LOOK_S = 60.0


class Keeper(Protocol):
    """The part of `CallKeeper` that is needed."""

    @property
    def waiting(self) -> frozenset[CallId]: ...

    def entry_of(self, call_id: CallId, /) -> RecordingEntry | None: ...

    def seal_again(self, call_id: CallId, /) -> None: ...

    def vaulted(self, call_id: CallId, at: datetime, /) -> None: ...


class LostOnTheWay:
    """`pace`: of what is read back from the vault."""

    def __init__(
        self,
        sealed_dir: Path,
        vault: Source,
        keeper: Keeper,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
        pace: Pace = unhurried,
    ) -> None:
        self._sealed_dir, self._vault, self._keeper = sealed_dir, vault, keeper
        self._clock, self._monotonic, self._pace = clock, monotonic, pace
        self._due_s = 0.0
        self._told: set[CallId] = set()

    def work_once(self) -> bool:
        """Look through what waits, every so often. Returns whether something was mended. Raises nothing that the
        surroundings may cause."""
        if self._monotonic() < self._due_s:
            return False
        self._due_s = self._monotonic() + LOOK_S
        mended = False
        try:
            waiting = self._keeper.waiting
            self._told &= waiting
            staged = {file.name for file in self._sealed_dir.glob("*/*/*/*")}
            for call_id in sorted(waiting):
                entry = self._keeper.entry_of(call_id)
                if entry is not None and entry.vaulted_at is None and not _is_staged(entry, staged):
                    mended = self._mend(entry) or mended
        except (VaultAway, VaultRefused, StoreFull, StoreBroken, OSError) as error:
            log.warning("what was lost on its way to the vault cannot be looked for now: %s", error)
        return mended

    def _mend(self, entry: RecordingEntry) -> bool:
        extra = {"call_id": entry.call_id}
        there = [self._vault.stat(name) is not None for name in (entry.file, seal_name(entry.file))]
        if not any(there):
            log.error("a sealed recording was lost before the vault had it; it is sealed again", extra=extra)
            self._keeper.seal_again(entry.call_id)
            return True
        if all(there) and self._is_ours(entry):
            self._keeper.vaulted(entry.call_id, self._clock())
            return True
        if entry.call_id not in self._told:
            self._told.add(entry.call_id)
            log.error("a sealed recording was lost, and the vault holds something else in its place", extra=extra)
        return False

    def _is_ours(self, entry: RecordingEntry) -> bool:
        try:
            sealed = read_seal(read_all(self._vault, seal_name(entry.file), MOST_BYTES))
            if sealed.hash != entry.seal_hash:
                return False
            digest = hashlib.sha256()
            for block in self._vault.read(entry.file):
                self._pace(len(block))
                digest.update(block)
        except (SealDamaged, RecordingAway):
            return False
        return digest.hexdigest() == entry.sha256


def _is_staged(entry: RecordingEntry, staged: set[str]) -> bool:
    if not entry.file.endswith(AUDIO_SUFFIX):
        return True  # it was never to be brought anywhere
    return {Path(entry.file).name, Path(seal_name(entry.file)).name} <= staged
