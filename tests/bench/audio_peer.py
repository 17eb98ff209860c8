"""The far end of a benchmark call: a SIP user agent of its own (UDP, PCMU, 20 ms; RFC 3261, 3550), because a measuring
peer must neither buffer nor smooth. It sends marked sound on an even beat and notes when each packet left; it keeps
every packet that arrives with the kernel's time of arrival, so that a busy computer does not blur the figures.

Two threads of the benchmark's own process, one to send and one to receive. All times are CLOCK_MONOTONIC seconds."""

import contextlib
import re
import secrets
import socket
import struct
import threading
import time
from dataclasses import dataclass

import numpy as np

from desk.demo.processes import NotReady
from tests.bench.audio_priority import raised_thread
from tests.bench.audio_signal import FRAME, FRAME_S, Samples, from_pcmu, to_pcmu

ANSWER_S = 15.0
RESEND_S = 0.5
SO_TIMESTAMPNS = 35  # asm-generic/socket.h; Python names it only from 3.13 on
RTP_HEADER = struct.Struct("!BBHII")
PCMU = 0


@dataclass(frozen=True, slots=True)
class Packet:
    """`index` counts frames of `FRAME` samples from the first packet of the stream."""

    index: int
    at_s: float
    payload: bytes


@dataclass(frozen=True, slots=True)
class Arrived:
    """What the far end got: the sound as the sender's clock lays it out, and when each frame came (`at_s`, NaN where it
    did not). `doubled` packets came twice, `missing` not at all."""

    sound: Samples
    at_s: Samples
    doubled: int
    missing: int


