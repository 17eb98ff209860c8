"""The player bar: one recording, its two channels as bars (the caller above, the agent below), play and pause, seeking
by keyboard or mouse.

Opening and decoding happen on the worker, playing on the player's own thread; what it says comes back through a queued
signal. Surprising choice: while it plays the position is asked for by a timer instead of being told, so that a slow
window never slows the sound. Ui process, Qt's thread."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.domain.identity import CallId
from desk.i18n import _
from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.player.bar_presenter import STEP_MS, damaged, marks, no_device, position, refused
from desk.ui.player.bar_wave import Wave
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.worker import Worker
from desk.usecases.replay import ReplayRefused, Tape

_log = logging.getLogger("desk.ui.player")
TICK_MS = 100


class Bars(Protocol):
    @property
    def caller(self) -> Sequence[float]: ...
    @property
    def agent(self) -> Sequence[float]: ...


class Player(Protocol):
    """`desk.recording.playing.player.Player`, as far as it is used here. `on_finished` is called on its thread with an
    enum whose value is ended, stopped, no_device or damaged."""

    on_finished: Callable[..., None]

    def play(self, source: bytes, from_ms: int = 0) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def seek_ms(self, position_ms: int) -> None: ...
    def stop(self) -> None: ...
    @property
    def position_ms(self) -> int: ...
    @property
    def paused(self) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class PlayerParts:
    """`open` (`Replay.open`) and `waveform` run on the worker. `damage`: what `waveform` raises for a file it cannot
    decode, asked for once something was raised, so that the decoder is not imported before it is needed."""

    worker: Worker
    open: Callable[[CallId], Tape]
    waveform: Callable[[bytes], Bars]
    player: Player
    damage: Callable[[], type[Exception]]


class PlayerBar(QFrame):
    """Hidden until `load`. `heard(call_id)`: it began to play."""

    heard = Signal(str)
    _finished = Signal(object, int)

    def __init__(self, parts: PlayerParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("player_bar")
        theme.mark(self, "card")
        self._parts, self._player = parts, parts.player
        self._tape: Tape | None = None
        self._content = b""
        self._from_ms = 0
        self._call_id: CallId | None = None
        self._playing = False
        self._turn = 0
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._finished.connect(self._has_finished, Qt.ConnectionType.QueuedConnection)
        self._play = KeyButton("play_pause", _("Pause"), "Alt+P", "pause-fill")
        self._back = KeyButton("play_back", "", "Alt+Left", "skip-back", "quiet")
        self._on = KeyButton("play_on", "", "Alt+Right", "skip-forward", "quiet")
        self._back.setAccessibleName(_("Back 5 seconds"))
        self._on.setAccessibleName(_("On 5 seconds"))
        self._time = QLabel()
        self._time.setObjectName("play_position")
        self._says = QLabel()
        self._says.setObjectName("play_says")
        self._says.setWordWrap(True)
        self.wave = Wave()
        self._lay_out()
        self._play.clicked.connect(self.toggle)
        self._back.clicked.connect(lambda: self.seek_by(-STEP_MS))
        self._on.clicked.connect(lambda: self.seek_by(STEP_MS))
        self.wave.seek_asked.connect(self.seek)
        self.wave.step_asked.connect(self.seek_by)
        self.wave.toggled.connect(self.toggle)
        self.hide()

    @property
    def text(self) -> str:
        """What it says instead of playing, "" while all is well."""
        return self._says.text()

    @property
    def is_playing(self) -> bool:
        return self._playing

    def load(self, call_id: str, at_ms: int = 0) -> None:
        """Open the recording of this call and play it, from this moment on; what plays now stops."""
        self.close_tape()
        self._from_ms = at_ms
        self._call_id = CallId(call_id)
        self._say(_("Opening the recording ..."), "caption")
        self.show()
        parts, wanted = self._parts, CallId(call_id)

        def read() -> tuple[Tape, bytes, Bars]:
            tape = parts.open(wanted)
            try:
                content = tape.audio.read()
            finally:
                tape.audio.close()
            return tape, content, parts.waveform(content)

        parts.worker.latest("player-open", read, self._opened, self._could_not_open, owner=self)

    def toggle(self) -> None:
        """Play or pause; at the end, from the start."""
        if self._tape is None:
            return
        if not self._playing:
            self._start(0 if self._player.position_ms >= self._tape.length_ms else self._player.position_ms)
        elif self._player.paused:
            self._player.resume()
        else:
            self._player.pause()
        self._show_button()

    def seek_by(self, by_ms: int) -> None:
        self.seek(self._player.position_ms + by_ms)

    def seek(self, position_ms: int) -> None:
        if self._tape is None:
            return
        wanted = min(max(0, position_ms), self._tape.length_ms)
        if self._playing:
            self._player.seek_ms(wanted)
        else:
            self._start(wanted)
        self._show_position(wanted)

    def close_tape(self) -> None:
        """Stop, and show nothing."""
        self._turn += 1
        self._player.stop()
        self._timer.stop()
        self._tape, self._content, self._playing = None, b"", False
        self._parts.worker.forget("player-open")
        self.hide()

    def _opened(self, found: tuple[Tape, bytes, Bars]) -> None:
        self._tape, self._content, bars = found
        self.wave.show_tape(bars.caller, bars.agent, self._tape.length_ms, marks(self._tape.marks))
        self._say("", "caption")
        self._start(min(self._from_ms, self._tape.length_ms))
        self.wave.setFocus()
        step("recording_played", call_id=self._tape.call_id)
        self.heard.emit(self._tape.call_id)

    def _could_not_open(self, error: Exception) -> None:
        if isinstance(error, ReplayRefused):
            self._say(refused(error), "error")
        elif isinstance(error, self._parts.damage()):
            _log.warning("a recording cannot be decoded: %s", error, extra={"call_id": self._call_id})
            self._say(damaged(), "error")
        else:
            self.hide()
            raise error

    def _start(self, from_ms: int) -> None:
        assert self._tape is not None  # noqa: S101 - both callers have looked
        self._turn += 1
        turn, finished = self._turn, self._finished
        self._player.on_finished = lambda why: finished.emit(why, turn)
        self._playing = True
        self._player.play(self._content, from_ms)
        self._timer.start()
        self._show_button()
        self._show_position(from_ms)

    def _has_finished(self, why: Enum, turn: int) -> None:
        if turn != self._turn:  # of what played before
            return
        self._playing = False
        self._timer.stop()
        self._tick()
        self._show_button()
        if why.value == "no_device":
            self._say(no_device(), "error")
        elif why.value == "damaged":
            self._say(damaged(), "error")

    def _tick(self) -> None:
        self._show_position(self._player.position_ms)

    def _show_position(self, position_ms: int) -> None:
        length = self._tape.length_ms if self._tape else 0
        self._time.setText(position(position_ms, length))
        self.wave.show_position(position_ms)

    def _show_button(self) -> None:
        going = self._playing and not self._player.paused
        self._play.say(_("Pause") if going else _("Play"), "pause-fill" if going else "play-fill")

    def _say(self, text: str, role: str) -> None:
        self._says.setText(text)
        self._says.setVisible(bool(text))
        theme.mark(self._says, role)
        heard = self._tape is not None
        for widget in (self.wave, self._play, self._back, self._on, self._time):
            widget.setVisible(heard)

    def _lay_out(self) -> None:
        keys = QHBoxLayout()
        keys.setSpacing(Space.S)
        for widget in (self._play, self._back, self._on):
            keys.addWidget(widget)
        keys.addStretch()
        keys.addWidget(self._time)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.S)
        column.addWidget(self._says)
        column.addWidget(self.wave)
        column.addLayout(keys)
