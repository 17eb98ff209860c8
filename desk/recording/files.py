"""What every room of recording does with plain files, done one way: the hash of a file, names that outlast a power cut,
and a small file of the seat's put in the place of the one before. Any thread."""

import contextlib
import errno
import hashlib
import os
import secrets
import sys
from pathlib import Path

# What a share or file system says that has no such thing as syncing a folder.
_NOT_KNOWN = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})


def sha256_of(file: Path) -> str:
    """Of the whole file, as 64 hexadecimal digits; the memory stays flat. Raises `OSError`."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in this folder durable, where there is a way to. Windows keeps them in its journal and cannot open
    a folder. Raises `OSError`."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NOT_KNOWN:
            raise
    finally:
        os.close(handle)


def write_new(file: Path, content: str | bytes) -> None:
    """In the place of what was there, durable when it returns, for this user only; killed, the old one stays whole.
    Raises `OSError`."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        part.touch(mode=0o600)
        with part.open("wb") as handle:
            handle.write(content.encode() if isinstance(content, str) else content)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(file)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    sync_folder(file.parent)
