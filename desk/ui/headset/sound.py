"""The headset page's devices: microphone, earpiece and the one that rings, each by name, with its volume and, where
there is one, its live level; automatic gain. A choice counts at once, in the running call too, and is remembered by
device. Ui process, Qt's thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from desk.domain.commands import ChooseHeadset, SetComfort
from desk.domain.events import HeadsetState
from desk.i18n import _
from desk.ui import theme
from desk.ui.headset.presenter import DeviceChoice, device_choices, keys_words, stands_in, volume
from desk.ui.hub import Hub
from desk.ui.lamps.headset import LevelMeter
from desk.ui.theme import Space

SETTLE_MS = 250  # a slider that moves is told once it rests, for it is written down by device
# What the phone offers: beyond these it would only be cut.
MICROPHONE_DB, EARPIECE_DB, RING_DB = (-20, 20), (-30, 12), (-40, 12)


@dataclass
class _Row:
    box: QComboBox
    slider: QSlider
    db: QLabel
    meter: LevelMeter | None


class SoundDevices(QWidget):
    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._grid = grid = QGridLayout()
        grid.setVerticalSpacing(Space.S)
        grid.setHorizontalSpacing(Space.M)
        grid.setColumnStretch(1, 1)
        says = LevelMeter("devices_microphone_level", _("Microphone level"), 56)
        hears = LevelMeter("devices_earpiece_level", _("Earpiece level"), 56)
        self._settle = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._set_comfort)
        self._microphone = self._row(0, _("Microphone"), "microphone", MICROPHONE_DB, says)
        self._earpiece = self._row(1, _("Earpiece"), "earpiece", EARPIECE_DB, hears)
        self._ring = self._row(2, _("Ringing"), "ring_device", RING_DB, None)
        self.microphone, self.earpiece, self.ring_device = (row.box for row in self._rows)
        self.gain = QCheckBox(_("Level my voice automatically"))
        self.gain.setObjectName("automatic_gain")
        self.gain.setAccessibleName(self.gain.text())
        self.gain.toggled.connect(lambda _on: self._settle.start())
        self._keys, self._away = QLabel(), QLabel()
        for label, name, role in ((self._keys, "headset_keys", "caption"), (self._away, "headset_away", "warning")):
            label.setObjectName(name)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            theme.mark(label, role)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(grid)
        foot = QHBoxLayout()
        foot.setSpacing(Space.L)
        foot.addWidget(self.gain, 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self._keys, 1)
        column.addLayout(foot)
        column.addWidget(self._away)
        hub.headset_changed.connect(self.refresh)
        hub.levels_measured.connect(self._show_levels)
        self.refresh()

    @property
    def _rows(self) -> tuple[_Row, _Row, _Row]:
        return self._microphone, self._earpiece, self._ring

    def _row(self, at: int, words: str, name: str, volume_db: tuple[int, int], meter: LevelMeter | None) -> _Row:
        label, box, slider, db = QLabel(words), QComboBox(), QSlider(Qt.Orientation.Horizontal), QLabel()
        box.setObjectName(f"choose_{name}")
        box.setAccessibleName(words)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(12)
        label.setBuddy(box)
        box.activated.connect(lambda _index: self._choose())
        slider.setObjectName(f"{name}_volume")
        slider.setAccessibleName(_("{device}: volume").format(device=words))
        slider.setRange(*volume_db)
        slider.setPageStep(3)
        slider.setFixedWidth(84)
        slider.valueChanged.connect(lambda value: db.setText(volume(value)))
        slider.valueChanged.connect(lambda _value: self._settle.start())
        db.setMinimumWidth(db.fontMetrics().horizontalAdvance("-40 dB") + Space.XS)
        db.setText(volume(0))
        theme.mark(db, "caption")
        for column, widget in enumerate((label, box, slider, db)):
            self._grid.addWidget(widget, at, column)
        if meter is not None:
            self._grid.addWidget(meter, at, 4)
        return _Row(box, slider, db, meter)

    def refresh(self) -> None:
        headset = self._hub.state.headset
        self._fill(self.microphone, device_choices(headset.microphones, headset.microphone), headset.microphone)
        self._fill(self.earpiece, device_choices(headset.earpieces, headset.earpiece), headset.earpiece)
        self._fill(self.ring_device, device_choices(headset.earpieces, headset.ring_device), headset.ring_device)
        self._keys.setText(keys_words(headset.keys))
        away = stands_in(headset)
        self._away.setText(away)
        self._away.setVisible(bool(away))
        if not self._settle.isActive():
            self._show_comfort(headset)

    def _show_comfort(self, headset: HeadsetState) -> None:
        told = (headset.microphone_db, headset.earpiece_db, headset.ring_db)
        for row, db in zip(self._rows, told, strict=True):
            with QSignalBlocker(row.slider):
                row.slider.setValue(round(db))
            row.db.setText(volume(db))
        with QSignalBlocker(self.gain):
            self.gain.setChecked(headset.automatic_gain)

    def _fill(self, box: QComboBox, choices: Sequence[DeviceChoice], chosen: str) -> None:
        wanted = [(choice.words, choice.name) for choice in choices]
        with QSignalBlocker(box):
            if wanted != [(box.itemText(i), box.itemData(i)) for i in range(box.count())]:
                box.clear()
                for words, name in wanted:
                    box.addItem(words, name)
            box.setToolTip(chosen)
            box.setCurrentIndex(next(i for i, choice in enumerate(choices) if choice.name == chosen))

    def _choose(self) -> None:
        self._hub.do(ChooseHeadset(*(row.box.currentData() for row in self._rows)))

    def _set_comfort(self) -> None:
        microphone, earpiece, ring = (float(row.slider.value()) for row in self._rows)
        self._hub.do(
            SetComfort(
                earpiece_db=earpiece, ring_db=ring, microphone_db=microphone, automatic_gain=self.gain.isChecked()
            )
        )

    def _show_levels(self) -> None:
        levels = self._hub.state.levels
        if self.isVisible() and levels and self._microphone.meter and self._earpiece.meter:
            self._microphone.meter.show_level(levels.microphone_dbfs)
            self._earpiece.meter.show_level(levels.earpiece_dbfs)
