"""SIP over a stream, cut into messages (RFC 3261 18.3): header, empty line, as many bytes as Content-Length says.
Pure, on bytes, any thread."""

import re

LONGEST_HEAD = 65_536
LONGEST_BODY = 1_048_576
_LENGTH = re.compile(rb"^(?:Content-Length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*$", re.IGNORECASE | re.MULTILINE)


class BadStream(Exception):
    """What came is no SIP, and where the next message begins cannot be told."""


class Framer:
    """One direction of one connection. A keep-alive (empty lines, RFC 5626 3.5.1) comes out as a piece of its own,
    as it came in."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are whole by now. Raises `BadStream`."""
        self._buffer += data
        found = []
        while piece := self._next():
            found.append(piece)
        return found

    def _next(self) -> bytes:
        buffer = self._buffer
        blank = len(buffer) - len(buffer.lstrip(b"\r\n"))
        if blank:
            self._buffer = buffer[blank:]
            return buffer[:blank]
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(buffer) > LONGEST_HEAD:
                raise BadStream("a header without an end")
            return b""
        lengths = set(_LENGTH.findall(buffer[:end].replace(b"\r\n", b"\n")))
        if len({int(length) for length in lengths}) > 1:
            raise BadStream("two lengths for one body")
        length = int(lengths.pop()) if lengths else 0
        if length > LONGEST_BODY:
            raise BadStream("a body too long")
        whole = end + 4 + length
        if len(buffer) < whole:
            return b""
        self._buffer = buffer[whole:]
        return buffer[:whole]
