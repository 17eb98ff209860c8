"""The lamp of what waits for somebody to decide: things written at two seats at once, and changes that the centre would
not take. Not there while there is neither. Ui process, Qt's thread."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent

from desk.i18n import _, ngettext
from desk.ui.hub import Hub
from desk.ui.lamps.lamp import Lamp, LampView
from desk.ui.worker import LAMPS_LANE


def view(conflicts: int, refused: int) -> LampView | None:
    """None: there is nothing to decide."""
    if not conflicts and not refused:
        return None
    said = []
    if refused:
        said.append(ngettext("{n} not taken by the centre", "{n} not taken by the centre", refused).format(n=refused))
    if conflicts:
        said.append(ngettext("{n} written twice", "{n} written twice", conflicts).format(n=conflicts))
    return LampView("warn", " · ".join(said), _("Ctrl+Shift+C shows them and what can be done."))


class ConflictLamp(Lamp):
    """`count` (`ReadConflicts.count`) runs on the worker. `wanted()`: somebody clicks on it to see them."""

    wanted = Signal()

    def __init__(self, hub: Hub, count: Callable[[], int]) -> None:
        super().__init__("lamp_conflicts", _("To decide"), "git-fork")
        self._hub, self._count = hub, count
        self.conflicts = 0
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        hub.rows_changed.connect(lambda _entities: self.look())
        hub.central_changed.connect(self.refresh)
        hub.agent_changed.connect(self.look)
        self.refresh()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.wanted.emit()

    def look(self) -> None:
        """Count anew: rows have changed."""
        self._hub.worker.latest("conflict-count", self._count, self._counted, lane=LAMPS_LANE, owner=self)

    def _counted(self, conflicts: int) -> None:
        if conflicts != self.conflicts:
            self.conflicts = conflicts
            self.refresh()

    def refresh(self) -> None:
        central = self._hub.state.central
        found = view(self.conflicts, central.refused if central else 0)
        if found is not None:
            self.show_view(found)
        self.setVisible(found is not None)
