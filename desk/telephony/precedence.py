"""Precedence for audio: the phone's threads before those of other programs, where the system allows it. Round robin
(SCHED_RR) halves the worst lateness of a frame on a loaded machine; a lower nice value does nothing that can be
measured. Linux only: miniaudio sees to its own threads on Windows."""

import os
import sys

PRIORITY = 5  # below the kernel's own and the sound server's


def take_precedence() -> bool:
    """For the calling thread and the threads it starts from now on. False where this user may not."""
    if sys.platform != "linux":
        return False
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(PRIORITY))
    except OSError:
        return False
    return True
