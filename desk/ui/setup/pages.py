"""The two ways to set a PC up: with a code from IT, or for a seat that stands alone. Ui process, Qt's thread."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget

from desk.i18n import _
from desk.ui.key_button import KeyButton
from desk.ui.setup.parts import Alone, Devices, code_as_typed, is_whole, missing, needs_code
from desk.ui.sign_in import SignInBox
from desk.ui.theme import Space

_LONGEST_PLACE = 1024


class CodePage(QWidget):
    """`wanted(code, place)`: enrol. `other()`: there is no code."""

    wanted = Signal(str, str)
    other = Signal()
    done = Signal()

    def __init__(self, source: str, parent: QWidget | None = None, *, only: bool = False) -> None:
        """`only`: there is no other way."""
        super().__init__(parent)
        self.setObjectName("setup_code_page")
        self._box = SignInBox(
            self,
            "setup_code",
            "key",
            _("Set up this PC"),
            _("Type the code from IT. Lines, passwords and everything else come with it."),
        )
        self.code, self.place = QLineEdit(), QLineEdit(source)
        self.code.setObjectName("code")
        self.code.setPlaceholderText("XXXXX-XXXXX-XXXXX-XXXXX")
        self.code.setAccessibleName(_("Enrolment code"))
        self._box.add_field(_("Enrolment code"), self.code)
        self.place.setObjectName("place")
        self.place.setMaxLength(_LONGEST_PLACE)
        self.place.setAccessibleName(_("Company's folder or address"))
        self.place.setPlaceholderText("https://it.example.com/desk/")
        self.place.setToolTip(_("As IT has told you: a folder, or an address that begins with https://"))
        self._box.add_field(_("Company's folder or address"), self.place)
        self.place.setCursorPosition(0)
        self.place.textEdited.connect(lambda _text: self.say(""))
        self._other = KeyButton("setup_alone", _("No code"), "F3", "user")
        self._go = KeyButton("setup_go", _("Set up"), "Return", "sign-in", "primary", listens=False)
        self._start = KeyButton("setup_start", _("Start Desk"), "Return", "headset", "primary")
        self._box.finish(self._other, self._go, self._start)
        self._start.hide()
        if only:
            self._other.hide()
            self._box.says.setText(f"{self._box.says.text()}\n{needs_code()}")
        self._start.clicked.connect(lambda: self.done.emit())
        self._other.clicked.connect(lambda: self.other.emit())
        self._go.clicked.connect(self._ask)
        self.code.textEdited.connect(self._typed)
        self.code.returnPressed.connect(self._next)
        self.place.returnPressed.connect(self._ask)

    def focus_first(self) -> None:
        self.code.setFocus()

    def working(self, *, on: bool) -> None:
        for widget in (self.code, self.place, self._go, self._other):
            widget.setEnabled(not on)
        if on:
            self.say(_("One moment ..."), role="muted")

    def say(self, words: str, role: str = "error", *, of_place: bool = False) -> None:
        """`of_place`: it is the address that is to be typed again, and not the code."""
        self._box.say("", self.code, self.place)
        wrong = self.place if of_place else self.code
        self._box.say(words, wrong, role=role)
        if role == "error" and words:
            wrong.setFocus()
            wrong.selectAll()

    def finish(self, lines: Sequence[str]) -> None:
        """This PC is a seat: Enter starts it."""
        self._box.title.setText(_("Done"))
        self._box.says.setText("\n".join(lines))
        self._box.say("")
        for hidden in (self.code, self.place, self._other, self._go):
            hidden.hide()
        for label in self.findChildren(QLabel):
            if label.buddy() in (self.code, self.place):
                label.hide()
        self._start.show()
        self._start.setFocus()

    def _typed(self, text: str) -> None:
        """In groups, whatever is pasted; the cursor stays where it was meant."""
        before = code_as_typed(text[: self.code.cursorPosition()])
        shown = code_as_typed(text)
        if shown != text:
            self.code.setText(shown)
            self.code.setCursorPosition(len(before))
        self.say("")

    def _next(self) -> None:
        if is_whole(self.code.text()) and not self.place.text().strip():
            self.place.setFocus()
        else:
            self._ask()

    def _ask(self) -> None:
        self.wanted.emit(self.code.text(), self.place.text().strip())


class AlonePage(QWidget):
    """`wanted(Alone)`; `other()`: there is a code after all."""

    wanted = Signal(object)
    other = Signal()

    def __init__(self, language: Literal["zh_CN", "en"], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("setup_alone_page")
        self._language: Literal["zh_CN", "en"] = language
        self._box = SignInBox(
            self,
            "setup_alone",
            "user",
            _("A seat that stands alone"),
            _("Calls come in directly on this PC; nothing else is needed. IT can connect it later with a code."),
        )
        self._box.column.setSpacing(Space.S)  # five fields on a screen of 768 lines
        self.agent, self.name, self.area = QLineEdit(), QLineEdit(), QLineEdit()
        for name, field, words, longest in (
            ("setup_agent", self.agent, _("Work number"), 32),
            ("setup_name", self.name, _("Name"), 64),
            ("setup_area", self.area, _("Area code, as in 0755"), 5),
        ):
            field.setObjectName(name)
            field.setAccessibleName(words)
            field.setMaxLength(longest)
            self._box.add_field(words, field)
            field.textEdited.connect(lambda _text: self.say(""))
            field.returnPressed.connect(self._next)
        self.microphone, self.earpiece = QComboBox(), QComboBox()
        for name, box, words in (
            ("setup_microphone", self.microphone, _("Microphone")),
            ("setup_earpiece", self.earpiece, _("Earpiece")),
        ):
            box.setObjectName(name)
            box.setAccessibleName(words)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.addItem(_("The system's own"), "")
            label = QLabel(words)
            label.setBuddy(box)
            self._box.column.addWidget(label)
            self._box.column.addWidget(box)
        self._other = KeyButton("setup_with_code", _("I have a code"), "F3", "key")
        self._go = KeyButton("setup_alone_go", _("Set up and start"), "Return", "sign-in", "primary", listens=False)
        self._box.finish(self._other, self._go)
        self._other.clicked.connect(lambda: self.other.emit())
        self._go.clicked.connect(self._ask)

    def focus_first(self) -> None:
        self.agent.setFocus()

    def offer(self, devices: Devices) -> None:
        for box, names in ((self.microphone, devices.microphones), (self.earpiece, devices.earpieces)):
            for name in names:
                box.addItem(name, name)

    def working(self, *, on: bool) -> None:
        for widget in (self.agent, self.name, self.area, self.microphone, self.earpiece, self._go, self._other):
            widget.setEnabled(not on)

    def say(self, words: str) -> None:
        self._box.say(words, self.agent)

    def _next(self) -> None:
        """Enter goes on to the first field that is empty; after the last it is done."""
        empty = next((field for field in (self.agent, self.name, self.area) if not field.text().strip()), None)
        current = self.focusWidget()
        if empty is None or current is self.area or empty is current:
            self._ask()
        else:
            empty.setFocus()

    def _ask(self) -> None:
        alone = Alone(
            agent=self.agent.text().strip(),
            agent_name=self.name.text().strip(),
            area_code=self.area.text().strip(),
            microphone=str(self.microphone.currentData()),
            earpiece=str(self.earpiece.currentData()),
            language=self._language,
        )
        lacking = missing(alone)
        if lacking:
            self.say(lacking)
            self.agent.setFocus()
        else:
            self.wanted.emit(alone)