class MarkedPeer:
    """One call from `call` to `hang_up`. `sound` is sent from its beginning and must last as long as the call."""

    def __init__(self, sound: Samples) -> None:
        self._sound = to_pcmu(sound)
        self._sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sip.bind(("127.0.0.1", 0))
        self._rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._rtp.bind(("127.0.0.1", 0))
        self._rtp.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._rtp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._rtp.settimeout(0.2)
        self._call_id, self._tag, self._branch = secrets.token_hex(8), secrets.token_hex(4), secrets.token_hex(6)
        self._remote: tuple[str, int] = ("", 0)
        self._target = self._to = self._contact = ""
        self._done = threading.Event()
        self._threads: list[threading.Thread] = []
        self._packets: list[Packet] = []
        self._first: tuple[int, int] | None = None
        self._sent_s: list[float] = []

    def call(self, host: str, port: int, user: str = "desk") -> None:
        """INVITE, wait for the answer, ACK, let the sound flow. Raises `NotReady`."""
        self._remote = (host, port)
        self._target = f"sip:{user}@{host}:{port}"
        self._to = f"<{self._target}>"
        rtp_port = self._rtp.getsockname()[1]
        body = (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {rtp_port} RTP/AVP {PCMU}\r\na=rtpmap:{PCMU} PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n"
        )
        answer = self._answer_to(self._request("INVITE", 1, body))
        self._to = _header(answer, "to")
        self._contact = (re.search(r"<(sip:[^>]+)>", _header(answer, "contact")) or [self._target] * 2)[1]
        self._sip.sendto(self._request("ACK", 1).encode(), self._remote)
        media = re.search(r"^m=audio (\d+) ", answer, re.MULTILINE)
        address = re.search(r"^c=IN IP4 (\S+)", answer, re.MULTILINE)
        if not media or not address:
            raise NotReady("the answer has no audio")
        to = (address[1], int(media[1]))
        for work in (self._receive, lambda: self._send(to), self._listen):
            thread = threading.Thread(target=work, daemon=True, name="bench-peer")
            thread.start()
            self._threads.append(thread)

    def hang_up(self) -> None:
        """BYE; the sockets are closed."""
        self._done.set()
        for thread in self._threads:
            thread.join(2.0)
        if self._contact:
            with contextlib.suppress(OSError):
                self._sip.sendto(self._request("BYE", 2).encode(), self._remote)
                self._sip.settimeout(1.0)
                self._sip.recv(65535)
        self._sip.close()
        self._rtp.close()

    @property
    def frames_arrived(self) -> int:
        return len(self._packets)

    @property
    def sent_s(self) -> Samples:
        """When each frame of the sound left."""
        return np.array(self._sent_s)

    @property
    def beat_ms(self) -> float:
        """How unevenly we sent: the latest packet's lateness."""
        sent = self.sent_s
        return float(np.max(sent - sent[0] - np.arange(len(sent)) * FRAME_S)) * 1000 if len(sent) else 0.0

    @property
    def arrived(self) -> Arrived:
        packets = {packet.index: packet for packet in reversed(self._packets)}
        count = max(packets) + 1 if packets else 0
        sound, at_s = np.zeros(count * FRAME), np.full(count, np.nan)
        for index, packet in packets.items():
            frame = from_pcmu(packet.payload)[:FRAME]
            sound[index * FRAME : index * FRAME + len(frame)] = frame
            at_s[index] = packet.at_s
        return Arrived(sound, at_s, len(self._packets) - len(packets), count - len(packets))

    def _request(self, method: str, sequence: int, body: str = "") -> str:
        port = self._sip.getsockname()[1]
        branch = self._branch if method == "INVITE" else secrets.token_hex(6)
        lines = [
            f"{method} {self._contact or self._target} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{branch}",
            "Max-Forwards: 70",
            f'From: "Bench" <sip:13800138000@127.0.0.1:{port}>;tag={self._tag}',
            f"To: {self._to}",
            f"Call-ID: {self._call_id}@127.0.0.1",
            f"CSeq: {sequence} {method}",
            f"Contact: <sip:13800138000@127.0.0.1:{port}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join(lines) + "\r\n\r\n" + body

    def _answer_to(self, invite: str) -> str:
        end = time.monotonic() + ANSWER_S
        heard = False
        self._sip.settimeout(RESEND_S)
        while time.monotonic() < end:
            if not heard:
                self._sip.sendto(invite.encode(), self._remote)
            try:
                message = self._sip.recv(65535).decode("utf-8", "replace")
            except (TimeoutError, ConnectionRefusedError):
                time.sleep(0.05)
                continue
            status = re.match(r"SIP/2.0 (\d{3})", message)
            if not status or _header(message, "cseq").split()[-1:] != ["INVITE"]:
                continue
            heard = True
            if status[1] >= "300":
                raise NotReady(f"the call was refused: {message.splitlines()[0]}")
            if status[1] >= "200":
                return message
        raise NotReady(f"no answer from {self._target} within {ANSWER_S:g} s")

    def _listen(self) -> None:
        """What comes during the call: a repeated 200 gets its ACK, every request a plain 200."""
        self._sip.settimeout(0.2)
        while not self._done.is_set():
            try:
                untrusted, source = self._sip.recvfrom(65535)
            except (TimeoutError, ConnectionRefusedError):
                continue
            message = untrusted.decode("utf-8", "replace")
            if message.startswith("SIP/2.0 200") and _header(message, "cseq").endswith("INVITE"):
                self._sip.sendto(self._request("ACK", 1).encode(), self._remote)
            elif not message.startswith(("SIP/2.0", "ACK")):
                kept = ("via:", "from:", "to:", "call-id:", "cseq:")
                lines = [line for line in message.split("\r\n") if line.lower().startswith(kept)]
                answer = "\r\n".join(["SIP/2.0 200 OK", *lines, "Content-Length: 0"]) + "\r\n\r\n"
                self._sip.sendto(answer.encode(), source)

    def _send(self, to: tuple[str, int]) -> None:
        raised_thread()
        frames = len(self._sound) // FRAME
        begin = time.monotonic()
        source = secrets.randbits(32)
        for index in range(frames):
            wait = begin + index * FRAME_S - time.monotonic()
            if self._done.wait(max(wait, 0)):
                return
            header = RTP_HEADER.pack(0x80, PCMU | (0x80 if index == 0 else 0), index & 0xFFFF, index * FRAME, source)
            with contextlib.suppress(ConnectionRefusedError):
                self._rtp.sendto(header + self._sound[index * FRAME : (index + 1) * FRAME], to)
            self._sent_s.append(time.monotonic())

    def _receive(self) -> None:
        raised_thread()
        wall_behind = time.time() - time.monotonic()
        while not self._done.is_set():
            try:
                data, notes, _, _ = self._rtp.recvmsg(2048, 256)
            except (TimeoutError, ConnectionRefusedError):
                continue
            at_s = time.monotonic()
            for level, kind, note in notes:
                if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(note) >= 16:
                    seconds, nanoseconds = struct.unpack_from("qq", note)
                    at_s = seconds + nanoseconds / 1e9 - wall_behind
            self._keep(data, at_s)

    def _keep(self, data: bytes, at_s: float) -> None:
        if len(data) < RTP_HEADER.size or data[0] >> 6 != 2 or data[1] & 0x7F != PCMU:
            return
        first, _, sequence, stamp, _ = RTP_HEADER.unpack_from(data)
        if self._first is None:
            self._first = (sequence, stamp)
        # The time stamp, not the sequence number, says where in time a packet belongs (RFC 3550 5.1).
        behind = (stamp - self._first[1]) & 0xFFFFFFFF
        if behind < 1 << 31:
            self._packets.append(Packet(behind // FRAME, at_s, data[RTP_HEADER.size + 4 * (first & 0x0F) :]))


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}\s*:\s*(.*?)\r?$", message, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""
