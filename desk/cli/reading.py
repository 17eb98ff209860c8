"""What several words of the command line need: the settings, in the person's language, and numbers. Main thread."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desk.i18n import speak

if TYPE_CHECKING:
    from desk.settings import Settings


def load(file: Path, *, prove: bool = True) -> "Settings":
    """`prove` as in `desk.settings.load`. Raises `SettingsError`. From here on it is that language that is spoken."""
    from desk import settings as files

    loaded = files.load(file, prove=prove)
    speak(loaded.seat.language)
    return loaded


def count(text: str) -> int:
    """A number of things: 1 to a million."""
    number = int(text)
    if not 1 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError("between 1 and 1000000")
    return number
