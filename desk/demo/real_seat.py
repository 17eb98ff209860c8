"""Whether a seat is one that people work at: a sample estate there would stand among the real residents for good, and
go to every seat of its centre. Command-line process, main thread."""

from pathlib import Path
from typing import TYPE_CHECKING

from desk.demo.sample_ids import beginning
from desk.faults import Fault
from desk.i18n import _
from desk.settings import company

if TYPE_CHECKING:
    from datetime import datetime

    from desk.store.store import Store


class RealSeat(Fault):
    """The sample estate is not put into this seat unless it is asked for in so many words."""


def refuse_enrolled(settings_file: Path) -> None:
    """Raises `RealSeat` where a company's file says what this seat is and which centre it has."""
    if company.read_state(settings_file) is not None:
        said = _(
            "This seat is enrolled with a company: a sample estate would go to every seat of its centre and could not "
            "be taken out again. If it is wanted here all the same: desk demo data --into-this-seat"
        )
        raise RealSeat(said)


def refuse_residents(store: "Store", made_at: "datetime") -> None:
    """Raises `RealSeat` where the store has people or homes that are of no sample estate made at `made_at`."""
    from desk.store.residents import has_others

    if not has_others(store, beginning(made_at)):
        return
    said = _(
        "This seat has residents of its own: a sample estate would stand among them and could not be taken out again. "
        "If it is wanted here all the same: desk demo data --into-this-seat"
    )
    raise RealSeat(said)
