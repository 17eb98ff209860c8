"""A bad network between two telephones, exact and repeatable: a relay on 127.0.0.1 through which one telephone's call
reaches the other, with its audio. What becomes of each packet of sound is said by a rule.

The caller dials the relay instead of the phone. SIP is handed on as it is, but for the addresses of the audio (RFC
4566) in INVITE and 200, which become the relay's; later requests of the call find their own way. RTP and RTCP both go
through it. One thread."""

import heapq
import re
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# (number of the packet in its direction, from 0) -> delay in ms, None = it is lost
Rule = Callable[[int], float | None]
_MEDIA = re.compile(rb"(m=audio )(\d+)")
_LENGTH = re.compile(rb"(Content-Length: *)\d+", re.IGNORECASE)


def untouched(_number: int) -> float | None:
    return 0.0


def every(nth: int) -> Rule:
    """Each nth packet is lost."""
    return lambda number: None if number % nth == nth - 1 else 0.0


def slow(delay_ms: float) -> Rule:
    return lambda _number: delay_ms


def uneven(burst_ms: float, packets: int = 25) -> Rule:
    """Each so many packets the way is blocked for this long."""
    return lambda number: burst_ms if number % packets == 0 else 0.0


def nothing(_number: int) -> float | None:
    return None


def _socket(port: int = 0) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", port))
    return made


def _pair() -> tuple[socket.socket, socket.socket]:
    """RTP on an even port, RTCP on the next one."""
    while True:
        first = _socket()
        port = first.getsockname()[1]
        if port % 2 == 0:
            try:
                return first, _socket(port + 1)
            except OSError:
                pass
        first.close()


class LossyRelay:
    """`port`: what the caller dials. `to_phone`, `to_caller`: the rules of the sound's two ways, changed at will; RTCP
    is only delayed. A packet that is delayed delays those behind it: no network that is merely busy overtakes."""

    def __init__(self, phone_port: int) -> None:
        self.to_phone: Rule = untouched
        self.to_caller: Rule = untouched
        self.carried = [0, 0]  # to the phone, to the caller
        self._phone, self._caller = ("127.0.0.1", phone_port), ("127.0.0.1", 0)
        self._sip = _socket()
        self.port = self._sip.getsockname()[1]
        self._faces_phone, self._faces_caller = _pair(), _pair()
        self._audio_of_phone = self._audio_of_caller = 0
        self._late: list[tuple[float, int, socket.socket, bytes, int]] = []
        self._counter = 0
        self._due_s = [0.0, 0.0]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stopping.set()
        self._thread.join(5.0)
        for one in (self._sip, *self._faces_phone, *self._faces_caller):
            one.close()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._sip, selectors.EVENT_READ, self._hand_on)
            for part in (0, 1):
                selector.register(self._faces_caller[part], selectors.EVENT_READ, self._audio(0, part))
                selector.register(self._faces_phone[part], selectors.EVENT_READ, self._audio(1, part))
            while not self._stopping.is_set():
                now_s = time.monotonic()
                while self._late and self._late[0][0] <= now_s:
                    _at, _number, by, packet, port = heapq.heappop(self._late)
                    by.sendto(packet, ("127.0.0.1", port))
                wait_s = min(0.05, self._late[0][0] - now_s) if self._late else 0.05
                for key, _ in selector.select(max(0.0, wait_s)):
                    key.data()

    def _hand_on(self) -> None:
        message, source = self._sip.recvfrom(65536)
        to_caller = message.startswith(b"SIP/2.0")  # an answer: the phone may be the caller as well, of itself
        if not to_caller:
            self._caller = source
        described = _MEDIA.search(message)
        if described:
            port = int(described[2])
            if to_caller:
                self._audio_of_phone, shown = port, self._faces_caller[0].getsockname()[1]
            else:
                self._audio_of_caller, shown = port, self._faces_phone[0].getsockname()[1]
            head, _, body = message.partition(b"\r\n\r\n")
            body = _MEDIA.sub(rb"\g<1>%d" % shown, body, count=1)
            body = re.sub(rb"a=rtcp:[^\r\n]*\r\n", b"", body)
            message = _LENGTH.sub(rb"\g<1>%d" % len(body), head) + b"\r\n\r\n" + body
        self._sip.sendto(message, self._caller if to_caller else self._phone)

    def _audio(self, way: int, part: int) -> Callable[[], None]:
        """`way` 0: to the phone; `part` 1: RTCP."""
        here = (self._faces_caller, self._faces_phone)[way][part]
        by = (self._faces_phone, self._faces_caller)[way][part]

        def carry() -> None:
            packet = here.recv(65536)
            port = (self._audio_of_phone, self._audio_of_caller)[way] + part
            rule = (self.to_phone, self.to_caller)[way]
            number = self.carried[way]
            if part == 0:
                self.carried[way] += 1
            delay_ms = rule(number)
            if part == 1 and delay_ms is None:
                delay_ms = 0.0
            if delay_ms is not None and port > 1:
                self._counter += 1
                due_s = self._due_s[way] = max(self._due_s[way], time.monotonic() + delay_ms / 1000)
                heapq.heappush(self._late, (due_s, self._counter, by, packet, port))

        return carry


@contextmanager
def lossy_relay(phone_port: int) -> Iterator[LossyRelay]:
    relay = LossyRelay(phone_port)
    try:
        yield relay
    finally:
        relay.close()
