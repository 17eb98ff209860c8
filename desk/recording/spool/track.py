"""One call's spool while it runs, as the recorder's threads see it. Three threads touch it, each its own part: the
audio callback appends frames and counts samples, the phone's main thread notes events and switches audio on and off,
the writer thread makes bytes of it all. The only things they share are a deque and plain numbers, both of which
CPython changes in one step: nobody ever waits for a lock here."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desk.domain.identity import CallId
from desk.recording.spool import folder as spool
from desk.recording.spool import lines
from desk.recording.spool.file import SpoolFile
from desk.recording.spool.interleave import FRAME_BYTES, SAMPLE_BYTES, interleave
from desk.recording.spool.mirror import Mirror
from desk.recording.spool.segments import AUDIO, LEFT, MANIFEST, OVER, note

KEEP_S = 2.0  # of audio that waits in memory while the disk takes none; beyond it the oldest is given up
RESERVE_BYTES = 16_384  # a manifest of some hundred lines
CLOCK_SET_S = 0.25  # half of what a recording's length may be off
STALL_S = 0.5  # PJSIP's clock catches up with delays up to 500 ms by itself and skips longer ones (MAX_JUMP_MSEC)

_Frame = tuple[bytes, bytes, int]  # caller, agent, samples that are missing before it


@dataclass(frozen=True, slots=True)
class Folders:
    """`overflow`: where a call goes on when the first folder refuses. `mirror`: has everything a second time. One of
    the two at most."""

    first: Path
    overflow: Path | None = None
    mirror: Mirror | None = None


class Track:
    def __init__(self, folders: Folders, call_id: CallId) -> None:
        self.call_id = call_id
        self._folders, self._mirror = folders, folders.mirror
        self.lines = SpoolFile(
            spool.manifest_file(folders.first, call_id), reserve_bytes=RESERVE_BYTES, overflow=folders.overflow
        )
        self.audio: SpoolFile | None = None
        # main thread
        self.rate_hz = 0
        self.running = False
        # audio callback
        self.samples = 0
        self._last_frame_s = 0.0
        self._frames: deque[_Frame] = deque()
        # writer thread
        self.failing_since_s: float | None = None
        self.mended_since_s: float | None = None
        self.retry_at_s = 0.0
        self.synced_at_s = 0.0
        self.looked_at_s = 0.0
        self.last_line: lines.Line | None = None
        self.clock_ahead_s: float | None = None  # of the monotonic clock, when audio began or it was last told
        self.overflowed = False
        self.told_failed = False  # that it is not recorded
        self._gap_reason = ""
        self._gap_at = 0
        self._gap_samples = 0
        self._done_samples = 0

    def begin(self, rate_hz: int, now_s: float) -> None:
        """Audio begins, or goes on after a stop. Main thread."""
        if self.audio is None:
            self.rate_hz = rate_hz
            keep_bytes = int(KEEP_S * rate_hz) * FRAME_BYTES
            self.audio = SpoolFile(
                spool.audio_file(self._folders.first, self.call_id),
                keep_bytes,
                FRAME_BYTES,
                overflow=self._folders.overflow,
                own_holes=self._mirror is None,
            )
        self._last_frame_s = now_s
        self.running = True

    def frame(self, caller: bytes, agent: bytes, now_s: float) -> None:
        """One frame of each side. Audio callback: a few hundred nanoseconds, no lock, no disk."""
        samples = max(len(caller), len(agent)) // SAMPLE_BYTES
        missing = 0
        if now_s - self._last_frame_s > STALL_S:
            missing = max(0, int((now_s - self._last_frame_s) * self.rate_hz) - samples)
        self._frames.append((bytes(caller), bytes(agent), missing))
        self.samples += missing + samples
        self._last_frame_s = now_s

    @property
    def audio_ms(self) -> int | None:
        """The position that a mark set now gets; None before audio."""
        return self.samples * 1000 // self.rate_hz if self.rate_hz else None

    def gather(self, at: datetime) -> None:
        """Take the frames that have come and put them into the files' waiting parts. Writer thread."""
        if self.audio is None or not self._frames:
            return
        caller, agent = bytearray(), bytearray()
        for _ in range(len(self._frames)):
            self._gather_one(self._frames.popleft(), caller, agent, at)
        both = interleave(bytes(caller), bytes(agent))
        self.audio.add(both)
        if self._mirror is not None:
            self._mirror.add(self.call_id, AUDIO, both)

    def _gather_one(self, frame: _Frame, caller: bytearray, agent: bytearray, at: datetime) -> None:
        caller_part, agent_part, missing = frame
        if missing:
            self._gap("no audio came", missing, at)
            caller += bytes(missing * SAMPLE_BYTES)
            agent += bytes(missing * SAMPLE_BYTES)
            self._done_samples += missing
        samples = max(len(caller_part), len(agent_part)) // SAMPLE_BYTES
        short = samples - min(len(caller_part), len(agent_part)) // SAMPLE_BYTES
        if short:
            self._gap("caller missing" if len(caller_part) < len(agent_part) else "agent missing", short, at)
        else:
            self.close_gap(at)
        size = samples * SAMPLE_BYTES
        caller += caller_part[:size].ljust(size, b"\0")
        agent += agent_part[:size].ljust(size, b"\0")
        self._done_samples += samples

    def _gap(self, reason: str, samples: int, at: datetime) -> None:
        if reason != self._gap_reason:
            self.close_gap(at)
            self._gap_reason, self._gap_at = reason, self._done_samples
        self._gap_samples += samples

    def close_gap(self, at: datetime) -> None:
        """Write down the gap that has just ended, one line however many frames it was long."""
        if self._gap_samples:
            self.add_line(lines.gap(at, self._ms(self._gap_at), self._ms(self._gap_samples), self._gap_reason))
        self._gap_reason, self._gap_samples = "", 0

    def note_given_up(self, at: datetime, reason: str) -> None:
        """Write down what the disk did not take, once it takes something again; what a mirror has is not lost, but
        nobody may seal the call without it."""
        for start, end in self.audio.take_given_up() if self.audio is not None else ():
            start_ms, length_ms = self._ms(start // FRAME_BYTES), self._ms((end - start) // FRAME_BYTES)
            if self.mirrored:
                self.add_line(lines.overflowed(at, start_ms, reason, length_ms))
            else:
                self.add_line(lines.gap(at, start_ms, length_ms, reason))

    def watch_clock(self, at: datetime, now_s: float) -> None:
        """Write down that the clock was set while audio ran, so that the recording's length can still be judged."""
        ahead_s = at.timestamp() - now_s
        if self.clock_ahead_s is None:
            self.clock_ahead_s = ahead_s if self.rate_hz else None
        elif abs(ahead_s - self.clock_ahead_s) > CLOCK_SET_S:
            self.add_line(lines.clock_changed(at, self.audio_ms, ahead_s - self.clock_ahead_s))
            self.clock_ahead_s = ahead_s

    def add_line(self, line: lines.Line) -> None:
        text = lines.encode_line(line)
        self.lines.add(text)
        if self._mirror is not None:
            self._mirror.add(self.call_id, MANIFEST, text)

    @property
    def mirrored(self) -> bool:
        """Whatever becomes of the first folder, this call is kept."""
        return self._mirror is not None and self._mirror.healthy

    def note_overflow(self, at: datetime) -> str:
        """Write down, once, that the call goes on in the second folder. Returns the reason the first time, else ""."""
        files = (self.lines,) if self.audio is None else (self.lines, self.audio)
        refused = next((file.refused for file in files if file.refused is not None), None)
        if refused is None or self.overflowed:
            return ""
        self.overflowed = True
        self.note_over()
        self.add_line(lines.overflowed(at, self.audio_ms, str(refused)))
        return str(refused)

    def note_over(self) -> None:
        """Leave word in the first folder: the second one may be gone before anybody has read it."""
        note(self._folders.first, self.call_id, OVER)

    def note_left(self) -> None:
        """All of it is written, and maybe not all of it here."""
        if self.overflowed:
            note(self._folders.first, self.call_id, LEFT)

    def close_mirror(self) -> None:
        """Nothing more comes."""
        if self._mirror is not None:
            self._mirror.close(self.call_id)

    def write(self) -> None:
        """Put what waits on the disk, the manifest first. Raises `OSError`; the other file is tried all the same."""
        try:
            self.lines.write()
        finally:
            if self.audio is not None:
                self.audio.write()

    @property
    def waits(self) -> bool:
        return bool(self._frames or self.lines.waits or (self.audio is not None and self.audio.waits))

    def look(self) -> None:
        """Notice files that were deleted."""
        self.lines.look()
        if self.audio is not None:
            self.audio.look()

    def _ms(self, samples: int) -> int:
        return samples * 1000 // self.rate_hz
