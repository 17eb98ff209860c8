"""A day's calls keep to the ports that IT has opened for voice (docs/network.md). `DESK_SOAK=1` (`make soak`) only: it
takes a hundred calls to come round."""

import os
import re
import socket
import time
from pathlib import Path

import pytest

from desk.demo.processes import free_port
from desk.domain import commands, events
from desk.telephony.lines.marks import AUDIO_PORT, AUDIO_PORTS
from desk.wire import SpoolClosed
from tests.telephony.driver import phone
from tests.telephony.raw_answerer import RawAnswerer

AUDIO = re.compile(rb"m=audio (\d+) ")


@pytest.mark.skipif("DESK_SOAK" not in os.environ, reason="a hundred calls: make soak")
def test_the_ports_of_the_day_s_calls_do_not_wander_off(tmp_path: Path) -> None:
    """PJSIP takes the next two for each call; beyond the last it begins again at the first."""
    ports = []
    line = {"kind": "direct", "port": free_port(socket.SOCK_DGRAM), "registrar": "127.0.0.1"}
    with phone(tmp_path, line, headset="fake") as driver, RawAnswerer() as far:
        for _ in range(AUDIO_PORTS // 2 + 3):
            mark = driver.mark()
            driver.do(commands.Dial(far.uri("far")))
            call_id = driver.wait(events.CallDialled, after=mark).call_id
            invite = far.request(b"INVITE")
            offered = AUDIO.search(invite)
            assert offered is not None
            ports.append(int(offered[1]))
            far.answer(invite, 486)
            far.request(b"ACK")
            driver.wait(SpoolClosed, call_id=call_id)
            time.sleep(0.1)  # PJSIP 2.15.1 keeps a closed socket's place for half a second, and has places for 64
    assert min(ports) >= AUDIO_PORT
    assert max(ports) <= AUDIO_PORT + AUDIO_PORTS + 1
    assert len(set(ports)) > AUDIO_PORTS // 4
