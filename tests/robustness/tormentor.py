"""Ten thousand spoilt messages, from a seed, against the phone while two calls of its run: what belongs to a dialogue
(REFER, NOTIFY, INFO, re-INVITE) comes within the first, 200s answer the INVITE of the second, INVITEs are new.

It works in rounds: the calls are set up, `ROUND` messages are sent, everybody hangs up. After every few messages the
phone must answer an OPTIONS, so that the socket's buffer holds and whoever kills or stops the phone is found at
once."""

import contextlib
import random
import re
import socket
from collections import deque
from pathlib import Path

from desk.demo.processes import NotReady, wait_until
from desk.domain import commands, events
from tests.robustness.ground import FREED_S, HOST, Caller, Ground, Refusing, header
from tests.robustness.mutations import Parts, mutated

ROUND = 200
DIALLED_OR_NOT = (events.CallDialled, events.CommandRefused)
BATCH = 5  # the phone has room for two calls more, and PJSIP's socket for some hundred datagrams
_REFER_TO = ("Refer-To: <sip:1001@127.0.0.1>", "Referred-By: <sip:13800138000@127.0.0.1>")
_NOTIFY = ("Event: refer", "Subscription-State: active;expires=60")
_DIGIT = "Signal=5\r\nDuration=160\r\n"
KINDS = ("INVITE", "INVITE", "reINVITE", "REFER", "NOTIFY", "INFO", "200", "200")


