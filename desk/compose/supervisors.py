"""What only a supervisor may order from the command line, at their seat: bringing a register in, giving tickets away.
In a hotline that has named no supervisor whoever sits there may (see `desk.usecases.listener`)."""

from desk.domain.listening import Role
from desk.faults import Fault
from desk.i18n import _
from desk.settings import Settings
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.usecases.listener import role_of


def only_supervisors(settings: Settings, store: Store) -> None:
    """Raises `Fault`."""
    if role_of(settings.seat.agent, SqlResidents(store).staff()) is not Role.SUPERVISOR:
        raise Fault(_("Only a supervisor may do this. Run it at a supervisor's seat."))
