"""What came of the call: a digit for each answer, shown where the keyboard is. An answer that needs a word (why it is
returned, what they report) asks for it in place; "call later" asks when. Ui process, Qt's thread."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.domain.moves import MoveKind
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.dispatch import words
from desk.ui.after.dispatch.words import Heard
from desk.ui.date_field import DateField
from desk.ui.flow import Flow
from desk.ui.key_button import KeyButton
from desk.ui.pick_field import Option, PickField
from desk.ui.theme import Space
from desk.ui.ticket import move_words
from desk.usecases.ports import Clock

MOST = 9
LATER = timedelta(minutes=30)  # where no time is said


class HeardBar(QFrame):
    """`heard(Heard, text, next_at)`: it is to be taken down. `asks(on)`: a question is open now, or was closed, with an
    answer or without."""

    heard = Signal(object, str, object)
    asks = Signal(bool)

    def __init__(self, clock: Clock, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dispatch_heard")
        self._clock = clock
        self._shown: Sequence[Heard] = ()
        self._asked: Heard | None = None
        self._words = QLabel()
        theme.mark(self._words, "strong")
        self._flow = Flow("dispatch_heard_keys")
        self._keys = [self._key(index) for index in range(MOST)]
        self._question = QLabel()
        self._text = PickField("dispatch_said", _("What they said"), free=True)
        self._when = DateField("dispatch_later", _("When to call again"), clock, zone, ends=False)
        self._when.field.setPlaceholderText(_("in half an hour; or: 16:00, tomorrow 9:00 ..."))
        self._do = KeyButton("take_down", _("Take down"), "Enter", "check", "primary", listens=False)
        self._do.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._do.clicked.connect(lambda: self._enter())
        self._text.entered.connect(self._enter)
        self._when.entered.connect(self._enter)
        asking = QHBoxLayout()
        asking.setSpacing(Space.S)
        asking.addWidget(self._question, 0, Qt.AlignmentFlag.AlignTop)
        asking.addWidget(self._text, 1)
        asking.addWidget(self._when, 1)
        asking.addWidget(self._do, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self._words)
        column.addWidget(self._flow)
        column.addLayout(asking)
        self._close()
        self.hide()

    def offer(self, answers: Sequence[Heard], who: str) -> None:
        """These can be taken down; none: nothing is shown. What is being asked stays, while it can be answered."""
        self._words.setText(_("What came of the call to {name}?").format(name=who))
        if answers != self._shown:
            self._shown = tuple(answers)
            for index, key in enumerate(self._keys):
                key.setVisible(index < len(answers))
                if index < len(answers):
                    key.say(words.heard(answers[index]))
            self._flow.changed()
        if self._asked is not None and self._asked not in answers:
            self._close()
        self.setVisible(bool(answers))

    def press_digit(self, digit: int) -> bool:
        """Whether an answer has this key now."""
        if not 1 <= digit <= len(self._shown) or self.isHidden():
            return False
        self._choose(self._shown[digit - 1])
        return True

    def step_back(self) -> bool:
        """Close the question. False: none was open."""
        was_open = self._asked is not None
        self._close()
        return was_open

    def clear(self) -> None:
        self._close()

    def _key(self, index: int) -> KeyButton:
        key = KeyButton(f"heard_{index + 1}", "", str(index + 1), listens=False)
        key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        key.clicked.connect(lambda _checked=False: self._choose(self._shown[index]))
        self._flow.add(key)
        return key

    def _choose(self, heard: Heard) -> None:
        asks = words.asks_for(heard)
        if not asks and heard is not Heard.LATER:
            self._close()
            self.heard.emit(heard, "", None)
            return
        self._asked = heard
        self._question.setText(asks or _("When to call again"))
        reasons = move_words.reasons(MoveKind.RETURN) if heard is Heard.RETURN else ()
        self._text.clear()
        self._text.offer([Option(reason, reason) for reason in reasons])
        self._when.clear()
        self._text.setVisible(bool(asks))
        self._when.setVisible(not asks)
        for widget in (self._question, self._do):
            widget.show()
        self._flow.setEnabled(False)  # digits are the reasons' now
        self.asks.emit(True)
        (self._text if asks else self._when).setFocus(Qt.FocusReason.OtherFocusReason)

    def _enter(self) -> None:
        heard = self._asked
        if heard is None:
            return
        if heard is Heard.LATER:
            at: datetime | None = self._when.value()
            if at is None and self._when.field.text().strip():
                self._when.refuse(is_wrong=True)
                return
            self._close()
            self.heard.emit(heard, "", at or self._clock() + LATER)
            return
        text = self._text.value()
        if not text:
            self._text.refuse(is_wrong=True)
            return
        self._close()
        self.heard.emit(heard, text, None)

    def _close(self) -> None:
        was_open, self._asked = self._asked is not None, None
        self._flow.setEnabled(True)
        for widget in (self._question, self._text, self._when, self._do):
            widget.hide()
        if was_open:
            self.asks.emit(False)
