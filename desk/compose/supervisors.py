"""What only a supervisor may order from the command line, at their seat: bringing a register in, giving tickets away,
deleting recordings, reading who heard what. Who is one: `desk.domain.supervising`."""

from collections.abc import Sequence

from desk.compose.accounts import accounts_of
from desk.compose.clock import new_id, now
from desk.domain.estate import Staff
from desk.domain.listening import Access, may_export
from desk.domain.supervising import Accounts, is_supervisor
from desk.faults import Fault
from desk.i18n import _
from desk.settings import Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.usecases.listener import WhoListens
from desk.usecases.listening_log import ListeningLog


def only_supervisors(settings: Settings, store: Store) -> None:
    """Raises `Fault`."""
    staff, accounts = SqlResidents(store).staff(), accounts_of(settings, store)()
    if not is_supervisor(settings.seat.agent, staff, accounts):
        raise Fault(_refusal(staff, accounts))


def supervisors_log(settings: Settings, store: Store, what: str) -> ListeningLog:
    """The listening log as whoever works at this seat, where they are a supervisor. Else the try of `what` is on record
    in it; raises `Fault`."""
    agent, changes = settings.seat.agent, SqlChangeLog(store)
    listener = WhoListens(SqlResidents(store).staff, lambda: agent, accounts_of(settings, store)).now
    author = SeatAuthor(settings.seat.name, lambda: agent, now, new_id, changes.base_seq, changes.newest_unsent)
    log = ListeningLog(changes, author, now, new_id, settings.seat.name, listener)
    if (refused := may_export(listener())) is not None:
        log.note(Access.REFUSED, detail=f"{what}: {refused.value}")
        raise Fault(_refusal(SqlResidents(store).staff(), accounts_of(settings, store)()))
    return log


def _refusal(staff: Sequence[Staff], accounts: Accounts | None) -> str:
    """On the first day with a centre there is no supervisor's seat to send anybody to."""
    numbers = (*(accounts or ()), *(one.number for one in staff))
    if accounts is None or any(is_supervisor(number, staff, accounts) for number in numbers):
        return _("Only a supervisor may do this. Run it at a supervisor's seat.")
    return _(
        "Only a supervisor may do this, and this seat knows of none yet. Let somebody with a supervisor's account at "
        "the centre sign in here once; or, where people sign in by the list, set [central] user to their work number "
        "for an hour. Set [seat] agent to the same number, start the seat, and run this again."
    )
