"""One of the seat's processes from its first line to its last: language, log, crash file, its room, its end.

It ends by `os._exit`, once log and crash file are closed: what the C libraries (PJSIP, Qt) do in their destructors at
interpreter exit is known to hang or abort, and nothing is left to be done there. Main thread."""

import gc
import logging
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from desk import exit_codes
from desk.i18n import speak

if TYPE_CHECKING:
    from desk.settings import Settings

# New objects before they are looked through for cycles. Python's own 700 costs a twentieth of a start, in which a
# quarter of a million objects are made to stay.
COLLECT_AFTER = (10_000, 5, 5)


def run_process(role: str, settings_file: Path) -> NoReturn:
    """Run the process of this role ("phone", "sync", "ui"; "settings": the window that tells what is wrong with the
    settings; "setup": the one before the first start) to its end. What keeps it from running is told on stderr,
    with exit code `ENVIRONMENT`; a bug leaves a crash file, with `FAULT`."""
    gc.set_threshold(*COLLECT_AFTER)
    code = exit_codes.FAULT
    try:
        code = _run(role, settings_file)
    except BaseException as error:  # noqa: BLE001 - one of the four places
        code = _tell(error)
    finally:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(code)


def _run(role: str, settings_file: Path) -> int:
    from desk import log
    from desk.log import crash
    from desk.settings.file import layered

    if role in ("settings", "setup"):
        from desk import compose

        run = compose.run_settings_window if role == "settings" else compose.run_setup_window
        return run(settings_file)
    layers = layered(settings_file)
    loaded = layers.settings
    speak(loaded.seat.language)
    running_log = log.start(loaded.log_dir, role)
    log.report_unhandled()
    if role == "sync":  # once is enough
        layers.log_overruled()
    crash_file = crash.keep(loaded.crash_dir, role, datetime.now(UTC))
    try:
        code = _room(role, settings_file)(loaded)
    except SystemExit as wish:
        code = wish.code if isinstance(wish.code, int) else exit_codes.FAULT
    except Exception as error:  # noqa: BLE001 - one of the four places
        code = _tell(error)
    if code in (exit_codes.OK, exit_codes.ENVIRONMENT, exit_codes.AGAIN):
        crash_file.close()
    running_log.close()
    return code


def _room(role: str, settings_file: Path) -> "Callable[[Settings], int]":
    from desk import compose

    rooms: dict[str, Callable[[Settings], int]] = {
        "phone": compose.run_phone,
        "sync": lambda settings: compose.run_sync(settings, settings_file),
        "ui": lambda settings: compose.run_ui(settings, settings_file),
    }
    return rooms[role]


def _tell(error: BaseException) -> int:
    """A sentence for the person, or the hooks' loud report; the exit code."""
    from desk.explain import explain

    sentence = explain(error)
    if sentence is None:
        sys.excepthook(type(error), error, error.__traceback__)
        return exit_codes.FAULT
    logging.getLogger(__name__).error("the process cannot run: %s: %s", type(error).__name__, error)
    print(sentence, file=sys.stderr)  # noqa: T201 - to the person who started the seat
    return exit_codes.ENVIRONMENT
