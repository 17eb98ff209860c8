"""Every move of a ticket on one panel: a letter makes it; one that cannot be made now is greyed with the reason beside
it. What a move needs is asked in place. A move that has a panel of its own (dispatching, a follow-up) opens that.

While the list is there, single letters are keys: nothing is typed in it. Ui process, Qt's thread; moves are made on the
worker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout

from desk.domain.identity import TicketId
from desk.domain.moves import Given, MoveKind, MoveRefused, Refusal
from desk.domain.tickets import Ticket
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.ticket_panel import TicketPanel
from desk.ui.key_button import KeyButton
from desk.ui.rows_presenter import CategoryName
from desk.ui.steps import step
from desk.ui.text_line import TextLine
from desk.ui.theme import Space
from desk.ui.ticket import move_words
from desk.ui.ticket.move_strip import MoveStrip
from desk.ui.ticket.uses import TicketUses, Whole
from desk.ui.worker import SAVE_LANE, Worker
from desk.usecases.ports import Clock
from desk.usecases.read_ticket import TicketPage

# The letter of each move, in the order of the list: on the left the work, on the right the course of the ticket.
LETTERS: dict[MoveKind, str] = {
    MoveKind.DISPATCH: "D",
    MoveKind.ACCEPT: "A",
    MoveKind.RETURN: "R",
    MoveKind.START: "B",
    MoveKind.REPORT: "P",
    MoveKind.FINISH: "F",
    MoveKind.ADD_TASK: "T",
    MoveKind.DROP_TASK: "X",
    MoveKind.TELL_PLAN: "L",
    MoveKind.PROMISE: "M",
    MoveKind.FOLLOW_UP: "U",
    MoveKind.CLOSE: "C",
    MoveKind.SUSPEND: "S",
    MoveKind.RESUME: "E",
    MoveKind.CANCEL: "N",
    MoveKind.REOPEN: "O",
    MoveKind.JOIN: "J",
    MoveKind.SPLIT: "I",
    MoveKind.HAND_OVER: "H",
    MoveKind.GRADE: "G",
    MoveKind.CORRECT: "K",
    MoveKind.NOTE: "W",
    MoveKind.REPEAT: "Q",
}
_COLUMN = (len(LETTERS) + 1) // 2


@dataclass(frozen=True, kw_only=True)
class MovesParts:
    """`opens(kind)`: open the panel that this move has of its own; False where it has none. `failed`: an error that is
    nobody's refusal."""

    worker: Worker
    uses: TicketUses
    clock: Clock
    zone: tzinfo
    category: CategoryName
    opens: Callable[[MoveKind], bool]
    failed: Callable[[Exception], None]


