"""The keeper takes closed spools away: each call is put into the call log at once, then its audio is sealed and the
recording logged; the spool stays until the vault has confirmed that it holds the sealed recording. Killed between any
two of these steps, it finds the same spool again and goes on where it was.

Where the sealed recording is lost before the vault has it, it is sealed again: see `lost`.

What cannot be understood or encoded is set aside in the spool, is logged (what nobody can read: by `aside`), and never
stands in the way of the rest; a store or a disk that refuses is tried again, later and later. The sync process's worker
thread; sealing runs on a thread of its own, so that a call is in the log within a second while an hour of speech is
being encoded, and at low priority, so that it never takes the processor from a running call."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.identity import CallId
from desk.domain.journal import REST_AWAY, Journal, WhyMissing, why_missing
from desk.domain.seal import AUDIO_SUFFIX
from desk.polite import give_way
from desk.recording.sealing import sealer as sealing
from desk.recording.sealing.seal_file import SealDamaged, read_seal, seal_name
from desk.recording.spool import folder as spool
from desk.recording.spool.look import SpoolLook
from desk.recording.spool.manifest import JournalError
from desk.recording.spool.segments import Where
from desk.recording.spool.told import told
from desk.recording.vault.waiting import ASIDE
from desk.usecases.log_call import LogCall
from desk.usecases.ports import KeyMissing, KeyringWeak, StoreBroken, StoreFull

log = logging.getLogger(__name__)

RETRY_FIRST_S, RETRY_MOST_S = 2.0, 60.0
SEAL_TRIES = 5
PATIENCE_S = 0.5  # with one sealing, before it is looked for new calls again

# The call's audio sealed, or why there is none; with what was logged of it where it is sealed again. Raises
# `SealError`, `JournalError`, `OSError`, `KeyringWeak`, `KeyMissing`.
Seal = Callable[[CallId, RecordingEntry | None], RecordingEntry]


@dataclass(frozen=True, slots=True)
class Keeping:
    """How things stand. `unsealed`: calls whose recording is not logged yet; `withheld`: those among them that wait for
    a folder of the spool which is away; `unvaulted`: sealed ones that the vault has not confirmed; `key_trouble`: why
    nothing can be sealed, "" = it can."""

    unsealed: int = 0
    unvaulted: int = 0
    key_trouble: str = ""
    withheld: int = 0


class CallKeeper:
    """`where`: the spool. `on_logged` is told of each call or recording that was written, so that other seats may hear
    of it at once; `on_sealed` of each one that now waits for the vault. `room`: whether another recording may be sealed
    now, which takes as much disk again until the vault has it; what is begun is finished. `seat`: whose calls these
    are."""

    def __init__(
        self,
        where: Where,
        sealed_dir: Path,
        seal: Seal,
        log_call: LogCall,
        *,
        on_logged: Callable[[], None] = lambda: None,
        on_sealed: Callable[[], None] = lambda: None,
        room: Callable[[], bool] = lambda: True,
        monotonic: Callable[[], float] = time.monotonic,
        seat: str = "",
    ) -> None:
        self._seat = seat
        self._spool, self._sealed_dir, self._seal, self._room = where, sealed_dir, seal, room
        self._look = SpoolLook(where)
        self._log_call, self._monotonic = log_call, monotonic
        self._on_logged, self._on_sealed = on_logged, on_sealed
        self._not_before: dict[CallId, float] = {}
        self._failures: dict[CallId, int] = {}
        self._refusals: dict[CallId, int] = {}  # by the encoder, and not by what surrounds it
        self._sealing: _Sealing | None = None
        self._logged: set[CallId] = set()  # their manifests need no second reading before they are sealed
        self._half_told: set[CallId] = set()  # logged as far as was known: to be logged again when the rest is there
        self._sealed: set[CallId] = set()  # logged; their spool waits for the vault
        self._again: set[CallId] = set()  # logged, and to be sealed once more
        self._waiting: frozenset[CallId] = frozenset()
        self._unsettled: frozenset[CallId] | None = None  # not held against the log yet; None: none is
        self._keeping = Keeping()

    @property
    def keeping(self) -> Keeping:
        """Any thread."""
        return self._keeping

    @property
    def waiting(self) -> frozenset[CallId]:
        """Calls that are sealed and logged, and whose spool waits for the vault. Any thread."""
        return self._waiting

    def seal_again(self, call_id: CallId) -> None:
        """What was sealed of this call is gone, and the vault never had it. Any thread."""
        self._again.add(call_id)

    def entry_of(self, call_id: CallId) -> RecordingEntry | None:
        """What the log says of its recording; None as well while another one may lie here: it is sealed again, or was
        when the last process was killed. Any thread. Raises `StoreFull`, `StoreBroken`."""
        if self._unsettled is None or call_id in self._unsettled or call_id in self._again:
            return None
        return self._log_call.recording_of(call_id)

    def work_once(self) -> bool:
        """Log all that is not logged, then give the sealing of the oldest call half a second. Returns whether something
        was done, in which case there may be more. Raises nothing that the surroundings may cause."""
        found = self._look.now()
        aside = [self._set_aside(call_id, "not readable") for call_id in found.poisoned]
        closed = [call_id for call_id in found.left if self._close(call_id)]
        pending, here = found.pending, {*found.pending, *found.withheld}
        self._sealed &= here
        self._logged &= here
        self._half_told &= set(found.withheld)
        self._again &= here
        unsealed = [call_id for call_id in pending if call_id not in self._sealed or call_id in self._again]
        waiting = [call_id for call_id in unsealed if self._is_due(call_id)]
        unlogged = [call_id for call_id in waiting if call_id not in self._logged]
        logged = [call_id for call_id in unlogged if self._guarded(call_id, self._log)]
        logged += [call_id for call_id in found.withheld if self._log_withheld(call_id)]
        did_some = self._seal_some(waiting) or bool(aside or closed or logged)
        left = sum(1 for call_id in unsealed if call_id not in self._sealed)
        self._waiting = frozenset(self._sealed)
        self._unsettled = frozenset(call_id for call_id in unsealed if call_id not in self._sealed)
        withheld = sum(1 for call_id in found.withheld if call_id not in self._sealed)
        trouble = self._keeping.key_trouble if left else ""
        self._keeping = Keeping(left + withheld, len(self._sealed), trouble, withheld)
        return did_some

    def vaulted(self, call_id: CallId, at: datetime) -> None:
        """The vault has confirmed that it holds this recording, its seal included: log that, then remove the spool and
        what waited here. Done again, it does nothing. The uploader's thread. Raises `StoreFull`, `StoreBroken`,
        `OSError`."""
        if self._log_call.vaulted(call_id, at):
            self._on_logged()
        entry = self._log_call.recording_of(call_id)
        if entry is not None and entry.vaulted_at is not None:
            self._clear(entry)

    def _clear(self, entry: RecordingEntry) -> None:
        """The spool first: the sealed recording leads whoever was killed in between back here."""
        spool.remove(self._spool, entry.call_id)
        if entry.file.endswith(AUDIO_SUFFIX):
            for name in (entry.file, seal_name(entry.file)):
                (self._sealed_dir / name).unlink(missing_ok=True)
            # A damaged one, in whose place this was sealed.
            for file in list((self._sealed_dir / ASIDE).glob(f"{entry.call_id}.*")):
                file.unlink(missing_ok=True)
        self._forget(entry.call_id)

    def _seal_some(self, waiting: list[CallId]) -> bool:
        if self._sealing is None:
            due = next(filter(self._is_due, waiting), None)
            if due is None or not self._room():
                return False
            self._sealing = _Sealing(due, partial(self._entry_of, due))
        if not self._sealing.wait(PATIENCE_S):
            return True
        done, self._sealing = self._sealing, None
        return self._guarded(done.call_id, lambda call_id, journal: self._finish(call_id, journal, done.entry))

    def _is_due(self, call_id: CallId) -> bool:
        return self._monotonic() >= self._not_before.get(call_id, 0.0)

    def _guarded(
        self,
        call_id: CallId,
        step: Callable[[CallId, Journal], bool],
        read: Callable[[Where, CallId], Journal] = spool.read,
    ) -> bool:
        """This step of this call; False where it was not to be done or failed, and is then tried again later."""
        if not self._is_due(call_id):
            return False
        try:
            return step(call_id, read(self._spool, call_id))
        except JournalError as error:
            return self._set_aside(call_id, str(error))
        except (KeyringWeak, KeyMissing) as error:
            self._keeping = replace(self._keeping, key_trouble=str(error))
            self._postpone(call_id, error)
            return False
        except (OSError, StoreFull, StoreBroken, sealing.SealError) as error:
            self._postpone(call_id, error)
            return False
        except Exception as error:
            log.exception("a call's spool met a bug", extra={"call_id": call_id})
            self._postpone(call_id, error)
            return False

    def _log(self, call_id: CallId, journal: Journal) -> bool:
        written = self._log_call.call(journal)
        self._logged.add(call_id)
        if written:
            self._on_logged()
        return written

    def _log_withheld(self, call_id: CallId) -> bool:
        """The call is in the log at once, wherever its audio waits: there it is held against its recording."""
        if call_id in self._logged or call_id in self._half_told or call_id in self._sealed:
            return False

        def log_it(call_id: CallId, journal: Journal) -> bool:
            if self._log_call.recording_of(call_id) is not None:
                self._sealed.add(call_id)
            written = self._log(call_id, journal)
            if journal.reason == REST_AWAY:
                self._half_told.add(call_id)
                self._logged.discard(call_id)
            return written

        return self._guarded(call_id, log_it, lambda where, call_id: told(where, call_id, self._seat))

    def _close(self, call_id: CallId) -> bool:
        """Nobody else does: the phone process looks at its start, and the folder has come back since."""
        if not self._is_due(call_id):
            return False
        try:
            return spool.close_left(self._spool, call_id)
        except OSError as error:
            self._postpone(call_id, error)
            return False

    def _entry_of(self, call_id: CallId) -> RecordingEntry:
        """The sealing thread."""
        known = self._log_call.recording_of(call_id)
        if known is None:
            return self._seal(call_id, None)
        was_unreadable = why_missing(known.why)[0] is WhyMissing.UNREADABLE
        if known.vaulted_at is None and (call_id in self._again or was_unreadable or self._is_another(known)):
            self._again.add(call_id)
            return self._seal(call_id, known)
        return known

    def _is_another(self, known: RecordingEntry) -> bool:
        """Whether what lies here was sealed again and not logged before the process was killed."""
        if not known.file.endswith(AUDIO_SUFFIX):
            return False
        try:
            return read_seal((self._sealed_dir / seal_name(known.file)).read_bytes()).hash != known.seal_hash
        except (FileNotFoundError, SealDamaged):
            return False

    def _finish(self, call_id: CallId, journal: Journal, sealed: Callable[[], RecordingEntry]) -> bool:
        again = call_id in self._again
        try:
            entry = sealed()
        except sealing.SealError as error:
            self._refusals[call_id] = self._refusals.get(call_id, 0) + 1
            if again or self._refusals[call_id] < SEAL_TRIES:
                raise
            entry = sealing.missing(journal, WhyMissing.UNSEALABLE, str(error))
        known = self._log_call.recording_of(call_id)
        if known is not None and known.kept is RecordingKept.KEPT and entry.kept is not RecordingKept.KEPT:
            raise sealing.SealError("it was sealed and is lost, and the spool has no audio any more")
        if self._log_call.sealed_again(entry) if again else self._log_call.recording(entry):
            log.info("a call is sealed: %s", entry.kept.value, extra={"call_id": call_id})
            self._on_logged()
        self._again.discard(call_id)
        if why_missing(entry.why)[0] is WhyMissing.UNSEALABLE:
            return self._set_aside(call_id, entry.why)
        if entry.kept is RecordingKept.KEPT and entry.file.endswith(AUDIO_SUFFIX) and entry.vaulted_at is None:
            self._sealed.add(call_id)
            self._keeping = replace(self._keeping, key_trouble="")
            self._on_sealed()
        else:
            self._clear(entry)
        self._failures.pop(call_id, None)
        self._refusals.pop(call_id, None)
        return True

    def _forget(self, call_id: CallId) -> None:
        self._not_before.pop(call_id, None)
        self._failures.pop(call_id, None)
        self._refusals.pop(call_id, None)

    def _postpone(self, call_id: CallId, error: Exception) -> None:
        failures = self._failures.get(call_id, 0) + 1
        self._failures[call_id] = failures
        wait_s = min(RETRY_MOST_S, RETRY_FIRST_S * 2 ** (failures - 1))
        self._not_before[call_id] = self._monotonic() + wait_s
        log.warning("a call's spool waits %d s: %s", wait_s, error, extra={"call_id": call_id})

    def _set_aside(self, call_id: CallId, why: str) -> bool:
        try:
            folder = spool.set_aside(self._spool, call_id)
        except OSError as error:
            self._postpone(call_id, error)
            return False
        self._forget(call_id)
        log.error("a call's spool is set aside in %s: %s", folder.name, why, extra={"call_id": call_id})
        return True


class _Sealing:
    """One call being sealed, on a thread of its own with a low priority (a thread cannot take its priority back, so
    that it ends with the work). A daemon: a process that is told to stop does not wait for it, because sealing is
    simply done again."""

    def __init__(self, call_id: CallId, seal: Callable[[], RecordingEntry]) -> None:
        self.call_id = call_id
        self._seal = seal
        self._future: Future[RecordingEntry] = Future()
        threading.Thread(target=self._run, name="sealing", daemon=True).start()

    def wait(self, timeout_s: float) -> bool:
        """Whether it is done by then."""
        return bool(wait([self._future], timeout_s).done)

    def entry(self) -> RecordingEntry:
        """What came of it; raises what `seal` raised."""
        return self._future.result()

    def _run(self) -> None:
        give_way()
        try:
            self._future.set_result(self._seal())
        except BaseException as error:  # noqa: BLE001 - raised again by `entry`, on the thread that asked
            self._future.set_exception(error)
