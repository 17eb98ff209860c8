"""The two threads behind the recorder. `spool-writer` gathers frames and writes every 50 ms while a call runs (it
sleeps while none does); `spool-syncer` calls fsync and closes files, so that a slow disk holds up nobody but itself.
Neither ends for a disk that fails: they try again every half second, and tell when it fails and when it is over. The
syncer also looks once a minute how much space there is."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeAlias, assert_never

from desk.domain.identity import CallId
from desk.domain.troubles import Trouble, Wrong
from desk.recording.spool import lines
from desk.recording.spool.file import SpoolFile, trouble_of
from desk.recording.spool.space import EVERY_S, Space
from desk.recording.spool.state import SpoolState
from desk.recording.spool.track import Track
from desk.usecases.ports import Clock

log = logging.getLogger(__name__)

BATCH_S = 0.05
SYNC_S = 1.0
LOOK_S = 1.0  # whether the files are still there
RETRY_S = 0.5
READ_TOGETHER_S = 0.02  # two clocks read within so long of each other can be compared
NOT_TAKEN = "the disk took none"
MENDED_S = 5.0  # of writing without a failure, so that a disk on the edge does not make the lamp flicker


@dataclass(frozen=True, slots=True)
class Note:
    """Add this line to the manifest."""

    track: Track
    line: lines.Line


@dataclass(frozen=True, slots=True)
class Close:
    """Write all the audio, then add the last line, sync and close; then set `done`."""

    track: Track
    line: lines.Line | None
    done: threading.Event


@dataclass(frozen=True, slots=True)
class Stop:
    """Write what waits and end."""


Job: TypeAlias = Note | Close | Stop


class SpoolWriter:
    def __init__(
        self,
        clock: Clock,
        monotonic: Callable[[], float],
        on_failed: Callable[[CallId, Wrong], None],
        on_mended: Callable[[CallId], None],
        state: SpoolState,
        space: Space,
    ) -> None:
        self._state = state
        self._clock, self._monotonic = clock, monotonic
        self._on_failed, self._on_mended = on_failed, on_mended
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._tracks: list[Track] = []
        self._closing: dict[CallId, threading.Event] = {}
        self._syncer = Syncer(lambda: state.is_(Trouble.SPOOL_LOW, "space", space.look()))
        self._thread = threading.Thread(target=self._run, name="spool-writer", daemon=True)

    def start(self) -> None:
        self._syncer.start()
        self._thread.start()

    def post(self, job: Job) -> None:
        """Any thread; returns at once."""
        self._jobs.put(job)

    def stop(self, timeout_s: float) -> None:
        self.post(Stop())
        self._thread.join(timeout_s)
        self._syncer.stop(timeout_s)

    def _run(self) -> None:
        running = True
        while running:
            with contextlib.suppress(Empty):
                running = self._take(self._jobs.get(timeout=BATCH_S if self._tracks else None))
            for track in tuple(self._tracks):
                self._serve(track)
        for track in self._tracks:
            self._let_go(track)

    def _take(self, job: Job) -> bool:
        match job:
            case Note(track, line):
                if track not in self._tracks:
                    self._tracks.append(track)
                track.add_line(line)
            case Close(track, line, done):
                self._closing[track.call_id] = done
                track.last_line = line
                track.retry_at_s = 0.0
            case Stop():
                for track in self._tracks:
                    track.retry_at_s = 0.0
                return False
            case _:
                assert_never(job)
        return True

    def _serve(self, track: Track) -> None:
        """One round for one call. A bug in here must cost no other call its recording, and not the thread."""
        try:
            now_s, at = self._monotonic(), self._clock()
            if self._monotonic() - now_s < READ_TOGETHER_S:
                track.watch_clock(at, now_s)
            track.gather(at)
            if track.call_id in self._closing or now_s - track.looked_at_s >= LOOK_S:
                track.looked_at_s = now_s
                track.look()
            if track.waits and now_s >= track.retry_at_s:
                self._write(track, now_s)
            if track.call_id in self._closing:
                self._finish(track, now_s)
            else:
                self._ask_for_sync(track, now_s)
        except Exception:
            log.exception("a call's spool cannot be kept", extra={"call_id": track.call_id})
            track.retry_at_s = self._monotonic() + RETRY_S

    def _write(self, track: Track, now_s: float) -> None:
        try:
            track.write()
        except OSError as error:
            self._failed(track, error, now_s)
            return
        if reason := track.note_overflow(self._clock()):
            log.error("a call goes on in the second folder: %s", reason, extra={"call_id": track.call_id})
            self._state.is_(Trouble.SPOOL_SECOND, track.call_id, reason)
        if track.failing_since_s is None:
            return
        track.mended_since_s = track.mended_since_s or now_s
        track.note_given_up(self._clock(), NOT_TAKEN)
        if now_s - track.mended_since_s >= MENDED_S or track.call_id in self._closing:
            track.failing_since_s = track.mended_since_s = None
            if track.told_failed:
                track.told_failed = False
                self._on_mended(track.call_id)
            self._state.is_(Trouble.SPOOL_SECOND, track.call_id, "")

    def _failed(self, track: Track, error: OSError, now_s: float) -> None:
        track.retry_at_s = now_s + RETRY_S
        track.mended_since_s = None
        if track.failing_since_s is None:
            track.failing_since_s = now_s
            if track.mirrored:
                log.error("a call is in the mirror only: %s", error, extra={"call_id": track.call_id})
                self._state.is_(Trouble.SPOOL_SECOND, track.call_id, str(error))
                track.note_over()
        if track.told_failed or track.mirrored:
            return
        track.told_failed = True
        wrong = Wrong(trouble_of(error), self._clock(), str(error))
        log.error("a call is not recorded: %s", error, extra={"call_id": track.call_id})
        track.add_line(lines.failed(self._clock(), track.audio_ms or 0, f"{wrong.trouble.value}: {error}"))
        self._on_failed(track.call_id, wrong)

    def _ask_for_sync(self, track: Track, now_s: float) -> None:
        if track.lines.unsynced:
            self._syncer.sync(track.lines)
        if track.audio is not None and track.audio.unsynced and now_s - track.synced_at_s >= SYNC_S:
            track.synced_at_s = now_s
            self._syncer.sync(track.audio)

    def _finish(self, track: Track, now_s: float) -> None:
        """The call is over: audio that the disk refuses now is given up, then comes the last line, so that a manifest
        with an end has all its audio. While the disk refuses even that line, the track stays and is tried again, but
        nobody waits for it any longer."""
        done = self._closing[track.call_id]
        track.close_gap(self._clock())
        if track.audio is not None:
            track.audio.give_up_all()
            track.note_given_up(self._clock(), NOT_TAKEN)
        if track.last_line is not None:
            track.add_line(track.last_line)
            track.last_line = None
            track.retry_at_s = 0.0
        if track.waits and now_s >= track.retry_at_s:
            self._write(track, now_s)
        if track.waits and not track.mirrored:
            done.set()
            return
        track.note_left()
        self._tracks.remove(track)
        del self._closing[track.call_id]
        self._let_go(track, done)

    def _let_go(self, track: Track, done: threading.Event | None = None) -> None:
        if track.audio is not None:
            self._syncer.close(track.audio)
        self._syncer.close(track.lines, done)
        track.close_mirror()
        self._state.is_(Trouble.SPOOL_SECOND, track.call_id, "")


@dataclass(frozen=True, slots=True)
class _Sync:
    file: SpoolFile


@dataclass(frozen=True, slots=True)
class _Shut:
    file: SpoolFile
    done: threading.Event | None


class Syncer:
    """fsync and close, in the order asked for. A file that is already waiting to be synced is not queued twice. `look`
    is called now and then."""

    def __init__(self, look: Callable[[], None]) -> None:
        self._look = look
        self._look_at_s = 0.0
        self._jobs: SimpleQueue[_Sync | _Shut | None] = SimpleQueue()
        self._queued: set[int] = set()
        self._thread = threading.Thread(target=self._run, name="spool-syncer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def sync(self, file: SpoolFile) -> None:
        if id(file) not in self._queued:
            self._queued.add(id(file))
            self._jobs.put(_Sync(file))

    def close(self, file: SpoolFile, done: threading.Event | None = None) -> None:
        self._jobs.put(_Shut(file, done))

    def stop(self, timeout_s: float) -> None:
        self._jobs.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            if time.monotonic() >= self._look_at_s:
                self._look_at_s = time.monotonic() + EVERY_S
                self._look()
            try:
                job = self._jobs.get(timeout=max(0.0, self._look_at_s - time.monotonic()))
            except Empty:
                continue
            if job is None:
                return
            self._queued.discard(id(job.file))
            try:
                if isinstance(job, _Shut):
                    job.file.close()
                else:
                    job.file.sync()
            except OSError:
                log.exception("a spool file cannot be synced: %s", job.file.path.name)
            if isinstance(job, _Shut) and job.done is not None:
                job.done.set()
