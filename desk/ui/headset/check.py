"""The check before the shift on the headset page: one key, three stages told in plain words, a verdict. Ui process,
Qt's thread; the phone does the measuring."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.domain.commands import CheckHeadset
from desk.domain.events import CommandRefused, HeadsetChecked
from desk.i18n import _
from desk.ui import theme
from desk.ui.headset.presenter import CheckView, check, check_idle
from desk.ui.hub import Hub
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.steps import step
from desk.ui.theme import Space

_ICONS = {"accent": "headset", "go": "check-circle", "warn": "warning-circle", "danger": "x-circle"}


class CheckPanel(QFrame):
    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("headset_check")
        self._hub = hub
        self.view = check_idle()
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        row.setSpacing(Space.M)
        self._picture = Picture("headset", "on_accent_soft", 28)
        self._title, self._says, self._figures = QLabel(), QLabel(), QLabel()
        self._title.setObjectName("check_title")
        self._title.setStyleSheet("font-weight: 600;")
        self._says.setObjectName("check_says")
        self._says.setWordWrap(True)
        self._figures.setObjectName("check_figures")
        self._figures.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self._title, self._says, self._figures):
            words.addWidget(label)
        self.key = KeyButton("check_headset", _("Check"), "Ctrl+K", "play", "primary")
        self.key.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.key.clicked.connect(self._toggle)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.key, 0, Qt.AlignmentFlag.AlignVCenter)
        hub.headset_checked.connect(self._told)
        hub.refused.connect(self._refused)
        hub.calls_changed.connect(self._allow)
        self._show(self.view)

    def leave(self) -> None:
        """The page is left: nobody listens to the tones any more."""
        if self.view.running:
            self._hub.do(CheckHeadset(on=False))
            self._show(check_idle())

    def _toggle(self) -> None:
        self._hub.do(CheckHeadset(on=not self.view.running))
        if self.view.running:
            self._show(check_idle())

    def _told(self, told: HeadsetChecked) -> None:
        view = check(told)
        if not view.running:
            step("headset_checked", verdict=told.verdict.value if told.verdict else "")
        self._show(view)

    def _refused(self, refused: CommandRefused) -> None:
        if refused.command == CheckHeadset.__name__:
            self._show(check_idle())

    def _allow(self) -> None:
        self.key.setEnabled(self._hub.state.front() is None)

    def _show(self, view: CheckView) -> None:
        self.view = view
        theme.mark(self, f"banner-{view.tone}")
        self._picture.show_icon(_ICONS[view.tone], f"on_{view.tone}_soft")
        self._title.setText(view.title)
        self._says.setText(view.says)
        self._figures.setText(view.figures)
        self._figures.setVisible(bool(view.figures))
        for label in (self._title, self._says, self._figures):
            theme.repolish(label)
        if view.running:
            self.key.say(_("Break off"), "stop")
        else:
            self.key.say(_("Check"), "play")
        self.setAccessibleName(" ".join(part for part in (view.title, view.says, view.figures) if part))
