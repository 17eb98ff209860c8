"""The supervisor's part, in place under the call, where the settings have codes for it: whom, and listen, whisper (only
the agent hears it) or barge in (both hear it). The exchange does it; Desk dials the code as a call by the line of the
codes, so that the supervisor hears, and F3 ends it.

Ui process, Qt's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desk.domain.commands import Dial
from desk.i18n import _
from desk.settings import PhoneSettings
from desk.ui import theme
from desk.ui.hub import Hub
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.suggest_box import Search, SuggestBox
from desk.ui.text_line import TextLine
from desk.ui.theme import Space

_BOX_WIDTH = 200


def has_codes(phone: PhoneSettings) -> bool:
    return bool(phone.listen_code or phone.whisper_code or phone.barge_code)


class AgentBox(SuggestBox):
    """Whom: a name of staff becomes their work number. `keyed(index)`: Enter, Shift+Enter, Ctrl+B ask for the first,
    second, third button."""

    keyed = Signal(int)
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        enters = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enters and plain in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
            self._take_chosen()
            self.keyed.emit(1 if plain else 0)
        elif event.key() == Qt.Key.Key_Escape and not self.rows:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class SupervisorPanel(QFrame):
    """`search`: staff, by name or work number; a row's `value` is the work number."""

    left = Signal()

    def __init__(self, hub: Hub, phone: PhoneSettings, search: Search, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("supervisor_panel")
        theme.mark(self, "strip")
        self._hub = hub
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.XS, Space.L, Space.XS)
        row.setSpacing(Space.S)
        row.addWidget(Picture("ear", "muted"))
        row.addWidget(TextLine(_("Supervise the agent"), role="strong"), 1)
        self.box = AgentBox("supervised_agent", search, list_width=320)
        self.box.setAccessibleName(_("Agent to supervise"))
        self.box.setPlaceholderText(_("Name or extension"))
        self.box.setFixedWidth(_BOX_WIDTH)
        row.addWidget(self.box)
        self.buttons: list[KeyButton] = []
        for code, name, words, key, icon in (
            (phone.listen_code, "listen", _("Listen in"), "Enter", "ear"),
            (phone.whisper_code, "whisper", _("Whisper"), "Shift+Enter", "chat-circle"),
            (phone.barge_code, "barge", _("Barge in"), "Ctrl+B", "users-three"),
        ):
            if not code:
                continue
            button = KeyButton(f"supervise_{name}", words, key, icon, listens=key == "Ctrl+B")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, c=code: self._dial(c))
            self.buttons.append(button)
            row.addWidget(button)
        close = KeyButton("supervisor_close", _("Close"), "Esc", "x", listens=False)
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.close_panel)
        row.addWidget(close)
        self.box.taken.connect(lambda value: self.box.show_text(str(value)))
        self.box.keyed.connect(self._keyed)
        self.box.left.connect(self.close_panel)
        self._codes = (phone.listen_code, phone.whisper_code, phone.barge_code)
        self.hide()

    def open(self) -> None:
        self.show()
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def close_panel(self) -> None:
        if self.isVisible():
            self.hide()
            self.left.emit()

    def _keyed(self, index: int) -> None:
        if self._codes[index]:
            self._dial(self._codes[index])

    def _dial(self, code: str) -> None:
        number = self.box.text().strip()
        if number or "{number}" not in code:
            self._hub.do(Dial(code.replace("{number}", number), as_code=True))
            self.close_panel()
