"""The calls of a ticket, one line each: who, when, what there is to hear of it, and the key that plays it. Ui process,
Qt's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.labels import selectable
from desk.ui.theme import Space
from desk.ui.ticket.facts import empty
from desk.ui.ticket.presenter import CallLine


class CallCards(QWidget):
    """`played(index)`: the call at this place is to be heard."""

    played = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(Space.XS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(heading("phone", _("Calls")))
        column.addLayout(self._cards)
        self.hide()

    def show_calls(self, calls: tuple[CallLine, ...]) -> None:
        empty(self._cards)
        for index, call in enumerate(calls):
            self._cards.addWidget(self._card(index, call))
        self.setVisible(bool(calls))

    def _card(self, index: int, call: CallLine) -> QFrame:
        card = QFrame()
        card.setObjectName(f"ticket_call_{index}")
        theme.mark(card, "card")
        head, state = selectable(f"ticket_call_head_{index}", ""), selectable(f"ticket_call_state_{index}", "caption")
        head.setText(call.head)
        state.setText(call.state)
        row = QHBoxLayout(card)
        row.setContentsMargins(Space.M, Space.XS, Space.S, Space.XS)
        row.setSpacing(Space.S)
        row.addWidget(head, 5)
        row.addWidget(state, 2, Qt.AlignmentFlag.AlignVCenter)
        if call.playable:
            play = KeyButton(f"play_call_{index}", _("Play"), call.key, "play-fill")
            play.setAccessibleName(_("Play {call}").format(call=call.head))
            play.clicked.connect(lambda: self.played.emit(index))
            row.addWidget(play)
        return card


def heading(icon: str, words: str) -> QWidget:
    """The title of a section of the page."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.XS)
    title = QLabel(words)
    theme.mark(title, "strong")
    row.addWidget(Picture(icon))
    row.addWidget(title, 1)
    return made
