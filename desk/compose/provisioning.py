"""Builds what makes a PC a seat: for `desk enrol`, for the first window, and for the background service, which looks
for newer files of the company."""

import platform
import sys
from collections.abc import Callable
from pathlib import Path

from desk import exit_codes
from desk.compose.clock import now
from desk.faults import Fault
from desk.i18n import _
from desk.provisioning import accounts
from desk.provisioning.accept import Accepting
from desk.provisioning.enrol import Enrolled, Enrolling, Tell
from desk.provisioning.refresh import Refreshing
from desk.provisioning.refusals import Refused
from desk.provisioning.source import Source, source_of
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import SettingsError
from desk.settings.file import read_layers, settle
from desk.settings.layers import Places, default_places
from desk.settings.values import CompanySettings

Say = Callable[[str], None]


def enrol(file: Path, untrusted_code: str, place: str, say: Say = print) -> int:
    """`desk enrol`. `place` "": where the settings say. Raises `Fault`, `KeyringWeak`, `OSError`."""
    done = enrol_seat(file, untrusted_code or _typed_code(), place, say)
    for line in told(done):
        say(line)
    return exit_codes.OK


def enrol_seat(
    file: Path,
    untrusted_code: str,
    place: str,
    tell: Tell,
    *,
    secrets: Callable[[], Secrets] = KeyringSecrets,
    places: Places | None = None,
) -> Enrolled:
    places = places or default_places()
    company = company_here(file, places)
    enrolling = Enrolling(Accepting(file, places, now), secrets, now, platform.node(), company.keys)
    done = enrolling.enrol(untrusted_code, place_of(place, company), tell)
    accounts.note(accounts.notes_folder(), done.seat)
    return done


def other_accounts() -> str:
    """What somebody has to know whose account is no seat, while another one of this computer is; "" nothing."""
    found = accounts.others(accounts.notes_folder())
    if not found:
        return ""
    return _(
        "On this computer the account {account} is set up as seat {seat}. To work at that seat, sign in to the "
        "computer as {account}. For an account of your own IT makes a code."
    ).format(account=found[0].account, seat=found[0].seat)


def told(done: Enrolled) -> list[str]:
    """What is said of it in the end."""
    lines = [
        _("This PC is seat {seat} of {company} now. Start Desk.").format(
            seat=done.seat, company=done.company or _("the company")
        )
    ]
    if not done.marked:
        lines.append(
            _("The code could not be marked as used there: tell IT to withdraw it (`desk provision pending`).")
        )
    return lines


def company_here(file: Path, places: Places | None = None) -> CompanySettings:
    """What this PC says of its company before it is enrolled, whatever else is wrong with its settings."""
    try:
        layers = read_layers(file, places or default_places(), company=False)
        return settle(layers, file)[0].company
    except SettingsError:
        return CompanySettings()


def place_of(place: str, company: CompanySettings) -> Source:
    """Raises `Refused`."""
    if not place and not company.source:
        raise Refused(
            "no_source",
            _("Where is the company's file? Give its folder or address: `desk enrol CODE --from PLACE`."),
        )
    return source_of(place or company.source)


def refresh(file: Path, say: Say = print) -> int:
    """`desk provision refresh`: now, and not when the background service next does."""
    accepting = Accepting(file, default_places(), now)
    state = accepting.state()
    if state is None:
        raise Fault(_("This PC is not enrolled: there is no company's file to renew. `desk enrol` does that."))
    if not state.source:
        raise Fault(_("It is not known where this seat's company's file came from: enrol it again."))
    found = Refreshing(file, accepting, lambda _news: None).look(tell_away=True)
    if found.trouble:
        raise Fault(found.trouble)
    say(
        _("Number {number} of the company's file is here; it holds when Desk is next started.").format(
            number=found.version
        )
        if found.version
        else _("Number {number} of the company's file is the newest.").format(number=state.version)
    )
    return exit_codes.OK


def _typed_code() -> str:
    if sys.stdin.isatty():
        return input(_("Enrolment code: "))
    return sys.stdin.readline()
