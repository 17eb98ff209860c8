"""Precedence is taken where it may be, and never in the way. In a process of its own: it is for all threads."""

import subprocess
import sys

import pytest

PROGRAM = """
import os, threading
from desk.telephony.precedence import take_precedence

def wait(started, done):
    started.set()
    done.wait()

done = threading.Event()

def waiting():
    started = threading.Event()
    thread = threading.Thread(target=wait, args=(started, done))
    thread.start()
    started.wait()
    return thread

before = waiting()
granted = take_precedence()
after = waiting()
threads = [before, threading.main_thread(), after]
print(granted, *(os.sched_getscheduler(thread.native_id) == os.SCHED_RR for thread in threads))
done.set()
"""


def ran(prelude: str = "") -> list[str]:
    return subprocess.run(
        [sys.executable, "-c", prelude + PROGRAM], check=True, capture_output=True, text=True, timeout=30
    ).stdout.split()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's scheduler")
def test_threads_from_before_and_from_afterwards_have_what_was_granted() -> None:
    assert ran() in (["True"] * 4, ["False"] * 4)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's scheduler")
def test_where_it_is_not_permitted_all_stays_as_it_was() -> None:
    refused = """
import os
def refuse(*_):
    raise PermissionError
os.sched_setscheduler = refuse
"""
    assert ran(refused) == ["False"] * 4
