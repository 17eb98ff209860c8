"""What is wrong with this seat, by name (`desk.domain.troubles`; besides "line_deaf" and "copy_away", of which the
phone and the care of the store have no trouble but a state), for the centre to know and IT to see there. Written by the
links' and the main thread, read by the exchange's."""

from typing import Any

from desk.domain.events import LineChanged, LineStatus, TroubleCleared, TroubleRaised
from desk.domain.import_plan import ListsStand
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble
from desk.wire import RecordingsState, StoreCare


class SeatTroubles:
    def __init__(self) -> None:
        self._phone: frozenset[str] = frozenset()
        self._deaf: frozenset[str] = frozenset()  # labels of lines by which no call comes
        self._store: frozenset[str] = frozenset()
        self._recordings: frozenset[str] = frozenset()
        self._lists: frozenset[str] = frozenset()

    @property
    def now(self) -> tuple[str, ...]:
        """Sorted."""
        deaf = ("line_deaf",) if self._deaf else ()
        return tuple(sorted({*self._phone, *deaf, *self._store, *self._recordings, *self._lists}))

    def hear_phone(self, message: object | None) -> None:
        """Any message of the phone's; None: it is gone."""
        match message:
            case None:
                self._phone, self._deaf = frozenset({Trouble.PHONE_AWAY.value}), frozenset()
            case PhoneSnapshot(wrongs=wrongs, lines=lines):
                self._phone = frozenset(wrong.trouble.value for wrong in wrongs)
                self._deaf = frozenset(line.label for line in lines if line.status is LineStatus.DEAF)
            case LineChanged(state=state):
                deaf = {state.label} if state.status is LineStatus.DEAF else set()
                self._deaf = (self._deaf - {state.label}) | deaf
            case TroubleRaised(wrong=wrong):
                self._phone |= {wrong.trouble.value}
            case TroubleCleared(wrong=wrong):
                self._phone -= {wrong.trouble.value}
            case _:
                return

    def hear(self, report: Any) -> None:
        """Any state that this process reports to the windows."""
        match report:
            case StoreCare(damaged=damaged, copy_away=copy_away):
                broken = {Trouble.STORE_BROKEN.value} if damaged else set()
                self._store = frozenset(broken | ({"copy_away"} if copy_away else set()))
            case RecordingsState(trouble=trouble, retention=retention, withheld=withheld):
                stands = Trouble.RETENTION_STANDS.value if retention else ""
                away = Trouble.SPOOL_AWAY.value if withheld else ""
                self._recordings = frozenset(filter(None, (trouble, stands, away)))
            case ListsStand(trouble=why):
                self._lists = frozenset({Trouble.LIST_REFUSED.value}) if why else frozenset()
            case _:
                return
