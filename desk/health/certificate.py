"""What is found of a server's certificate by the day it ends, whichever server it is. Pure, any thread."""

import math
from datetime import datetime

from desk.domain.health import Finding, Level
from desk.i18n import _


def days_left(check: str, valid_until: datetime, now: datetime, warn_days: int, about: str = "") -> Finding:
    """`about`: which server, "" where there is only one."""
    days = math.floor((valid_until - now).total_seconds() / 86_400)
    figures: dict[str, float | int | str] = {"days_left": days}
    said = _("The certificate is valid for {days} more days.").format(days=days)
    said = f"{about}: {said}" if about else said
    if days >= warn_days:
        return Finding(check, Level.OK, said, figures=figures)
    return Finding(check, Level.WARNING, said, _("Renew the server's certificate before it ends."), figures)
