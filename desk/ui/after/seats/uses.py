"""What the seat register's page works with. Named by type only where the window is built, so that a start loads none of
it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from desk.ui.hub import Hub
from desk.usecases.seat_register import SeatRegister


@dataclass(frozen=True, slots=True)
class SeatUses:
    """`export(file)`: all of them into this file; raises `OSError`. Both on the worker."""

    register: SeatRegister
    export: Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class SeatsParts:
    """`uses` is asked for on the worker. `written`: something was appended."""

    hub: Hub
    uses: Callable[[], SeatUses]
    clock: Callable[[], datetime]
    zone: tzinfo
    written: Callable[[], None]
