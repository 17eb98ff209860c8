"""The deck: what plays, where, and how, without a picture. The compact bar and the full panel are two fronts of it.

Opening, bars and closer looks happen on the worker, playing on the player's own thread; what it says comes back through
queued signals. Surprising choice: while it plays the position is asked for by a timer instead of being told, so that a
slow window never slows the sound. Ui process, Qt's thread."""

import contextlib
import logging
from collections.abc import Sequence
from enum import Enum
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance

from desk.domain.identity import CallId
from desk.i18n import _
from desk.ui.player.bar_presenter import broke_off, damaged, no_device, refused
from desk.ui.player.engine import Bars, PlayerParts, Reel
from desk.ui.player.marks import PlayerMark, following, in_order, marks, preceding
from desk.ui.steps import step
from desk.usecases.recording_ports import LoadBrokeOff
from desk.usecases.replay import ReplayRefused, Tape

_log = logging.getLogger("desk.ui.player")
TICK_MS = 50
STEP_MS, LEAP_MS = 5_000, 30_000
LEAST_LOOP_MS = 500
SPEEDS = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
LOUDEST_PERCENT = 200
OPEN, LOOK = "player-open", "player-look"


class Deck(QObject):
    """`loaded(call_id)`: it can be played, and begins to. `changed()`: the buttons show something else. `moved(ms)`.
    `says(text, role)`: instead of playing; "" all is well. `looked(bars, from_ms, until_ms)`: a closer look.
    `heard(from_ms, until_ms)`: the first and the last moment heard of this tape so far, told whenever the sound ends.
    `finished(why)`: ended, stopped, no_device, damaged or broke_off."""

    loaded = Signal(str)
    changed = Signal()
    moved = Signal(int)
    says = Signal(str, str)
    looked = Signal(object, int, int)
    heard = Signal(int, int)
    finished = Signal(str)
    _ended = Signal(object, int)
    _played = Signal(object, object)

    def __init__(self, parts: PlayerParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts, self._player = parts, parts.player
        self.tape: Tape | None = None
        self.bars: Bars | None = None
        self.marks: tuple[PlayerMark, ...] = ()
        self._more_marks: Sequence[PlayerMark] = ()
        self.speed = 1.0
        self.skips_silence = False
        self.loop: tuple[int, int] | None = None
        self.muted = [False, False]
        self.percent = [100, 100]
        self._reel: Reel | None = None
        self._call_id: CallId | None = None
        self._playing = False
        self._turn = 0
        self._opening = 0
        self._begins_paused = False
        self._heard: dict[str, tuple[int, int]] = {}
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._ended.connect(self._has_ended, Qt.ConnectionType.QueuedConnection)
        self._played.connect(self._was_played, Qt.ConnectionType.QueuedConnection)

    # ---- what plays

    def load(self, call_id: str, from_ms: int = 0, more_marks: Sequence[PlayerMark] = ()) -> None:
        """Open the recording of this call and play it from here; what plays now stops."""
        wanted = CallId(call_id)
        self._call_id = wanted
        self._begin(lambda: self._parts.open(wanted), from_ms, more_marks)

    def show_tape(self, tape: Tape, more_marks: Sequence[PlayerMark] = (), from_ms: int = 0) -> None:
        """Play one that is open already."""
        self._call_id = tape.call_id
        self._begin(lambda: tape, from_ms, more_marks)

    def _begin(self, get: Any, from_ms: int, more_marks: Sequence[PlayerMark]) -> None:
        self.close_tape()
        self._begins_paused = False
        self._more_marks = more_marks
        self.says.emit(_("Opening the recording ..."), "caption")
        parts = self._parts
        self._opening += 1
        turn = self._opening

        def read() -> tuple[Tape, Reel, Bars]:
            tape = get()
            reel = parts.reel(tape)
            try:
                if turn != self._opening:  # somebody else is wanted by now
                    reel.close()
                return tape, reel, reel.bars()
            except BaseException:
                reel.close()
                raise

        def opened(found: tuple[Tape, Reel, Bars]) -> None:
            if turn == self._opening:
                self._opened(found, from_ms)
            else:
                found[1].close()

        def failed(error: Exception) -> None:
            if turn == self._opening:
                self._could_not_open(error)

        parts.worker.run(read, opened, failed, lane=OPEN, owner=self)

    def _opened(self, found: tuple[Tape, Reel, Bars], from_ms: int) -> None:
        self.tape, self._reel, self.bars = found
        self.marks = in_order([*marks(self.tape.marks), *self._more_marks])
        self.says.emit("", "caption")
        self.loaded.emit(self.tape.call_id)
        self._start(min(max(0, from_ms), self.tape.length_ms))
        if self._begins_paused:
            self.pause()
        step("recording_played", call_id=self.tape.call_id)

    def _could_not_open(self, error: Exception) -> None:
        if isinstance(error, ReplayRefused):
            self.says.emit(refused(error), "error")
        elif isinstance(error, self._parts.damage()):
            _log.warning("a recording cannot be decoded: %s", error, extra={"call_id": self._call_id})
            self.says.emit(broke_off() if isinstance(error, LoadBrokeOff) else damaged(), "error")
        else:
            self.says.emit("", "caption")
            raise error

    def show_more_marks(self, more_marks: Sequence[PlayerMark]) -> None:
        """Others than before beside those of the recording itself, which is open or being opened."""
        self._more_marks = more_marks
        if self.tape is None:
            return
        self.marks = in_order([*marks(self.tape.marks), *more_marks])
        self._player.set_marks([mark.at_ms for mark in self.marks])
        self.changed.emit()

    def close_tape(self) -> None:
        """Stop, and hold nothing."""
        self._turn += 1
        self._opening += 1
        self._player.stop()
        self._timer.stop()
        if self._reel is not None:
            self._reel.close()
        self.tape, self.bars, self._reel, self.marks, self.loop = None, None, None, (), None
        self._playing = False
        self._parts.worker.forget(LOOK)

    # ---- where it stands

    @property
    def is_playing(self) -> bool:
        return self._playing

    @property
    def is_going(self) -> bool:
        return self._playing and not self._player.paused

    @property
    def is_waiting(self) -> bool:
        """For the vault."""
        return self._playing and self._player.waiting

    @property
    def position_ms(self) -> int:
        return self._player.position_ms

    @property
    def length_ms(self) -> int:
        return self.tape.length_ms if self.tape else 0

    @property
    def share_loaded(self) -> float:
        return self._reel.share_loaded() if self._reel else 0.0

    # ---- what is asked of it

    def toggle(self) -> None:
        """Play or pause; at the end, from the start."""
        if self.tape is None:
            return
        if not self._playing:
            self._start(0 if self.position_ms >= self.length_ms else self.position_ms)
        elif self._player.paused:
            self._player.resume()
        else:
            self._player.pause()
        self.changed.emit()

    def pause(self) -> None:
        """Nothing more is heard, nor of what is still being opened, until somebody plays it."""
        self._begins_paused = True
        if self.is_going:
            self.toggle()

    def seek_by(self, by_ms: int) -> None:
        self.seek(self.position_ms + by_ms)

    def seek(self, position_ms: int) -> None:
        """A moment outside the loop ends the loop."""
        if self.tape is None:
            return
        wanted = min(max(0, position_ms), self.length_ms)
        if self.loop is not None and not self.loop[0] <= wanted <= self.loop[1]:
            self.set_loop(None)
        if self._playing:
            self._player.seek_ms(wanted)
        else:
            self._start(wanted)
        self.moved.emit(wanted)

    def next_mark(self) -> None:
        mark = following(self.marks, self.position_ms)
        if mark is not None:
            self.seek(mark.at_ms)

    def previous_mark(self) -> None:
        mark = preceding(self.marks, self.position_ms)
        self.seek(mark.at_ms if mark is not None else 0)

    def change_speed(self, steps: int) -> None:
        """Faster by so many steps, slower by negative ones, normal by 0."""
        now = SPEEDS.index(self.speed)
        self.speed = SPEEDS[min(max(0, now + steps), len(SPEEDS) - 1)] if steps else 1.0
        self._player.set_speed(self.speed)
        self.changed.emit()

    def toggle_skip_silence(self) -> None:
        self.skips_silence = not self.skips_silence
        self._player.set_skip_silence(self.skips_silence)
        self.changed.emit()

    def toggle_mute(self, channel: int) -> None:
        """0 the caller, 1 the agent."""
        self.muted[channel] = not self.muted[channel]
        self._show_volumes()

    def set_percent(self, channel: int, percent: int) -> None:
        """How loud, 100 as recorded."""
        self.percent[channel] = min(max(0, percent), LOUDEST_PERCENT)
        self.muted[channel] = False
        self._show_volumes()

    def loop_from_here(self) -> None:
        until = self.loop[1] if self.loop and self.loop[1] > self.position_ms else self.length_ms
        self.set_loop((self.position_ms, until))

    def loop_until_here(self) -> None:
        since = self.loop[0] if self.loop and self.loop[0] < self.position_ms else 0
        self.set_loop((since, self.position_ms))

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """What is shorter than half a second is none."""
        if loop is not None:
            loop = (max(0, min(loop)), min(self.length_ms, max(loop)))
        self.loop = loop if loop is not None and loop[1] - loop[0] >= LEAST_LOOP_MS else None
        self._player.set_loop(self.loop)
        self.changed.emit()

    def look_closer(self, from_ms: int, until_ms: int, count: int) -> None:
        """Bars of this stretch, told by `looked`."""
        reel = self._reel
        if reel is not None and until_ms > from_ms:
            self._parts.worker.latest(
                LOOK,
                lambda: reel.closer(from_ms, until_ms, count),
                lambda bars: self.looked.emit(bars, from_ms, until_ms),
                lambda error: _log.debug("no closer look: %s", error),
                owner=self,
            )

    # ---- the player's word

    def _start(self, from_ms: int) -> None:
        self._turn += 1
        turn, tape, ended, played = self._turn, self.tape, self._ended, self._played
        self._player.on_finished = lambda why: _say(ended, why, turn)
        self._player.on_played = lambda what: _say(played, what, tape)
        self._playing = True
        self._player.play(self._reel, from_ms, [mark.at_ms for mark in self.marks])
        self._player.set_loop(self.loop)
        self._timer.start()
        self.changed.emit()
        self.moved.emit(from_ms)

    def _show_volumes(self) -> None:
        caller, agent = (0.0 if off else p / 100 for off, p in zip(self.muted, self.percent, strict=True))
        self._player.set_volumes(caller, agent)
        self.changed.emit()

    def _was_played(self, what: Any, tape: Tape) -> None:
        """A tape may be played several times, and be another one by now: its log entry holds one stretch."""
        if not what.heard:
            return
        before = self._heard.get(tape.play_id, what.heard[0])
        stretch = min(before[0], what.heard[0][0]), max(before[1], what.heard[-1][1])
        self._heard = {tape.play_id: stretch}
        parts = self._parts
        parts.worker.run(lambda: parts.heard(tape, *stretch), lane="listening", owner=self)
        self.heard.emit(*stretch)

    def _has_ended(self, why: Enum, turn: int) -> None:
        if turn != self._turn:  # of what played before
            return
        self._playing = False
        self._timer.stop()
        self._tick()
        self.changed.emit()
        if why.value == "no_device":
            self.says.emit(no_device(), "error")
        elif why.value == "damaged":
            self.says.emit(damaged(self.position_ms), "error")
        elif why.value == "broke_off":
            self.says.emit(broke_off(self.position_ms), "error")
        self.finished.emit(str(why.value))

    def _tick(self) -> None:
        self.moved.emit(self.position_ms)


def _say(signal: SignalInstance, *words: object) -> None:
    """From the player's thread; a deck that is gone by now has nobody who listens."""
    with contextlib.suppress(RuntimeError):
        signal.emit(*words)
