"""Threads that give way: work that nobody waits for (sealing, indexing, copying) takes only the processor time that the
others leave. Linux gives each thread a priority of its own; elsewhere nothing happens."""

import contextlib
import os
import sys
import threading

NICER = 10  # than the rest of the process, setpriority(2)


def give_way() -> None:
    """The thread that calls this, for good: it may not be made less polite again without rights."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICER)
