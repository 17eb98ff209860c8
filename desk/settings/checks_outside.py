"""Checks of what comes in from other systems and goes out to them: `[residents]`, `[ticket_hook]`. Pure, any thread."""

from datetime import date
from urllib.parse import urlsplit

from desk.i18n import _
from desk.settings.values import Settings

MOST_MINUTES = 7 * 24 * 60
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def problem(settings: Settings) -> tuple[str, str] | None:
    return _residents(settings) or _ticket_hook(settings)


def _residents(settings: Settings) -> tuple[str, str] | None:
    residents = settings.residents
    for key, value in (("folder", residents.folder), ("mapping", residents.mapping)):
        if "\0" in value:
            return f"residents.{key}", _("not a folder's name")
    if residents.folder and not residents.mapping:
        return "residents.mapping", _("a folder of lists needs a mapping file, see `desk import residents`")
    if not 1 <= residents.every_minutes <= MOST_MINUTES:
        return "residents.every_minutes", _("a number of minutes from 1 to {most}").format(most=MOST_MINUTES)
    if not 0 <= residents.most_changed <= 100:
        return "residents.most_changed", _("a share in percent, 0 to 100")
    return None


def _ticket_hook(settings: Settings) -> tuple[str, str] | None:
    hook = settings.ticket_hook
    if hook.since:
        try:
            date.fromisoformat(hook.since)
        except ValueError:
            return "ticket_hook.since", _("a day, as in 2026-11-01")
    if not hook.url:
        return None
    try:
        url = urlsplit(hook.url)
        host, _port = url.hostname, url.port
    except ValueError:
        return "ticket_hook.url", _('not an address, as in "https://erp.example.com/desk"')
    if url.password is not None:
        return "ticket_hook.url", _("no password may stand in this file")
    if not host or not (url.scheme == "https" or (url.scheme == "http" and host in _LOCAL)):
        return "ticket_hook.url", _(
            'an address that begins with https:// is needed, as in "https://erp.example.com/desk"'
        )
    return None
