"""While this seat is being filled with the centre's rows, whoever calls and is not known here yet is asked for: the
background service fetches them and their home first, and the caller's card is looked up once more. Qt's thread; the
answer comes as a message."""

from collections.abc import Callable
from itertools import count

from PySide6.QtCore import QObject

from desk.domain.identity import CallId
from desk.domain.numbers import lookup_keys
from desk.domain.party import Party
from desk.ui.hub import Hub
from desk.wire import CallerFetched, FetchCaller

WHOLE_PERMILLE = 1000


class CallerFetch(QObject):
    """`tell`: to the background service, False where it is away. `area_code`: the office's. Each call is asked for
    once."""

    def __init__(self, hub: Hub, tell: Callable[[object], bool], area_code: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub, self._tell, self._area_code = hub, tell, area_code
        self._asked: dict[int, tuple[CallId, Party]] = {}
        self._requests = count(1)
        hub.callers.pop_changed.connect(self._look)
        hub.caller_fetched.connect(self._hear)

    def _look(self, call: str) -> None:
        call_id = CallId(call)
        profile, central = self._hub.callers.pop(call_id).profile, self._hub.state.central
        if profile is None or profile.candidates or central is None or central.filled_permille >= WHOLE_PERMILLE:
            return
        keys = lookup_keys(profile.party.number, self._area_code)
        if not keys or any(call_id == asked for asked, _party in self._asked.values()):
            return
        request = next(self._requests)
        if self._tell(FetchCaller(request, tuple(keys))):
            self._asked[request] = (call_id, profile.party)

    def _hear(self, answer: CallerFetched) -> None:
        asked = self._asked.get(answer.request)
        if answer.found and asked is not None:
            self._hub.callers.look_up(*asked)
