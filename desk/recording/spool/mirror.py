"""The live mirror: every byte of every running call a second time, in the spool's second folder, by a thread of its
own, so that a mirror which is slow, full or gone costs the first folder nothing. It is a copy of the bytes, not of the
luck: what the first folder had to give up, the mirror has all the same.

`add` and `close` belong to the recorder's writer thread and return at once; everything else is the `spool-mirror`
thread's. The callbacks run on that one."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

from desk.domain.identity import CallId
from desk.recording.spool.file import SpoolFile
from desk.recording.spool.interleave import FRAME_BYTES
from desk.recording.spool.segments import AUDIO, MANIFEST, segment_file

log = logging.getLogger(__name__)

BATCH_S = 0.05
SYNC_S = 1.0
RETRY_S = 0.5
KEEP_BYTES = 30 * 16_000 * FRAME_BYTES  # half a minute waits for a share that is slow


@dataclass(frozen=True, slots=True)
class _Bytes:
    call_id: CallId
    suffix: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Shut:
    call_id: CallId


@dataclass
class _Copy:
    """One call's."""

    files: dict[str, SpoolFile] = field(default_factory=dict)
    closing: bool = False


class Mirror:
    """`on_changed(error)`: the mirror takes nothing any more, and why; None: it does again."""

    def __init__(
        self,
        folder: Path,
        on_changed: Callable[[OSError | None], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._on_changed, self._monotonic = folder, on_changed, monotonic
        self._jobs: SimpleQueue[_Bytes | _Shut | None] = SimpleQueue()
        self._copies: dict[CallId, _Copy] = {}
        self._retry_at_s = 0.0
        self._synced_at_s = 0.0
        self._healthy = True
        self._thread = threading.Thread(target=self._run, name="spool-mirror", daemon=True)

    @property
    def healthy(self) -> bool:
        """It has what it was given, or takes it now. Any thread."""
        return self._healthy

    def start(self) -> None:
        self._thread.start()

    def add(self, call_id: CallId, suffix: str, data: bytes) -> None:
        if data:
            self._jobs.put(_Bytes(call_id, suffix, data))

    def close(self, call_id: CallId) -> None:
        self._jobs.put(_Shut(call_id))

    def stop(self, timeout_s: float) -> None:
        """Write what waits, and end."""
        self._jobs.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        running = True
        while running:
            with contextlib.suppress(Empty):
                job = self._jobs.get(timeout=BATCH_S if self._copies else None)
                while job is not None:
                    self._take(job)
                    job = self._jobs.get_nowait()
                running = False
            if not running or self._monotonic() >= self._retry_at_s:
                self._write()
        for call_id in tuple(self._copies):
            self._let_go(call_id)

    def _take(self, job: _Bytes | _Shut) -> None:
        copy = self._copies.setdefault(job.call_id, _Copy())
        if isinstance(job, _Shut):
            copy.closing = True
            return
        file = copy.files.get(job.suffix)
        if file is None:
            path = segment_file(self._folder, job.call_id, job.suffix)
            keep_bytes, frame_bytes = (KEEP_BYTES, FRAME_BYTES) if job.suffix == AUDIO else (None, 1)
            file = copy.files[job.suffix] = SpoolFile(path, keep_bytes, frame_bytes, own_holes=False)
        file.add(job.data)

    def _write(self) -> None:
        failure: OSError | None = None
        for call_id, copy in tuple(self._copies.items()):
            try:
                for suffix in (AUDIO, MANIFEST):  # an end means that all the audio is there
                    if (file := copy.files.get(suffix)) is not None:
                        file.write()
                if copy.closing:
                    self._let_go(call_id)
                elif self._monotonic() - self._synced_at_s >= SYNC_S:
                    for file in copy.files.values():
                        file.sync()
                        file.look()
            except OSError as error:
                failure = error
            except Exception:
                log.exception("a call cannot be mirrored", extra={"call_id": call_id})
                del self._copies[call_id]
        if self._monotonic() - self._synced_at_s >= SYNC_S:
            self._synced_at_s = self._monotonic()
        self._tell(failure)

    def _tell(self, failure: OSError | None) -> None:
        if failure is not None:
            self._retry_at_s = self._monotonic() + RETRY_S
        if (failure is None) != self._healthy:
            self._healthy = failure is None
            log.log(logging.INFO if self._healthy else logging.ERROR, "the spool's mirror: %s", failure or "well again")
            self._on_changed(failure)

    def _let_go(self, call_id: CallId) -> None:
        copy = self._copies.pop(call_id)
        for file in copy.files.values():
            try:
                file.close()
            except OSError:
                log.exception("a mirrored file cannot be synced: %s", file.path.name)
