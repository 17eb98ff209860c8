"""Builds the window that tells what is wrong with the settings file. It stands alone: without settings there is no
seat, no log and no launcher to attach to."""

import threading
from pathlib import Path

from desk import exit_codes, settings
from desk.ui.fault_window import FaultParts, open_or_tell


def run(settings_file: Path) -> int:
    parts = FaultParts(theme="system", ready=_nothing, beat=_nothing, stop_requested=threading.Event())
    loaded = open_or_tell(lambda: settings.load(settings_file), parts)
    return exit_codes.ENVIRONMENT if loaded is None else exit_codes.OK


def _nothing() -> None:
    """There is no launcher that could be told."""
