"""The uploader brings sealed recordings to the vault: the oldest first, the audio and then its seal, so that a seal in
the vault always stands for a whole recording. Only when the vault shows both is the recording confirmed, and only then
does the keeper let go of what is kept here. Killed anywhere, it finds the same files again and goes on; what is in the
vault already is not sent twice.

It takes nothing that the change log does not know, and nothing that is not, byte for byte, what the log knows: a seal
that was cut off is still being made, and a damaged file must not become the recording. What can never be brought (other
content of that name lies in the vault, or the file is damaged) is set aside, told and kept.

A recording that fails is tried again later, 2 to 300 s, and those that failed least come first, so that none stands in
the way of the rest. While nothing at all succeeds, the whole uploader waits the same way.

The sync process's worker thread, at low priority: a running call comes first."""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desk.domain.call_log import RecordingEntry
from desk.domain.identity import CallId
from desk.domain.troubles import Trouble
from desk.recording.files import sha256_of
from desk.recording.sealing.seal_file import SealDamaged, read_seal
from desk.recording.vault.port import Pace, Vault, unhurried
from desk.recording.vault.waiting import Waiting, aside_in, set_aside, waiting_in
from desk.usecases.ports import Clock, StoreBroken, StoreFull
from desk.usecases.recording_ports import VaultAway, VaultRefused, VaultTaken

log = logging.getLogger(__name__)

RETRY_FIRST_S, RETRY_MOST_S = 2.0, 300.0
TURN_S = 1.0  # of work before the folder is looked through again
STUBBORN = 3  # failures of one recording, while others succeed, before it is told

EntryOf = Callable[[CallId], RecordingEntry | None]  # raises `StoreFull`, `StoreBroken`


@dataclass(frozen=True, slots=True)
class Bringing:
    """How things stand. `unvaulted`: recordings that the vault has not confirmed; `detail` for IT."""

    unvaulted: int = 0
    trouble: Trouble | None = None
    detail: str = ""


