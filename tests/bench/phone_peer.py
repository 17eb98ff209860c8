"""The far end of the phone's own benchmarks: a telephone by hand that can be put on hold (tests.robustness.ground's
caller), with an even beat of marked PCMU and the time at which each packet of the agent's voice came. The audio
benchmark's peer measures more finely, but knows one INVITE only.

Two threads: one sends, one receives. Times are CLOCK_MONOTONIC seconds."""

import contextlib
import re
import socket
import struct
import threading
import time
from types import TracebackType
from typing import Self

import numpy as np

from desk.demo.processes import NotReady
from tests.bench.audio_priority import raised_thread
from tests.bench.audio_signal import FRAME, FRAME_S, Samples, from_pcmu, to_pcmu
from tests.robustness.ground import HOST, Caller, header

LOUD = 0.02  # rms of full scale: the marked sound is louder, comfort noise and silence are not
_HEADER = struct.Struct("!BBHII")
_SDP = "v=0\r\no=- 1 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {rtp} RTP/AVP 0\r\n"


class Peer:
    """Calls `port`. `sound` goes out from the answer on; `loud_s`: when the packets came that bear sound."""

    def __init__(self, port: int, sound: Samples) -> None:
        self._caller, self._sound = Caller(port), to_pcmu(sound)
        self._rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._rtp.bind((HOST, 0))
        self._rtp.settimeout(0.1)
        self._version = 1
        self._caller.sdp = self._sdp()
        self._done = threading.Event()
        self._threads: list[threading.Thread] = []
        self.loud_s: list[float] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join(2.0)
        with contextlib.suppress(AssertionError):
            self._caller.bye()
        self._rtp.close()
        self._caller.__exit__(kind, error, trace)

    def _sdp(self) -> str:
        return _SDP.format(version=self._version, rtp=self._rtp.getsockname()[1])

    def invite(self) -> float:
        """When it was sent. Raises `NotReady` where it does not ring."""
        sent_s = time.monotonic()
        self._caller.invite()
        if self._caller.answer("INVITE", 5.0, 180) is None:
            raise NotReady("the phone does not ring")
        return sent_s

    def rang_after_s(self) -> float:
        sent_s = self.invite()
        return time.monotonic() - sent_s

    def converse(self) -> None:
        """Take the answer; the sound flows."""
        answer = self._caller.answer("INVITE", 10.0)
        if answer is None or not answer.startswith("SIP/2.0 200"):
            raise NotReady(f"the call was not answered: {answer}")
        self._caller.take(answer)
        self._caller.send(self._caller.request("ACK"))
        media = re.search(r"^m=audio (\d+) ", answer, re.MULTILINE)
        if media is None:
            raise NotReady("the answer has no audio")
        for work in (self._receive, lambda: self._send((HOST, int(media[1]))), self._listen):
            thread = threading.Thread(target=work, daemon=True, name="bench-peer")
            thread.start()
            self._threads.append(thread)

    def give_up(self) -> None:
        self._caller.send(self._caller.request("CANCEL").replace(b".1.CANCEL", b".1.INVITE"))
        refused = self._caller.answer("INVITE", 5.0)
        if refused is not None:
            self._caller.take(refused)
            self._caller.send(self._caller.request("ACK").replace(b".1.ACK", b".1.INVITE"))

    def _listen(self) -> None:
        """Hold and resume are agreed to."""
        self._caller.sip.settimeout(0.1)
        while not self._done.is_set():
            try:
                text = self._caller.sip.recv(65535).decode("utf-8", "replace")
            except TimeoutError:
                continue
            if text.startswith("INVITE "):
                self._version += 1
                kept = [line for line in text.split("\r\n") if re.match("(via|from|to|call-id|cseq):", line.lower())]
                body = self._sdp() + ("a=recvonly\r\n" if "a=sendonly" in text or "a=inactive" in text else "")
                more = [f"Contact: <sip:caller@{HOST}:{self._caller.port}>", "Content-Type: application/sdp"]
                lines = ["SIP/2.0 200 OK", *kept, *more, f"Content-Length: {len(body)}", "", body]
                self._caller.send("\r\n".join(lines).encode())
            elif text.startswith("SIP/2.0 200") and header(text, "cseq").endswith("INVITE"):
                self._caller.send(self._caller.request("ACK"))

    def _send(self, to: tuple[str, int]) -> None:
        raised_thread()
        begin_s = time.monotonic()
        for index in range(len(self._sound) // FRAME):
            if self._done.wait(max(begin_s + index * FRAME_S - time.monotonic(), 0)):
                return
            head = _HEADER.pack(0x80, 0, index & 0xFFFF, index * FRAME, 4711)
            with contextlib.suppress(OSError):
                self._rtp.sendto(head + self._sound[index * FRAME : (index + 1) * FRAME], to)

    def _receive(self) -> None:
        raised_thread()
        while not self._done.is_set():
            try:
                packet = self._rtp.recv(2048)
            except (TimeoutError, ConnectionRefusedError):
                continue
            now_s = time.monotonic()
            if len(packet) > _HEADER.size and packet[1] & 0x7F == 0:
                frame = from_pcmu(packet[_HEADER.size :])
                if float(np.sqrt(np.mean(frame**2))) > LOUD:
                    self.loud_s.append(now_s)
