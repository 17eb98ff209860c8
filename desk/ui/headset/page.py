"""The headset page: the sound devices with their volumes and levels, the check before the shift, and the prompts that
the agent records. Everything by keyboard. Ui process, Qt's thread."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desk.i18n import _
from desk.texts import Phrase
from desk.ui import theme
from desk.ui.headset.check import CheckPanel
from desk.ui.headset.prompts import PromptsPanel, PromptTexts
from desk.ui.headset.sound import SoundDevices
from desk.ui.hub import Hub
from desk.ui.key_button import KeyButton
from desk.ui.theme import Space


class DevicesPage(QFrame):
    """`left()`: done with it."""

    left = Signal()

    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("devices_page")
        self.setAccessibleName(_("Headset"))
        self._hub = hub
        self.sound = SoundDevices(hub)
        self.check = CheckPanel(hub)
        self.prompts: PromptsPanel | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        head = QHBoxLayout()
        title = QLabel(_("Headset"))
        theme.mark(title, "title")
        done = KeyButton("devices_done", _("Done"), "Esc", "check", "quiet", listens=False)
        done.clicked.connect(self.left)
        head.addWidget(title, 1)
        head.addWidget(done)
        column.addLayout(head)
        inner = QWidget()
        self._sections = QVBoxLayout(inner)
        self._sections.setContentsMargins(0, 0, Space.S, 0)
        self._sections.setSpacing(Space.M)
        self._sections.addWidget(self.sound)
        self._sections.addWidget(self.check)
        self._sections.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        column.addWidget(area, 1)

    def offer_prompts(self, phrases: Sequence[Phrase], language: str, work_number: Callable[[], str]) -> None:
        """The prompts stand below, too."""
        self.prompts = PromptsPanel(self._hub, PromptTexts(phrases, language, work_number))
        self._sections.insertWidget(self._sections.count() - 1, self.prompts)

    def start(self) -> None:
        self.sound.refresh()
        self.sound.microphone.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.check.leave()
        if self.prompts is not None:
            self.prompts.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
