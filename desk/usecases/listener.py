"""Who sits here, as far as recordings are concerned: agent or supervisor (see `desk.domain.supervising`).

Asked anew each time (hundreds of rows at most): people change places, and duties change. A worker's thread."""

from collections.abc import Callable, Sequence

from desk.domain.estate import Staff
from desk.domain.listening import Listener, Role
from desk.domain.supervising import Accounts, is_supervisor


class WhoListens:
    """`staff` (`ports.Residents.staff`); `work_number`: of whoever is signed in, "" nobody; `accounts`: what the centre
    has told of them, None standing alone."""

    def __init__(
        self,
        staff: Callable[[], Sequence[Staff]],
        work_number: Callable[[], str],
        accounts: Callable[[], Accounts | None] = lambda: None,
    ) -> None:
        self._staff, self._work_number, self._accounts = staff, work_number, accounts

    def now(self) -> Listener:
        number = self._work_number()
        return Listener(number, role_of(number, self._staff(), self._accounts()))


def role_of(number: str, staff: Sequence[Staff], accounts: Accounts | None = None) -> Role:
    return Role.SUPERVISOR if is_supervisor(number, staff, accounts) else Role.AGENT
