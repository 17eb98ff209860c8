"""Priority for what measures and for the virtual sound card, so that the load hits only what is measured: a real sound
card keeps its beat on a busy computer too. Where it is not permitted (no root), the figures are worse for every device
alike."""

import os
import threading

import psutil

MEASURING = 20  # real-time priority, round robin: above whatever the telephones take for themselves


def raised(pid: int) -> bool:
    """Real-time scheduling for all threads of a process. Whether it was permitted."""
    try:
        for thread in psutil.Process(pid).threads():
            os.sched_setscheduler(thread.id, os.SCHED_RR, os.sched_param(MEASURING))
    except (OSError, psutil.Error):
        return False
    return True


def raised_thread() -> bool:
    """The same for the calling thread alone: threads and processes that it starts do not inherit it."""
    try:
        kind = os.SCHED_RR | getattr(os, "SCHED_RESET_ON_FORK", 0)
        os.sched_setscheduler(threading.get_native_id(), kind, os.sched_param(MEASURING))
    except OSError:
        return False
    return True
