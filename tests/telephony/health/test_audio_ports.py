"""The ports for voice: counted in pairs, told before calls are silent."""

import contextlib
import socket

import pytest

from desk.domain.health import Level
from desk.telephony.health import audio_ports
from desk.telephony.lines.marks import AUDIO_PORT


def test_the_ports_are_those_that_it_has_opened_for_voice() -> None:
    assert (audio_ports.PORTS[0], audio_ports.PORTS[-1]) == (AUDIO_PORT, 4199)


@pytest.mark.parametrize(("taken", "level"), [(0, Level.OK), (6, Level.WARNING), (12, Level.WRONG)])
def test_few_that_are_free_are_a_warning_and_none_is_wrong(
    taken: int, level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audio_ports, "FEW", 10)
    with contextlib.ExitStack() as stack:
        monkeypatch.setattr(audio_ports, "PORTS", _free_span(24))
        for port in list(audio_ports.PORTS)[1 : 2 * taken : 2]:  # the half that is for RTCP is enough
            other = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            other.bind(("", port))
        (found,) = audio_ports.look()
    assert (found.level, found.figures) == (level, {"free_pairs": 12 - taken, "pairs": 12})
    assert bool(found.remedy) is (level is not Level.OK)


def _free_span(length: int) -> range:
    """Below where the system gives ports of itself."""
    for first in range(20_000, 30_000, length):
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + length):
                stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)).bind(("", port))
            return range(first, first + length)
    raise AssertionError
