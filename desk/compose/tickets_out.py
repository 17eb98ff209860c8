"""Builds what gives tickets to other systems: the export, and the hook."""

import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Literal, TextIO
from urllib.parse import urlsplit

import msgspec

from desk import exit_codes
from desk.compose.clock import now
from desk.domain.ticket_out import FIELDS, Choice
from desk.faults import Fault
from desk.i18n import _
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.store.store import Store
from desk.store.tickets_out import SqlTicketsOut, day_start
from desk.sync.outside.ticket_hook import TicketHook, teller
from desk.texts import ShippedTexts

__all__ = ["Choice", "export", "hook_of", "hook_state", "tickets_of"]


def tickets_of(store: Store, settings: Settings) -> SqlTicketsOut:
    tree = ShippedTexts(language=settings.seat.language, own=settings.texts.folder).categories()
    return SqlTicketsOut(store, lambda code: tree.name(code, settings.seat.language))


def export(store: Store, settings: Settings, choice: Choice, form: Literal["csv", "json"], file: Path | None) -> int:
    """How many. A file is there whole or not at all. CSV is UTF-8 with a mark, so that Excel reads it."""
    records = tickets_of(store, settings).records(choice)
    count = 0
    with _opened(file, "utf-8-sig" if form == "csv" else "utf-8") as stream:
        table = csv.writer(stream, lineterminator="\r\n")
        if form == "csv":
            table.writerow(FIELDS)
        for count, record in enumerate(records, 1):  # noqa: B007
            if form == "csv":
                table.writerow(map(_cell, astuple(record)))
            else:
                stream.write(msgspec.json.encode(asdict(record)).decode() + "\n")
    return count


@contextmanager
def _opened(file: Path | None, encoding: str) -> Iterator[TextIO]:
    if file is None:
        yield sys.stdout
        return
    part = file.with_name(f".{file.name}.part")
    try:
        part.touch(mode=0o600)
        with part.open("w", encoding=encoding, newline="") as stream:
            yield stream
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _cell(value: str) -> str:
    """What residents say may begin like a formula: https://owasp.org/www-community/attacks/CSV_Injection"""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def hook_of(settings: Settings, secrets: Secrets, store: Store, going_on: Callable[[], bool]) -> TicketHook | None:
    """None where nothing is told to anybody. Raises `Fault` without a secret."""
    hook = settings.ticket_hook
    if not hook.url:
        return None
    host = urlsplit(hook.url).hostname or ""
    secret = secrets.get(f"hook:{host}")
    if not secret:
        reason = _("The ticket hook has no secret to sign with: keep one with `desk secret set hook:{host}`.")
        raise Fault(reason.format(host=host))
    since = day_start(hook.since) if hook.since else None
    return TicketHook(tickets_of(store, settings), teller(hook.url, secret, hook.ca_file), now, since, going_on)


def hook_state(settings: Settings, retry: bool, tell: Callable[[str], None]) -> int:
    """Say what waits and why; `retry`: it is tried at once."""
    store = Store.open(settings.store_file, KeyringSecrets())
    try:
        tickets = tickets_of(store, settings)
        if retry:
            tickets.retry_now()
        state = tickets.state()
    finally:
        store.close()
    tell(_("{waiting} tickets wait to be told, {failing} of them were tried.").format(**asdict(state)))
    for why, count in state.why:
        tell(f"  {count}: {why}")
    return exit_codes.OK
