"""The staff's names by work number, out of memory: read on the worker when somebody signs in and when the staff has
changed. Ui process, Qt's thread."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from desk.ui.hub import Hub

READ = "staff-names"


class StaffNames(QObject):
    """`read`: (work number, name) of whoever works here; on the worker."""

    def __init__(self, hub: Hub, read: Callable[[], Sequence[tuple[str, str]]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub, self._read = hub, read
        self._names: dict[str, str] = {}
        hub.agent_changed.connect(self._look)
        hub.rows_changed.connect(lambda entities: self._look() if "staff" in entities else None)

    def of(self, number: str) -> str:
        """ "1001 张三"; the number alone where nobody is known by it."""
        return f"{number} {self._names.get(number, '')}".strip()

    def _look(self) -> None:
        self._hub.worker.latest(READ, lambda: dict(self._read()), self._came, lane="read", owner=self)

    def _came(self, names: dict[str, str]) -> None:
        self._names = names
