"""What the work lists and the promise ledger of the window are built from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from desk.domain.clocks import Clocks
from desk.domain.estate import Building, Staff
from desk.ui.hub import Hub
from desk.ui.rows_presenter import CategoryName
from desk.usecases.promise import KeepPromises
from desk.usecases.work_through import WorkThrough


@dataclass(frozen=True, kw_only=True)
class WorkUses:
    """`codes`: the category codes whose name holds a text, few and short. `causes`: why something may be late, one
    for each digit. All of `work`, `promises`, `staff`, `buildings` and `codes` are asked on the worker."""

    work: WorkThrough
    promises: KeepPromises
    staff: Callable[[], Sequence[Staff]]
    buildings: Callable[[], Sequence[Building]]
    codes: Callable[[str], Sequence[str]]
    clocks: Clocks
    causes: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class WorkTools:
    """`written`: something was appended. `told`: a word for the line at the bottom. `open_ticket(ticket_id, panel)`:
    its page, with the panel of this name open on it ("" none)."""

    hub: Hub
    uses: WorkUses
    category: CategoryName
    clock: Callable[[], datetime]
    zone: tzinfo
    written: Callable[[], None]
    told: Callable[[str], None]
    open_ticket: Callable[[str, str], None]
