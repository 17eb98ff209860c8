"""What `[company]` and `[texts]` must be. Pure, any thread."""

import re
from urllib.parse import urlsplit

from desk.i18n import _
from desk.settings.values import Settings

_PUBLIC = re.compile(r"RW[A-Za-z0-9+/]{54}")  # minisign: 42 bytes that begin with "Ed"


def problem(settings: Settings) -> tuple[str, str] | None:
    """Key and reason; None where all is well."""
    company = settings.company
    for key in company.keys:
        if not _PUBLIC.fullmatch(key):
            return "company.keys", _("{text} is no public key of minisign, one line that begins with RW").format(
                text=repr(key[:20])
            )
    if "\0" in company.source or _has_password(company.source):
        return "company.source", _("a folder, a file, or an address without a password in it")
    if "\0" in settings.texts.folder:
        return "texts.folder", _("not a folder's name")
    return None


def _has_password(source: str) -> bool:
    try:
        return urlsplit(source).password is not None
    except ValueError:
        return True
