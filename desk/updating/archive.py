"""A version as one file: the bundle's folder as a compressed tar, the same bytes for the same folder, and back again.

Unpacking takes only what a bundle has, folders, files and links between its own files, and only under the folder it is
given: names that lead out are refused, whoever signed them. A version is there when its folder has its name: it is
unpacked under another one beside it, brought to the disk, and then renamed. Any thread; seconds."""

import contextlib
import hashlib
import os
import shutil
import stat
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from desk.i18n import _

SUFFIX = ".tar.xz"
PART = ".part-"
MOST_FILES = 100_000
_BLOCK = 1 << 20
_PRESET: Literal[1] = 1  # a tenth larger than the usual 6, and four times as quick to make


class BadArchive(Exception):
    """The file is not what the channel said, or no version. Its text is one sentence for the person."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What the channel says of a file. `unpacked`: bytes on the disk, at least."""

    size: int
    sha256: str
    unpacked: int


def pack(bundle: Path, file: Path) -> Packed:
    """Raises `BadArchive` for what a bundle does not have, `OSError`."""
    part = file.with_name(f"{PART}{file.name}")
    unpacked = 0
    try:
        with tarfile.open(part, "w:xz", format=tarfile.PAX_FORMAT, preset=_PRESET) as tar:
            for name, path in _members(bundle):
                entry = tar.gettarinfo(path, arcname=name)
                if not (entry.isreg() or entry.isdir() or entry.issym()):
                    raise BadArchive(_("{name} is neither a file nor a folder nor a link.").format(name=name))
                entry.uid = entry.gid = entry.mtime = 0
                entry.uname = entry.gname = ""
                entry.mode = 0o755 if entry.isdir() or entry.mode & stat.S_IXUSR else 0o644
                if entry.isreg():
                    entry.type, entry.linkname = tarfile.REGTYPE, ""
                    unpacked += entry.size
                    with path.open("rb") as content:
                        tar.addfile(entry, content)
                else:
                    tar.addfile(entry)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return Packed(file.stat().st_size, sha256_of(file), unpacked)


def check(file: Path, size: int, sha256: str) -> None:
    """Raises `BadArchive` where this is not that file, `OSError`."""
    there = file.stat().st_size
    if there != size:
        raise BadArchive(
            _("The update is not whole ({there} of {size} bytes). It is fetched again.").format(there=there, size=size)
        )
    if sha256_of(file) != sha256:
        raise BadArchive(_("The update is not the file that IT has signed. It is not used; call IT."))


def unpack(file: Path, folder: Path, program: str, stop: Callable[[], bool] = lambda: False) -> None:
    """Lay it into `folder`, which must not be there, as a whole or not at all. `program`: what a version has to have.
    Raises `BadArchive`, `OSError` (a full disk), `InterruptedError` when `stop` says so."""
    part = folder.with_name(f"{PART}{folder.name}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o755, parents=True)
    try:
        with tarfile.open(file, "r:xz") as tar:
            for count, entry in enumerate(tar):
                if stop():
                    raise InterruptedError
                if count > MOST_FILES:
                    raise _bad(str(count))
                _lay(tar, entry, part)
        _check_links(part)
        if not (part / program).is_file():
            raise BadArchive(_("The update has no program {name} in it. It is not used; call IT.").format(name=program))
        _bring_to_disk(part)
        part.rename(folder)
        _sync(folder.parent)
    except (tarfile.TarError, EOFError, ValueError, UnicodeError) as error:
        raise _bad(type(error).__name__) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def sha256_of(file: Path) -> str:
    """In hexadecimal. Raises `OSError`."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _members(bundle: Path) -> Iterator[tuple[str, Path]]:
    """Sorted, so that the same folder gives the same file."""
    for path in sorted(bundle.rglob("*"), key=lambda path: path.relative_to(bundle).as_posix()):
        yield path.relative_to(bundle).as_posix(), path


def _lay(tar: tarfile.TarFile, entry: tarfile.TarInfo, root: Path) -> None:
    name = PurePosixPath(entry.name)
    if name.is_absolute() or ".." in name.parts or not name.parts or "\\" in entry.name or ":" in name.parts[0]:
        raise _bad(entry.name[:80])
    target = root.joinpath(*name.parts)
    if _leads_out(target.parent, root):
        raise _bad(entry.name[:80])
    if entry.isdir():
        target.mkdir(mode=0o755, parents=True, exist_ok=True)
        return
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if entry.issym():
        target.symlink_to(entry.linkname)
    elif entry.isreg():
        content = tar.extractfile(entry)
        if content is None:
            raise _bad(entry.name[:80])
        _write(target, content, 0o755 if entry.mode & stat.S_IXUSR else 0o644)
    else:
        raise _bad(entry.name[:80])


def _write(target: Path, content: IO[bytes], mode: int) -> None:
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), mode)
    with os.fdopen(handle, "wb") as stream:
        shutil.copyfileobj(content, stream, _BLOCK)
        if os.name == "nt":  # there a file can only be brought to the disk by who writes it
            stream.flush()
            os.fsync(stream.fileno())
    target.chmod(mode)


def _leads_out(folder: Path, root: Path) -> bool:
    """Whether a link on the way leads out of the version."""
    return not folder.resolve().is_relative_to(root.resolve())


def _check_links(root: Path) -> None:
    for path in root.rglob("*"):
        if path.is_symlink() and (path.readlink().is_absolute() or _leads_out(path, root)):
            raise _bad(path.name[:80])


def _bring_to_disk(root: Path) -> None:
    for folder, _folders, names in os.walk(root):
        for name in names:
            path = Path(folder) / name
            if not path.is_symlink():
                _sync(path)
        _sync(Path(folder))


def _sync(path: Path) -> None:
    with contextlib.suppress(PermissionError):  # Windows opens no folders
        handle = os.open(path, os.O_RDONLY)
        try:
            if os.name != "nt":
                os.fsync(handle)
        finally:
            os.close(handle)


def _bad(detail: str) -> BadArchive:
    return BadArchive(_("The update cannot be unpacked ({detail}). It is not used; call IT.").format(detail=detail))
