"""The player bar: the compact front of the deck, for a place beside other things. Bars, play and pause, steps, speed;
all other keys of the player work while it has the focus. Ui process, Qt's thread."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui.key_button import KeyButton
from desk.ui.player.deck import STEP_MS
from desk.ui.player.engine import PlayerParts
from desk.ui.player.front import Front
from desk.ui.player.transport import SkipButton, SpeedKeys
from desk.ui.theme import Space


class PlayerBar(Front):
    """Hidden until `load`."""

    def __init__(self, parts: PlayerParts, parent: QWidget | None = None) -> None:
        super().__init__("player_bar", parts, full=False, parent=parent)
        deck = self.deck
        self._play = KeyButton("play_pause", _("Pause"), "Alt+P", "pause-fill")
        self._back = KeyButton("play_back", "", "Alt+Left", "skip-back", "quiet")
        self._on = KeyButton("play_on", "", "Alt+Right", "skip-forward", "quiet")
        self._back.setAccessibleName(_("Back 5 seconds"))
        self._on.setAccessibleName(_("On 5 seconds"))
        self._play.clicked.connect(deck.toggle)
        self._back.clicked.connect(lambda: deck.seek_by(-STEP_MS))
        self._on.clicked.connect(lambda: deck.seek_by(STEP_MS))
        row = QHBoxLayout()
        row.setSpacing(Space.XS)
        shown: tuple[QWidget, ...] = (
            self._play,
            self._back,
            self._on,
            SpeedKeys(deck),
            SkipButton(deck, shows_words=False),
        )
        for widget in shown:
            row.addWidget(widget)
        row.addStretch()
        row.addWidget(self._time)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.XS)
        column.addWidget(self._says)
        column.addWidget(self.wave)
        column.addLayout(row)
        self._instead += shown

    def _changed(self) -> None:
        super()._changed()
        going = self.deck.is_going
        self._play.say(_("Pause") if going else _("Play"), "pause-fill" if going else "play-fill")
