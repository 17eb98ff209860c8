"""The far side of a call that we dial, by hand, for what no telephone would answer: one UDP socket, bytes."""

import re
import socket
from collections.abc import Iterable
from typing import Self

from desk.telephony.lines.party_headers import headers

SESSION = b"v=0\r\no=- 1 %d IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
MEDIA = b"m=audio 9 RTP/AVP 8\r\na=%s\r\n"


def dscp_of(marks: Iterable[tuple[int, int, bytes]]) -> int:
    """Of what came with a message on a socket with IP_RECVTOS; -1: none said."""
    of_kind = {(level, kind): value for level, kind, value in marks}
    tos = of_kind.get((socket.IPPROTO_IP, socket.IP_TOS), b"")
    return tos[0] >> 2 if tos else -1


class RawAnswerer:
    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
        self.port = int(self._socket.getsockname()[1])
        self.dscp = -1  # of the last message
        self._from: tuple[str, int] = ("127.0.0.1", 9)
        self._branches: set[tuple[bytes, bytes]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def uri(self, user: str) -> str:
        return f"sip:{user}@127.0.0.1:{self.port}"

    def request(self, method: bytes, timeout_s: float = 8.0) -> bytes:
        """The next request with this method that is no repetition; others are passed over. Raises `TimeoutError`."""
        self._socket.settimeout(timeout_s)
        while True:
            message, marks, _, self._from = self._socket.recvmsg(65536, 64)
            self.dscp = dscp_of(marks)
            key = (message.split(b" ", 1)[0], headers(message).get("via", [b""])[0])
            if message.startswith(method + b" ") and key not in self._branches:
                self._branches.add(key)
                return message

    def answer(
        self,
        request: bytes,
        code: int,
        *more: bytes,
        tag: bytes = b"far",
        sdp: bool = False,
        way: bytes = b"sendrecv",
        media: bytes = b"",
    ) -> None:
        """`media`: the session's media lines as they are, in place of audio that goes this way."""
        fields = headers(request)
        to = fields["to"][0]
        lines = [b"SIP/2.0 %d Told" % code]
        lines += [b"Via: " + via for via in fields["via"]]
        lines += [b"Record-Route: " + route for route in fields.get("record-route", ())]
        lines.append(b"From: " + fields["from"][0])
        lines.append(b"To: " + (to if b"tag=" in to or code == 100 else to + b";tag=" + tag))
        lines += [b"Call-ID: " + fields["call-id"][0], b"CSeq: " + fields["cseq"][0], *more]
        if not any(line.lower().startswith(b"contact:") for line in more):
            lines.append(b"Contact: <sip:%s@127.0.0.1:%d>" % (tag, self.port))
        body = SESSION % code + (media or MEDIA % way) if sdp or media else b""
        if body:
            lines.append(b"Content-Type: application/sdp")
        lines.append(b"Content-Length: %d" % len(body))
        self._socket.sendto(b"\r\n".join((*lines, b"", body)), self._from)

    @staticmethod
    def user_of(request: bytes) -> str:
        """Of the Request-URI."""
        found = re.match(rb"\w+ sip:([^@]*)@", request)
        return found[1].decode() if found else ""
