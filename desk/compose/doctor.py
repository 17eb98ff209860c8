"""Builds the doctor: the table of what is looked at, in the order in which it is told, and who looks.

Where a seat runs on this computer its processes are asked for what they know, and nothing is opened twice: no second
registration, no second headset. Where none runs, lines and headset are looked at here: the lines by a process of their
own (`line_check`), because PJSIP wants one. `findings` is for everybody who wants to know how a seat is: the command,
the window, the night's self-check, an update that was just applied, a support bundle.

Any thread but the ui's main one; takes 2 s where all is well, half a minute where little is."""

from collections.abc import Callable, Collection
from pathlib import Path

from desk.compose.clock import now
from desk.compose.doctor_place import Place
from desk.compose.doctor_table import table
from desk.domain.health import Finding, Level
from desk.health import words
from desk.i18n import _
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings, SettingsError, load
from desk.usecases.doctor import LIMIT_S, Tell, examine
from desk.usecases.ports import Clock


def findings(
    of: Path | Settings,
    tell: Tell = lambda _finding: None,
    *,
    file: Path | None = None,
    only: Collection[str] = (),
    test_call: bool = False,
    secrets: Callable[[], Secrets] = KeyringSecrets,
    clock: Clock = now,
    limit_s: float = LIMIT_S,
) -> tuple[Finding, ...]:
    """How a seat is, in the order of the table: the one of this settings file, or, from a process of the running seat,
    of its settings (`file`: where they were read). `tell` has each finding as it comes, on threads of the doctor's, one
    at a time. `only`: these checks, none = all; `test_call`: a call is made, too. Settings that cannot be read are a
    finding, and then the only one."""
    try:
        settings = load(of) if isinstance(of, Path) else of
    except SettingsError as error:
        wrong = Finding("settings", Level.WRONG, str(error), _("Correct the file, then check again."))
        tell(wrong)
        return (wrong,)
    place = Place(settings, of if isinstance(of, Path) else file, secrets, clock, test_call=test_call)
    return examine(table(place), words.WhyUnchecked(), tell, only, limit_s)


def seat_name(file: Path) -> str:
    """ "" where the settings cannot be read."""
    try:
        return load(file).seat.name
    except SettingsError:
        return ""
