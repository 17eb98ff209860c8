"""The transfer, in place under the call: one key opens it, a name or number and Enter asks a colleague first (the
resident hears the music), Shift+Enter hands the call over at once. While a colleague is asked: one key each to hand
over, to talk all three, to swap, to take back. It is drawn from the calls themselves, so that a window that was
restarted in the middle shows the same buttons again.

The keys that work at any time are the bar's (`CallBar`); they are shown here. Ui process, Qt's thread."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from desk.domain.calls import Call
from desk.domain.commands import CancelConsultation, CompleteTransfer, Confer, Dial, Transfer
from desk.domain.events import CallTransferred, CommandRefused, TransferFailed, TransferProgressed, TransferStarted
from desk.i18n import _
from desk.ui import theme
from desk.ui.hub import Hub
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.steps import step
from desk.ui.suggest_box import Search
from desk.ui.telephone.call_bar_presenter import who_of
from desk.ui.telephone.dial_box import DialBox
from desk.ui.telephone.transfer_presenter import Step, Told, TransferEvent, TransferView, present, progressed, told
from desk.ui.text_line import TextLine
from desk.ui.theme import Space

TOLD_MS = 12_000
KEY = "Ctrl+T"
_BOX_WIDTH = 200


class TransferPanel(QFrame):
    """`left()`: the agent is done with the field; the window puts the focus back. `nobody(text)`: nobody is called
    that."""

    left = Signal()
    nobody = Signal(str)

    def __init__(self, hub: Hub, search: Search, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transfer_panel")
        self._hub = hub
        self._choosing = False
        self._progress = ""
        self._asked = ""  # asked of the telephone, which has not said yet what comes of it
        self._ended: TransferFailed | CallTransferred | None = None  # what became of the last transfer
        self.view = TransferView(Step.NONE)
        self._forget = QTimer(self, singleShot=True, interval=TOLD_MS)
        self._forget.timeout.connect(self.put_away)
        self._lay_out(search)
        hub.calls_changed.connect(self.refresh)
        hub.callers.pop_changed.connect(lambda _call_id: self.refresh())
        hub.transfer_told.connect(self._told_of)
        hub.call_opened.connect(lambda _call: self._forget_number())
        hub.refused.connect(self._refused)
        self.refresh()

    def _lay_out(self, search: Search) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.XS, Space.L, Space.XS)
        row.setSpacing(Space.S)
        self._picture = Picture("arrow-bend-up-right", "on_accent_soft")
        self._words = TextLine(role="strong")
        self._words.setObjectName("transfer_words")
        self.box = DialBox("transfer_box", search)
        self.box.setAccessibleName(_("Transfer to"))
        self.box.setPlaceholderText(_("Name or number"))
        self.box.setFixedWidth(_BOX_WIDTH)
        self._ask = KeyButton("transfer_ask", _("Ask first"), "Enter", "phone-outgoing", "primary", listens=False)
        self._blind = KeyButton(
            "transfer_blind", _("Hand over at once"), "Shift+Enter", "arrow-bend-up-right", listens=False
        )
        self._close = KeyButton("transfer_close", _("Close"), "Esc", "x", listens=False)
        self._complete = KeyButton(
            "transfer_complete", _("Hand over"), KEY, "arrow-bend-up-right", "primary", listens=False
        )
        self._confer = KeyButton("confer", _("Three-way call"), "Shift+F2", "users-three")
        self._confer.setCheckable(True)
        self._back = KeyButton("consultation_back", _("Take back"), "F3", "arrow-u-down-left", listens=False)
        row.addWidget(self._picture)
        self._words.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row.addWidget(self._words)
        buttons = (self._ask, self._blind, self._close, self._complete, self._confer, self._back)
        row.addWidget(self.box)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        self._ask.clicked.connect(lambda: self.box.enter())
        self._blind.clicked.connect(lambda: self.box.enter(otherwise=True))
        self._close.clicked.connect(lambda: self._leave())
        self._complete.clicked.connect(lambda: self.complete())
        self._confer.clicked.connect(lambda: self._toggle_conference())
        self._back.clicked.connect(lambda: self.take_back())
        self.box.chosen.connect(self._consult)
        self.box.chosen_otherwise.connect(self._hand_over)
        self.box.left.connect(self._leave)
        self.box.nobody.connect(self.nobody)

    # What the agent does

    def key_pressed(self) -> None:
        """The transfer key: hands over while a colleague is asked; else opens the field, or closes it."""
        if self._hub.state.consultation() is not None:
            self.complete()
        elif self._choosing:
            self._leave()
        else:
            self.open()

    def open(self) -> None:
        front = self._hub.state.front()
        if front is None:
            return
        self._ended = None
        self._choosing = True
        self.refresh()
        if self.view.step is Step.CHOOSING:
            self.box.offer("")

    def close_field(self) -> None:
        """Another panel opens: this one's field goes, what runs stays."""
        self._choosing = False
        self.box.clear()
        self.refresh()

    def complete(self) -> None:
        consultation = self._hub.state.consultation()
        if consultation is not None:
            self._hub.do(CompleteTransfer(consultation.consulting.call_id))

    def take_back(self) -> None:
        consultation = self._hub.state.consultation()
        if consultation is not None:
            self._hub.do(CancelConsultation(consultation.consulting.call_id))

    def _toggle_conference(self) -> None:
        consultation = self._hub.state.consultation()
        if consultation is not None:
            joined = consultation.consulting.in_conference
            self._hub.do(Confer(consultation.consulting.call_id, on=not joined))
        self.refresh()  # the button shows what is, not what was asked

    def _consult(self, number: str) -> None:
        front = self._hub.state.front()
        self._leave()
        if front is not None:
            self._asked = number
            self._hub.do(Dial(number, consults=front.call_id))

    def _hand_over(self, number: str) -> None:
        front = self._hub.state.front()
        self._leave()
        if front is not None:
            self._asked = number
            self._hub.do(Transfer(front.call_id, number))

    def _leave(self) -> None:
        self.close_field()
        self.left.emit()

    def _forget_number(self) -> None:
        self._asked = ""

    def _refused(self, refused: CommandRefused) -> None:
        """The field is there again, with the number, to be mended; the keyboard stays where it is."""
        if refused.command in (Dial.__name__, Transfer.__name__) and self._asked:
            number, self._asked = self._asked, ""
            self._choosing = True
            self.refresh()
            if self.view.step is Step.CHOOSING:
                self.box.show_text(number)

    def put_away(self) -> None:
        self._ended = None
        self._forget.stop()
        self.refresh()

    # What it shows

    def _told_of(self, event: TransferEvent) -> None:
        match event:
            case TransferStarted():
                self._progress, self._ended = "", None
                self._forget_number()
            case TransferProgressed():
                self._progress = progressed(event)
            case TransferFailed() | CallTransferred():
                self._progress = ""
                self._ended = event
                step("transfer_told", good=isinstance(event, CallTransferred), call_id=event.call_id)
                self._forget.start()
        self.refresh()

    def _name(self, call: Call) -> str:
        return _("A call") if self._hub.is_shut else who_of(call, self._hub.callers.pop(call.call_id))

    def refresh(self) -> None:
        state = self._hub.state
        front = state.front()
        self._choosing = self._choosing and front is not None
        view = present(
            front, state.consultation(), choosing=self._choosing, progress=self._progress, name_of=self._name
        )
        before, self.view = self.view, view
        if view.step is not before.step:
            step("transfer_shown", panel=view.step.value)
        chooses, asks = view.step is Step.CHOOSING, bool(view.take_back_words)
        for widget in (self.box, self._ask, self._blind, self._close):
            widget.setVisible(chooses)
        for widget in (self._complete, self._confer, self._back):
            widget.setVisible(asks)
        if asks:
            self._back.say(view.take_back_words)
            self._complete.setEnabled(view.complete)
            self._confer.setEnabled(view.confer)
            self._confer.setChecked(view.step is Step.CONFERENCE)
            leave = view.step is Step.CONFERENCE
            self._complete.say(_("Leave the two") if leave else _("Hand over"))
        self._show_words(view)

    def _result(self) -> Told | None:
        ended = self._ended
        return told(ended, self._hub.state.calls.get(ended.call_id), self._name) if ended is not None else None

    def _show_words(self, view: TransferView) -> None:
        result = self._result() if view.step is Step.NONE else None
        role, icon, ink = "strip-accent", "arrow-bend-up-right", "on_accent_soft"
        if result is not None:
            role, icon, ink = (
                ("strip-ringing", "check-circle", "on_go_soft")
                if result.good
                else ("strip-late", "warning-circle-fill", "on_danger_soft")
            )
        elif view.step is Step.CONFERENCE:
            icon = "users-three"
        self._words.setText(result.words if result else view.words)
        self._picture.show_icon(icon, ink)
        if self.property("role") != role:
            theme.mark(self, role)
            theme.repolish(self._words)
        self.setAccessibleName(self._words.text())
        self.setVisible(view.step is not Step.NONE or result is not None)
