"""Threads that give way."""

import os
import sys
import threading

import pytest

from desk.polite import NICER, give_way


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives each thread a priority of its own")
def test_only_the_thread_that_gives_way_is_nicer() -> None:
    nice: list[int] = []

    def polite() -> None:
        give_way()
        nice.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    thread = threading.Thread(target=polite)
    thread.start()
    thread.join()
    assert nice == [NICER]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