class Uploader:
    """`vaulted`: the vault has confirmed this one, at this time; raises `StoreFull`, `StoreBroken`, `OSError`.
    `tell` gets each new state. `jitter`: 0 up to 1, so that a hundred seats do not all come back in the same second."""

    def __init__(
        self,
        sealed_dir: Path,
        vault: Vault,
        entry_of: EntryOf,
        vaulted: Callable[[CallId, datetime], None],
        clock: Clock,
        *,
        pace: Pace = unhurried,
        tell: Callable[[Bringing], None] = lambda _state: None,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._sealed_dir, self._vault, self._entry_of, self._vaulted = sealed_dir, vault, entry_of, vaulted
        self._clock, self._pace, self._tell, self._monotonic = clock, pace, tell, monotonic
        self._retries = _Retries(monotonic, jitter)
        self._state = Bringing()
        self._last: tuple[Trouble, str] | None = None

    @property
    def state(self) -> Bringing:
        """Any thread."""
        return self._state

    def work_once(self) -> bool:
        """Bring the next ones there, until one fails or `TURN_S` are over. Returns whether any was. Raises nothing that
        the surroundings may cause."""
        try:
            waiting = waiting_in(self._sealed_dir)
        except OSError as error:
            log.warning("the folder of sealed recordings cannot be read: %s", error)
            return False
        self._retries.keep_only({one.call_id for one in waiting})
        brought, until = False, self._monotonic() + TURN_S
        for one in self._retries.in_order(waiting):
            done = self._bring_guarded(one)
            brought = brought or done is True
            if done is False or self._monotonic() > until:
                break
        self._report(waiting)
        return brought

    def _bring_guarded(self, one: Waiting) -> bool | None:
        """None where there is nothing to be done with it yet."""
        try:
            if not self._bring(one):
                return None
        except (VaultAway, VaultRefused) as error:
            self._last = (Trouble.VAULT_AWAY if isinstance(error, VaultAway) else Trouble.VAULT_REFUSED, str(error))
            self._fail(one, error, everywhere=True)
            return False
        except (VaultTaken, _Damaged) as error:
            return self._put_aside(one, error)
        except (OSError, StoreFull, StoreBroken) as error:
            self._last = (Trouble.VAULT_REFUSED, f"a sealed recording cannot be read or logged here: {error}")
            self._fail(one, error)
            return False
        except Exception as error:
            log.exception("a sealed recording met a bug", extra={"call_id": one.call_id})
            self._fail(one, error)
            return False
        self._retries.succeeded(one.call_id)
        return True

    def _bring(self, one: Waiting) -> bool:
        call_id = CallId(one.call_id)
        entry = self._entry_of(call_id)
        if entry is None:
            return False  # its sealing is not over
        if entry.vaulted_at is not None:  # killed between the log and the clearing
            self._vaulted(call_id, entry.vaulted_at)
            return True
        if entry.file != one.audio_name:
            raise _Damaged(f"the change log names another file: {entry.file[:200]}")
        if sha256_of(one.audio) != entry.sha256:
            raise _Damaged("this is not what was sealed: its hash is not the one in the change log")
        try:
            seal = read_seal(one.seal.read_bytes())
        except SealDamaged as error:
            raise _Damaged(str(error)) from error
        if seal.hash != entry.seal_hash:
            raise _Damaged("this is not the seal that the change log knows")
        for name, file in ((one.audio_name, one.audio), (one.seal_name, one.seal)):
            self._vault.put_new(name, file, self._pace)
            self._confirm(name, file.stat().st_size)
        self._vaulted(call_id, self._clock())
        log.info("a recording is in the vault", extra={"call_id": one.call_id})
        return True

    def _confirm(self, name: str, size: int) -> None:
        there = self._vault.stat(name)
        if there is None or there.size != size:
            raise VaultAway("what was sent does not show in the vault")

    def _put_aside(self, one: Waiting, error: Exception) -> bool:
        try:
            folder = set_aside(self._sealed_dir, one, str(error))
        except OSError as trouble:
            self._fail(one, trouble)
            return False
        log.error("a sealed recording is set aside in %s: %s", folder.name, error, extra={"call_id": one.call_id})
        return True

    def _fail(self, one: Waiting, error: Exception, *, everywhere: bool = False) -> None:
        wait_s = self._retries.failed(one.call_id, everywhere=everywhere)
        log.warning("a recording waits %.0f s for the vault: %s", wait_s, error, extra={"call_id": one.call_id})

    def _report(self, waiting: list[Waiting]) -> None:
        aside, left = aside_in(self._sealed_dir), sum(1 for one in waiting if one.seal.exists())
        trouble = self._last if self._retries.in_a_row or self._retries.stubborn else None
        self._last = trouble
        if trouble is None and aside:
            text = f"{aside} sealed recordings lie aside in {self._sealed_dir}: other ones are in the vault, or damaged"
            trouble = (Trouble.VAULT_REFUSED, text)
        state = Bringing(left, *trouble) if trouble else Bringing(left)
        if state != self._state:
            self._state = state
            self._tell(state)


class _Damaged(Exception):
    """What lies here is not what the change log knows."""


class _Retries:
    """When which recording is tried again."""

    def __init__(self, monotonic: Callable[[], float], jitter: Callable[[], float]) -> None:
        self._monotonic, self._jitter = monotonic, jitter
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._all_not_before = 0.0
        self.in_a_row = 0

    @property
    def stubborn(self) -> bool:
        """Whether one fails again and again while others succeed."""
        return any(failures >= STUBBORN for failures in self._failures.values())

    def keep_only(self, call_ids: set[str]) -> None:
        for call_id in self._failures.keys() - call_ids:
            self._forget(call_id)
        if not call_ids:
            self.in_a_row, self._all_not_before = 0, 0.0

    def in_order(self, waiting: list[Waiting]) -> list[Waiting]:
        """Those that are due, least failed first, else as they came."""
        now = self._monotonic()
        if now < self._all_not_before:
            return []
        due = [one for one in waiting if now >= self._not_before.get(one.call_id, 0.0)]
        return sorted(due, key=lambda one: self._failures.get(one.call_id, 0))

    def failed(self, call_id: str, *, everywhere: bool) -> float:
        """How long it waits."""
        failures = self._failures.get(call_id, 0) + 1
        self._failures[call_id] = failures
        wait_s = self._wait_s(failures)
        self._not_before[call_id] = self._monotonic() + wait_s
        if everywhere:
            self.in_a_row += 1
            # The first failure may be this recording's own: the next one is tried at once.
            all_wait_s = self._wait_s(self.in_a_row - 1) if self.in_a_row > 1 else 0.0
            self._all_not_before = self._monotonic() + all_wait_s
        return wait_s

    def succeeded(self, call_id: str) -> None:
        self._forget(call_id)
        self.in_a_row, self._all_not_before = 0, 0.0

    def _forget(self, call_id: str) -> None:
        self._failures.pop(call_id, None)
        self._not_before.pop(call_id, None)

    def _wait_s(self, failures: int) -> float:
        most = min(RETRY_MOST_S, RETRY_FIRST_S * 2.0 ** min(failures - 1, 20))
        return most * (1 + 0.25 * self._jitter()) if most < RETRY_MOST_S else most * (1 - 0.25 * self._jitter())
