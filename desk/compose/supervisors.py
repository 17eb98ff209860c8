"""What only a supervisor may order from the command line, at their seat: bringing a register in, giving tickets away.
Who is one: `desk.domain.supervising`."""

from desk.compose.accounts import accounts_of
from desk.domain.supervising import is_supervisor
from desk.faults import Fault
from desk.i18n import _
from desk.settings import Settings
from desk.store.residents import SqlResidents
from desk.store.store import Store


def only_supervisors(settings: Settings, store: Store) -> None:
    """Raises `Fault`."""
    staff, accounts = SqlResidents(store).staff(), accounts_of(settings, store)()
    if not is_supervisor(settings.seat.agent, staff, accounts):
        raise Fault(_("Only a supervisor may do this. Run it at a supervisor's seat."))