class Tormentor:
    """`sent`: how many so far."""

    def __init__(self, ground: Ground, seed: int) -> None:
        self._ground, self._random = ground, random.Random(seed)
        self.sent = 0
        self._last: deque[bytes] = deque(maxlen=ROUND)
        self._parted: set[Caller] = set()

    def round(self) -> None:
        """Raises `AssertionError` where the phone is dead or stuck; what was sent last is then beside its log."""
        port = self._ground.udp
        agent = Refusing(self._ground.driver)
        with Caller(port) as caller, Caller(port) as stranger, Caller(port) as pinger, Callee() as callee:
            self._set_up(caller, callee)
            agent.skip()

            def settle_all() -> None:
                for party in (caller, stranger):
                    if settle(party):
                        self._parted.add(party)
                callee.settle()
                agent.turn()

            def parted() -> bool:
                settle_all()
                return caller in self._parted and bool(callee.parted)

            for _ in range(ROUND // BATCH):
                for _ in range(BATCH):
                    self._one(caller, stranger, callee)
                if not pinger.alive():
                    raise AssertionError(self._evidence())
                settle_all()
            for call in self._ground.snapshot().calls:
                self._ground.driver.do(commands.HangUp(call.call_id))
            self._ground.wait_empty(settle_all)
            with contextlib.suppress(NotReady):  # a dialogue that was spoilt ends elsewhere
                wait_until("both farewells", parted, 0.5)

    def _set_up(self, caller: Caller, callee: "Callee") -> None:
        driver, mark = self._ground.driver, self._ground.driver.mark()
        wait_until("a call to ring", caller.rings, FREED_S)
        offered = driver.wait(events.CallOffered, after=mark, matches=lambda one: one.rings)
        driver.do(commands.Answer(offered.call_id))
        caller.answered()
        driver.wait(events.CallAnswered, after=mark, call_id=offered.call_id)

        def dialled() -> bool:
            at = driver.mark()
            driver.do(commands.Dial(f"sip:callee@{HOST}:{callee.port}", line="direct"))
            told = driver.wait(object, after=at, matches=lambda one: isinstance(one, DIALLED_OR_NOT))
            return isinstance(told, events.CallDialled)

        wait_until("a call to be dialled", dialled, FREED_S)
        callee.take_invite()

    def _one(self, caller: Caller, stranger: Caller, callee: "Callee") -> None:
        kind = self._random.choice(KINDS)
        within = self._random.random() < 0.8
        party = caller if within and kind != "INVITE" else stranger
        if party is stranger:
            stranger.begin()
        else:
            caller.sequence += 1
        message = callee.answer(200) if kind == "200" else _whole(party, kind)
        spoilt = mutated(Parts.of(message), self._random)
        self._last.append(spoilt)
        self.sent += 1
        if kind == "200":
            callee.send(spoilt)
        else:
            party.send(spoilt)

    def _evidence(self) -> str:
        file = Path(self._ground.driver.folder) / "sent_last.bin"
        file.write_bytes(b"\n=====\n".join(self._last))
        alive = self._ground.driver.child.alive()
        return f"after {self.sent} messages the phone is {'stuck' if alive else 'dead'}; the last ones are in {file}"


def _whole(party: Caller, kind: str) -> bytes:
    match kind:
        case "REFER":
            return party.request("REFER", "", *_REFER_TO)
        case "NOTIFY":
            return party.request("NOTIFY", "SIP/2.0 200 OK\r\n", *_NOTIFY, kind="message/sipfrag;version=2.0")
        case "INFO":
            return party.request("INFO", _DIGIT, kind="application/dtmf-relay")
        case _:
            return party.request("INVITE", party.sdp)


def settle(party: Caller) -> bool:
    """Read all that has come; acknowledge final answers to INVITE, so that they are not repeated, agree to being
    put on hold, and to BYE: whether there was one."""
    parted = False
    for text in _arrived(party.sip):
        final = re.match(r"SIP/2.0 [2-6]\d\d ", text)
        if final and header(text, "cseq").endswith("INVITE"):
            party.send(_ack(text))
        elif text.startswith("BYE "):
            party.send(agreed(text, 200))
            parted = True
        elif text.startswith("INVITE "):
            party.send(agreed(text, 200, party.port, party.sdp))
    return parted


class Callee:
    """Whom the agent calls. `parted`: the tags of ours to which a BYE has come, "" for a CANCEL."""

    def __init__(self) -> None:
        self._sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sip.bind((HOST, 0))
        self.port = int(self._sip.getsockname()[1])
        self.parted: set[str] = set()
        self._from = ("", 0)
        self._invite = ""

    def __enter__(self) -> "Callee":
        return self

    def __exit__(self, *_: object) -> None:
        self._sip.close()

    def take_invite(self) -> None:
        self._sip.settimeout(5.0)
        octets, self._from = self._sip.recvfrom(65535)
        self._invite = octets.decode()
        assert self._invite.startswith("INVITE")
        self.send(self.answer(180))

    def send(self, message: bytes) -> None:
        self._sip.sendto(message, self._from)

    def answer(self, code: int, tag: str = "callee") -> bytes:
        """To the INVITE."""
        sdp = f"v=0\r\no=- 2 2 IN IP4 {HOST}\r\ns=-\r\nc=IN IP4 {HOST}\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n"
        return agreed(self._invite, code, self.port, sdp if code == 200 else "", tag)

    def settle(self) -> set[str]:
        """Agree to what has come; `parted`."""
        for text in _arrived(self._sip):
            if text.startswith(("BYE ", "CANCEL ")):
                self.send(agreed(text, 200, self.port))
                self.parted.add(header(text, "to").partition("tag=")[2])
            if text.startswith("CANCEL "):
                self.send(self.answer(487))
        return self.parted


def _arrived(source: socket.socket) -> list[str]:
    source.setblocking(False)
    found: list[str] = []
    with contextlib.suppress(BlockingIOError):
        while len(found) < 1000:
            found.append(source.recv(65535).decode("utf-8", "replace"))
    return found


def _ack(answer: str) -> bytes:
    """For a refusal the INVITE's own branch, for a 200 any (RFC 3261 17.1.1.3, 13.2.2.4)."""
    target = re.search(r"<(sip:[^>]+)>", header(answer, "contact"))
    lines = [
        f"ACK {target[1] if target else f'sip:desk@{HOST}'} SIP/2.0",
        f"Via: {header(answer, 'via')}",
        *(f"{name}: {header(answer, name.lower())}" for name in ("From", "To", "Call-ID")),
        f"CSeq: {header(answer, 'cseq').replace('INVITE', 'ACK')}",
        "Max-Forwards: 70",
        "Content-Length: 0",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def agreed(request: str, code: int, port: int = 0, sdp: str = "", tag: str = "callee") -> bytes:
    to = header(request, "to")
    lines = [
        f"SIP/2.0 {code} Whatever",
        *(f"Via: {via}" for via in re.findall(r"^Via:\s*(.*?)\r?$", request, re.MULTILINE)),
        f"From: {header(request, 'from')}",
        f"To: {to if 'tag=' in to else f'{to};tag={tag}'}",
        f"Call-ID: {header(request, 'call-id')}",
        f"CSeq: {header(request, 'cseq')}",
        *([f"Contact: <sip:callee@{HOST}:{port}>"] if port else []),
        *(["Content-Type: application/sdp"] if sdp else []),
        f"Content-Length: {len(sdp)}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + sdp).encode()
