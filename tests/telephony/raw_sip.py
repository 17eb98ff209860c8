"""SIP by hand, for what no telephone would send: one UDP socket, messages as bytes."""

import socket
from typing import Self

SESSION = b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
MEDIA = b"m=audio 9 RTP/AVP 8\r\n"
SDP = SESSION + MEDIA


class RawCaller:
    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(5.0)
        self._port = self._socket.getsockname()[1]
        self._number = 0
        self._last: tuple[bytes, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, message: bytes) -> None:
        self._socket.sendto(message, self._to)

    def invite(self, caller: bytes, *more: bytes, media: bytes = MEDIA) -> None:
        """`caller`: the From header's value without tag. `media`: the SDP's lines from m= on."""
        self._number += 1
        self._last = (
            b"Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%dn%d" % (self._port, self._port, self._number),
            b"From: %s;tag=%d" % (caller, self._number),
            b"To: <sip:desk@127.0.0.1>",
            b"Call-ID: %dn%d@127.0.0.1" % (self._port, self._number),
            b"Max-Forwards: 70",
        )
        head = (*self._last, b"CSeq: 1 INVITE", b"Contact: <sip:raw@127.0.0.1:%d>" % self._port, *more)
        self._say(b"INVITE", *head, b"Content-Type: application/sdp", body=SESSION + media)

    def acknowledge(self, answer: bytes) -> None:
        """ACK to a 200, where the answerer's Contact is the port that the INVITE went to."""
        to = next(line for line in answer.split(b"\r\n") if line.lower().startswith(b"to:"))
        via, sender, _, *rest = self._last
        self._say(b"ACK", via + b"a", sender, to, *rest, b"CSeq: 1 ACK")

    def cancel(self) -> None:
        self._say(b"CANCEL", *self._last, b"CSeq: 1 CANCEL")

    def _say(self, method: bytes, *head: bytes, body: bytes = b"") -> None:
        first = b"%s sip:desk@127.0.0.1:%d SIP/2.0" % (method, self._to[1])
        self.send(b"\r\n".join((first, *head, b"Content-Length: %d" % len(body), b"", body)))

    def wait_answer(self, *codes: int) -> bytes:
        """The first answer with one of these codes; others are passed over. Raises `TimeoutError`."""
        wanted = tuple(b"SIP/2.0 %d " % code for code in codes)
        seen: list[bytes] = []
        while True:
            try:
                answer = self._socket.recv(65536)
            except TimeoutError:
                raise TimeoutError(f"none of {codes}, but {seen}") from None
            if answer.startswith(wanted):
                return answer
            seen.append(answer[:40])
