"""Builds the launcher: the `desk` process. It loads nothing else, so that the three others start at once."""

from pathlib import Path

from desk import log
from desk.launcher import Launcher, SeatLock, child_argv
from desk.settings import Settings


def run(settings: Settings, settings_file: Path, dial: str = "") -> int:
    lock = SeatLock(settings.data_dir)
    try:
        running_log = log.start(settings.log_dir, "launcher")
        log.report_unhandled()
        try:
            return Launcher(settings.runtime_dir, settings.crash_dir, child_argv(settings_file), dial=dial).run()
        finally:
            running_log.close()
    finally:
        lock.release()
