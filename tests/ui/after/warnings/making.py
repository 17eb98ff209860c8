"""What the window does about early warnings, over a store in memory."""

from collections.abc import Callable
from datetime import datetime

from desk.domain.ladder import LadderPolicy
from desk.ui.after.warnings.parts import WarningUses
from desk.usecases.estate_map import EstateMap
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.fakes_history import FakeHistories
from desk.usecases.fakes_tasks import FakeAttempts
from desk.usecases.fakes_warnings import FakeWarnings
from desk.usecases.raise_warning import RaiseWarning, WarningParts
from desk.usecases.read_warnings import ReadWarnings
from desk.usecases.step_warning import StepWarning


def warning_uses_of(
    store: FakeStore,
    author: FakeAuthor,
    clock: Callable[[], datetime],
    new_id: Callable[[], str],
    who: Callable[[], str],
    category: Callable[[str], str] = lambda _code: "",
    ladder: LadderPolicy | None = None,
) -> WarningUses:
    parts = WarningParts(
        log=store,
        author=author,
        warnings=FakeWarnings(store),
        tickets=store.tickets,
        calls=store.calls,
        histories=FakeHistories(store),
        staff=store.staff,
        estate_map=EstateMap(store),
        who=who,
        policy=lambda _estate: ladder or LadderPolicy(),
        clock=clock,
        new_id=new_id,
    )
    stepping = StepWarning(parts)
    return WarningUses(
        raising=RaiseWarning(parts, category),
        stepping=stepping,
        reading=ReadWarnings(parts, stepping, FakeAttempts(store)),
    )
