"""The call in front, large: a round picture of its state, the state in words with the time, whether it is recorded, by
which line it came, where calls go instead; below, who it is. Shows what it is given.

Ui process, Qt's thread."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desk.ui import icons, theme
from desk.ui.telephone.call_bar_presenter import StripView, Timing
from desk.ui.text_line import TextLine
from desk.ui.theme import Space

# tone -> (role of the frame, icon, ink of the picture, ground of the picture)
TONES = {
    "idle": ("strip", "headset", "muted", "window"),
    "paused": ("strip", "coffee", "panel", "warn"),
    "ringing": ("strip-ringing", "phone-incoming-fill", "on_go", "go"),
    "dialling": ("strip-up", "phone-outgoing-fill", "on_accent", "accent"),
    "up": ("strip-up", "phone-call-fill", "on_accent", "accent"),
    "conference": ("strip-up", "users-three-fill", "on_accent", "accent"),
    "held": ("strip-held", "pause-fill", "panel", "warn"),
    "ended": ("strip", "phone", "muted", "window"),
}


@dataclass(frozen=True, slots=True)
class LineTag:
    """A line's label and colour."""

    label: str
    colour: str


class _Picture(QWidget):
    """The state as a round picture."""

    def __init__(self) -> None:
        super().__init__()
        self.tone = "idle"
        self.setFixedSize(QSize(46, 46))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        palette = theme.current()
        _frame, icon, ink, ground = TONES[self.tone]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(palette, ground)))
        painter.drawEllipse(self.rect())
        icons.paint(painter, QRect(11, 11, 24, 24), icon, getattr(palette, ink))


class LineBadge(QWidget):
    """By which line a call came: a dot in the line's colour, and its label."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = "grey"
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setProperty("role", "muted")
        self._label.setObjectName("call_line")
        row = QHBoxLayout(self)
        row.setContentsMargins(12 + Space.XS, 0, 0, 0)
        row.addWidget(self._label)
        self.hide()

    def show_line(self, line: LineTag | None) -> None:
        self.setVisible(line is not None)
        if line is not None:
            self._colour = line.colour
            self._label.setText(line.label)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.line_colour(self._colour)))
        painter.drawRoundedRect(QRect(0, (self.height() - 12) // 2, 12, 12), 3, 3)


class FrontCall(QFrame):
    """`row` is open at its end, for the buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("call_frame")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        self.row.setSpacing(Space.S)
        self._alarming = False
        self._picture = _Picture()
        self._state, self._time, self._note = TextLine(), QLabel(), TextLine(role="error")
        self._recording, self._away = QLabel(), TextLine()
        self._line = LineBadge()
        for label, name in (
            (self._state, "call_state"),
            (self._time, "call_time"),
            (self._note, "call_note"),
            (self._recording, "call_recording"),
            (self._away, "calls_away"),
        ):
            label.setObjectName(name)
        self._state.setProperty("role", "muted")
        self._time.setProperty("role", "strong")
        self._away.setProperty("role", "chip-warn")
        self._who, self._detail = TextLine(role="big"), TextLine(role="muted")
        self._who.setObjectName("call_who")
        self._detail.setObjectName("call_detail")
        for label in (self._state, self._note, self._away, self._who):
            label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._lay_out()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        for layout in (top, bottom):
            layout.setSpacing(Space.S)
        for label in (self._state, self._time, self._note, self._recording, self._line, self._away):
            top.addWidget(label)
        top.addStretch(1)
        bottom.addWidget(self._who)
        bottom.addWidget(self._detail, 1)
        words.addLayout(top)
        words.addLayout(bottom)
        self.row.addWidget(self._picture)
        self.row.addSpacing(Space.XS)
        self.row.addLayout(words, 1)

    def show_view(self, view: StripView, line: LineTag | None, away: str) -> None:
        """`away`: where calls go instead of ringing here, "" = they ring."""
        self._picture.tone = view.tone
        self._picture.update()
        self._alarming = view.alarming
        self._state.setText(view.state)
        self._who.setText(view.who)
        self._detail.setText(view.detail)
        self._recording.setText(view.recording)
        self._recording.setVisible(bool(view.recording))
        chip = "chip-danger" if view.recording_failed else "chip-warn" if view.recording_paused else "chip-go"
        theme.mark(self._recording, chip)
        self._line.show_line(line)
        self._away.setText(away)
        self._away.setVisible(bool(away))
        theme.mark(self, TONES[view.tone][0])
        theme.mark(self._state, "error" if view.alarming else "muted")

    def show_timing(self, timing: Timing) -> None:
        self._time.setText(timing.time)
        self._note.setText(timing.note)
        self._note.setVisible(bool(timing.note))
        theme.mark(self._note, "error" if timing.late else "strong")
