"""What the health of the company's file is at this seat: whether the one that holds is the newest that came, and its
signature still good. Any process, any thread but the ui's."""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from desk.domain.health import Finding, Level
from desk.i18n import _
from desk.settings import SettingsError
from desk.settings.company import CompanyState, kept_file, read_state

CHECK = "company_file"


def company_file(settings_file: Path, now: datetime) -> Sequence[Finding]:
    """None where this seat is not enrolled."""
    remedy = _("Fetch it anew: desk provision refresh. If that does not help, enrol the seat again: desk enrol CODE")
    try:
        state = read_state(settings_file)
        if state is None:
            return ()
        _file, _folder, trouble = kept_file(settings_file, state)
    except SettingsError as error:
        return (Finding(CHECK, Level.WRONG, str(error), remedy),)
    figures = _figures(state, now)
    if trouble:
        said = _("The newest cannot be used, an earlier one holds ({detail}).").format(detail=trouble)
        return (Finding(CHECK, Level.WARNING, said, remedy, figures),)
    said = _("Number {number}; its signature is good.").format(number=state.version)
    return (Finding(CHECK, Level.OK, said, figures=figures),)


def _figures(state: CompanyState, now: datetime) -> dict[str, float | int | str]:
    figures: dict[str, float | int | str] = {"number": state.version}
    with contextlib.suppress(ValueError, TypeError):  # of a seat that did not write it down
        figures["age_days"] = (now - datetime.fromisoformat(state.accepted_at)).days
    return figures
