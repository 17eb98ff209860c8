"""With whom one talks, from call to call: answered, taken back from hold, swapped to. A call on hold is nobody who is
talked with, and while a handler is asked about a call nobody is. Ui process, Qt's thread."""

from PySide6.QtCore import QObject, Signal

from desk.domain.calls import Call, Phase
from desk.domain.identity import CallId
from desk.ui.hub import Hub


class TalkWatch(QObject):
    """`began()`: another call is talked on than a moment ago, or the same one again after a hold."""

    began = Signal()

    def __init__(self, hub: Hub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._last: CallId | None = None
        hub.calls_changed.connect(self._look)

    @property
    def call(self) -> Call | None:
        """The call that is talked on now."""
        matter = self._hub.state.matter()
        return matter if matter is not None and matter.phase is Phase.UP else None

    def _look(self) -> None:
        before, call = self._last, self.call
        self._last = call.call_id if call is not None else None
        if self._last not in (None, before):
            self.began.emit()
