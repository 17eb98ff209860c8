"""What a setting's value must be, beyond its type. Each check says in the person's language what is wrong; where it
stands in the file is found out by `desk.settings`. Pure functions, any thread."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from desk.i18n import _
from desk.settings import (
    checks_company,
    checks_dial,
    checks_doctor,
    checks_headset,
    checks_line,
    checks_notify,
    checks_outside,
    checks_phone,
    checks_recording,
    checks_self_check,
    checks_support,
    checks_update,
    checks_vault,
)
from desk.settings.values import Settings

Problem = tuple[str, str]  # dotted key, reason
MOST_ANSWER_DAYS = 365
MOST_SAMPLES = 100  # of one agent's week
MOST_LOCK_MINUTES, MOST_OFFLINE_DAYS = 480, 90


def first_problem(settings: Settings) -> Problem | None:
    """The first value that cannot be, in the order of the file's documentation; None where all is well."""
    checks = (
        _seat,
        checks_line.problem,
        checks_dial.problem,
        checks_phone.problem,
        checks_headset.problem,
        _central,
        checks_recording.problem,
        checks_vault.problem,
        _score,
        _policies,
        checks_company.problem,
        _store,
        checks_doctor.problem,
        checks_self_check.problem,
        checks_support.problem,
        checks_update.problem,
        checks_outside.problem,
        checks_notify.problem,
        _folders,
    )
    return next((found for check in checks if (found := check(settings)) is not None), None)


def _seat(settings: Settings) -> Problem | None:
    seat = settings.seat
    if not re.fullmatch(r"[A-Z0-9]{1,8}", seat.name):
        return "seat.name", _("the seat's name is 1 to 8 letters A-Z and digits, as in S01")
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,32}", seat.agent):
        return "seat.agent", _("the work number is 1 to 32 letters, digits, dots, dashes or underscores")
    if len(seat.agent_name) > 64:
        return "seat.agent_name", _("the agent's name is longer than 64 characters")
    return _sign_in(settings)


def _sign_in(settings: Settings) -> Problem | None:
    seat = settings.seat
    if seat.sign_in != "list" and not settings.central.url:
        return "seat.sign_in", _("passwords and tickets are checked by the central database: set [central] url first")
    if not 0 <= seat.lock_minutes <= MOST_LOCK_MINUTES:
        return "seat.lock_minutes", _("minutes from 0 to {most}").format(most=MOST_LOCK_MINUTES)
    if not 0 <= seat.offline_days <= MOST_OFFLINE_DAYS:
        return "seat.offline_days", _("days from 0 to {most}").format(most=MOST_OFFLINE_DAYS)
    return None


def _central(settings: Settings) -> Problem | None:
    central = settings.central
    if not central.url:
        return None
    try:
        url = urlsplit(central.url)
        host, _port = url.hostname, url.port
    except ValueError:
        return "central.url", _('not an address, as in "postgresql://db.example.com/desk"')
    if url.scheme not in ("postgresql", "postgres") or not host or len(url.path) < 2:
        return "central.url", _('not an address, as in "postgresql://db.example.com/desk"')
    if url.password is not None:
        return "central.url", _("no password may stand in this file: keep it with `desk secret set central:user@host`")
    if not central.user and not url.username and settings.seat.sign_in == "list":
        return "central.user", _("the agent's user name in the central database is missing")
    return None


def _score(settings: Settings) -> Problem | None:
    if "\0" in settings.score.sheets:
        return "score.sheets", _("not a folder's name")
    if not 0 <= settings.score.samples <= MOST_SAMPLES:
        return "score.samples", _("a number of calls from 0 to {most}").format(most=MOST_SAMPLES)
    if not 0 <= settings.score.answer_days <= MOST_ANSWER_DAYS:
        return "score.answer_days", _("a number of days from {least} to {most}").format(least=0, most=MOST_ANSWER_DAYS)
    return None


def _policies(settings: Settings) -> Problem | None:
    policies = settings.policies
    if "\0" in policies.folder:
        return "policies.folder", _("not a folder's name")
    if policies.estate and not policies.folder:
        return "policies.estate", _("an estate's folder lies in the company's: name that as folder")
    if policies.estate in (".", "..") or re.search(r"[/\\\0]", policies.estate):
        return "policies.estate", _("the name of a folder in the company's, without a path")
    return None


def _store(settings: Settings) -> Problem | None:
    folder = settings.store.second_folder
    if folder and ("\0" in folder or not Path(folder).is_absolute()):
        return "store.second_folder", _("a folder's whole name is needed, from the root on")
    if folder and Path(folder) == settings.data_dir:
        return "store.second_folder", _("a folder on another disk is needed, not the data folder itself")
    return None


def _folders(settings: Settings) -> Problem | None:
    for key, folder in (("data_dir", settings.data_dir), ("runtime_dir", settings.runtime_dir)):
        if "\0" in str(folder) or not folder.is_absolute():
            return key, _("a folder's whole name is needed, from the root on")
    return None
