"""The recorder of the phone process: keeps every call's manifest and, while media is up, its two-channel audio, so
that kill -9 at any instant costs no more than the last half second. It keeps its promise by writing every 50 ms from
a thread of its own (what is written survives the process) and by syncing from another one (what is synced survives the
power), because an fsync may take as long as it likes and must hold up neither the audio nor the writing.

Sync policy: every line of a manifest at once, audio every second, everything when the call ends.

`note`, `start`, `stop` belong to the phone's main thread, `write` to the audio callback; `recover` runs before the
first call, `close` after the last. None of them raises for a disk that is full or away."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from desk.domain.events import CallDialled, CallEnded, CallEvent, CallOffered, QualityMeasured
from desk.domain.identity import CallId
from desk.domain.troubles import Trouble, Wrong
from desk.recording.spool import folder as spool
from desk.recording.spool import lines
from desk.recording.spool.heard_lines import HeardLines
from desk.recording.spool.mirror import Mirror
from desk.recording.spool.space import Space
from desk.recording.spool.state import OnState, SpoolState
from desk.recording.spool.track import Folders, Track
from desk.recording.spool.writer import Close, Note, SpoolWriter
from desk.usecases.ports import Clock

log = logging.getLogger(__name__)

CLOSE_WAIT_S = 1.0  # how long the end of a call may wait for a disk that is merely slow
STOP_WAIT_S = 3.0


class SpoolRecorder:
    """Implements `ports.Recorder`. `agent` tells who sits here, asked when a call opens and when it is answered.

    `on_failed(call_id, wrong)`: the disk takes no more of this call (`SPOOL_FULL` or `SPOOL_UNWRITABLE`); told once per
    failure, the call goes on and so do the tries. `on_mended(call_id)`: it does again. Both run on the writer
    thread.

    `second_folder`: where calls go on when the first one refuses; with `mirror` everything is written there all the
    time, too. `warn_free_bytes`: below it, space is told to be low. `on_state(troubles)`: which of `SPOOL_LOW` and
    `SPOOL_SECOND` stand, with their details, whenever that changes; on a thread of the recorder's."""

    def __init__(
        self,
        spool_dir: Path,
        clock: Clock,
        *,
        seat: str,
        agent: Callable[[], str],
        on_failed: Callable[[CallId, Wrong], None],
        on_mended: Callable[[CallId], None] = lambda _call_id: None,
        monotonic: Callable[[], float] = time.monotonic,
        second_folder: Path | None = None,
        mirror: bool = False,
        warn_free_bytes: int = 0,
        on_state: OnState = lambda _troubles: None,
    ) -> None:
        self._clock, self._monotonic = clock, monotonic
        self._where = (spool_dir,) if second_folder is None else (spool_dir, second_folder)
        self._seat, self._agent = seat, agent
        self._tracks: dict[CallId, Track] = {}
        self._heard: dict[CallId, HeardLines] = {}
        for folder in self._where:
            with contextlib.suppress(OSError):  # told with the first call that it costs
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = self._state = SpoolState(on_state)
        self._mirror: Mirror | None = None
        if second_folder is not None and mirror:
            self._mirror = Mirror(
                second_folder, lambda error: state.is_(Trouble.SPOOL_SECOND, "mirror", str(error or ""))
            )
            self._mirror.start()
        self._folders = Folders(spool_dir, None if mirror else second_folder, self._mirror)
        space = Space(self._where if warn_free_bytes else (), warn_free_bytes)
        self._writer = SpoolWriter(clock, monotonic, on_failed, on_mended, state, space)
        self._writer.start()

    @property
    def troubles(self) -> Mapping[Trouble, str]:
        """What `on_state` was told last. Any thread."""
        return self._state.now

    def recover(self) -> list[CallId]:
        """Close the manifests that a dead phone process left open. Returns their calls."""
        return spool.recover(self._where)

    def note(self, event: CallEvent) -> None:
        if isinstance(event, (CallOffered, CallDialled)):
            track = Track(self._folders, event.call_id)
            self._tracks[event.call_id] = track
            self._heard[event.call_id] = HeardLines(self._clock)
            mirrored = self._mirror is not None
            self._writer.post(Note(track, lines.opening(event, self._seat, self._agent(), mirrored=mirrored)))
            return
        found = self._tracks.get(event.call_id)
        if found is None:
            log.warning("%s of a call that is not open", type(event).__name__, extra={"call_id": event.call_id})
            return
        line = lines.line_of(event, found.audio_ms, self._agent())
        if isinstance(event, QualityMeasured):
            for heard in self._heard[event.call_id].of(event, found.audio_ms):
                self._writer.post(Note(found, heard))
        elif isinstance(event, CallEnded):
            for heard in self._heard.pop(event.call_id).last(found.audio_ms):
                self._writer.post(Note(found, heard))
            found.running = False
            del self._tracks[event.call_id]
            done = threading.Event()
            self._writer.post(Close(found, line, done))
            if not done.wait(CLOSE_WAIT_S):
                log.warning("the disk is slow: a call's spool is not synced yet", extra={"call_id": event.call_id})
        elif line is not None:
            self._writer.post(Note(found, line))

    def start(self, call_id: CallId, rate_hz: int) -> None:
        track = self._tracks.get(call_id)
        if track is None:
            log.warning("audio of a call that is not open", extra={"call_id": call_id})
        elif track.rate_hz not in (0, rate_hz):
            log.error("audio at %d Hz after %d Hz is not recorded", rate_hz, track.rate_hz, extra={"call_id": call_id})
            track.running = False
        elif not track.running:
            track.begin(rate_hz, self._monotonic())
            self._writer.post(Note(track, lines.started(self._clock(), rate_hz, track.audio_ms or 0)))

    def write(self, call_id: CallId, caller: bytes, agent: bytes) -> None:
        track = self._tracks.get(call_id)
        if track is not None and track.running:
            track.frame(caller, agent, self._monotonic())

    def stop(self, call_id: CallId) -> None:
        track = self._tracks.get(call_id)
        if track is not None:
            track.running = False

    def close(self) -> None:
        """Write what waits and end the threads. Calls that are still open are left without an end, which `recover`
        gives them at the next start."""
        for track in self._tracks.values():
            track.running = False
        self._writer.stop(STOP_WAIT_S)
        if self._mirror is not None:
            self._mirror.stop(STOP_WAIT_S)
