"""Brings sealed bundles to where the settings say, and only there: a folder or an https address. Without such a setting
there is no sender at all, and nothing leaves the seat.

Each bundle is brought once; what could not be brought is tried again, later and later. Never while a call runs: the
network is the call's. A worker of the sync process."""

import logging
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from desk.support.shelf import Shelf, Write
from desk.usecases.ports import Clock

FIRST_PAUSE, LAST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
TIMEOUT_S = 60.0
_log = logging.getLogger(__name__)

Bring = Callable[[str, bytes], None]  # name, the sealed bundle; raises `OSError`


class Sender:
    """`busy`: a call runs."""

    def __init__(self, shelf: Shelf, bring: Bring, busy: Callable[[], bool], clock: Clock) -> None:
        self._shelf, self._bring, self._busy, self._clock = shelf, bring, busy, clock
        self._failures = 0
        self._not_before: datetime | None = None

    def work_once(self) -> bool:
        """Bring the oldest that waits; whether one was brought."""
        now = self._clock()
        if self._busy() or (self._not_before is not None and now < self._not_before):
            return False
        waiting = [one for one in self._shelf.listed() if one.sent_at is None]
        if not waiting:
            return False
        one = waiting[-1]
        try:
            self._bring(one.name, self._shelf.sealed(one))
            self._shelf.sent(one, now)
        except OSError as error:
            self._failures += 1
            self._not_before = now + min(LAST_PAUSE, FIRST_PAUSE * 2 ** min(self._failures - 1, 10))
            _log.warning("a support bundle could not be brought away: %s", error)
            return False
        self._failures, self._not_before = 0, None
        _log.info("a support bundle was brought away", extra={"bundle": one.name, "bytes": one.size})
        return True


def into_folder(folder: Path, write: Write) -> Bring:
    """Whole or not at all. The folder is there already: a share that is not mounted is not to be made."""

    def bring(name: str, sealed: bytes) -> None:
        if not folder.is_dir():
            raise FileNotFoundError(f"the folder for support bundles is not there: {folder.name}")
        write(folder / name, sealed)

    return bring


def to_address(url: str, timeout_s: float = TIMEOUT_S) -> Bring:
    """PUT below this https address, through the system's proxy. Redirects are not followed."""
    opener = urllib.request.build_opener(_NoRedirect())

    def bring(name: str, sealed: bytes) -> None:
        request = urllib.request.Request(  # noqa: S310 - https alone is taken by the settings
            f"{url.rstrip('/')}/{quote(name)}",
            data=sealed,
            method="PUT",
            headers={"Content-Type": "application/octet-stream"},
        )
        with opener.open(request, timeout=timeout_s) as answer:
            answer.read(1000)

    return bring


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_given: object, **_named: object) -> None:
        """Nowhere else."""
