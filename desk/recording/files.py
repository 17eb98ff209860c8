"""Two things that every room of recording does with plain files, done one way: the hash of a file, and that the names
in a folder outlast a power cut. Any thread."""

import hashlib
import os
import sys
from pathlib import Path


def sha256_of(file: Path) -> str:
    """Of the whole file, as 64 hexadecimal digits; the memory stays flat. Raises `OSError`."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in this folder durable. Windows keeps them in its journal and cannot open a folder. Raises
    `OSError`."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
