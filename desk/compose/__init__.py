"""The only place that builds objects and knows every room. One function per process, each in a module of its own, so
that a process loads no other's libraries."""

from pathlib import Path

from desk.settings import Settings
from desk.ui.load_qt import load_qt


def run_launcher(settings: Settings, settings_file: Path, dial: str = "") -> int:
    """The seat, until it ends. `dial`: what its window is to have in the dial box. Raises `AlreadyRunning`."""
    from desk.compose.seat import run

    return run(settings, settings_file, dial)


def run_phone(settings: Settings) -> int:
    from desk.compose.phone import run

    return run(settings)


def run_sync(settings: Settings, settings_file: Path | None = None) -> int:
    from desk.compose.sync import run

    return run(settings, settings_file)


def run_ui(settings: Settings, settings_file: Path | None = None) -> int:
    load_qt()
    from desk.compose.ui import run

    return run(settings, settings_file)


def run_setup_window(settings_file: Path) -> int:
    """Make this PC a seat (`OK`), unless the person gives up (`ENVIRONMENT`)."""
    load_qt()
    from desk.compose.setup_window import run

    return run(settings_file)


def run_settings_window(settings_file: Path) -> int:
    """Tell what is wrong with the settings, until they are right (`OK`) or the person gives up (`ENVIRONMENT`)."""
    load_qt()
    from desk.compose.settings_window import run

    return run(settings_file)
