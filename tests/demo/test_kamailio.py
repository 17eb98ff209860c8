"""The registrar of the demo and of the tests."""

import signal
from pathlib import Path

import psutil

from desk.demo.kamailio import Kamailio
from tests.needed import program


def test_nothing_of_it_is_left_where_its_first_process_ended_before_the_others(tmp_path: Path) -> None:
    program("kamailio", "kamailio")
    server = Kamailio(tmp_path, {"1001": "secret"})
    with server:
        first = psutil.Process(int((tmp_path / "run" / "kamailio.pid").read_text()))
        others = first.children(recursive=True)
        assert others
        first.send_signal(signal.SIGKILL)
    gone, left = psutil.wait_procs(others, timeout=10)
    assert not left
    assert len(gone) == len(others)
