"""Pictures of the player, for looking at: `python -m tests.ui.player_scenes SCENE OUT.png [LANGUAGE LOOK SIZE]`
(QT_QPA_PLATFORM=offscreen; QT_SCALE_FACTOR=2 for a screen at 200 %). And what its tests share: a recording without
sound, whose bars and marks look like a call's."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from desk import i18n
from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.identity import CallId
from desk.ui import theme
from desk.ui.player.bar import PlayerBar
from desk.ui.player.engine import PlayerParts
from desk.ui.player.marks import MarkKind, PlayerMark
from desk.ui.player.panel import PlayerPanel
from desk.ui.worker import Worker
from desk.usecases.replay import Refusal, ReplayRefused, Tape
from tests.ui.seat import SilentPlayer

CALL = CallId("01957000-0000-7000-8000-00000000000a")
LENGTH_MS = 30 * 60_000
SCENES = ("full", "zoomed", "waiting", "comment", "compact", "refused")
LOGGED = (
    "0.900 answered",
    "312.400 held",
    "401.000 resumed",
    "640.200 muted",
    "655.000 unmuted",
    "1210.000 gap",
    "1380.000 quality_poor",
    "1422.000 quality_back",
    "1500.000 recording_paused",
    "1522.000 recording_resumed",
)
ADDED = (
    PlayerMark(41_000, MarkKind.FIELD, "类别：报修 / 给排水 / 水管漏水"),
    PlayerMark(63_000, MarkKind.FIELD, "地点：5栋2单元203"),
    PlayerMark(95_500, MarkKind.FIELD, "情况说明：厨房水管爆裂，水已经流到楼下住户的天花板"),
    PlayerMark(702_000, MarkKind.COMMENT, "李主管：这里应当先安抚，再问地点"),
)


@dataclass(frozen=True)
class SpokenBars:
    """Caller and agent by turns, the line on hold between minutes 5 and 7."""

    count: int = 2_400

    def _voice(self, phase: float) -> Sequence[float]:
        out = []
        for n in range(self.count):
            minute = n * 30 / self.count
            speaks = math.sin(n / 9 + phase) > 0 and not 5.2 < minute < 6.7
            out.append(abs(math.sin(n * 1.7 + phase) * math.sin(n / 5)) * 0.6 + 0.08 if speaks else 0.01)
        return out

    @property
    def caller(self) -> Sequence[float]:
        return self._voice(0.0)

    @property
    def agent(self) -> Sequence[float]:
        return self._voice(math.pi)


@dataclass
class StillReel:
    share: float = 1.0
    closed: bool = False
    looked: list[tuple[int, int, int]] = field(default_factory=list)

    def bars(self) -> SpokenBars:
        return SpokenBars()

    def closer(self, from_ms: int, until_ms: int, count: int) -> SpokenBars:
        self.looked.append((from_ms, until_ms, count))
        return SpokenBars(count)

    def share_loaded(self) -> float:
        return self.share

    def close(self) -> None:
        self.closed = True


class StillStream:
    """Nobody reads it here."""

    size = loaded = 0

    def read(self, size: int = -1, /) -> bytes:
        return b""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return 0

    def tell(self) -> int:
        return 0

    def close(self) -> None:
        pass


def tape(length_ms: int = LENGTH_MS, marks: tuple[str, ...] = LOGGED) -> Tape:
    entry = RecordingEntry(CALL, RecordingKept.KEPT, length_ms=length_ms, marks=marks)
    return Tape(CALL, StillStream(), entry, "play-1")


def parts(player: SilentPlayer, reel: StillReel, refuses: Refusal | None = None) -> PlayerParts:
    def fail(error: Exception) -> None:
        raise error

    def opened(_call_id: CallId) -> Tape:
        if refuses is not None:
            raise ReplayRefused(refuses)
        return tape()

    return PlayerParts(
        worker=Worker(fail), open=opened, reel=lambda _tape: reel, player=player, damage=lambda: (ValueError,)
    )


def shoot(name: str, out: str, language: str = "zh_CN", look: str = "light", size: str = "1366x768") -> None:
    app = QApplication(sys.argv[:1])
    i18n.speak(language)
    theme.apply(app, look)  # type: ignore[arg-type]
    player, reel = SilentPlayer(), StillReel(0.4 if name == "waiting" else 1.0)
    made = parts(player, reel, Refusal.CHANGED if name == "refused" else None)
    window, column = QWidget(), QVBoxLayout()
    window.setLayout(column)
    column.addStretch()
    front: PlayerPanel | PlayerBar = PlayerBar(made) if name == "compact" else PlayerPanel(made)
    column.addWidget(front)
    width, _height = (int(n) for n in size.split("x"))
    window.resize(620 if name == "compact" else width, 180 if name == "compact" else 330)
    window.show()
    if isinstance(front, PlayerPanel):
        front.on_comment = lambda _at_ms, _text: None
        front.load_call(CALL, ADDED, "11月21日 14:30 · 王建国 5栋2单元203 · 坐席 1001", takes_focus=True)
    else:
        front.load(CALL)

    def act() -> None:
        deck = front.deck
        player.position_ms = 702_500
        player.waiting = name == "waiting"
        deck.moved.emit(player.position_ms)
        if name == "zoomed":
            front.wave.zoom(1)
            front.wave.zoom(1)
            front.wave.zoom(1)
            deck.set_loop((690_000, 740_000))
            deck.change_speed(2)
            deck.toggle_mute(1)
            deck.toggle_skip_silence()
        if name == "comment" and isinstance(front, PlayerPanel):
            front.open_comment()
            front.comment.line.setText("这里应当先安抚")

    def save() -> None:
        window.grab().save(out)
        made.worker.close()
        app.quit()

    QTimer.singleShot(300, act)
    QTimer.singleShot(900, save)
    app.exec()


if __name__ == "__main__":
    shoot(*sys.argv[1:])
