"""A trunk's calls by sipp: what the network says of the caller, one call after another, and one too many at once."""

import socket
import subprocess
from pathlib import Path

from desk.demo.processes import free_port
from desk.domain import commands, events
from desk.domain.calls import TurnedAway
from desk.telephony.stack import MOST_LEGS
from desk.wire import SpoolClosed
from tests.telephony.driver import phone
from tests.telephony.raw_answerer import RawAnswerer
from tests.telephony.raw_sip import RawCaller

SCENARIO = Path(__file__).parent / "sipp" / "identity.xml"
CALLS = 20


def test_twenty_calls_in_a_row_are_named_by_the_network_and_leave_nothing_behind(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    numbers = [f"138001380{at:02d}" for at in range(CALLS)]
    (tmp_path / "numbers.csv").write_text("SEQUENTIAL\n" + "".join(f"{number};\n" for number in numbers))
    with phone(tmp_path / "phone", {"kind": "direct", "port": port}) as driver:
        ports = ("-p", str(free_port(socket.SOCK_DGRAM)), "-mp", str(free_port(socket.SOCK_DGRAM)))
        numbers_from = ("-inf", str(tmp_path / "numbers.csv"))
        pace = ("-m", str(CALLS), "-l", "1", "-r", "50", "-timeout", "60", "-nostdin")
        sipp = subprocess.Popen(
            ["sipp", "-sf", str(SCENARIO), *numbers_from, *pace, "-i", "127.0.0.1", *ports, f"127.0.0.1:{port}"],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            mark, seen = 0, []
            for _ in range(CALLS):
                offered = driver.wait(events.CallOffered, after=mark)
                seen.append(offered.party.number)
                assert (offered.party.display_name, offered.party.diversion) == ("王五", "8001")
                driver.do(commands.Answer(offered.call_id))
                ended = driver.wait(events.CallEnded, call_id=offered.call_id)
                assert (ended.cause, ended.by_us) == (200, False)
                mark = driver.messages.index(driver.wait(SpoolClosed, call_id=offered.call_id))
            assert sipp.wait(20.0) == 0
        finally:
            sipp.kill()
            sipp.wait()
        assert seen == numbers


def test_an_emergency_call_finds_a_place_among_four_calls(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    with RawAnswerer() as police, RawCaller(port) as caller:
        line = {"kind": "direct", "port": port, "registrar": f"127.0.0.1:{police.port}"}
        with phone(tmp_path / "phone", line) as driver:
            for _ in range(MOST_LEGS):
                mark = driver.mark()
                caller.invite(b"<sip:10086@127.0.0.1>")
                driver.wait(events.CallOffered, after=mark)
            driver.do(commands.Dial("110"))
            assert police.request(b"INVITE").startswith(b"INVITE sip:110@")
            driver.wait(events.CallDialled)
            assert len(driver.snapshot().calls) == MOST_LEGS


def test_one_call_too_many_is_busy_and_the_others_ring_on(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    with phone(tmp_path / "phone", {"kind": "direct", "port": port}) as driver, RawCaller(port) as caller:
        for _ in range(MOST_LEGS):
            mark = driver.mark()
            caller.invite(b"<sip:10086@127.0.0.1>")
            driver.wait(events.CallOffered, after=mark)
        caller.invite(b"<sip:10086@127.0.0.1>")
        caller.wait_answer(486)
        ended = driver.wait(events.CallEnded)
        offered = driver.wait(events.CallOffered, call_id=ended.call_id)
        assert (offered.rings, offered.party.number) == (False, "10086")
        assert (ended.cause, ended.reason, ended.by_us) == (486, TurnedAway.ALL_LINES.value, True)
        driver.wait(SpoolClosed, call_id=ended.call_id)
        assert driver.names() == [*["CallOffered"] * (MOST_LEGS + 1), "CallEnded", "SpoolClosed"]
        assert len(driver.snapshot().calls) == MOST_LEGS
