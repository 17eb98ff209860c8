"""Priority for what measures and for the virtual sound card, so that the load hits only what is measured: a real sound
card keeps its beat on a busy computer too. Real-time scheduling, or the lowest nice value where root may not have that
(a control group without a share of it); where neither is permitted, the figures are worse for every device alike."""

import os
import threading

import psutil

MEASURING = 20  # real-time priority, round robin: above whatever the telephones take for themselves
NICEST = -20


def raised(pid: int, priority: int = MEASURING, or_nice: bool = True) -> bool:
    """All threads of a process. Whether it was permitted; `or_nice`: the lowest nice value will do as well."""
    try:
        return all(_raised(thread.id, os.SCHED_RR, priority, or_nice) for thread in psutil.Process(pid).threads())
    except psutil.Error:
        return False


def raised_thread() -> bool:
    """The same for the calling thread alone: what it starts does not inherit real-time scheduling."""
    return _raised(threading.get_native_id(), os.SCHED_RR | getattr(os, "SCHED_RESET_ON_FORK", 0))


def _raised(thread: int, kind: int, priority: int = MEASURING, or_nice: bool = True) -> bool:
    try:
        os.sched_setscheduler(thread, kind, os.sched_param(priority))
    except OSError:
        if not or_nice:
            return False
        try:
            os.setpriority(os.PRIO_PROCESS, thread, NICEST)
        except OSError:
            return False
    return True
