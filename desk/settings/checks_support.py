"""What `[support]` must be. Pure functions, any thread."""

from pathlib import Path
from urllib.parse import urlsplit

from desk.i18n import _
from desk.settings.checks_recording import MOST_RECIPIENTS, is_recipient
from desk.settings.values import Settings

MOST_KEPT = 500
Problem = tuple[str, str]


def problem(settings: Settings) -> Problem | None:
    """Dotted key and reason; None where all is well."""
    support = settings.support
    if len(support.recipients) > MOST_RECIPIENTS:
        return "support.recipients", _("more than {most} recipients").format(most=MOST_RECIPIENTS)
    for recipient in support.recipients:
        if recipient.upper().startswith("AGE-SECRET-KEY-"):
            return "support.recipients", _(
                "a secret key does not belong into this file: put the recipient here, which begins with age1"
            )
        if not is_recipient(recipient):
            return "support.recipients", _("{text} is no age recipient: copy all 62 letters, from age1 on").format(
                text=recipient if len(recipient) <= 16 else f"{recipient[:12]}…"
            )
    if not 1 <= support.keep <= MOST_KEPT:
        return "support.keep", _("a number from 1 to {most}").format(most=MOST_KEPT)
    return _upload(support.upload)


def _upload(upload: str) -> Problem | None:
    if not upload:
        return None
    try:
        url = urlsplit(upload)
        host, _port, password = url.hostname, url.port, url.password
    except ValueError:
        return "support.upload", _('neither a folder nor an address, as in "https://it.example.com/desk/"')
    if password is not None:
        return "support.upload", _("no password may stand in this file")
    if url.scheme == "https" and host:
        return None
    if "\0" not in upload and "://" not in upload and Path(upload).is_absolute():
        return None
    return "support.upload", _('neither a folder nor an address, as in "https://it.example.com/desk/"')
