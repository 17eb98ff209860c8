"""A ring of records in a file of fixed size that is mapped into memory: the newest stay, the oldest give way.

Promises: bounded in bytes, whatever is written; a record costs some microseconds and never a disk; what was written
before a process was killed, by whatever signal and at whichever byte, is there for whoever reads the file, whole
records only. One process writes, under a lock of its own; any process reads, also while it is written.

The surprising choices: the file lies in the runtime folder, which on Linux is memory, so that no page of it ever waits
for a disk, and a power cut forgets it (the log remains). Its room is taken when it is made: a mapped page that the
system could not give later would end the process by SIGBUS. Where no file can be had the ring is in memory alone.

Layout: magic, then `tail` and `head` as counts of bytes ever written (tail <= head <= tail + room), then the room.
`tail` is moved on before the bytes behind it are overwritten, `head` after a record is whole. Each record: its length
and CRC-32, then itself; it may go round the end."""

import contextlib
import logging
import mmap
import os
import struct
import threading
import zlib
from pathlib import Path

_MAGIC = b"deskring1\0\0\0\0\0\0\0"
_COUNTS = struct.Struct("<QQ")  # tail, head
_RECORD = struct.Struct("<II")  # length, crc
_MOST = 2**62  # bytes ever written: nobody gets there
_START = len(_MAGIC) + _COUNTS.size
_log = logging.getLogger(__name__)


class Ring:
    """`room`: bytes for records. `file` None, or one that cannot be had: in memory alone. What an earlier process of
    this role left in the file stays. Any thread."""

    def __init__(self, file: Path | None, room: int) -> None:
        self._room = room
        self._lock = threading.Lock()
        self._map: mmap.mmap | bytearray = bytearray(_START + room)
        if file is not None:
            try:
                self._map = _mapped(file, _START + room)
            except OSError as error:
                _log.warning("what happens here is kept in memory alone: %s", error)
        self._tail, self._head = _counts(self._map, room) or (0, 0)
        kept = _records(self._map, self._tail, self._head, room)
        if self._head - self._tail != sum(_RECORD.size + len(one) for one in kept):
            self._tail = self._head = 0  # damaged: begin anew
        self._map[: len(_MAGIC)] = _MAGIC
        self._keep_counts()

    def append(self, record: bytes) -> None:
        """One that is longer than the whole room is dropped. After `close` nothing happens."""
        need = _RECORD.size + len(record)
        with self._lock:
            if need > self._room or self._closed:
                return
            while self._head + need - self._tail > self._room and self._tail < self._head:
                length, _crc = _RECORD.unpack(_take(self._map, self._tail, _RECORD.size, self._room))
                self._tail = min(self._tail + _RECORD.size + length, self._head)
            self._keep_counts()
            self._put(self._head, _RECORD.pack(len(record), zlib.crc32(record)) + record)
            self._head += need
            self._keep_counts()

    def records(self) -> list[bytes]:
        """The oldest first."""
        with self._lock:
            return [] if self._closed else list(_records(self._map, self._tail, self._head, self._room))

    def close(self) -> None:
        """The file stays, for whoever comes next."""
        with self._lock:
            if isinstance(self._map, mmap.mmap):
                self._map.close()

    @property
    def _closed(self) -> bool:
        return isinstance(self._map, mmap.mmap) and self._map.closed

    def _keep_counts(self) -> None:
        self._map[len(_MAGIC) : _START] = _COUNTS.pack(self._tail, self._head)

    def _put(self, at: int, data: bytes) -> None:
        place = at % self._room
        first = min(len(data), self._room - place)
        self._map[_START + place : _START + place + first] = data[:first]
        if first < len(data):
            self._map[_START : _START + len(data) - first] = data[first:]


def read(file: Path) -> list[bytes]:
    """The records in another process's file, the oldest first; [] where there is none, or no ring in it. A copy is
    taken first: what was overwritten meanwhile is left out."""
    try:
        with file.open("rb") as stream:
            copy = stream.read()
            stream.seek(0)
            now = stream.read(_START)
    except OSError:
        return []
    room = len(copy) - _START
    if room <= 0 or not copy.startswith(_MAGIC):
        return []
    then, later = _counts(copy, room), _counts(now, room)
    if then is None or later is None:
        return []
    # Whatever the writer has gone over while the copy was taken lies before the tail that stood afterwards.
    return _records(copy, max(then[0], later[0]), then[1], room)


def _counts(memory: mmap.mmap | bytearray | bytes, room: int) -> tuple[int, int] | None:
    if memory[: len(_MAGIC)] != _MAGIC:
        return None
    tail, head = _COUNTS.unpack(memory[len(_MAGIC) : _START])
    return (tail, head) if tail <= head <= min(tail + room, _MOST) else None


def _records(memory: mmap.mmap | bytearray | bytes, tail: int, head: int, room: int) -> list[bytes]:
    """From a record's begin on. What two processes wrote over each other ends it, or fails its sum and is passed
    over."""
    found = []
    at = tail
    while at + _RECORD.size <= head:
        length, crc = _RECORD.unpack(_take(memory, at, _RECORD.size, room))
        if at + _RECORD.size + length > head:
            break
        record = _take(memory, at + _RECORD.size, length, room)
        if zlib.crc32(record) == crc:
            found.append(record)
        at += _RECORD.size + length
    return found


def _take(memory: mmap.mmap | bytearray | bytes, at: int, length: int, room: int) -> bytes:
    place = at % room
    first = min(length, room - place)
    part = bytes(memory[_START + place : _START + place + first])
    return part if first == length else part + bytes(memory[_START : _START + length - first])


def _mapped(file: Path, size: int) -> mmap.mmap:
    """The file in memory, made for this user alone where there is none of this size. One of another size may be mapped
    by an older process still, and must not be cut under it. Raises `OSError`."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if file.exists() and file.stat().st_size != size:
        file.unlink()
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(file, flags, 0o600)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, size)
        else:
            os.ftruncate(descriptor, size)
        return mmap.mmap(descriptor, size)
    except OSError:
        with contextlib.suppress(OSError):
            file.unlink()  # what a full disk had room for
        raise
    finally:
        os.close(descriptor)
