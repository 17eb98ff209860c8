"""Who sits here, as far as recordings are concerned: agent or supervisor. A supervisor is whoever the staff list names
as one. A hotline that has not named any yet has whoever sits there instead: standing alone, the seat's own agent is
also the one who must be able to hear everything.

Asked anew each time (hundreds of rows at most): people change places, and duties change. A worker's thread."""

from collections.abc import Callable, Sequence

from desk.domain.estate import Duty, Staff
from desk.domain.listening import Listener, Role


class WhoListens:
    """`staff` (`ports.Residents.staff`); `work_number`: of whoever is signed in, "" nobody."""

    def __init__(self, staff: Callable[[], Sequence[Staff]], work_number: Callable[[], str]) -> None:
        self._staff, self._work_number = staff, work_number

    def now(self) -> Listener:
        number = self._work_number()
        return Listener(number, role_of(number, self._staff()))


def role_of(number: str, staff: Sequence[Staff]) -> Role:
    supervisors = {one.number for one in staff if one.active and one.duty is Duty.SUPERVISOR}
    return Role.SUPERVISOR if not supervisors or number in supervisors else Role.AGENT
