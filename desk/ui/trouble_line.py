"""What is wrong, in one line above the lamps: what it is and what to do. The gravest stands there, the number of others
behind it; nothing is wrong, and the line is not there. Other messages that need no answer (a refused command, a window
that was restarted, a bug) have a line of their own below it and can be put away: a trouble is never hidden by them.

Ui process, Qt's thread."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.domain.events import HeadsetState, LineState, LineStatus
from desk.domain.troubles import Trouble, Wrong
from desk.i18n import _, ngettext
from desk.ui import theme, words
from desk.ui.hub import Hub
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.steps import step
from desk.ui.telephone import phone_words
from desk.ui.text_line import TextLine
from desk.ui.theme import Space

AWAY_KEY = "Shift+Esc"
PASSING_MS = 12_000


@dataclass(frozen=True, slots=True)
class TroubleView:
    what: str
    to_do: str
    grave: bool
    others: int = 0
    detail: str = ""
    name: str = ""  # the trouble's


_OF_A_LINE = frozenset(
    {
        *(Trouble.WRONG_PASSWORD, Trouble.PASSWORD_MISSING, Trouble.NO_REGISTRAR),
        *(Trouble.LINE_UNVERIFIED, Trouble.PORT_BUSY),
    }
)


def view(
    wrongs: Mapping[Trouble, Wrong], headset: HeadsetState, lines: Collection[LineState] = ()
) -> TroubleView | None:
    """The gravest first, the oldest of several equals. What a line suffers from names the line, where there are
    several, and what is wrong with a certificate."""
    if not wrongs:
        return None
    said = {trouble: words.trouble_at_seat(trouble, headset) for trouble in wrongs}
    first = min(wrongs.values(), key=lambda wrong: (not said[wrong.trouble].grave, wrong.since))
    chosen = said[first.trouble]
    what = chosen.what
    if first.trouble is Trouble.LINE_UNVERIFIED and first.detail:
        what = f"{what}: {phone_words.line_reason(0, first.detail)}"
    if first.trouble in _OF_A_LINE and (label := _deaf_line(first, lines)):
        what = f"{label}: {what}"
    return TroubleView(what, chosen.to_do, chosen.grave, len(wrongs) - 1, first.detail, first.trouble.value)


def _deaf_line(wrong: Wrong, lines: Collection[LineState]) -> str:
    """Which of several lines it is that suffers from this, "" where that is not sure."""
    deaf = [line for line in lines if line.status is LineStatus.DEAF]
    fits = [line for line in deaf if f"{line.code or ''} {line.reason}".strip() == wrong.detail]
    named = fits or deaf
    return named[0].label if len(lines) > 1 and len(named) == 1 else ""


class TroubleLine(QWidget):
    """Two lines at most: what is wrong, and below it the last message. Neither hides the other."""

    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trouble_line")
        self._hub = hub
        self._passing: tuple[str, str] | None = None
        self._staying: dict[str, tuple[str, str]] = {}  # what it is about -> the message; the last one is shown
        self._told = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.S, 0, Space.S, Space.S)
        column.setSpacing(Space.XS)
        self._trouble, self._message = _Line("trouble"), _Line("message")
        away = KeyButton("put_away", _("Put away"), AWAY_KEY, "x", "quiet")
        away.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        away.clicked.connect(lambda: self.put_away())
        self._message.row.addWidget(away)
        for line in (self._trouble, self._message):
            column.addWidget(line)
        self._timer = QTimer(self, singleShot=True, interval=PASSING_MS)
        self._timer.timeout.connect(self._passed)
        hub.troubles_changed.connect(self.refresh)
        hub.headset_changed.connect(self.refresh)
        hub.line_changed.connect(self.refresh)
        self.refresh()

    def tell(self, message: str, more: str = "", *, stays: bool = False, about: str = "") -> None:
        """A message that concerns no lasting state. It goes by itself unless it `stays` until put away; one that stays
        takes the place of the one before that is `about` the same."""
        if stays:
            self._staying.pop(about or message, None)
            self._staying[about or message] = message, more
            self._passing = None  # the newest is shown
        else:
            self._passing = message, more
            self._timer.start()
        self.refresh()

    def withdraw(self, about: str) -> None:
        """What was told of it, and stayed, is true no more."""
        self._staying.pop(about, None)
        self.refresh()

    def put_away(self) -> None:
        """The message that is shown; the one before it follows, where it stays."""
        if self._passing is not None:
            self._passed()
        elif self._staying:
            self._staying.popitem()
            self.refresh()

    def refresh(self) -> None:
        state = self._hub.state
        trouble = view(state.wrongs, state.headset, state.lines.values())
        if trouble:
            tone = ("banner-danger", "on_danger_soft") if trouble.grave else ("banner-warn", "on_warn_soft")
            self._trouble.say(trouble.what, trouble.to_do, tone[0], "warning-circle-fill", tone[1], trouble.others)
            self._trouble.setToolTip(trouble.detail)
        self._trouble.setVisible(trouble is not None)
        staying = list(self._staying.values())
        message = self._passing or (staying.pop() if staying else None)
        if message is not None:
            self._message.say(*message, "banner-accent", "info", "on_accent_soft", len(staying))
        self._message.setVisible(message is not None)
        self.setVisible(message is not None or trouble is not None)
        self._note_told(trouble.name if trouble else "")

    def _passed(self) -> None:
        self._passing = None
        self._timer.stop()
        self.refresh()

    def _note_told(self, trouble: str) -> None:
        """Which trouble stands in the line now, "" none: a step that can be followed from outside."""
        if trouble != self._told:
            self._told = trouble
            step("trouble_told", trouble=trouble)


class _Line(QFrame):
    """What it is, what to do, and how many others are behind it. `row`: for a key at its end."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}_frame")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(Space.M, Space.XS, Space.XS, Space.XS)
        self.row.setSpacing(Space.S)
        self._picture = Picture("warning-circle-fill", "on_danger_soft")
        self._what, self._to_do, self._others = QLabel(), TextLine(), QLabel()
        self._what.setObjectName(f"{name}_what")
        self._what.setTextFormat(Qt.TextFormat.PlainText)
        self._what.setStyleSheet("font-weight: 600;")
        self._to_do.setObjectName(f"{name}_to_do")
        self._others.setObjectName(f"{name}_others")
        for widget in (self._picture, self._what):
            self.row.addWidget(widget)
        self.row.addWidget(self._to_do, 1)
        self.row.addWidget(self._others)

    def say(self, what: str, to_do: str, role: str, icon: str, ink: str, others: int) -> None:
        theme.mark(self, role)
        for label in (self._what, self._to_do, self._others):
            theme.repolish(label)
        self._picture.show_icon(icon, ink)
        self._what.setText(what)
        self._to_do.setText(to_do)
        more = ngettext("and {n} more", "and {n} more", others).format(n=others) if others else ""
        self._others.setText(more)
        self.setAccessibleName(f"{what}. {to_do} {more}")