class MovesPanel(TicketPanel):
    """`moved(kind, ticket)`: it was done; for SPLIT the ticket that was split off."""

    moved = Signal(object, object)

    def __init__(self, parts: MovesParts) -> None:
        super().__init__("moves_panel")
        self.setAccessibleName(_("Moves"))
        self._parts = parts
        self._whole: Whole | None = None
        self._near: tuple[Ticket, ...] = ()
        self._writing = False  # until it is on the disk Enter does not make it again: what is split off is split once
        self._list = _MoveList()
        self._list.chosen.connect(self.begin)
        self._list.refused.connect(self.told)
        self._strip = MoveStrip(parts.clock, parts.zone, parts.category, parts.uses.causes)
        self._strip.wanted.connect(self._make)
        self._strip.back.connect(self.step_back)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._list)
        self._pages.addWidget(self._strip)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self._pages)

    def know(self, whole: Whole) -> None:
        """All of the ticket that is in front, before `open_for` and `refresh`."""
        self._whole = whole
        self._list.show_refusals(whole)

    def open_for(self, page: TicketPage) -> None:
        self._near = ()
        self._show(self._list)
        parts, ticket = self._parts, page.ticket
        parts.worker.latest("tickets-near", lambda: parts.uses.near(ticket), self._near_came, owner=self)

    def refresh(self, page: TicketPage) -> None:  # noqa: ARG002 - `know` has told it
        return

    def forget(self) -> None:
        self._show(self._list)  # the strip asks anew each time

    def step_back(self) -> bool:
        if self._pages.currentWidget() is not self._strip:
            return False
        self._show(self._list)
        return True

    def begin(self, kind: MoveKind) -> None:
        """Make this move, or ask for what it needs."""
        whole = self._whole
        if whole is None or (whole.refusals or {}).get(kind) is not None or self._parts.opens(kind):
            return
        if self._strip.needs_nothing(kind, whole):
            self._make(kind, Given(), "")
        else:
            self._strip.ask(kind, whole, self._near)
            self._show(self._strip)

    # ---- within

    def _show(self, page: QFrame) -> None:
        self._pages.setCurrentWidget(page)
        for one in (self._list, self._strip):
            policy = one.sizePolicy()
            policy.setVerticalPolicy(
                policy.Policy.Preferred if one is page else policy.Policy.Ignored
            )  # the stack is as high as what it shows
            one.setSizePolicy(policy)
        self._pages.adjustSize()
        if page is self._strip:
            self._strip.focus_first()
        else:
            self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _near_came(self, near: Sequence[Ticket]) -> None:
        self._near = tuple(near)
        self._strip.offer_tickets(near)

    def _make(self, kind: MoveKind, given: Given, spoken: str) -> None:
        whole = self._whole
        if whole is None or self._writing:
            return
        self._writing = True
        uses, ticket_id = self._parts.uses, whole.page.ticket.ticket_id

        def make() -> Ticket:
            filled = given
            if spoken:
                other = uses.find(spoken)
                if other is None:
                    raise MoveRefused(Refusal.TICKET_NOT_OPEN, kind)
                filled = replace(given, ticket_id=other.ticket_id)
            return uses.moves.move(ticket_id, kind, filled)

        self._parts.worker.run(
            make, lambda ticket: self._made(kind, ticket_id, ticket), self._refused, lane=SAVE_LANE, owner=self
        )

    def _made(self, kind: MoveKind, ticket_id: TicketId, ticket: Ticket) -> None:
        self._writing = False
        step("ticket_moved", ticket_id=ticket_id, move=kind.value)
        self.moved.emit(kind, ticket)
        self.written.emit()
        if kind is MoveKind.SPLIT:
            self.told.emit(_("Ticket {number} was split off.").format(number=ticket.number))
        self.left.emit()

    def _refused(self, error: Exception) -> None:
        self._writing = False
        if not isinstance(error, MoveRefused):
            self._parts.failed(error)
        elif self._pages.currentWidget() is self._strip:
            self._strip.refuse(error.reason)
        else:
            self.told.emit(move_words.refusal(error.reason))


class _MoveList(QFrame):
    """The moves with their letters. `chosen(kind)`: one that can be made; `refused(why)`: one that cannot."""

    chosen = Signal(object)
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("move_list")
        self.setAccessibleName(_("Moves"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._why: dict[MoveKind, TextLine] = {}
        self._keys: dict[MoveKind, KeyButton] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(Space.S, Space.XS, Space.S, Space.XS)
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(0)
        for index, (kind, letter) in enumerate(LETTERS.items()):
            button = KeyButton(
                f"move_{kind.value}", move_words.move(kind), letter, move_words.icon(kind), "quiet", listens=False
            )
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, k=kind: self._press(k))
            why = TextLine(role="caption")
            row = QHBoxLayout()
            row.setSpacing(Space.S)
            row.addWidget(button)
            row.addWidget(why, 1)
            grid.addLayout(row, index % _COLUMN, index // _COLUMN)
            self._keys[kind], self._why[kind] = button, why
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)

    def show_refusals(self, whole: Whole) -> None:
        for kind, button in self._keys.items():
            refusal = (whole.refusals or {}).get(kind)
            words = move_words.refusal(refusal) if refusal is not None else ""
            self._why[kind].setText(words)
            button.setAccessibleDescription(words)
            theme.mark(button, "refused-quiet" if words else "quiet")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text().upper()
        kind = next((one for one, key in LETTERS.items() if key == letter), None)
        if kind is not None and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            self._press(kind)
        else:
            super().keyPressEvent(event)

    def _press(self, kind: MoveKind) -> None:
        why = self._why[kind].text()
        if why:
            self.refused.emit(why)
        else:
            self.chosen.emit(kind)
