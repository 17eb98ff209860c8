"""What every ticket's page can do, whoever else hooks panels into its bar: all moves (Alt+M), taking the last step back
(Ctrl+Shift+U), printing (Ctrl+Shift+Y). Ui process, Qt's thread; the store is asked on the worker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desk.domain.moves import MoveKind, MoveRefused
from desk.domain.tickets import Ticket
from desk.i18n import _
from desk.ui.after.ticket_panel import TicketPanel
from desk.ui.rows_presenter import CategoryName
from desk.ui.steps import step
from desk.ui.ticket import move_words
from desk.ui.ticket.actions import TicketActions
from desk.ui.ticket.uses import TicketUses, Whole
from desk.ui.worker import SAVE_LANE, Worker
from desk.usecases.ports import Clock
from desk.usecases.read_ticket import TicketPage

if TYPE_CHECKING:
    from desk.ui.ticket.moves_panel import MovesPanel


@dataclass(frozen=True, kw_only=True)
class DeedParts:
    worker: Worker
    uses: TicketUses
    clock: Clock
    zone: tzinfo
    category: CategoryName
    failed: Callable[[Exception], None]


class TicketDeeds(QObject):
    """`written()`: something was appended. `told(text)`: a word for the line below."""

    written = Signal()
    told = Signal(str)

    def __init__(self, parts: DeedParts, bar: TicketActions, parent: QObject) -> None:
        super().__init__(parent)
        self._parts, self._bar = parts, bar
        self._whole: Whole | None = None
        self._moves: MovesPanel | None = None
        self.moves_key = bar.add(self._moves_panel, "Alt+M", _("More moves"), "list", last=True)
        self.undo_key = bar.add_deed(
            self._take_back, "Ctrl+Shift+U", _("Undo"), "arrow-counter-clockwise", fits=self._why_not_undo, aside=True
        )
        self.print_key = bar.add(self._print_panel, "Ctrl+Shift+Y", _("Print"), "printer", aside=True)

    def know(self, whole: Whole | None) -> None:
        """Before the bar is shown the page."""
        self._whole = whole
        if self._moves is not None and whole is not None:
            self._moves.know(whole)

    def begin(self, kind: MoveKind) -> None:
        """Make this move of the ticket in front, or ask for what it needs; nothing where it cannot be made."""
        if self._bar.opens_for(kind):
            return
        self._bar.open(self.moves_key)
        if self._moves is not None:
            self._moves.begin(kind)

    # ---- panels, built when they are first opened

    def _moves_panel(self) -> TicketPanel:
        from desk.ui.ticket.moves_panel import MovesPanel, MovesParts

        parts = self._parts
        panel = MovesPanel(
            MovesParts(
                worker=parts.worker,
                uses=parts.uses,
                clock=parts.clock,
                zone=parts.zone,
                category=parts.category,
                opens=self._bar.opens_for,
                failed=parts.failed,
            )
        )
        panel.moved.connect(self._moved)
        self._moves = panel
        if self._whole is not None:
            panel.know(self._whole)
        return panel

    def _print_panel(self) -> TicketPanel:
        from desk.ui.ticket.print_panel import PrintPanel

        return PrintPanel(self._parts, lambda: self._whole)

    # ---- steps

    def _moved(self, kind: MoveKind, ticket: Ticket) -> None:
        if kind is not MoveKind.SPLIT:
            done = _("Done: {move}. Undo: Ctrl+Shift+U").format(move=move_words.move(kind))
            self.told.emit(f"{ticket.number} · {done}")

    def _why_not_undo(self, _page: TicketPage) -> str:
        why = self._whole.why_not_undo if self._whole is not None else None
        return move_words.refusal(why) if why is not None else ""

    def _take_back(self, page: TicketPage) -> None:
        moves, ticket = self._parts.uses.moves, page.ticket

        def done(_ticket: Ticket) -> None:
            step("step_undone", ticket_id=ticket.ticket_id)
            self.written.emit()
            taken_back = _("The last step was taken back.")
            self.told.emit(f"{ticket.number} · {taken_back}")

        def failed(error: Exception) -> None:
            if isinstance(error, MoveRefused):
                self.told.emit(move_words.refusal(error.reason))
            else:
                self._parts.failed(error)

        self._parts.worker.run(lambda: moves.undo(ticket.ticket_id), done, failed, lane=SAVE_LANE, owner=self)


def refusals_of(whole: Whole | None) -> Mapping[MoveKind, str]:
    """Why each move cannot be made now, in words."""
    refusals = (whole.refusals if whole is not None else None) or {}
    return {kind: move_words.refusal(why) for kind, why in refusals.items() if why is not None}
