"""One connection of the link (see `desk.link`): whole frames in and out, with limits on size, silence and backlog.

The stdlib's connection can neither be interrupted while it reads nor tell half a frame from none, and closing its
descriptor under a reader invites mix-ups. So a reader waits for the first byte, the rest of the frame must not pause
for longer than `FRAME_S`, and the connection is ended by shutting the socket down; its reader then closes it
(`dispose`). Named pipes on Windows carry whole messages, so none of this is needed there.

Any process: one reading thread (the caller's), one writing thread of its own."""

import os
import select
import socket
import struct
import threading
from collections import deque
from multiprocessing.connection import Connection
from typing import Any

FRAME_LIMIT = 1 << 20  # bytes
BACKLOG_FRAMES, BACKLOG_BYTES = 4096, 8 << 20  # what a peer may leave unread before it is dropped
HANDSHAKE_S = 2.0
FRAME_S = 2
FINISH_S = 1.0

_ON_WINDOWS = os.name == "nt"


class ChannelClosed(Exception):
    """The other side hung up, or we did."""


class Channel:
    """Owns `connection`. `post`, `finish` and `abort` from any thread; `read` and `dispose` from the reading one."""

    def __init__(self, connection: "Connection[Any, Any]", name: str) -> None:
        self._connection = connection
        self._socket: socket.socket | None = None
        self._poll: select.poll | None = None
        if not _ON_WINDOWS:
            self._socket = socket.socket(fileno=os.dup(connection.fileno()))
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", FRAME_S, 0))
            self._poll = select.poll()
            self._poll.register(connection.fileno(), select.POLLIN)
        self._frames: deque[bytes] = deque()
        self._backlog_bytes = 0
        self._changed = threading.Condition()
        self._finishing = self._aborted = False
        self._writer = threading.Thread(target=self._write_out, name=f"{name}-writer", daemon=True)
        self._writing = False

    def as_connection(self) -> Any:
        """Itself, for the stdlib's challenge: it needs `send_bytes` and `recv_bytes`, here with a time limit."""
        return _Handshake(self, self._connection)

    def read(self, timeout_s: float | None = None) -> bytes:
        """The next frame. Raises `ChannelClosed` at the end, `OSError` for an oversize or unfinished one,
        `TimeoutError` when none begins in `timeout_s`."""
        self.await_frame(timeout_s)
        return self.recv_bytes(FRAME_LIMIT)

    def await_frame(self, timeout_s: float | None) -> None:
        if self._poll is not None:
            began = bool(self._poll.poll(None if timeout_s is None else timeout_s * 1000))
        else:
            began = self._connection.poll(timeout_s)
        if not began:
            raise TimeoutError("silence where a message was due")

    def recv_bytes(self, limit: int) -> bytes:
        try:
            return self._connection.recv_bytes(limit)
        except (EOFError, ConnectionResetError) as error:
            raise ChannelClosed from error
        except BlockingIOError as error:
            raise TimeoutError("half a message, then silence") from error
        except OSError:
            if self._aborted:
                raise ChannelClosed from None
            raise

    def post(self, frame: bytes) -> bool:
        """Queue one frame and return; False where the channel is closed. Too long a queue aborts the channel. Raises
        `ValueError` for an oversize frame (a bug of ours)."""
        if len(frame) > FRAME_LIMIT:
            raise ValueError(f"a message of {len(frame)} bytes is too big for the link")
        with self._changed:
            if self._finishing or self._aborted:
                return False
            self._frames.append(frame)
            self._backlog_bytes += len(frame)
            too_slow = len(self._frames) > BACKLOG_FRAMES or self._backlog_bytes > BACKLOG_BYTES
            if not self._writing:
                self._writing = True
                self._writer.start()
            self._changed.notify()
        if too_slow:
            self.abort()
        return not too_slow

    def finish(self) -> None:
        """Let what is queued go out (`FINISH_S` at most), then end."""
        with self._changed:
            self._finishing = True
            writing = self._writing
            self._changed.notify()
        if writing and threading.current_thread() is not self._writer:
            self._writer.join(FINISH_S)
        self.abort()

    def abort(self) -> None:
        """End now: reader and writer wake up and find the channel closed."""
        with self._changed:
            if self._aborted:
                return
            self._aborted = True
            self._frames.clear()
            self._changed.notify()
        if self._socket is None:
            self._connection.close()
            return
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the other side was faster

    def dispose(self) -> None:
        """Give the descriptors back; after `abort`, by the thread that reads."""
        if self._writing and threading.current_thread() is not self._writer:
            self._writer.join()
        if self._socket is not None:
            self._socket.close()
        self._connection.close()

    def _write_out(self) -> None:
        while True:
            with self._changed:
                while not (self._frames or self._finishing or self._aborted):
                    self._changed.wait()
                if not self._frames:
                    return
                frame = self._frames.popleft()
                self._backlog_bytes -= len(frame)
            try:
                self._connection.send_bytes(frame)
            except OSError:
                self.abort()
                return


class _Handshake:
    def __init__(self, channel: Channel, connection: "Connection[Any, Any]") -> None:
        self._channel = channel
        self.send_bytes = connection.send_bytes

    def recv_bytes(self, limit: int) -> bytes:
        self._channel.await_frame(HANDSHAKE_S)
        return self._channel.recv_bytes(limit)
