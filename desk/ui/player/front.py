"""What both fronts of the deck share: the waveform, the line that speaks instead of it, the time, and the keys. A front
is hidden until something is loaded. Ui process, Qt's thread."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.player.bar_presenter import position
from desk.ui.player.deck import Deck
from desk.ui.player.engine import PlayerParts
from desk.ui.player.keys import Keys
from desk.ui.player.wave import Wave


class Front(QFrame):
    """`heard(call_id)`: it began to play. `instead`: widgets that are hidden while it says something instead."""

    heard = Signal(str)

    def __init__(self, name: str, parts: PlayerParts, *, full: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        theme.mark(self, "card")
        self.deck = Deck(parts, self)
        self.wave = Wave(full=full)
        self.keys = Keys(self.deck, self.wave, {})
        self._instead: list[QWidget] = [self.wave]
        self._takes_focus = True
        self._time = QLabel()
        self._time.setObjectName("play_position")
        self._says = QLabel()
        self._says.setObjectName("play_says")
        self._says.setTextFormat(Qt.TextFormat.PlainText)
        self._says.setWordWrap(True)
        deck, wave = self.deck, self.wave
        deck.loaded.connect(self._loaded)
        deck.says.connect(self._say)
        deck.moved.connect(self._moved)
        deck.changed.connect(self._changed)
        deck.looked.connect(wave.show_closer)
        wave.seek_asked.connect(deck.seek)
        wave.loop_asked.connect(lambda since, until: deck.set_loop((since, until)))
        wave.look_asked.connect(deck.look_closer)
        self.hide()

    @property
    def text(self) -> str:
        """What it says instead of playing, "" while all is well."""
        return self._says.text()

    @property
    def is_playing(self) -> bool:
        return self.deck.is_playing

    def load(self, call_id: str, from_ms: int = 0) -> None:
        """Open the recording of this call and play it from here; what plays now stops."""
        self.show()
        self.deck.load(call_id, from_ms)

    def toggle(self) -> None:
        self.deck.toggle()

    def seek(self, position_ms: int) -> None:
        self.deck.seek(position_ms)

    def close_tape(self) -> None:
        """Stop, and show nothing."""
        self.deck.close_tape()
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.deck.tape is None or not self.keys.press(event):
            super().keyPressEvent(event)

    def add_key(self, key: Qt.Key, do: Callable[[], None], *, shift: bool = False) -> None:
        held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        self.keys.more[key, held] = do

    def _loaded(self, call_id: str) -> None:
        deck = self.deck
        longest = position(deck.length_ms, deck.length_ms)  # nothing moves, and nothing is cut, when 9:59 becomes 10:00
        self._time.setMinimumWidth(self._time.fontMetrics().horizontalAdvance(longest))
        self.wave.show_recording(deck.bars, deck.length_ms, deck.marks)
        self.wave.show_loaded(deck.share_loaded)
        if self._takes_focus:
            self.wave.setFocus()
        self.heard.emit(call_id)

    def _moved(self, position_ms: int) -> None:
        deck = self.deck
        waits = " · " + _("waiting for the vault ...") if deck.is_waiting else ""
        self._time.setText(position(position_ms, deck.length_ms) + waits)
        self.wave.show_position(position_ms)
        self.wave.show_loaded(deck.share_loaded)

    def _changed(self) -> None:
        self.wave.show_loop(self.deck.loop)
        self.wave.show_marks(self.deck.marks)

    def _say(self, text: str, role: str) -> None:
        self._says.setText(text)
        self._says.setVisible(bool(text))
        theme.mark(self._says, role)
        there = self.deck.tape is not None
        for widget in (*self._instead, self._time):
            widget.setVisible(there)
