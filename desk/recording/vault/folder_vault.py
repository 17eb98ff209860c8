"""A vault in a folder: on this computer, or on a share.

An object shows under its name only when all of it is on the disk: it is written beside it as a hidden part file,
synced, and then linked to the name, which fails where that is taken. Plain files, so that IT copies and lists them with
any tool. obstore's local store is not used: it does not sync, and what a power cut takes would count as vaulted.

A share that takes no hard links (FAT, some network drives) gets a rename after a look whether the name is free; between
the two another computer could take it. A kill leaves a part file; whoever brings or deletes that object next removes
it. Any thread.

On a share, a write ends in the system's cache and goes over the network when the system likes, all at once if it likes.
While there is a limit each block is therefore synced before the next one is asked for, and what is read back is read
block by block at the same pace, with nothing read ahead."""

import contextlib
import errno
import hashlib
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desk.recording.files import sha256_of, sync_folder
from desk.recording.vault.marker import MARKER, KnownVaults, new_marker
from desk.recording.vault.names import parts_of, shown
from desk.recording.vault.port import Kept, Pace, unhurried
from desk.usecases.recording_ports import RecordingAway, VaultAway, VaultRefused, VaultTaken

BLOCK = 65_536
PACED_BLOCK = 16_384  # of what is sent to a share: what goes at once is what disturbs a call
_PART = ".part"
_TRIAL = "desk-trial"
_REFUSALS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG})
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS, errno.EMLINK})


class FolderVault:
    """`make`: the folder is made where it is missing; else a missing one means that the share is not there. `known`:
    what this seat remembers of the vaults it has used (see `marker`); without it, any folder will do."""

    def __init__(self, root: Path, *, make: bool = False, known: KnownVaults | None = None) -> None:
        self._root, self._make, self._known = root, make, known
        self._seen: tuple[int, int] | None = None  # the folder (device, inode) that has shown the right marker

    def read(self, name: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        path = self._inside(name)
        if path is None or not self._is_file(path):
            raise RecordingAway(f"the vault holds nothing under {shown(name)}")
        return self._blocks(path, name, start, length)

    def stat(self, name: str) -> Kept | None:
        path = self._inside(name)
        if path is None or not self._is_file(path):
            return None
        with self._translated():
            return Kept(name, path.stat().st_size)

    def put_new(self, name: str, file: Path, pace: Pace = unhurried) -> None:
        path = self._target(name)
        if self._is_file(path):
            with contextlib.suppress(OSError):  # a seat need not be allowed to delete; whoever deletes the object is
                _sweep(path)
            return self._compare(path, file, name, pace)
        self._begin_vault()
        part = _part_of(path)
        try:
            written = self._copy(file, path, part, pace)
            with self._translated():
                if _paced_hash(part, pace) != written:
                    raise VaultRefused(
                        f"{shown(name)} does not read back as it was written: the vault's disk is failing"
                    )
                taken = not _give_name(part, path)
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        if taken:
            return self._compare(path, file, name, pace)
        with self._translated():
            sync_folder(path.parent)
        return None

    def names(self, prefix: str = "") -> Iterator[Kept]:
        self._check_root()
        if prefix and self._inside(prefix) is None:
            return
        yield from self._walk(self._root / prefix, prefix)

    def delete(self, name: str) -> None:
        path = self._inside(name)
        if path is None:
            return
        with self._translated():
            if path.parent.is_dir():
                _sweep(path)
                path.unlink(missing_ok=True)
                sync_folder(path.parent)

    def try_writing(self) -> None:
        self._check_root()
        part = _part_of(self._root / _TRIAL)
        with self._translated():
            try:
                with part.open("xb") as handle:
                    handle.write(b"trial\n")
                    handle.flush()
                    os.fsync(handle.fileno())
            finally:
                part.unlink(missing_ok=True)

    def _walk(self, folder: Path, prefix: str) -> Iterator[Kept]:
        """One folder's entries in memory at a time; those of a day in practice."""
        try:
            with os.scandir(folder) as entries:
                found = sorted((entry for entry in entries if not entry.name.startswith(".")), key=_order)
        except FileNotFoundError:
            return
        except OSError as error:
            raise _trouble(error) from error
        for entry in found:
            name = f"{prefix}/{entry.name}" if prefix else entry.name
            if name == MARKER:
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from self._walk(Path(entry.path), name)
            elif entry.is_file(follow_symlinks=False):
                with contextlib.suppress(FileNotFoundError):  # deleted since
                    yield Kept(name, entry.stat().st_size)

    def _blocks(self, path: Path, name: str, start: int, length: int | None) -> Iterator[bytes]:
        left = sys.maxsize if length is None else length
        try:
            with path.open("rb") as handle:
                handle.seek(start)
                while left > 0 and (block := handle.read(min(left, BLOCK))):
                    left -= len(block)
                    yield block
        except FileNotFoundError as error:
            raise RecordingAway(f"the vault holds nothing under {shown(name)} any more") from error
        except OSError as error:
            raise _trouble(error) from error

    def _begin_vault(self) -> None:
        """The first object of all makes the folder a vault, and this seat remember it. Raises `OSError` for the seat's
        own disk."""
        known = self._known
        if known is None:
            return
        self._check_root()
        if self._seen is not None:
            return
        with self._translated():
            marker = self._root / MARKER
            part = _part_of(marker)
            try:
                with part.open("xb") as handle:
                    handle.write(new_marker())
                    handle.flush()
                    os.fsync(handle.fileno())
                _give_name(part, marker)  # where another seat was faster, its marker counts
            finally:
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)
            sync_folder(self._root)
        self._check_root()

    def _copy(self, file: Path, path: Path, part: Path, pace: Pace) -> str:
        """The hash of what was written."""
        digest = hashlib.sha256()
        with file.open("rb") as source:  # its own errors are the seat's, not the vault's
            with self._translated():
                self._check_root()
                part.parent.mkdir(parents=True, exist_ok=True)
                with contextlib.suppress(OSError):
                    _sweep(path)
                target = part.open("xb")
            with target:
                while block := source.read(PACED_BLOCK):
                    limited = pace(len(block))
                    digest.update(block)
                    with self._translated():
                        target.write(block)
                        if limited:
                            target.flush()
                            _sync_data(target.fileno())
                with self._translated():
                    target.flush()
                    os.fsync(target.fileno())
                    _forget_cached(target.fileno())
        return digest.hexdigest()

    def _compare(self, path: Path, file: Path, name: str, pace: Pace) -> None:
        with self._translated():
            there = _paced_hash(path, pace)
        if there != sha256_of(file):
            raise VaultTaken(f"something else lies in the vault under {shown(name)}")
        with self._translated():
            sync_folder(path.parent)  # who put it there may have been killed before that

    def _target(self, name: str) -> Path:
        path = self._inside(name)
        if path is None:
            raise VaultRefused(f"the vault can hold nothing under {shown(name)}")
        return path

    def _inside(self, untrusted_name: str) -> Path | None:
        """Followed inside the folder and nowhere else, through no link and no ".."."""
        parts = parts_of(untrusted_name)
        if parts is None or parts[0] == MARKER:
            return None
        self._check_root()
        with self._translated():
            root = self._root.resolve()
            path = root.joinpath(*parts)
            return path if path.resolve() == path else None

    def _is_file(self, path: Path) -> bool:
        with self._translated():
            return path.is_file()

    def _check_root(self) -> None:
        with self._translated():
            if not self._root.is_dir():
                self._seen = None
                if not self._make or (self._known is not None and self._known.id_of(self._root) is not None):
                    raise VaultAway(f"the folder {self._root} is not there: connect the share, or make the folder")
                self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._known is None:
                return
            about = self._root.stat()
            here = (about.st_dev, about.st_ino)  # another one as soon as something is mounted on it, or no more
            if here != self._seen:
                self._seen = here if self._known.check(self._root) else None

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise _trouble(error) from error


