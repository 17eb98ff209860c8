"""Where a company's file is: a folder or share, or an address. Beside it lie its signature and the folder `enrolment`
with what the codes open.

The connection is not what is believed: the file is signed, and what a code opens is sealed. So http and a share will
do. `urllib` goes through the proxy that the environment or the system names. Blocking, any thread."""

import os
import re
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Protocol

from desk.explain import why_away
from desk.i18n import _
from desk.provisioning.refusals import Refused

TIMEOUT_S = 20.0
FILE, SIGNATURE, ENROLMENT = "company.toml", "company.toml.minisig", "enrolment"
_GONE = (404, 410)


class Source(Protocol):
    """`shown`: as people know it; given to `source_of` it is the same source."""

    @property
    def shown(self) -> str: ...

    def read(self, name: str, most_bytes: int) -> bytes | None:
        """This file, by its name relative to the company's; None where there is none. Raises `Refused` ("away") where
        it cannot be asked, or the file is longer than that."""
        ...

    def take(self, name: str, as_name: str) -> bool:
        """The file is called otherwise from now on; False where it is not there (any more). True also where it cannot
        be done here: then nobody can mark anything, and the file stays. Of two that try it is one who may."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Write it, where that can be done."""
        ...

    def remove(self, name: str) -> None:
        """Take it away, where that can be done."""
        ...


class FolderSource:
    """`file`: the company's file itself."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def shown(self) -> str:
        return str(self._file)

    def read(self, name: str, most_bytes: int) -> bytes | None:
        file = self._path(name)
        try:
            with file.open("rb") as opened:
                data = opened.read(most_bytes + 1)
        except FileNotFoundError as error:
            if not self._file.parent.is_dir():
                raise _away(self._file.parent, _("there is no such folder")) from error
            return None
        except OSError as error:
            raise _away(file, error.strerror or type(error).__name__) from error
        if len(data) > most_bytes:
            raise _away(file, _("it is too long"))
        return data

    def take(self, name: str, as_name: str) -> bool:
        try:
            self._path(name).rename(self._path(as_name))
        except FileNotFoundError:
            return False
        except OSError:
            return True  # read-only
        return True

    def put(self, name: str, data: bytes) -> None:
        try:
            self._path(name).write_bytes(data)
        except OSError:
            return

    def remove(self, name: str) -> None:
        try:
            self._path(name).unlink()
        except OSError:
            return

    def _path(self, name: str) -> Path:
        if name in (FILE, SIGNATURE):  # it may be called otherwise, and its signature with it
            return self._file if name == FILE else self._file.with_name(f"{self._file.name}.minisig")
        return self._file.parent / name


class UrlSource:
    """`url`: of the company's file itself. Nothing can be marked there."""

    def __init__(self, url: str) -> None:
        self._url = url

    @property
    def shown(self) -> str:
        return self._url

    def read(self, name: str, most_bytes: int) -> bytes | None:
        url = self._of(name)
        request = urllib.request.Request(url, headers={"Cache-Control": "no-cache"})  # noqa: S310 - see `source_of`
        try:
            # An opener of its own: the one that urllib keeps knows the proxy of the process's first request.
            with urllib.request.build_opener().open(request, timeout=TIMEOUT_S) as answer:
                data: bytes = answer.read(most_bytes + 1)
                wanted = answer.headers.get("Content-Length")
        except urllib.error.HTTPError as error:
            with error:
                if error.code in _GONE:
                    return None
                raise _away(url, why_away(error)) from error
        except (OSError, HTTPException, ValueError) as error:
            raise _away(url, why_away(error)) from error
        if len(data) > most_bytes:
            raise _away(url, _("it is too long"))
        if wanted and wanted.isdecimal() and int(wanted) != len(data):
            raise _away(url, _("only a part of it arrived"))
        return data

    def take(self, name: str, as_name: str) -> bool:  # noqa: ARG002
        return True

    def put(self, name: str, data: bytes) -> None:
        """Not over http."""

    def remove(self, name: str) -> None:
        """Not over http."""

    def _of(self, name: str) -> str:
        parts = urllib.parse.urlsplit(self._url)
        if name == FILE:
            return self._url
        if name == SIGNATURE:
            return parts._replace(path=f"{parts.path}.minisig").geturl()
        return parts._replace(path=f"{parts.path.rpartition('/')[0]}/{urllib.parse.quote(name)}").geturl()


class FakeSource:
    """Files in memory. `away`: nothing can be asked; `read_only`: nothing can be marked."""

    def __init__(self, files: dict[str, bytes], shown: str = "fake", *, read_only: bool = False) -> None:
        self.files, self.shown, self.read_only, self.away = files, shown, read_only, False

    def read(self, name: str, most_bytes: int) -> bytes | None:
        if self.away:
            raise _away(self.shown, "away")
        data = self.files.get(name)
        if data is not None and len(data) > most_bytes:
            raise _away(self.shown, _("it is too long"))
        return data

    def take(self, name: str, as_name: str) -> bool:
        if self.read_only:
            return True
        if name not in self.files:
            return False
        self.files[as_name] = self.files.pop(name)
        return True

    def put(self, name: str, data: bytes) -> None:
        if not self.read_only:
            self.files[name] = data

    def remove(self, name: str) -> None:
        if not self.read_only:
            self.files.pop(name, None)


def source_of(text: str) -> Source:
    """A folder, the company's file in it, or an address that begins with https:// or http://, of the file or (ending
    in a slash) of its folder. Raises `Refused`."""
    text = text.strip()
    scheme = text.partition("://")[0].lower() if "://" in text else ""
    try:
        if scheme in ("http", "https"):
            parts = urllib.parse.urlsplit(text)
            if parts.hostname and parts.username is None and "\0" not in text and not re.search(r"\s", text):
                text += "" if parts.path else "/"
                return UrlSource(text + FILE if text.endswith("/") else text)
        elif scheme in ("", "file") and "\0" not in text:
            if scheme:
                text = urllib.request.url2pathname(urllib.parse.urlsplit(text).path)
            path = Path(os.path.expandvars(text)).expanduser().absolute()
            return FolderSource(path / FILE if path.is_dir() else path)
    except (ValueError, RuntimeError, OSError) as error:  # no such user, a name that is too long
        raise Refused("away", _not_a_place(text)) from error
    raise Refused("away", _not_a_place(text))


def _not_a_place(text: str) -> str:
    return _("{text} is not an address, as in https://it.example.com/desk/").format(text=text[:80])


def _away(where: object, detail: str) -> Refused:
    return Refused(
        "away",
        _(
            "{where} cannot be read ({detail}). Nothing was changed. Check the network, the proxy and the address, "
            "then try again."
        ).format(where=where, detail=detail),
    )
