"""Builds what is done about the shift: stays, states, the roster, handing over. Ui process. Its file is read when it is
first asked for, on a worker: the window's start does not wait for it."""

from collections.abc import Callable
from pathlib import Path

from desk.compose.accounts import accounts_of
from desk.compose.clock import new_id, now
from desk.compose.floor_rules import FloorRules
from desk.domain.roster_rows import Reading, RosterRead
from desk.domain.supervising import is_supervisor
from desk.domain.working_time import CHINA
from desk.settings import Settings
from desk.store.open_work import SqlOpenWork
from desk.store.residents import SqlResidents
from desk.store.shifts import SqlShifts
from desk.store.store import Store
from desk.ui.after.shift import presenter
from desk.ui.after.shift.uses import ShiftUses
from desk.usecases.hand_over import HandOverShift
from desk.usecases.keep_state import KeepState
from desk.usecases.keep_stay import KeepStay
from desk.usecases.ports import ChangeAuthor, ChangeLog
from desk.usecases.roster import Roster


def shift_uses(
    settings: Settings,
    store: Store,
    log: ChangeLog,
    author: ChangeAuthor,
    who: Callable[[], str],
    rules: FloorRules,
) -> ShiftUses:
    """`who`: the work number of who is signed in. Off the ui's thread: reads a file."""
    policy, shifts, seat = rules.shift(), SqlShifts(store), settings.seat.name
    staff, accounts = SqlResidents(store).staff, accounts_of(settings, store)
    return ShiftUses(
        stays=KeepStay(log, author, shifts, now, new_id, seat, policy),
        states=KeepState(log, author, shifts, now, new_id, seat),
        roster=Roster(
            log, author, shifts, staff, now, CHINA, policy, lambda: is_supervisor(who(), staff(), accounts())
        ),
        hand_over=HandOverShift(
            log,
            author,
            shifts,
            SqlOpenWork(store),
            staff,
            now,
            new_id,
            seat,
            lambda items: presenter.note_text(items, CHINA),
        ),
        read_file=_read_file,
    )


def _read_file(file: Path, reading: Reading) -> RosterRead:
    """What reads workbooks is loaded with the first one."""
    from desk.imports.roster_list import read_roster

    return read_roster(file, reading)