def _order(entry: os.DirEntry[str]) -> str:
    """As whole names sort: a folder's entries come where its name with the slash does."""
    return entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name


def _give_name(part: Path, path: Path) -> bool:
    """False where the name is taken."""
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS and sys.platform != "win32":
            raise
        return _rename(part, path)
    return True


def _rename(part: Path, path: Path) -> bool:
    """Where nothing can be linked. Windows refuses to rename over a file by itself."""
    if path.exists():
        return False
    try:
        part.rename(path)
    except FileExistsError:
        return False
    return True


def _part_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}{_PART}")


def _sweep(path: Path) -> None:
    """Remove what a try that was killed has left of this object; it may be all of it."""
    for stale in path.parent.iterdir():
        if stale.name.startswith(f".{path.name}.") and stale.name.endswith(_PART):
            stale.unlink(missing_ok=True)


def _paced_hash(path: Path, pace: Pace) -> str:
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as handle:
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                os.posix_fadvise(handle.fileno(), 0, 0, os.POSIX_FADV_RANDOM)
        while block := handle.read(PACED_BLOCK):
            pace(len(block))
            digest.update(block)
    return digest.hexdigest()


def _sync_data(handle: int) -> None:
    """What was written so far is on the disk, or over the network; its times need not be."""
    if sys.platform == "linux":
        os.fdatasync(handle)
    else:
        os.fsync(handle)


def _forget_cached(handle: int) -> None:
    """So that what is read back comes from the disk, where the system can be asked for that."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


def _trouble(error: OSError) -> VaultAway | VaultRefused:
    reason = f"{error.strerror or error} ({error.filename})" if error.filename else str(error.strerror or error)
    if error.errno in _REFUSALS:
        return VaultRefused(f"not allowed: {reason}")
    if error.errno in _FULL:
        return VaultRefused(f"the vault is full: {reason}")
    if error.errno in (errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG):
        return VaultRefused(f"not a vault: {reason}")
    return VaultAway(reason)
