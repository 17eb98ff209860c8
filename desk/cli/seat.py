"""`desk` and `desk dial`: a seat is started, or the one that runs comes to the front. Main thread."""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from desk import exit_codes
from desk.cli.reading import load
from desk.i18n import _

if TYPE_CHECKING:
    from desk.settings import Settings

MOST_DIALLED = 256  # characters of a link that are handed on
STARTS_S = 10.0  # a seat that was just started answers within
STARTS = "DESK_SEAT_STARTS"  # set: one was just started beside this command (installer/debian/start-seat)


def start(_arguments: argparse.Namespace, file: Path) -> int:
    from desk.launcher.seat_lock import AlreadyRunning, show_running_seat

    if not _is_ready(file):
        return exit_codes.OK
    settings = _settings_of_seat(file)
    _tell_other_accounts(settings, file)
    try:
        return _launch(settings, file)
    except AlreadyRunning:
        shown = show_running_seat(settings.runtime_dir)
        print(
            _("Desk is already running on this computer; its window comes to the front.")
            if shown
            else _held_elsewhere(),
            file=sys.stderr,
        )
        return exit_codes.ALREADY_RUNNING


def _tell_other_accounts(settings: "Settings", file: Path) -> None:
    """Raises `SettingsError`."""
    from desk.provisioning import accounts
    from desk.settings import company

    folder = accounts.notes_folder()
    if company.read_state(file) is None:
        accounts.forget(folder)
    else:
        accounts.note(folder, settings.seat.name)


def dial(arguments: argparse.Namespace, file: Path) -> int:
    """Where no seat runs, this becomes one."""
    from desk.launcher.seat_lock import AlreadyRunning, hand_to_running_seat

    settings = _settings_of_seat(file)
    untrusted_target = arguments.target.encode("utf-8", "replace").decode()[:MOST_DIALLED]
    if hand_to_running_seat(settings.runtime_dir, untrusted_target, STARTS_S if os.environ.get(STARTS) else 0.0):
        return exit_codes.OK
    if not _is_ready(file):
        return exit_codes.OK
    settings = _settings_of_seat(file)
    try:
        return _launch(settings, file, untrusted_target)
    except AlreadyRunning:
        if hand_to_running_seat(settings.runtime_dir, untrusted_target, STARTS_S):
            return exit_codes.OK
        print(_held_elsewhere(), file=sys.stderr)
        return exit_codes.ALREADY_RUNNING


def _launch(settings: "Settings", file: Path, dial: str = "") -> int:
    """The seat, to its end. Raises `AlreadyRunning`."""
    from desk import compose
    from desk.compose.seat import BeingInstalled

    try:
        return int(compose.run_launcher(settings, file, dial))
    except BeingInstalled as error:
        print(error, file=sys.stderr)
        return exit_codes.MADE_WAY


def _held_elsewhere() -> str:
    """Perhaps by somebody else's session, whose window nobody can bring to the front from here."""
    return _(
        "Desk is already running on this computer, but does not answer. Wait a moment and try again; if somebody else "
        "is signed in to this computer, too, they have to close it first."
    )


def _settings_of_seat(file: Path) -> "Settings":
    """A file that cannot be used is told in a window where nobody reads what is printed, until it is right. Raises
    `SettingsError` where somebody does, or gives up."""
    from desk.settings import SettingsError

    while True:
        try:
            return load(file, prove=False)  # the processes prove it; here it would cost the start a library
        except SettingsError:
            if _is_read() or not _settings_mended(file):
                raise


def _is_read() -> bool:
    """Whether stderr is a terminal, or there is no screen either."""
    return (sys.stderr is not None and sys.stderr.isatty()) or not _has_screen()


def _has_screen() -> bool:
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _is_ready(file: Path) -> bool:
    """False where nobody has set this PC up, and the person has closed the window that offers it."""
    return not _has_screen() or _is_set_up(file) or set_up(file)


def _is_set_up(file: Path) -> bool:
    """Somebody has set something: the user, a code, or IT that a line is there; or this PC has been a seat without any
    settings. Broken settings are set."""
    from desk.settings import Settings, SettingsError, company, layers
    from desk.settings import file as files

    if file.exists() or (company.company_folder(file) / company.STATE).exists() or Settings().store_file.exists():
        return True
    try:
        return any("line" in layer.tree for layer in files.read_layers(file, layers.default_places(), company=False))
    except SettingsError:
        return True


def set_up(file: Path) -> bool:
    """In a window of a process of its own: the launcher loads no Qt."""
    from desk.launcher import child_argv

    return subprocess.run(list(child_argv(file)("setup")), check=False).returncode == exit_codes.OK


def _settings_mended(file: Path) -> bool:
    """Tell it in a window, in a process of its own: the launcher loads no Qt."""
    from desk.launcher import child_argv

    return subprocess.run(list(child_argv(file)("settings")), check=False).returncode == exit_codes.OK
