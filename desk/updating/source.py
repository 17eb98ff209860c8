"""Where a channel lies, as a port: a folder or share, or a web server reached through whatever proxy the computer has.

Everything that comes from it is untrusted until it is proven. Any thread; a call takes as long as the network."""

import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

from desk.explain import why_away
from desk.i18n import _

BLOCK = 64 * 1024
TIMEOUT_S = 30.0


class SourceAway(Exception):
    """It cannot be reached now, or does not have the file. Its text is one sentence for the person."""


class Source(Protocol):
    """`name` is a file's, never a path."""

    def small(self, name: str, most_bytes: int) -> bytes:
        """The whole file, or its first `most_bytes` and one more. Raises `SourceAway`."""
        ...

    def blocks(self, name: str, offset: int) -> Iterator[bytes]:
        """The file from `offset` on, in blocks. Raises `SourceAway`, before the first block where it cannot begin
        there."""
        ...


class FolderSource:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def small(self, name: str, most_bytes: int) -> bytes:
        with self._told(name), (self._folder / name).open("rb") as stream:
            return stream.read(most_bytes + 1)
        raise AssertionError

    def blocks(self, name: str, offset: int) -> Iterator[bytes]:
        with self._told(name), (self._folder / name).open("rb") as stream:
            stream.seek(offset)
            while block := stream.read(BLOCK):
                yield block

    @contextmanager
    def _told(self, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SourceAway(
                _("The update channel {where} cannot be read now ({detail}).").format(
                    where=self._folder / name, detail=error.strerror or type(error).__name__
                )
            ) from error


class WebSource:
    """`url`: of the folder. `ca_file`: the company's own authority, "" the system's. Proxies: those of the environment,
    and of the system where it has some (Windows, macOS)."""

    def __init__(self, url: str, ca_file: str = "", timeout_s: float = TIMEOUT_S) -> None:
        self._url, self._timeout_s = url.rstrip("/"), timeout_s
        context = ssl.create_default_context(cafile=ca_file or None)
        self._opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))

    def small(self, name: str, most_bytes: int) -> bytes:
        whole = b""
        for block in self.blocks(name, 0):
            whole += block
            if len(whole) > most_bytes:
                break
        return whole[: most_bytes + 1]

    def blocks(self, name: str, offset: int) -> Iterator[bytes]:
        try:
            answer = self._open(name, offset)
            if answer is None:
                return
            with answer:
                if offset and answer.status != http.client.PARTIAL_CONTENT:
                    _skip(answer, offset)  # a server that knows no ranges
                while block := answer.read(BLOCK):
                    yield block
        except (OSError, http.client.HTTPException) as error:
            raise self._away(why_away(error)) from error

    def _open(self, name: str, offset: int) -> http.client.HTTPResponse | None:
        """None: nothing comes after what is there. Raises what `urllib` raises, and `SourceAway`."""
        address = f"{self._url}/{quote(name)}"
        request = urllib.request.Request(address, headers={"User-Agent": "Desk", "Cache-Control": "no-cache"})  # noqa: S310 - `source_of` lets only http and https in
        if offset:
            request.add_header("Range", f"bytes={offset}-")
        try:
            answer = self._opener.open(request, timeout=self._timeout_s)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                return None
            raise self._away(why_away(error)) from error
        assert isinstance(answer, http.client.HTTPResponse)  # noqa: S101 - of http and https it is
        return answer

    def _away(self, detail: str) -> SourceAway:
        shown = urlsplit(self._url)
        return SourceAway(
            _("The update channel {where} cannot be reached now ({detail}).").format(
                where=f"{shown.scheme}://{shown.hostname or ''}", detail=detail
            )
        )


def _skip(answer: http.client.HTTPResponse, offset: int) -> None:
    while offset and (block := answer.read(min(BLOCK, offset))):
        offset -= len(block)


class FakeSource:
    """Files in memory. `cut_after`: bytes after which every transfer breaks off; None never."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.files = files if files is not None else {}
        self.cut_after: int | None = None
        self.asked: list[tuple[str, int]] = []

    def small(self, name: str, most_bytes: int) -> bytes:
        return b"".join(self.blocks(name, 0))[: most_bytes + 1]

    def blocks(self, name: str, offset: int) -> Iterator[bytes]:
        self.asked.append((name, offset))
        if name not in self.files:
            raise SourceAway(
                _("The update channel {where} cannot be reached now ({detail}).").format(where=name, detail="404")
            )
        rest, left = self.files[name][offset:], self.cut_after
        for start in range(0, len(rest), BLOCK):
            block = rest[start : start + BLOCK]
            if left is not None and len(block) > left:
                yield block[:left]
                raise SourceAway("cut")
            if left is not None:
                left -= len(block)
            yield block


def source_of(channel: str, ca_file: str = "") -> Source:
    """Of `[update] channel`: a URL, or a folder. Raises `SourceAway` for an authority that cannot be read."""
    if urlsplit(channel).scheme in ("http", "https"):
        try:
            return WebSource(channel, ca_file)
        except OSError as error:
            raise SourceAway(
                _("[update] ca_file: {file} cannot be used ({detail}).").format(file=ca_file, detail=error)
            ) from error
    return FolderSource(Path(channel))
