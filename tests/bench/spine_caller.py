"""The callers of the spine benchmark: SIP by hand over one UDP socket (RFC 3261), because the moment an INVITE leaves
must be known to the microsecond. What is spoken is nothing: the offered RTP port takes and sends no sound.

One call after the other, from one thread."""

import re
import secrets
import socket
import time
from types import TracebackType
from typing import Self

from desk.demo.processes import NotReady

ANSWER_S = 10.0
_SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {rtp} RTP/AVP 8\r\n"


class Caller:
    """Calls the SIP port `port` of 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sip.bind(("127.0.0.1", 0))
        self._rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._rtp.bind(("127.0.0.1", 0))
        self._target = f"sip:hotline@127.0.0.1:{port}"
        self._begin("")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sip.close()
        self._rtp.close()

    def ring(self, number: str) -> int:
        """INVITE from this number, "" = withheld. CLOCK_MONOTONIC nanoseconds when it was sent."""
        self._begin(number)
        body = _SDP.format(rtp=self._rtp.getsockname()[1])
        invite = self._request("INVITE", 1, body)
        sent_ns = time.monotonic_ns()
        self._sip.sendto(invite, self._to)
        return sent_ns

    def cancel(self) -> None:
        """Give up; returns when the other side has understood. Raises `NotReady`."""
        self._sip.sendto(self._request("CANCEL", 1), self._to)
        self._ack(self._answer("INVITE", 300))

    def wait_answered(self) -> None:
        """Until the agent has answered. Raises `NotReady`, also where the call was refused."""
        answer = self._answer("INVITE", 200)
        if not answer.startswith("SIP/2.0 200"):
            raise NotReady(f"the call was refused: {answer.splitlines()[0]}")
        contact = re.search(r"<(sip:[^>]+)>", _header(answer, "contact"))
        self._contact = contact[1] if contact else self._target
        self._branch = _branch()
        self._ack(answer)

    def hang_up(self) -> None:
        """BYE, and its answer. Raises `NotReady`."""
        self._branch = _branch()
        self._sip.sendto(self._request("BYE", 2), self._to)
        self._answer("BYE", 200)

    def _begin(self, number: str) -> None:
        self._call_id, self._tag, self._branch = secrets.token_hex(8), secrets.token_hex(4), _branch()
        port = self._sip.getsockname()[1]
        anonymous = '"Anonymous" <sip:anonymous@anonymous.invalid>'
        self._from = f"<sip:{number}@127.0.0.1:{port}>" if number else anonymous
        self._to_header, self._contact = f"<{self._target}>", self._target

    def _ack(self, answer: str) -> None:
        self._to_header = _header(answer, "to")
        self._sip.sendto(self._request("ACK", 1), self._to)

    def _answer(self, method: str, least: int) -> str:
        """The first final answer to this method with a code of at least `least`; provisional ones are passed over."""
        end = time.monotonic() + ANSWER_S
        while (left_s := end - time.monotonic()) > 0:
            self._sip.settimeout(left_s)
            try:
                untrusted = self._sip.recv(65535).decode("utf-8", "replace")
            except TimeoutError:
                break
            code = re.match(r"SIP/2.0 (\d{3})", untrusted)
            ours = _header(untrusted, "call-id") == f"{self._call_id}@127.0.0.1"
            if code and ours and _header(untrusted, "cseq").endswith(method) and int(code[1]) >= least:
                self._to_header = _header(untrusted, "to")
                return untrusted
        raise NotReady(f"no answer to {method}")

    def _request(self, method: str, sequence: int, body: str = "") -> bytes:
        port = self._sip.getsockname()[1]
        lines = [
            f"{method} {self._contact if method in ('ACK', 'BYE') else self._target} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch={self._branch}",
            "Max-Forwards: 70",
            f"From: {self._from};tag={self._tag}",
            f"To: {self._to_header}",
            f"Call-ID: {self._call_id}@127.0.0.1",
            f"CSeq: {sequence} {method}",
            f"Contact: <sip:caller@127.0.0.1:{port}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def _branch() -> str:
    return f"z9hG4bK{secrets.token_hex(6)}"


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}\s*:\s*(.*?)\r?$", message, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""
