"""One growing file of the spool that survives a full disk: what one folder does not take, the other one does, as the
next segment (see `segments`); what neither takes stays in memory and is tried again, at its own place. So audio stays
true to time whatever happens: what had to be given up is a hole, which reads as silence and takes no space.

A file that somebody deletes while it is written (a folder swept under a running call) is as good as a disk that
refuses: nobody else can read it any more, but we can as long as it is open, so that all of it is brought to a new one.

Used by the recorder's writer thread only (a mirror's by the mirror's); `sync` and `close` are also called by its syncer
thread, after the last write that they concern."""

import contextlib
import errno
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from desk.domain.troubles import Trouble
from desk.recording.spool.part import Growing, Part, open_growing
from desk.recording.spool.segments import call_of, segment_file

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def trouble_of(error: OSError) -> Trouble:
    """What a failed write means to the agent."""
    return Trouble.SPOOL_FULL if error.errno in _FULL else Trouble.SPOOL_UNWRITABLE


def _deletion(path: Path) -> OSError:
    return FileNotFoundError(errno.ENOENT, "deleted while a call was written", path.name)


class SpoolFile:
    """`path`: of the first segment. `keep_bytes`: how much may wait in memory, None = everything (a manifest);
    `frame_bytes`: what is given up is a multiple of it, so that channels never change sides; `reserve_bytes`: zeros
    that hold the place for what comes, so that a manifest once begun can be ended on a disk that is full by then.
    `overflow`: the folder where it goes on. `own_holes` False: somebody else may have what is given up here, so that
    nothing stands in its place and the next segment begins behind it."""

    def __init__(
        self,
        path: Path,
        keep_bytes: int | None = None,
        frame_bytes: int = 1,
        reserve_bytes: int = 0,
        open_file: Callable[[Path], Growing] = open_growing,
        *,
        overflow: Path | None = None,
        own_holes: bool = True,
    ) -> None:
        self.path = path
        self._folders = (path.parent,) if overflow is None else (path.parent, overflow)
        self._reserve_bytes, self._open_file, self._own_holes = reserve_bytes, open_file, own_holes
        self._given_up: list[tuple[int, int]] = []  # (from byte, to byte)
        self._keep_bytes, self._frame_bytes = keep_bytes, frame_bytes
        self._waiting = bytearray()
        self._waiting_at = 0
        self._part: Part | None = None
        self._before: tuple[Part, ...] = ()
        self._deleted: list[Part] = []  # brought elsewhere; closed with the rest, for the syncer may be at them
        self.refused: OSError | None = None  # why it goes on in the other folder; None: it is in the first

    @property
    def waiting_bytes(self) -> int:
        return len(self._waiting)

    @property
    def waits(self) -> bool:
        """Whether there is something to write."""
        return bool(self._waiting) or any(part.deleted for part in self._parts)

    @property
    def unsynced(self) -> bool:
        return any(part.unsynced for part in self._parts)

    @property
    def _parts(self) -> tuple[Part, ...]:
        return self._before if self._part is None else (*self._before, self._part)

    def add(self, data: bytes) -> None:
        self._waiting += data

    def write(self) -> None:
        """Write what waits. Raises `OSError` of the folder written to last when none takes any: then what is beyond
        `keep_bytes` has been given up, and the rest waits for the next try; and, once, when segments had been deleted
        that no other folder could take."""
        try:
            deleted = [self._bring_back(part) for part in self._parts if part.deleted]
            while self._waiting:
                self._write_some()
        except OSError:
            self._give_up()
            raise
        if any(deleted):
            raise _deletion(self.path)

    def look(self) -> None:
        """Notice segments that were deleted; the next `write` brings back what they held."""
        for part in self._parts:
            part.look()

    def _bring_back(self, part: Part) -> bool:
        """Into the other folder if that takes it, else into the same again, which is a failure to tell: True. Raises
        `OSError` where neither does."""
        failure: OSError | None = None
        home = part.path.parent
        for folder in sorted(self._folders, key=lambda one: one == home):
            try:
                found = self._copied(part, folder)
            except OSError as error:
                failure = failure or error
                continue
            self._deleted.append(part)
            self._before = tuple(found if one is part else one for one in self._before)
            if self._part is part:
                self._part = found
            if folder != home:
                self.refused = _deletion(self.path)
            return folder == home
        raise failure or _deletion(self.path)

    def _copied(self, part: Part, folder: Path) -> Part:
        found = self._begin(folder, part.start)
        try:
            found.copy_of(part)
        except OSError:
            with contextlib.suppress(OSError):
                found.file.close()
                found.path.unlink()
            raise
        return found

    def _write_some(self) -> None:
        current = self._part.path.parent if self._part is not None else self._folders[0]
        failure: OSError | None = None
        for folder in sorted(self._folders, key=lambda one: one != current):
            try:
                written = self._write_to(folder)
            except OSError as error:
                failure = failure or error
                continue
            if failure is not None:
                self.refused = failure if folder != self._folders[0] else None
            self._waiting_at += written
            del self._waiting[:written]
            return
        raise failure or OSError(errno.EIO, os.strerror(errno.EIO))

    def _write_to(self, folder: Path) -> int:
        part = self._part
        if part is not None and part.path.parent == folder:
            if self._own_holes or part.start + part.size == self._waiting_at:
                return part.write(self._waiting, self._waiting_at)
        elif part is None and len(self._folders) == 1:
            self._part = self._begin(
                folder, self._waiting_at
            )  # what was reserved stays, whatever comes of the first write
            return self._part.write(self._waiting, self._waiting_at)
        begun = self._begin(folder, self._waiting_at)
        try:
            written = begun.write(self._waiting, self._waiting_at)
        except OSError:
            with contextlib.suppress(OSError):
                begun.file.close()
                begun.path.unlink()
            raise
        self._before, self._part = self._parts, begun
        return written

    def _begin(self, folder: Path, start: int) -> Part:
        first = folder / self.path.name
        path = segment_file(folder, call_of(self.path), self.path.suffix, start) if start else first
        part = Part(path, start, self._open_file(path))
        if self._reserve_bytes:
            with contextlib.suppress(OSError):
                part.file.write(bytes(self._reserve_bytes))
        return part

    def _give_up(self) -> None:
        if self._keep_bytes is None or len(self._waiting) <= self._keep_bytes:
            return
        # The file may end in the middle of a frame: the boundary counts from the file's start.
        target = self._waiting_at + len(self._waiting) - self._keep_bytes
        target += -target % self._frame_bytes
        self._drop(min(target - self._waiting_at, len(self._waiting)))

    def give_up_all(self) -> None:
        """Nothing more is tried: what waits is given up, and what could not be brought back."""
        for part in self._parts:
            if part.deleted:
                self._deleted.append(part)
                self._given_up.append((part.start, part.start + part.size))
                self._before = tuple(one for one in self._before if one is not part)
                self._part = None if self._part is part else self._part
        self._drop(len(self._waiting))

    def _drop(self, count: int) -> None:
        start, end = self._waiting_at, self._waiting_at + count
        del self._waiting[:count]
        self._waiting_at = end
        if self._given_up and self._given_up[-1][1] == start:
            self._given_up[-1] = (self._given_up[-1][0], end)
        elif count:
            self._given_up.append((start, end))

    def take_given_up(self) -> list[tuple[int, int]]:
        """Where there is nothing, as (from byte, to byte), since the last call of this."""
        regions, self._given_up = self._given_up, []
        return regions

    def sync(self) -> None:
        """Make what is written survive a power cut. Raises `OSError`, of the first segment that cannot be synced."""
        failure: OSError | None = None
        for part in self._parts:
            try:
                part.sync()
            except OSError as error:
                failure = failure or error
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Sync, give back what was reserved and close, whatever of it fails. Raises `OSError`."""
        parts, self._before, self._part = self._parts, (), None
        for part in self._deleted:
            with contextlib.suppress(OSError):
                part.file.close()
        failure: OSError | None = None
        for part in parts:
            for step in (part.sync, partial(self._give_back, part), part.file.close):
                try:
                    step()
                except OSError as error:
                    failure = failure or error
        if failure is not None:
            raise failure

    def _give_back(self, part: Part) -> None:
        if self._reserve_bytes:
            part.file.truncate(part.size)
            os.fsync(part.file.fileno())
