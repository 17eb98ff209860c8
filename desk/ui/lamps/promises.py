"""The lamp of the calls that the agent has promised: how many, and when the next one is due. Not there while there is
none. Ui process, Qt's thread."""

from datetime import datetime, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent

from desk.domain.promise_rules import Standing
from desk.i18n import _, ngettext
from desk.ui.after.lists.promise_watch import PromiseWatch
from desk.ui.lamps.lamp import Lamp, LampView


def view(count: int, late: int, next_at: datetime, at: Standing, zone: tzinfo) -> LampView:
    """`count` open ones, `late` of which have run out; the earliest at `next_at`."""
    said = ngettext("{n} promised call", "{n} promised calls", count).format(n=count)
    hint = _("Alt+9 on the work lists (Shift+F1) shows them.")
    if late:
        return LampView("bad", _("{calls}, {n} late").format(calls=said, n=late), hint)
    time = f"{next_at.astimezone(zone):%H:%M}"
    tone = "warn" if at is Standing.AT_HAND else "busy"
    return LampView(tone, _("{calls}, next {time}").format(calls=said, time=time), hint)


class PromiseLamp(Lamp):
    """`wanted()`: somebody clicks on it to see them."""

    wanted = Signal()

    def __init__(self, watch: PromiseWatch, zone: tzinfo) -> None:
        super().__init__("lamp_promises", _("Promised calls"), "phone-outgoing")
        self._watch, self._zone = watch, zone
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        watch.changed.connect(self.refresh)
        self.refresh()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.wanted.emit()

    def refresh(self) -> None:
        promises = self._watch.promises
        if promises:
            late = sum(self._watch.standing(one) is Standing.DUE for one in promises)
            self.show_view(view(len(promises), late, promises[0].due_at, self._watch.standing(promises[0]), self._zone))
        self.setVisible(bool(promises))
