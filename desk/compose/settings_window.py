"""Builds the window that tells what is wrong with the settings file. It stands alone: without settings there is no
seat, no log and no launcher to attach to. Where it is the company's file, which nobody here can mend, a new code can be
typed instead."""

import threading
from pathlib import Path

from desk import exit_codes, settings
from desk.settings import SettingsError
from desk.settings.company import company_folder
from desk.ui.fault_window import FaultParts, open_or_tell


def run(settings_file: Path) -> int:
    try:
        settings.load(settings_file)
    except SettingsError as error:
        if company_folder(settings_file) in error.file.parents:
            from desk.compose import setup_window

            return setup_window.run(settings_file, error.reason)
    parts = FaultParts(theme="system", ready=_nothing, beat=_nothing, stop_requested=threading.Event())
    loaded = open_or_tell(lambda: settings.load(settings_file), parts)
    return exit_codes.ENVIRONMENT if loaded is None else exit_codes.OK


def _nothing() -> None:
    """There is no launcher that could be told."""
