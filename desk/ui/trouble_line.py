"""What is wrong, in one line above the lamps: what it is and what to do. The gravest stands there, the number of others
behind it; nothing is wrong, and the line is not there. Other messages that need no answer (a refused command, a window
that was restarted, a bug) share the line and can be put away.

Ui process, Qt's thread."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from desk.domain.events import HeadsetState
from desk.domain.troubles import Trouble, Wrong
from desk.i18n import _, ngettext
from desk.ui import theme, words
from desk.ui.hub import Hub
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.steps import step
from desk.ui.text_line import TextLine
from desk.ui.theme import Space

PASSING_MS = 12_000


@dataclass(frozen=True, slots=True)
class TroubleView:
    what: str
    to_do: str
    grave: bool
    others: int = 0
    detail: str = ""
    name: str = ""  # the trouble's


def view(wrongs: Mapping[Trouble, Wrong], headset: HeadsetState) -> TroubleView | None:
    """The gravest first, the oldest of several equals."""
    if not wrongs:
        return None
    said = {trouble: words.trouble_at_seat(trouble, headset) for trouble in wrongs}
    first = min(wrongs.values(), key=lambda wrong: (not said[wrong.trouble].grave, wrong.since))
    chosen = said[first.trouble]
    return TroubleView(chosen.what, chosen.to_do, chosen.grave, len(wrongs) - 1, first.detail, first.trouble.value)


class TroubleLine(QWidget):
    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trouble_line")
        self._hub = hub
        self._passing = ""
        self._told = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.S, 0, Space.S, Space.S)
        self._frame = QFrame()
        self._frame.setObjectName("trouble_frame")
        row.addWidget(self._frame)
        inner = QHBoxLayout(self._frame)
        inner.setContentsMargins(Space.M, Space.XS, Space.XS, Space.XS)
        inner.setSpacing(Space.S)
        self._picture = Picture("warning-circle-fill", "on_danger_soft")
        self._what, self._to_do, self._others = QLabel(), TextLine(), QLabel()
        self._what.setObjectName("trouble_what")
        self._what.setStyleSheet("font-weight: 600;")
        self._to_do.setObjectName("trouble_to_do")
        self._away = KeyButton("put_away", _("Put away"), "", "x", "quiet")
        self._away.clicked.connect(lambda: self.put_away())
        for widget in (self._picture, self._what):
            inner.addWidget(widget)
        inner.addWidget(self._to_do, 1)
        inner.addWidget(self._others)
        inner.addWidget(self._away)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.put_away)
        hub.troubles_changed.connect(self.refresh)
        hub.headset_changed.connect(self.refresh)
        self.refresh()

    def tell(self, message: str, *, stays: bool = False) -> None:
        """A message that concerns no lasting state. It goes by itself unless it `stays` until put away."""
        self._passing = message
        self._timer.stop()
        if not stays:
            self._timer.start(PASSING_MS)
        self.refresh()

    def put_away(self) -> None:
        self._passing = ""
        self._timer.stop()
        self.refresh()

    def refresh(self) -> None:
        trouble = view(self._hub.state.wrongs, self._hub.state.headset)
        if self._passing:
            self._show(self._passing, "", "banner-accent", "info", "on_accent_soft", 0)
        elif trouble:
            tone = ("banner-danger", "on_danger_soft") if trouble.grave else ("banner-warn", "on_warn_soft")
            self._show(trouble.what, trouble.to_do, tone[0], "warning-circle-fill", tone[1], trouble.others)
        self._note_told("" if self._passing or trouble is None else trouble.name)
        self.setToolTip(trouble.detail if trouble and not self._passing else "")
        self._away.setVisible(bool(self._passing))
        self.setVisible(bool(self._passing) or trouble is not None)

    def _note_told(self, trouble: str) -> None:
        """Which trouble stands in the line now, "" none: a step that can be followed from outside."""
        if trouble != self._told:
            self._told = trouble
            step("trouble_told", trouble=trouble)

    def _show(self, what: str, to_do: str, role: str, icon: str, ink: str, others: int) -> None:
        theme.mark(self._frame, role)
        for label in (self._what, self._to_do, self._others):
            theme.repolish(label)
        self._picture.show_icon(icon, ink)
        self._what.setText(what)
        self._to_do.setText(to_do)
        more = ngettext("and {n} more", "and {n} more", others).format(n=others) if others else ""
        self._others.setText(more)
        self._frame.setAccessibleName(f"{what}. {to_do} {more}")
