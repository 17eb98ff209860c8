"""Precedence is taken where it may be, and never in the way."""

import os
import sys
import threading

import pytest

from desk.telephony.precedence import take_precedence


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's scheduler")
def test_threads_started_afterwards_have_what_was_granted() -> None:
    seen: list[tuple[bool, int]] = []

    def first() -> None:
        granted = take_precedence()
        second = threading.Thread(target=lambda: seen.append((granted, os.sched_getscheduler(0))))
        second.start()
        second.join()

    thread = threading.Thread(target=first)
    thread.start()
    thread.join()
    assert seen in ([(True, os.SCHED_RR)], [(False, os.SCHED_OTHER)])
    assert os.sched_getscheduler(0) == os.SCHED_OTHER
