"""What `[self_check]` may say. Pure functions, any thread."""

import re
from datetime import time

from desk.i18n import _
from desk.settings.values import Settings

_NUMBER = re.compile(r"[0-9*#+]{1,32}|sips?:[^\s<>\"]{1,200}")
MOST_IDLE_MINUTES = 240


def problem(settings: Settings) -> tuple[str, str] | None:
    """The first value that cannot be."""
    check = settings.self_check
    if check.at:
        try:
            given = time.fromisoformat(check.at)
        except ValueError:
            given = None
        if given is None or given.tzinfo is not None:
            return "self_check.at", _('a time of the day, as in "03:30"')
    if check.number and not _NUMBER.fullmatch(check.number):
        return "self_check.number", _('neither a number nor a SIP address, as in "8001"')
    if check.line and check.line not in {line.label for line in settings.lines}:
        return "self_check.line", _("no line is called so")
    if not 5 <= check.idle_minutes <= MOST_IDLE_MINUTES:
        return "self_check.idle_minutes", _("minutes from {least} to {most}").format(least=5, most=MOST_IDLE_MINUTES)
    return None
