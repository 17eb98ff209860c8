"""The banner of an incident: on every seat, above everything, as soon as the rows that make it have come. One key makes
the parent ticket, the reply and the list of those to call back; another shows the page. A confirmed one says what to
tell those who call, until it is put away at this seat.

Ui process, Qt's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from desk.i18n import _, ngettext
from desk.ui import theme
from desk.ui.after.incidents.presenter import BannerView
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.text_line import TextLine
from desk.ui.theme import Space

CONFIRM_KEY, PAGE_KEY, AWAY_KEY = "Ctrl+Shift+I", "Ctrl+Shift+N", "Ctrl+Shift+H"


class IncidentBanner(QFrame):
    """`confirm_wanted(incident id)`, `put_away(incident id)`, `page_wanted()`."""

    confirm_wanted = Signal(str)
    put_away = Signal(str)
    page_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("incident_banner")
        self._view: BannerView | None = None
        self._picture = Picture("broadcast", "on_danger_soft")
        self._what, self._more, self._others = QLabel(), TextLine(), QLabel()
        self._what.setObjectName("incident_what")
        self._what.setTextFormat(Qt.TextFormat.PlainText)
        self._what.setStyleSheet("font-weight: 600;")
        self._more.setObjectName("incident_more")
        self.confirm = KeyButton("confirm_incident", _("Make one ticket"), CONFIRM_KEY, "git-merge", "danger")
        self.page = KeyButton("open_incidents", _("Look"), PAGE_KEY, "list", "quiet", listens=False)
        self.away = KeyButton("incident_away", _("Put away"), AWAY_KEY, "x", "quiet")
        self.confirm.clicked.connect(lambda: self.confirm_wanted.emit(self._id()))
        self.page.clicked.connect(lambda: self.page_wanted.emit())
        self.away.clicked.connect(lambda: self.put_away.emit(self._id()))
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.XS, Space.S, Space.XS)
        row.setSpacing(Space.M)
        row.addWidget(self._picture)
        row.addWidget(self._what)
        row.addWidget(self._more, 1)
        row.addWidget(self._others)
        for button in (self.page, self.confirm, self.away):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button)
        self.hide()

    @property
    def view(self) -> BannerView | None:
        return self._view

    def _id(self) -> str:
        return self._view.id if self._view else ""

    def show_view(self, view: BannerView | None) -> None:
        if view == self._view:
            return
        self._view = view
        if view is not None:
            theme.mark(self, "banner-danger" if view.grave else "banner-accent")
            self._picture.show_icon("broadcast", "on_danger_soft" if view.grave else "on_accent_soft")
            for label in (self._what, self._more, self._others):
                theme.repolish(label)
            self._what.setText(view.what)
            self._more.setText(view.more)
            more = ngettext("and {n} more", "and {n} more", view.others).format(n=view.others) if view.others else ""
            self._others.setText(more)
            self._others.setVisible(bool(more))
            self.confirm.setVisible(view.grave)
            self.away.setVisible(not view.grave)
            self.setAccessibleName(f"{view.what}. {view.more}. {more}")
        self.setVisible(view is not None)
