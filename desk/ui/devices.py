"""The headset page: microphone, earpiece, the device that rings, and the live levels that show whether they work. A
choice counts at once, in the running call too. Ui process, Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.domain.commands import ChooseHeadset
from desk.i18n import _
from desk.ui.devices_presenter import DeviceChoice, device_choices
from desk.ui.hub import Hub
from desk.ui.key_button import KeyButton
from desk.ui.lamps.headset import LevelMeter
from desk.ui.theme import Space


class DevicesPage(QFrame):
    """`left()`: done with it."""

    left = Signal()

    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("devices_page")
        self.setAccessibleName(_("Headset"))
        self._hub = hub
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        head = QHBoxLayout()
        title = QLabel(_("Headset"))
        title.setProperty("role", "title")
        done = KeyButton("devices_done", _("Done"), "Esc", "check", "primary", listens=False)
        done.clicked.connect(self.left)
        head.addWidget(title, 1)
        head.addWidget(done)
        column.addLayout(head)
        grid = QGridLayout()
        grid.setVerticalSpacing(Space.M)
        grid.setHorizontalSpacing(Space.M)
        self.microphone = self._row(grid, 0, _("Microphone"), "choose_microphone")
        self.earpiece = self._row(grid, 1, _("Earpiece"), "choose_earpiece")
        self.ring_device = self._row(grid, 2, _("Ringing"), "choose_ring_device")
        self._says, self._hears = (
            LevelMeter("devices_microphone_level", _("Microphone level"), 160),
            LevelMeter("devices_earpiece_level", _("Earpiece level"), 160),
        )
        grid.addWidget(self._says, 0, 2)
        grid.addWidget(self._hears, 1, 2)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        hint = QLabel(_("Speak: the microphone's bars should reach the middle. A choice counts at once."))
        hint.setProperty("role", "muted")
        hint.setWordWrap(True)
        column.addWidget(hint)
        column.addStretch(1)
        hub.headset_changed.connect(self.refresh)
        hub.levels_measured.connect(self._show_levels)
        self.refresh()

    def _row(self, grid: QGridLayout, at: int, words: str, name: str) -> QComboBox:
        label, box = QLabel(words), QComboBox()
        box.setObjectName(name)
        box.setAccessibleName(words)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(12)
        label.setBuddy(box)
        box.activated.connect(lambda _index: self._choose())
        grid.addWidget(label, at, 0)
        grid.addWidget(box, at, 1)
        return box

    def start(self) -> None:
        self.refresh()
        self.microphone.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self) -> None:
        headset = self._hub.state.headset
        self._fill(self.microphone, device_choices(headset.microphones, headset.microphone), headset.microphone)
        self._fill(self.earpiece, device_choices(headset.earpieces, headset.earpiece), headset.earpiece)
        self._fill(self.ring_device, device_choices(headset.earpieces, headset.ring_device), headset.ring_device)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _fill(self, box: QComboBox, choices: Sequence[DeviceChoice], chosen: str) -> None:
        wanted = [(choice.words, choice.name) for choice in choices]
        with QSignalBlocker(box):
            if wanted != [(box.itemText(i), box.itemData(i)) for i in range(box.count())]:
                box.clear()
                for words, name in wanted:
                    box.addItem(words, name)
            box.setCurrentIndex(next(i for i, choice in enumerate(choices) if choice.name == chosen))

    def _choose(self) -> None:
        chosen = (box.currentData() for box in (self.microphone, self.earpiece, self.ring_device))
        self._hub.do(ChooseHeadset(*chosen))

    def _show_levels(self) -> None:
        levels = self._hub.state.levels
        if self.isVisible() and levels:
            self._says.show_level(levels.microphone_dbfs)
            self._hears.show_level(levels.earpiece_dbfs)
