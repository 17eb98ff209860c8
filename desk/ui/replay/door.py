"""The way from the seat's window to the replay window. It is built when it is first asked for, and what it needs is
loaded on the worker, so that the seat's own start and keystrokes do not wait for it. Ui process, Qt's thread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desk.domain.categories import CategoryTree
from desk.domain.identity import TicketId
from desk.ui.hub import Hub
from desk.ui.ticket.page import TicketParts
from desk.usecases.find_category import CategoryFinder

if TYPE_CHECKING:
    from desk.ui.replay.uses import ReplayUses
    from desk.ui.replay.window import ReplayWindow

LANE = "replay"


@dataclass(frozen=True, slots=True)
class DoorParts:
    """`uses` runs on the worker, once. `open_ticket`: in the seat's window, which comes to the front. `hush`: what
    plays in the seat's window stops. `nudge`: something was written."""

    hub: Hub
    uses: "Callable[[], ReplayUses]"
    ticket: TicketParts
    find_category: CategoryFinder
    categories: CategoryTree
    open_ticket: Callable[[str], None]
    hush: Callable[[], None]
    nudge: Callable[[], None]


class ReplayDoor(QObject):
    """`built(ReplayWindow)`: it is there now, for those who add pages; it is not shown yet."""

    built = Signal(object)

    def __init__(self, parts: DoorParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._uses: ReplayUses | None = None
        self._target = ""
        self._is_building = False
        self.window: ReplayWindow | None = None
        parts.hub.rows_changed.connect(self._rows_changed)
        parts.hub.agent_changed.connect(self._agent_changed)

    def open(self, target: str = "") -> None:
        """`target`: "call:ID", "ticket:ID", "scores:" (what is new about them), or "": as it was left. Nothing opens
        where nobody sits, or over the lock."""
        if not self._may_open:
            return
        self._target = target
        if self.window is not None:
            self._go()
        elif not self._is_building:
            self._is_building = True
            self._parts.hub.worker.run(self._load, self._build, self._not_built, lane=LANE, owner=self)

    def close(self) -> None:
        if self.window is not None:
            self.window.close()

    def pause(self) -> None:
        """Something else is heard now."""
        if self.window is not None:
            self.window.player.deck.pause()

    # ---- inside

    @property
    def _may_open(self) -> bool:
        return self._parts.hub.agent is not None and not self._parts.hub.locked

    def _load(self) -> "ReplayUses":
        """On the worker: the modules, too."""
        import desk.ui.replay.building  # noqa: F401

        return self._uses or self._parts.uses()

    def _not_built(self, error: Exception) -> None:
        self._is_building = False
        self._parts.hub.failed(error)

    def _build(self, uses: "ReplayUses") -> None:
        from desk.ui.replay.building import window_in_pieces

        self._uses = uses
        pieces = window_in_pieces(self._parts, uses)

        def turn() -> None:
            window = next(pieces)
            if window is None:
                QTimer.singleShot(0, self, turn)
            else:
                self._is_built(window)

        turn()

    def _is_built(self, window: "ReplayWindow") -> None:
        self._is_building = False
        self.window = window
        window.player.deck.loaded.connect(lambda _call_id: self._parts.hush())
        self.built.emit(window)
        self._go()

    def _go(self) -> None:
        window, uses = self.window, self._uses
        if window is None or uses is None or not self._may_open:
            return
        what, _colon, name = self._target.partition(":")
        if what == "call" and name:
            window.show_call(name)
        elif what == "ticket" and name:
            window.open()
            wanted = TicketId(name)
            self._parts.hub.worker.latest(
                "replay-ticket", lambda: uses.ticket_number(wanted), self._show_ticket, lane=LANE, owner=self
            )
        elif what == "scores":
            from desk.ui.replay.building import SCORES

            window.open()
            window.pages.turn_to(SCORES)
        else:
            window.open()

    def _show_ticket(self, number: str) -> None:
        if self.window is not None and number and self._may_open:
            self.window.show_ticket(number)

    def _rows_changed(self, entities: tuple[str, ...]) -> None:
        if self.window is not None:
            self.window.rows_changed(entities)

    def _agent_changed(self) -> None:
        """Whoever comes next sees nothing of what was looked for here."""
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
            self.window = None
