"""What is to be said this moment, on top of the right column: it comes up by itself when the caller is silent, has been
kept waiting or was, and goes by itself. One key lets the machine say it in the agent's place, and cuts off whatever the
machine is saying.

It never takes the keyboard. Ui process, Qt's thread."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.domain.calls import RUNNING
from desk.domain.commands import PlayPrompt, StopPrompt
from desk.i18n import _
from desk.texts import Phrase
from desk.ui import theme
from desk.ui.beside.prompts_presenter import Aid, Aids, AidView
from desk.ui.hub import Hub
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.steps import step
from desk.ui.theme import Space

EVERY_MS = 500
_LOOK = {
    Aid.PLAYED: ("banner-accent", "speaker-high", "on_accent_soft"),
    Aid.SILENT: ("banner-warn", "speaker-slash", "on_warn_soft"),
    Aid.GIVE_UP: ("banner-danger", "speaker-slash", "on_danger_soft"),
    Aid.WAITING: ("banner-warn", "hourglass", "on_warn_soft"),
    Aid.BACK: ("banner-go", "chat-circle-text", "on_go_soft"),
}


class PromptCard(QFrame):
    """Hidden while there is nothing to say. `work_number`: of whoever is signed in."""

    def __init__(
        self,
        hub: Hub,
        phrases: Sequence[Phrase],
        language: str,
        work_number: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("prompt_card")
        self._hub, self._phrases, self._language, self._work_number = hub, phrases, language, work_number
        self._aids = Aids()
        self._view: AidView | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        column.setSpacing(Space.XS)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        self._picture = Picture("chat-circle-text", "on_warn_soft")
        self._title = _line("prompt_title")
        self._title.setStyleSheet("font-weight: 600;")
        head.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._title, 1)
        column.addLayout(head)
        self._says = [_line("prompt_phrase"), _line("prompt_phrase_more")]
        for line in self._says:
            column.addWidget(line)
        self.play = KeyButton("play_prompt", _("Let it be said"), "Ctrl+P", "speaker-high", "quiet")
        self.play.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.play.clicked.connect(self._play_or_stop)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.play)
        column.addLayout(foot)
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.refresh)
        hub.calls_changed.connect(self._calls_changed)
        self.hide()

    @property
    def view(self) -> AidView | None:
        """What is on the screen."""
        return self._view

    def _calls_changed(self) -> None:
        calls = self._hub.state.calls.values()
        running = {call.call_id for call in calls if call.phase in RUNNING}
        self._aids.see(self._hub.state.front(), running, self._hub.clock())
        if bool(running) != self._timer.isActive():
            (self._timer.start if running else self._timer.stop)()
        self.refresh()

    def refresh(self) -> None:
        view = self._aids.view(self._hub.clock(), self._phrases, self._language, self._work_number())
        if view == self._view:
            return
        if view and (self._view is None or view.aid is not self._view.aid):
            step("aid_shown", aid=view.aid.value)
        self._view = view
        self.setVisible(view is not None)
        if view is not None:
            self._show(view)

    def _show(self, view: AidView) -> None:
        role, icon, ink = _LOOK[view.aid]
        theme.mark(self, role)
        self._picture.show_icon(icon, ink)
        self._title.setText(view.title)
        for index, line in enumerate(self._says):
            text = view.phrases[index] if index < len(view.phrases) else ""
            line.setText(text)
            line.setVisible(bool(text))
        for line in (self._title, *self._says):
            theme.repolish(line)
        if view.aid is Aid.PLAYED:
            self.play.say(_("Cut it off"), "stop")
        else:
            self.play.say(_("Let it be said"), "speaker-high")
        self.play.setVisible(view.aid is Aid.PLAYED or bool(view.prompt))
        self.setAccessibleName(" ".join((view.title, *view.phrases)))

    def _play_or_stop(self) -> None:
        front, view = self._hub.state.front(), self._view
        if front is None or view is None:
            return
        if view.aid is Aid.PLAYED:
            self._hub.do(StopPrompt(front.call_id))
        elif view.prompt:
            self._hub.do(PlayPrompt(front.call_id, view.prompt))


class WithPrompts(QWidget):
    """The right column: the card above, what else helps below."""

    def __init__(self, card: PromptCard, below: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("right_column")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(card)
        column.addWidget(below, 1)


def _line(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
