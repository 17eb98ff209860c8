"""The calls beside the one in front, as strips: those that wait and those on hold, oldest first. The first of each
kind has the keys. Ui process, Qt's thread."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desk.domain.calls import Call, Phase
from desk.domain.commands import Answer, Hold, Reject
from desk.domain.identity import CallId
from desk.ui.hub import Hub
from desk.ui.telephone.call_bar_front import LineTag
from desk.ui.telephone.call_bar_presenter import Limits, masked, present, timing
from desk.ui.telephone.call_bar_strip import CallStrip

_Key = tuple[CallId, Phase, bool, bool]  # call, ringing or held, has the keys, another one is talked on


class CallStrips(QWidget):
    def __init__(self, hub: Hub, limits: Limits, tag_of: Callable[[Call], LineTag | None]) -> None:
        super().__init__()
        self._hub, self._limits, self._tag_of = hub, limits, tag_of
        self._strips: dict[_Key, CallStrip] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def refresh(self) -> None:
        wanted = self._wanted()
        for key in [k for k in self._strips if k not in wanted]:
            strip = self._strips.pop(key)
            strip.hide()  # and never setParent(None): a show that is queued would open it as a window with the focus
            strip.deleteLater()
        for key, call in wanted.items():
            if key not in self._strips:
                self._strips[key] = self._new_strip(key, call)
            view = present(call, self._hub.callers.pop(call.call_id))
            self._strips[key].show_view(masked(view) if self._hub.is_shut else view, self._tag_of(call))
        self.show_times()

    def show_times(self) -> None:
        now = self._hub.clock()
        for key, strip in self._strips.items():
            call = self._hub.state.calls.get(key[0])
            if call is not None:
                strip.show_timing(timing(call, now, self._limits))

    def _wanted(self) -> dict[_Key, Call]:
        front = self._hub.state.front()
        behind = front is not None and front.phase in (Phase.UP, Phase.DIALLING)
        keyed: set[Phase] = set()
        wanted: dict[_Key, Call] = {}
        for call in self._hub.state.others():
            kind = Phase.RINGING if call.phase is Phase.RINGING else Phase.HELD
            wanted[(call.call_id, kind, kind not in keyed, behind)] = call
            keyed.add(kind)
        return wanted

    def _new_strip(self, key: _Key, call: Call) -> CallStrip:
        strip = CallStrip(call, keyed=key[2], behind=key[3])
        strip.answered.connect(lambda call_id: self._hub.do(Answer(CallId(call_id))))
        strip.rejected.connect(lambda call_id: self._hub.do(Reject(CallId(call_id))))
        strip.taken_back.connect(lambda call_id: self._hub.do(Hold(CallId(call_id), on=False)))
        self._column.addWidget(strip)
        strip.show()  # its keys work from now on, and not only after the loop's next turn
        return strip
