"""How the network may tell our voice and our signalling from everything else: by marks and by ports, which IT has in
its switches and firewalls (docs/network.md)."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.demo.processes import free_port
from desk.domain import commands, events
from desk.settings import LineSettings
from desk.telephony.lines.marks import AUDIO_PORT, AUDIO_PORTS, SIGNALLING_DSCP, VOICE_DSCP
from desk.wire import SpoolClosed
from tests.telephony.driver import Driver, phone
from tests.telephony.raw_answerer import RawAnswerer, dscp_of

PAGE = Path(__file__).parents[2] / "docs" / "network.md"
AUDIO = re.compile(rb"m=audio (\d+) ")


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    line = {"kind": "direct", "port": free_port(socket.SOCK_DGRAM), "registrar": "127.0.0.1"}
    with phone(tmp_path_factory.mktemp("near"), line, headset="fake") as driver:
        yield driver


def test_the_firewall_that_the_manual_shows_opens_the_ports_of_voice_and_of_sip_to_the_exchange_alone() -> None:
    (rules,) = re.findall(r"```text\n(table inet desk .*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    opened = re.findall(r"ip saddr (\S+) udp dport \{ ([\d, -]+) \} accept", rules)
    assert opened == [("10.0.0.5", f"{LineSettings().port}, {AUDIO_PORT}-{AUDIO_PORT + AUDIO_PORTS + 1}")]
    assert "policy drop" in rules


def test_voice_and_signalling_bear_their_marks_and_voice_keeps_to_its_ports(driver: Driver) -> None:
    with RawAnswerer() as far, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(8.0)
        ear.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
        mark = driver.mark()
        driver.do(commands.Dial(far.uri("far")))
        call_id = driver.wait(events.CallDialled, after=mark).call_id
        invite = far.request(b"INVITE")
        assert far.dscp == SIGNALLING_DSCP
        offered = AUDIO.search(invite)
        assert offered is not None
        assert AUDIO_PORT <= int(offered[1]) <= AUDIO_PORT + AUDIO_PORTS
        far.answer(invite, 200, media=b"m=audio %d RTP/AVP 8\r\n" % ear.getsockname()[1])
        frame, marks, _, sender = ear.recvmsg(2048, 64)
        assert frame[:1] == b"\x80"  # RTP, version 2
        assert dscp_of(marks) == VOICE_DSCP
        assert sender[1] == int(offered[1])
        driver.do(commands.HangUp(call_id))
        far.answer(far.request(b"BYE"), 200)
        driver.wait(SpoolClosed, call_id=call_id)
