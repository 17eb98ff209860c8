"""What `[doctor]` may say. Pure functions, any thread."""

from desk.i18n import _
from desk.settings.values import Settings

Problem = tuple[str, str]  # dotted key, reason
MOST_DAYS = 365


def problem(settings: Settings) -> Problem | None:
    if not 0 <= settings.doctor.certificate_days <= MOST_DAYS:
        return "doctor.certificate_days", _("days from 0 to {most}").format(most=MOST_DAYS)
    return None
