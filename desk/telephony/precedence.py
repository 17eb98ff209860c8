"""Precedence for audio: the phone's threads before those of other programs, where the system allows it. Round robin
(SCHED_RR) halves the worst lateness of a frame on a loaded machine; a lower nice value does nothing that can be
measured. Linux only: miniaudio sees to its own threads on Windows.

Every thread of the interpreter gets it, not the audio's alone: one that is kept off its core while it holds the
interpreter's lock keeps the audio waiting as well. Threads that Python does not know (numpy's workers, which may spin)
are left as they are; those of PJSIP and miniaudio are started afterwards and inherit it."""

import os
import sys
import threading

PRIORITY = 3  # below the kernel's own and the sound server's, which takes 5 where it may


def take_precedence() -> bool:
    """For all Python threads there are and all threads that the calling one starts from now on. False where this user
    may not; then nothing has changed."""
    if sys.platform != "linux":
        return False
    try:
        _raise(0)  # the calling one first: what it starts meanwhile inherits
    except OSError:
        return False
    for thread in threading.enumerate():
        try:
            _raise(thread.native_id or 0)
        except OSError:  # it has just ended
            continue
    return True


if sys.platform == "linux":

    def _raise(native_id: int) -> None:
        os.sched_setscheduler(native_id, os.SCHED_RR, os.sched_param(PRIORITY))
