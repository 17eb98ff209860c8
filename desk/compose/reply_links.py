"""The links by which handlers answer: where they lead stands in the settings, the company's secret that seals them in
the keyring. Without either there are none. Any process; the keyring is asked once, when a link is first made or
read."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from desk.domain.identity import StaffId, TaskId
from desk.domain.reply_links import MIN_SECRET, ReplyLink, sign
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.usecases.notify_tasks import Link
from desk.usecases.ports import KeyringWeak

ENTRY = "reply-links"
_log = logging.getLogger(__name__)


class ReplySecret:
    """`get`: b"" where the keyring has none, or one that is too short to keep anybody out."""

    def __init__(self, secrets: Callable[[], Secrets] = KeyringSecrets) -> None:
        self._secrets = secrets
        self._known: bytes | None = None

    def get(self) -> bytes:
        if self._known is None:
            self._known = self._read()
        return self._known

    def _read(self) -> bytes:
        try:
            found = (self._secrets().get(ENTRY) or "").strip().encode()
        except KeyringWeak:
            _log.warning("no keyring for the secret of the reply links")
            return b""
        if found and len(found) < MIN_SECRET:
            _log.warning("the secret of the reply links is too short")
            return b""
        return found


def link_maker(settings: Settings, secret: ReplySecret, holds: timedelta, clock: Callable[[], datetime]) -> Link:
    """`holds`: how long a link can be answered by."""
    base = settings.notify.link

    def link(task_id: TaskId, staff_id: StaffId) -> str:
        key = secret.get() if base else b""
        return base + sign(ReplyLink(task_id, staff_id, clock() + holds), key) if key else ""

    return link
