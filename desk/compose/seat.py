"""Builds the launcher: the `desk` process. It loads nothing else, so that the three others start at once."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from desk import log
from desk.faults import Fault
from desk.i18n import _
from desk.launcher import Launcher, SeatLock, child_argv, making_way
from desk.log import crash
from desk.settings import Settings


class BeingInstalled(Fault):
    """This program is being exchanged right now."""


def run(settings: Settings, settings_file: Path, dial: str = "") -> int:
    """Raises `BeingInstalled` while an installer exchanges this program, `AlreadyRunning`."""
    mark = making_way.mark_file()
    if making_way.is_wanted(mark):
        raise BeingInstalled(
            _("A new version of Desk is being installed on this computer. Start Desk again when that is done.")
        )
    lock = SeatLock(settings.data_dir)
    try:
        running_log = log.start(settings.log_dir, "launcher")
        log.report_unhandled()
        try:
            return _launched(
                Launcher(
                    settings.runtime_dir,
                    settings.crash_dir,
                    child_argv(settings_file),
                    dial=dial,
                    is_to_make_way=partial(making_way.is_wanted, mark),
                ),
                crash.keep(settings.crash_dir, "launcher", datetime.now(UTC)),
            )
        finally:
            running_log.close()
    finally:
        lock.release()


def _launched(launcher: Launcher, kept: crash.CrashFile) -> int:
    """A fault of ours stays in the crash file, as any process's does; one of the surroundings is told and leaves
    none."""
    try:
        code = launcher.run()
    except Exception as error:
        from desk.explain import explain

        if explain(error) is not None:
            kept.close()
        raise
    kept.close()
    return code
