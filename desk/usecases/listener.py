"""Who sits here, as far as recordings are concerned: agent or supervisor. A supervisor is whoever the staff list names
as one and who still works there. A hotline that has never named any has whoever sits there instead: standing alone,
the seat's own agent is also the one who must be able to hear everything. One that has named some and let them go has
none until it names another: nobody becomes one because somebody left.

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
    named = [one for one in staff if one.duty is Duty.SUPERVISOR]
    is_one = any(one.number == number and one.active for one in named)
    return Role.SUPERVISOR if is_one or not named else Role.AGENT
