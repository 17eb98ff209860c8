"""Builds `desk central init|upgrade|check|restored|audit`: the owner's own connection to the central database."""

import json
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from desk import exit_codes
from desk.i18n import _
from desk.secrets import KeyringSecrets
from desk.settings import Settings
from desk.sync.central import admin, checks
from desk.sync.central import audit as central_audit
from desk.usecases.ports import KeyringWeak
from desk.version import build


@dataclass(frozen=True)
class Given:
    """What every word of `desk central` is told. `url` "": the one in the settings; `say` shows a line."""

    settings: Settings
    url: str
    say: admin.Say

    @property
    def owner(self) -> admin.Owner:
        return owner_of(self.settings, self.url)


def owner_of(settings: Settings, url: str) -> admin.Owner:
    """`url` "": the one in the settings."""
    url = url or settings.central.url
    return admin.Owner(url, _password(url), Path(settings.central.ca_file) if settings.central.ca_file else None)


def upgrade(given: Given, yes: bool, oldest_program: str = "") -> int:
    """Shows what is to be done, and asks where somebody can answer; without an answer nothing is done."""
    owner = given.owner
    if oldest_program:
        admin.set_oldest_program(owner, oldest_program, given.say)
        return exit_codes.OK
    found = admin.plan(owner)
    if not yes and (found.steps or found.newer):
        admin.tell(found, given.say)
        if found.newer or not _agreed(given.say):
            given.say(_("Nothing was changed."))
            return exit_codes.FAULT
    admin.upgrade(owner, _quiet if not yes and found.steps else given.say, build().version)
    return exit_codes.OK


def check(given: Given) -> int:
    return exit_codes.OK if checks.check(given.owner, given.say) else exit_codes.FAULT


def restored(given: Given, hours: int) -> int:
    admin.take_back(given.owner, hours, given.say)
    return exit_codes.OK


def audit(given: Given, since: datetime, who: str, as_json: bool) -> int:
    """`FAULT` where the server's log could not be read: what is shown is not all."""
    found, why = central_audit.read(given.owner, since, who)
    for entry in found:
        if as_json:
            given.say(json.dumps(asdict(entry) | {"at": entry.at.isoformat()}, ensure_ascii=False))
        else:
            moment = entry.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            given.say(
                f"{moment}  {entry.who:<12} {entry.where:<15} {entry.code:<6} {entry.what}  {entry.detail}".rstrip()
            )
    if why:
        given.say(_("What was refused cannot be read from the server's log: {why}").format(why=why))
    return exit_codes.FAULT if why else exit_codes.OK


def _agreed(say: admin.Say) -> bool:
    if not sys.stdin.isatty():
        say(_("To do it: the same command with --yes."))
        return False
    return input(_("Do it now? [y/N] ")).strip().lower() in ("y", "yes", "是")


def _quiet(_line: str) -> None:
    """The plan was told already."""


def _password(url: str) -> str | None:
    """The owner's password, if the keyring has it. A server without a desktop has none: PGPASSWORD serves there."""
    parts = urlsplit(url)
    try:
        return KeyringSecrets().get(f"central:{parts.username}@{parts.hostname or 'localhost'}")
    except KeyringWeak:
        return None
