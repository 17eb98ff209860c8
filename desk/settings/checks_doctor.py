"""What `[doctor]` may say. Pure functions, any thread."""

from desk.i18n import _
from desk.settings.values import Settings

Problem = tuple[str, str]  # dotted key, reason
MOST_DAYS, MOST_DIGITS = 365, 40


def problem(settings: Settings) -> Problem | None:
    doctor = settings.doctor
    if len(doctor.number) > MOST_DIGITS or not set(doctor.number) <= set("0123456789*#+"):
        return "doctor.number", _('digits, * and #, as the exchange wants them: "*43"')
    if not 0 <= doctor.certificate_days <= MOST_DAYS:
        return "doctor.certificate_days", _("days from 0 to {most}").format(most=MOST_DAYS)
    return None
