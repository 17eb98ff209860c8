"""The player's buttons: what plays on and where (`Transport`), and how it sounds (`Listening`). Each shows its key; the
keys themselves are `desk.ui.player.keys`. Ui process, Qt's thread."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.player.bar_presenter import loop_text, speed_text
from desk.ui.player.deck import LEAP_MS, LOUDEST_PERCENT, STEP_MS, Deck
from desk.ui.player.keys import CAPS
from desk.ui.theme import Space

SLIDER_PX = 72
PERCENT_STEP = 10


def button(
    name: str, words: str, action: str, icon: str, do: Callable[[], None], *, shows_words: bool = False
) -> KeyButton:
    """One that shows its key and leaves it to the player to listen."""
    made = KeyButton(name, words, CAPS[action], icon, "quiet", listens=False, shows_words=shows_words)
    made.clicked.connect(do)
    return made


class SpeedKeys(QWidget):
    """Slower, what it is now, faster."""

    def __init__(self, deck: Deck, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._deck = deck
        self._now = QLabel()
        self._now.setObjectName("play_speed")
        self._now.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._now.setMinimumWidth(48)
        row = _row(self)
        row.addWidget(button("play_slower", _("Slower"), "slower", "minus", lambda: deck.change_speed(-1)))
        row.addWidget(self._now)
        row.addWidget(button("play_faster", _("Faster"), "faster", "plus", lambda: deck.change_speed(1)))
        deck.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self._now.setText(speed_text(self._deck.speed))
        self._now.setAccessibleName(_("Speed {speed}").format(speed=speed_text(self._deck.speed)))
        theme.mark(self._now, "strong" if self._deck.speed == 1.0 else "chip-accent")


class SkipButton(KeyButton):
    def __init__(self, deck: Deck, *, shows_words: bool = True) -> None:
        words, cap = _("Skip silence"), CAPS["skip_silence"]
        super().__init__("play_skip_silence", words, cap, "scissors", "quiet", listens=False, shows_words=shows_words)
        self.setCheckable(True)
        self.clicked.connect(deck.toggle_skip_silence)
        deck.changed.connect(lambda: self.setChecked(deck.skips_silence))


class Transport(QWidget):
    """Play and pause, steps and leaps, marks."""

    def __init__(self, deck: Deck, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._deck = deck
        self.play = KeyButton("play_pause", _("Pause"), CAPS["toggle"], "pause-fill", "primary", listens=False)
        self.play.clicked.connect(deck.toggle)
        row = _row(self)
        row.addWidget(self.play)
        for name, words, action, icon, by_ms in (
            ("play_far_back", _("Back 30 seconds"), "far_back", "rewind", -LEAP_MS),
            ("play_back", _("Back 5 seconds"), "back", "skip-back", -STEP_MS),
            ("play_on", _("On 5 seconds"), "on", "skip-forward", STEP_MS),
            ("play_far_on", _("On 30 seconds"), "far_on", "fast-forward", LEAP_MS),
        ):
            row.addWidget(button(name, words, action, icon, lambda by=by_ms: deck.seek_by(by)))  # type: ignore[misc]
        row.addSpacing(Space.S)
        row.addWidget(
            button(
                "play_previous_mark", _("Mark before"), "previous_mark", "caret-left", deck.previous_mark,
                shows_words=True,
            )
        )  # fmt: skip
        row.addWidget(
            button("play_next_mark", _("Next mark"), "next_mark", "caret-right", deck.next_mark, shows_words=True)
        )
        row.addStretch()
        deck.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        going = self._deck.is_going
        self.play.say(_("Pause") if going else _("Play"), "pause-fill" if going else "play-fill")


class LoopKeys(QWidget):
    """From here, to here, and what the loop is."""

    def __init__(self, deck: Deck, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._deck = deck
        self._loop = QLabel()
        self._loop.setObjectName("play_loop")
        self._loop.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        theme.mark(self._loop, "chip-warn")
        self._off = button("play_loop_off", _("End the loop"), "loop_off", "x", lambda: deck.set_loop(None))
        row = _row(self)
        row.addWidget(
            button("play_loop_from", _("Loop from here"), "loop_from", "arrow-line-right", deck.loop_from_here)
        )
        row.addWidget(
            button("play_loop_until", _("Loop to here"), "loop_until", "arrow-line-left", deck.loop_until_here)
        )
        row.addWidget(self._loop)
        row.addWidget(self._off)
        deck.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        loop = self._deck.loop
        self._loop.setVisible(loop is not None)
        self._off.setVisible(loop is not None)
        if loop is not None:
            self._loop.setText(loop_text(loop))


class Volume(QWidget):
    """One channel: off and on by its key, louder and quieter by the slider."""

    def __init__(self, deck: Deck, channel: int, name: str, words: str, action: str) -> None:
        super().__init__()
        self._deck, self._channel, self._words = deck, channel, words
        self.mute = button(f"mute_{name}", words, action, "speaker-high", lambda: deck.toggle_mute(channel))
        self.mute.setCheckable(True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"volume_{name}")
        self.slider.setRange(0, LOUDEST_PERCENT)
        self.slider.setSingleStep(PERCENT_STEP)
        self.slider.setPageStep(2 * PERCENT_STEP)
        self.slider.setFixedWidth(SLIDER_PX)
        self.slider.setAccessibleName(_("{who}: volume").format(who=words))
        self.slider.valueChanged.connect(self._moved)
        label = QLabel(words)
        label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row = _row(self)
        row.addWidget(label)
        row.addWidget(self.mute)
        row.addWidget(self.slider)
        deck.changed.connect(self._show)
        self._show()

    def _moved(self, percent: int) -> None:
        if percent != self._deck.percent[self._channel]:
            self._deck.set_percent(self._channel, percent)

    def _show(self) -> None:
        off, percent = self._deck.muted[self._channel], self._deck.percent[self._channel]
        said = _("{who}: off") if off else _("{who}: on")
        self.mute.say(said.format(who=self._words), "speaker-slash" if off else "speaker-high")
        self.mute.setChecked(off)
        self.slider.setValue(percent)
        self.slider.setToolTip(f"{percent} %")


class Listening(QWidget):
    """Speed, silence, both channels, the loop."""

    def __init__(self, deck: Deck, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.caller = Volume(deck, 0, "caller", _("Caller"), "mute_caller")
        self.agent = Volume(deck, 1, "agent", _("Agent"), "mute_agent")
        row = _row(self)
        row.addWidget(SpeedKeys(deck))
        row.addWidget(SkipButton(deck))
        row.addSpacing(Space.S)
        row.addWidget(self.caller)
        row.addSpacing(Space.S)
        row.addWidget(self.agent)
        row.addSpacing(Space.S)
        row.addWidget(LoopKeys(deck))
        row.addStretch()


def _row(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.XS)
    return row
