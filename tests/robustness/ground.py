"""What the robustness suites stand on: the phone as a process of its own, registered at a real Kamailio by UDP and by
TCP, an agent who answers or refuses by program, and the questions asked after every torment: does it live, is it
registered, does a normal call go through, is no leg left?"""

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil

from desk.demo.kamailio import Kamailio
from desk.demo.processes import free_port, wait_until
from desk.domain import commands, events
from desk.domain.events import LineStatus
from desk.domain.snapshots import PhoneSnapshot
from desk.wire import SpoolClosed
from tests.telephony.driver import Driver, phone

USERS = {"desk": "secret", "desktcp": "secret", "far": "secret"}
HOST = "127.0.0.1"
PING_S = 2.0
FREED_S = 45.0  # PJSIP gives a farewell up after 32 s
_SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {rtp} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
)


@dataclass(frozen=True, slots=True)
class Ground:
    """`udp` and `tcp` are the SIP ports of the registered lines, `direct` that of a line without a registrar."""

    driver: Driver
    registrar: Kamailio
    udp: int
    tcp: int
    direct: int

    @property
    def pid(self) -> int:
        return self.driver.child.pid

    @property
    def rss_kb(self) -> int:
        return int(psutil.Process(self.pid).memory_info().rss // 1024)

    @property
    def descriptors(self) -> int:
        return int(psutil.Process(self.pid).num_fds())

    def snapshot(self) -> PhoneSnapshot:
        return self.driver.snapshot()

    def wait_empty(self, meanwhile: Callable[[], None] = lambda: None, timeout_s: float = 30.0) -> None:
        """Until no leg is left."""

        def empty() -> bool:
            meanwhile()
            return not self.snapshot().calls

        wait_until("the end of all calls", empty, timeout_s)

    def registered(self) -> bool:
        ready = (LineStatus.REGISTERED, LineStatus.DIRECT)
        return all(line.status in ready for line in self.snapshot().lines)

    def usable(self) -> None:
        """A caller who behaves gets through, is answered, and leaves nothing behind."""
        self.wait_empty()
        mark = self.driver.mark()
        with Caller(self.udp) as caller:
            wait_until("a call to ring", caller.rings, FREED_S)
            offered = self.driver.wait(events.CallOffered, after=mark, matches=lambda one: one.rings)
            self.driver.do(commands.Answer(offered.call_id))
            caller.answered()
            self.driver.wait(events.CallAnswered, after=mark, call_id=offered.call_id)
            caller.bye()
            self.driver.wait(SpoolClosed, after=mark, call_id=offered.call_id)
        assert not self.snapshot().calls
        assert self.registered()


class Refusing:
    """An agent who refuses every call that is offered between `with` and its end."""

    def __init__(self, driver: Driver) -> None:
        self._driver, self._at = driver, driver.mark()

    def skip(self) -> None:
        """What has come so far is somebody else's."""
        self._at = self._driver.mark()

    def turn(self) -> None:
        """Refuse what has come since the last turn."""
        messages = self._driver.messages[self._at :]
        self._at += len(messages)
        for message in messages:
            if isinstance(message, events.CallOffered):
                self._driver.do(commands.Reject(message.call_id))


class Caller:
    """A telephone by hand over UDP that does what RFC 3261 says, one call at a time. Its parts are open to those who
    want to do otherwise."""

    _number = 0

    def __init__(self, port: int) -> None:
        self._to = (HOST, port)
        self.sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sip.bind((HOST, 0))
        self._rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._rtp.bind((HOST, 0))
        self.port = int(self.sip.getsockname()[1])
        self.sdp = _SDP.format(rtp=self._rtp.getsockname()[1])
        self._target = f"sip:desk@{HOST}:{port}"
        self.begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sip.close()
        self._rtp.close()

    def send(self, message: bytes) -> None:
        self.sip.sendto(message, self._to)

    def alive(self) -> bool:
        """An OPTIONS is answered within `PING_S`."""
        self.begin()
        self.send(self.request("OPTIONS"))
        return self.answer("OPTIONS", PING_S) is not None

    def invite(self) -> None:
        self.begin()
        self.send(self.request("INVITE", self.sdp))

    def rings(self) -> bool:
        """Call, and see whether it rings: after a flood new calls are refused for some tenths of a second (503), and
        where the farewell of a spoilt dialogue was sent into the void, for as long as PJSIP repeats it (486)."""
        self.invite()
        answer = self.answer("INVITE", 1.0, 101)
        return answer is not None and answer.startswith("SIP/2.0 180")

    def answered(self) -> None:
        """Until it is, and acknowledged."""
        answer = self.answer("INVITE", 10.0)
        assert answer is not None
        assert answer.startswith("SIP/2.0 200"), answer.splitlines()[0]
        self.take(answer)
        self.send(self.request("ACK"))

    def bye(self) -> None:
        self.sequence += 1
        self.send(self.request("BYE"))
        assert self.answer("BYE", 5.0) is not None

    def begin(self) -> None:
        """Another dialogue."""
        Caller._number += 1
        self.sequence = 1
        self.call_id = f"{Caller._number}.{self.port}"
        self._to_header, self._contact = f"<{self._target}>", self._target

    def take(self, answer: str) -> None:
        """The far side's tag and contact, from its answer."""
        self._to_header = header(answer, "to")
        contact = re.search(r"<(sip:[^>]+)>", header(answer, "contact"))
        self._contact = contact[1] if contact else self._target

    def answer(self, method: str, timeout_s: float, least: int = 200) -> str | None:
        """The first answer in this dialogue with a code of at least `least`."""
        end = time.monotonic() + timeout_s
        while (left_s := end - time.monotonic()) > 0:
            self.sip.settimeout(left_s)
            try:
                text = self.sip.recv(65535).decode("utf-8", "replace")
            except TimeoutError:
                return None
            code = re.match(r"SIP/2.0 (\d{3})", text)
            ours = header(text, "call-id") == self.call_id and header(text, "cseq").endswith(method)
            if code and int(code[1]) >= least and ours:
                return text
        return None

    def request(self, method: str, body: str = "", *more: str, kind: str = "application/sdp") -> bytes:
        lines = [
            f"{method} {self._contact} SIP/2.0",
            f"Via: SIP/2.0/UDP {HOST}:{self.port};branch=z9hG4bK{self.call_id}.{self.sequence}.{method};rport",
            "Max-Forwards: 70",
            f"From: <sip:13800138000@{HOST}>;tag={self.call_id}",
            f"To: {self._to_header}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.sequence} {method}",
            f"Contact: <sip:caller@{HOST}:{self.port}>",
            *more,
            *([f"Content-Type: {kind}"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def header(message: str, name: str) -> str:
    """Its first value, "" where there is none."""
    found = re.search(rf"^{name}\s*:\s*(.*?)\r?$", message, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


@contextmanager
def ground(folder: Path, **config: Any) -> Iterator[Ground]:
    """At its end the phone must leave cleanly and have logged no fault (see `driver.phone`)."""
    udp, tcp, direct = free_port(socket.SOCK_DGRAM), free_port(), free_port(socket.SOCK_DGRAM)
    with Kamailio(folder / "kamailio", USERS) as registrar:
        common = {"kind": "registered", "registrar": registrar.address}
        lines = [
            {**common, "label": "udp", "user": "desk", "port": udp},
            {**common, "label": "tcp", "user": "desktcp", "port": tcp, "transport": "tcp"},
            {"kind": "direct", "label": "direct", "port": direct},
        ]
        # Without precedence: a phone under a flood would keep a core from the tests that run beside it.
        with phone(folder / "phone", lines, password="secret", precedence=False, **config) as driver:
            stand = Ground(driver, registrar, udp, tcp, direct)
            wait_until("the registrations", stand.registered, 15.0)
            yield stand
