"""SIP by hand, for what no telephone would send: one UDP socket, messages as bytes."""

import socket
from typing import Self

SESSION = b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
MEDIA = b"m=audio 9 RTP/AVP 8\r\n"
SDP = SESSION + MEDIA


class RawCaller:
    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._host, self._to = host.encode(), (host, port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
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
            b"Via: SIP/2.0/UDP %s:%d;branch=z9hG4bK%dn%d" % (self._host, self._port, self._port, self._number),
            b"From: %s;tag=%d" % (caller, self._number),
            b"To: <sip:desk@127.0.0.1>",
            b"Call-ID: %dn%d@127.0.0.1" % (self._port, self._number),
            b"Max-Forwards: 70",
        )
        head = (*self._last, b"CSeq: 1 INVITE", b"Contact: <sip:raw@%s:%d>" % (self._host, self._port), *more)
        self._say(b"INVITE", *head, b"Content-Type: application/sdp", body=SESSION + media)

    def acknowledge(self, answer: bytes) -> None:
        """ACK to a 200, along its Record-Route."""
        found = dict(line.split(b": ", 1) for line in answer.split(b"\r\n") if b": " in line)
        uri = found[b"Contact"].partition(b"<")[2].partition(b">")[0]
        routes = [b"Route: " + found[b"Record-Route"]] if b"Record-Route" in found else []
        via, sender, _, *rest = self._last
        head = (via + b"a", sender, b"To: " + found[b"To"], *rest, *routes, b"CSeq: 1 ACK", b"Content-Length: 0")
        self.send(b"\r\n".join((b"ACK %s SIP/2.0" % uri, *head, b"", b"")))

    def cancel(self) -> None:
        self._say(b"CANCEL", *self._last, b"CSeq: 1 CANCEL")

    def _say(self, method: bytes, *head: bytes, body: bytes = b"") -> None:
        first = b"%s sip:desk@%s:%d SIP/2.0" % (method, self._host, self._to[1])
        self.send(b"\r\n".join((first, *head, b"Content-Length: %d" % len(body), b"", body)))

    def wait_request(self, method: bytes) -> bytes:
        """The first request of this method; whatever comes before it is passed over. Raises `TimeoutError`."""
        while not (message := self._socket.recv(65536)).startswith(method + b" "):
            pass
        return message

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
