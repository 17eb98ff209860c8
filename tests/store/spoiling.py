"""Damage as a failing disk does it: whole pages of a closed store overwritten, or the end of it cut off."""

from pathlib import Path

from desk.store.cipher import PAGE


def pages_of(file: Path) -> int:
    return file.stat().st_size // PAGE


def spoil(file: Path, *numbers: int) -> None:
    """Pages counted from 1."""
    with file.open("r+b") as handle:
        for number in numbers:
            handle.seek((number - 1) * PAGE + 100)
            handle.write(b"spoilt" * 50)


def cut(file: Path, pages: int) -> None:
    with file.open("r+b") as handle:
        handle.truncate(pages * PAGE)
