"""The lamp of complaint early warnings: how many are open, how many overdue, whether one is one's own turn. Not there
while there is none. It looks again every half minute, because what is overdue becomes so by itself. Ui process, Qt's
thread."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent

from desk.i18n import _, ngettext
from desk.ui.hub import Hub
from desk.ui.lamps.lamp import Lamp, LampView
from desk.ui.worker import LAMPS_LANE

if TYPE_CHECKING:
    from desk.usecases.read_warnings import OpenWarnings

AGAIN_MS = 30_000
_ENTITIES = frozenset({"warning", "staff"})


def view(found: "OpenWarnings", now: datetime) -> LampView | None:
    """None: there is nothing to show."""
    count = len(found.open)
    if not count:
        return None
    said = [ngettext("{n} early warning", "{n} early warnings", count).format(n=count)]
    mine = sum(line.turn.is_mine for line in found.open)
    overdue = sum(line.warning.due_at < now for line in found.open)
    if mine:
        said.append(ngettext("{n} yours", "{n} yours", mine).format(n=mine))
    if overdue:
        said.append(ngettext("{n} overdue", "{n} overdue", overdue).format(n=overdue))
    tone = "bad" if overdue else "warn"
    return LampView(tone, " · ".join(said), _("Ctrl+Shift+W shows whose turn it is and how long."))


class WarningLamp(Lamp):
    """`read` (`ReadWarnings.all`) runs on the worker. `wanted()`: somebody clicks on it to see them. `told(text)`: one
    has become the turn of whoever sits here."""

    wanted = Signal()
    told = Signal(str)

    def __init__(self, hub: Hub, read: "Callable[[], OpenWarnings]") -> None:
        super().__init__("lamp_warnings", _("Early warnings"), "warning-octagon")
        self._hub, self._read = hub, read
        self._found: OpenWarnings | None = None
        self._mine: frozenset[str] = frozenset()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self.refresh)
        self._again.start()
        hub.rows_changed.connect(self._rows_changed)
        hub.agent_changed.connect(self.look)
        self.hide()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.wanted.emit()

    def look(self) -> None:
        """Read anew: rows have changed, or somebody else sits here."""
        self._hub.worker.latest("warning-lamp", self._read, self._came, lane=LAMPS_LANE, owner=self)

    def _rows_changed(self, entities: tuple[str, ...]) -> None:
        if _ENTITIES.intersection(entities):
            self.look()

    def _came(self, found: "OpenWarnings") -> None:
        self._found = found
        self.refresh()
        mine = frozenset(line.warning.warning_id for line in found.open if line.turn.is_mine)
        fresh, self._mine = len(mine - self._mine), mine
        if fresh and self._hub.agent is not None:
            words = ngettext(
                "An early warning waits for you: Ctrl+Shift+W", "{n} early warnings wait for you: Ctrl+Shift+W", fresh
            )
            self.told.emit(words.format(n=fresh))

    def refresh(self) -> None:
        found = view(self._found, self._hub.clock()) if self._found is not None else None
        if found is not None:
            self.show_view(found)
        if self.isHidden() is not (found is None):
            self.setVisible(found is not None)
