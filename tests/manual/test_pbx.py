"""The manual's recipes for exchanges, followed to the letter: a real Kamailio is started with the configuration that
stands there, its tables made by the commands that stand there, and a real telephone of Desk's registers with the
settings that stand there."""

import os
import re
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from desk.demo.processes import Child, free_port
from desk.domain import commands, events
from desk.domain.events import LineStatus
from desk.domain.snapshots import PhoneSnapshot
from tests.telephony.driver import Driver, phone
from tools.manual.blocks import DOCS, examples, marked

PAGE = DOCS / "pbx-kamailio.md"
BLOCKS = marked(PAGE)
START_S = 20.0
HERE, TRUNK, STRANGER = "127.0.0.1", "127.0.0.2", "127.0.0.3"
PASSWORD = "密码 with 'quotes'"


def followed(block: str, **given: str) -> None:
    """Run a block of the page; the password is typed at its question."""
    done = subprocess.run(
        ["bash", "-euc", block],
        env={**os.environ, **given},
        input=PASSWORD + "\n",
        text=True,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@dataclass
class Exchange:
    port: int
    trunk_port: int


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    folder = tmp_path_factory.mktemp("exchange")
    tables = folder / "dbtext"
    followed(BLOCKS["kamailio tables"], TABLES=str(tables))
    for number in ("1001", "1002"):
        followed(BLOCKS["kamailio seat"], TABLES=str(tables), NUMBER=number)
    port, trunk_port = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM)
    own = {
        "PBX_ADDRESS": HERE,
        "PBX_PORT": str(port),
        "TRUNK_ADDRESS": TRUNK,
        "TRUNK_PORT": str(trunk_port),
        "TABLES": str(tables),
    }
    text = (DOCS / "pbx" / "kamailio.cfg").read_text(encoding="utf-8")
    for name, value in own.items():
        text, times = re.subn(rf'(#!substdef "!{name})![^!]*!g"', rf'\1!{value}!g"', text)
        assert times == 1, name
    config = folder / "kamailio.cfg"
    config.write_text(text, encoding="utf-8")
    run = folder / "run"
    run.mkdir()
    argv = ["/usr/sbin/kamailio", "-f", str(config), "-DD", "-E", "-m", "32", "-M", "4"]
    child = Child([*argv, "-P", str(run / "pid"), "-Y", str(run), "-w", str(run)], folder / "kamailio.log")
    child.wait_until("Kamailio with the manual's configuration", lambda: answers(port), START_S)
    yield Exchange(port, trunk_port)
    child.stop()


def answers(port: int) -> bool:
    with Sip(HERE, port) as probe:
        probe.say("OPTIONS", f"sip:{HERE}:{port}")
        try:
            return probe.hear(0.2).startswith("SIP/2.0 200")
        except OSError:
            return False


class Sip:
    """A side of its own address, by hand."""

    def __init__(self, address: str, port: int, own_port: int = 0) -> None:
        self._to = (HERE, port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, own_port))
        self._own = f"{address}:{self._socket.getsockname()[1]}"

    def __enter__(self) -> "Sip":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def say(self, method: str, uri: str, body: str = "") -> None:
        head = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {self._own};branch=z9hG4bK{os.urandom(6).hex()};rport",
            f"From: <sip:13800138000@{self._own}>;tag=1",
            f"To: <{uri}>",
            f"Call-ID: {os.urandom(8).hex()}@manual",
            f"CSeq: 1 {method}",
            "Max-Forwards: 30",
            f"Contact: <sip:trunk@{self._own}>",
        ]
        if body:
            head.append("Content-Type: application/sdp")
        message = "\r\n".join([*head, f"Content-Length: {len(body)}", "", body])
        self._socket.sendto(message.encode(), self._to)

    def invite(self, user: str) -> None:
        body = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n"
        self.say("INVITE", f"sip:{user}@{HERE}:{self._to[1]}", body)

    def hear(self, timeout_s: float = 10.0) -> str:
        self._socket.settimeout(timeout_s)
        return self._socket.recv(65536).decode()

    def hear_code(self, *codes: int) -> int:
        """The first answer with one of these codes, others are passed over. Raises `TimeoutError`."""
        while True:
            found = re.match(r"SIP/2.0 (\d+) ", self.hear())
            if found and int(found[1]) in codes:
                return int(found[1])


def line(exchange: Exchange) -> dict[str, Any]:
    """The page's own, with the port that this exchange has."""
    settings = tomllib.loads(examples(PAGE)[0])["line"]
    assert settings["registrar"] == "pbx.example.com"
    return {**settings, "registrar": f"{HERE}:{exchange.port}", "port": 0, "retry_s": 1}


@pytest.fixture(scope="module")
def seat(exchange: Exchange, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    with phone(tmp_path_factory.mktemp("seat"), line(exchange), password=PASSWORD) as driver:
        if driver.wait(PhoneSnapshot).lines[0].status is not LineStatus.REGISTERED:
            driver.wait(events.LineChanged, 20.0, matches=lambda m: m.state.status is LineStatus.REGISTERED)
        yield driver


def test_a_call_from_the_trunk_to_the_hotline_rings_at_a_registered_seat(exchange: Exchange, seat: Driver) -> None:
    mark = seat.mark()
    with Sip(TRUNK, exchange.port) as trunk:
        trunk.invite("4008001234")
        assert trunk.hear_code(180) == 180
        assert seat.wait(events.CallOffered, after=mark).party.number == "13800138000"
    seat.do(commands.HangUp(seat.wait(events.CallOffered, after=mark).call_id))
    seat.wait(events.CallEnded, after=mark)


def test_a_call_of_a_seat_goes_out_by_the_trunk_under_the_hotline_s_number(exchange: Exchange, seat: Driver) -> None:
    mark = seat.mark()
    with Sip(TRUNK, exchange.port, exchange.trunk_port) as trunk:
        seat.do(commands.Dial("13800138000"))
        invite = trunk.hear()
        assert invite.startswith(f"INVITE sip:13800138000@{TRUNK}:{exchange.trunk_port} ")
        assert "P-Asserted-Identity: <sip:4008001234@pbx.example.com>" in invite
        assert "authorization" not in invite.lower()
        seat.do(commands.HangUp(seat.wait(events.CallDialled, after=mark).call_id))
        seat.wait(events.CallEnded, after=mark)


@pytest.mark.parametrize("user", ["4008001234", "1001", "13800138000"])
def test_nobody_else_calls_through_it(exchange: Exchange, seat: Driver, user: str) -> None:
    with Sip(STRANGER, exchange.port) as stranger:
        stranger.invite(user)
        assert stranger.hear_code(180, 200, 401, 403, 404, 407) in (401, 403, 407)


def test_a_wrong_password_does_not_register(exchange: Exchange, tmp_path: Path) -> None:
    with phone(tmp_path, line(exchange) | {"user": "1002"}, password="wrong") as driver:
        wrongs = [wrong.trouble.value for wrong in driver.wait(PhoneSnapshot).wrongs]
        if "wrong_password" not in wrongs:
            driver.wait(events.TroubleRaised, 20.0, matches=lambda m: m.wrong.trouble.value == "wrong_password")
