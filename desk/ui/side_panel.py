"""The right column: open tickets that may be the same fault (one key joins the call to one), notices for the caller's
building, and what to say at this moment of the call.

The tickets are looked for on the worker with every change of place or category, the newest answer only. Ui process,
Qt's thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desk.domain.estate import Building
from desk.domain.notices import Notice
from desk.domain.tickets import Place, Ticket
from desk.i18n import _
from desk.texts import Phrase
from desk.ui import side_panel_presenter as presenter
from desk.ui import theme
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.rows_presenter import CategoryName
from desk.ui.side_panel_presenter import FaultView, Moment, NoticeView
from desk.ui.text_line import TextLine
from desk.ui.theme import Space
from desk.ui.worker import Worker
from desk.usecases.ports import Clock

ASK = "same-faults"


@dataclass(frozen=True, kw_only=True)
class SideParts:
    """`same_faults` (`JoinCall.same_faults`) runs on the worker. `work_number`: of whoever is signed in."""

    worker: Worker
    same_faults: Callable[[Place, str], Sequence[Ticket]]
    category: CategoryName
    clock: Clock
    zone: tzinfo
    work_number: Callable[[], str]
    phrases: Sequence[Phrase] = field(default_factory=tuple)
    company: str = ""
    language: str = "zh_CN"


class SidePanel(QWidget):
    """`join_requested(ticket_id)`: the call on the screen is about this ticket. `open_requested(ticket_id)`: look at it
    first. `notice_used(Notice)`: the caller was told of it."""

    join_requested = Signal(str)
    open_requested = Signal(str)
    notice_used = Signal(object)

    def __init__(self, parts: SideParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side_panel")
        self._parts = parts
        self._place, self._category = Place(), ""
        self._moment, self._name = Moment.NO_CALL, ""
        self._can_join = False
        self._faults = Section("same_faults", _("Already reported?"), "copy")
        self._notices = Section("notices", _("Notices"), "megaphone")
        self._phrases = Section("phrases", _("To say"), "chat-circle-text")
        self._said: Sequence[str] = ()
        self._fault_views: tuple[FaultView, ...] = ()
        self._notice_views: tuple[NoticeView, ...] = ()
        self._lay_out()
        self._phrases.hide()
        self._show_faults(())
        self.show_notices(())

    # what the window tells

    @property
    def faults(self) -> Sequence[FaultView]:
        return self._fault_views

    @property
    def said(self) -> Sequence[str]:
        """The phrases on the screen."""
        return self._said

    def show_context(self, place: Place, category: str, building: Building | None = None) -> None:
        """What the form is about. `building`: the caller's, where the place says none."""
        if place.building_id is None and building is not None:
            place = replace(place, building_id=building.building_id)
        self._place, self._category = place, category
        self.refresh()

    def refresh(self) -> None:
        """Look again (tickets have changed)."""
        place, category, find = self._place, self._category, self._parts.same_faults
        if place.building_id is None:
            self._parts.worker.forget(ASK)
            self._show_faults(())
            return

        def look() -> list[Ticket]:
            same = find(place, category) if category else ()
            return presenter.order(same, find(place, ""), place)

        self._parts.worker.latest(ASK, look, self._show_faults, owner=self)

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """Those that apply to the caller's building now."""
        now, zone = self._parts.clock(), self._parts.zone
        self._notice_views = tuple(presenter.notice(n, now, zone) for n in notices if n.until > now)
        self._notices.show_rows([self._notice_card(index, view) for index, view in enumerate(self._notice_views)])
        self._notices.setVisible(bool(self._notice_views))
        self._show_phrases()

    def show_moment(self, moment: Moment, name: str = "") -> None:
        """Where the call stands. `name`: the caller's, where known."""
        if (moment, name) != (self._moment, self._name):
            self._moment, self._name = moment, name
            self._show_phrases()

    def set_can_join(self, can_join: bool) -> None:
        """There is a call that can join a ticket."""
        self._can_join = can_join
        for button in self._faults.findChildren(KeyButton):
            button.setEnabled(can_join)

    # showing

    def _show_faults(self, tickets: Sequence[Ticket]) -> None:
        now, zone = self._parts.clock(), self._parts.zone
        views = tuple(
            presenter.fault(ticket, index, self._place, self._category, self._parts.category, now, zone)
            for index, ticket in enumerate(tickets)
        )
        if views != self._fault_views or not views:
            self._fault_views = views
            self._faults.show_rows([self._fault_card(index, view) for index, view in enumerate(views)])
            self._show_phrases()
        known = self._place.building_id is not None
        self._faults.say(
            "" if views else _("Nothing open in this building.") if known else _("Shows once the place is known.")
        )

    def _show_phrases(self) -> None:
        parts = self._parts
        texts = presenter.phrases(
            parts.phrases,
            self._moment,
            parts.language,
            work_number=parts.work_number(),
            company=parts.company,
            name=self._name,
            same_faults=any(view.same or view.home for view in self._fault_views),
            notices=bool(self._notice_views),
        )
        if texts == self._said:
            return
        self._said = texts
        self._phrases.show_rows([_phrase(text, first=index == 0) for index, text in enumerate(texts)])
        self._phrases.setVisible(bool(texts))

    def _fault_card(self, index: int, view: FaultView) -> QFrame:
        card = Card(f"same_fault_{index}", "card-chosen" if view.same or view.home else "card")
        card.clicked.connect(lambda: self.open_requested.emit(view.ticket_id))
        column = QVBoxLayout(card)
        column.setContentsMargins(Space.S, Space.XS, Space.S, Space.XS)
        column.setSpacing(2)
        column.addWidget(TextLine(view.head, "caption"))
        column.addWidget(_wrapped(view.text))
        foot = QHBoxLayout()
        flag = _("this home") if view.home else _("same fault") if view.same else ""
        if flag:
            chip = QLabel(flag)
            theme.mark(chip, "chip")
            foot.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
        foot.addStretch()
        join = KeyButton(f"join_{index}", _("Repeat call"), view.key, "", "quiet")
        join.setAccessibleName(_("Repeat call about {number}").format(number=view.number))
        join.setEnabled(self._can_join)
        join.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        join.clicked.connect(lambda: self.join_requested.emit(view.ticket_id))
        foot.addWidget(join)
        column.addLayout(foot)
        return card

    def _notice_card(self, index: int, view: NoticeView) -> QFrame:
        card = QFrame()
        card.setObjectName(f"notice_{index}")
        theme.mark(card, "banner-warn")
        column = QVBoxLayout(card)
        column.setContentsMargins(Space.S, Space.XS, Space.S, Space.XS)
        column.setSpacing(2)
        title = _wrapped(view.title)
        theme.mark(title, "strong")
        column.addWidget(title)
        column.addWidget(_wrapped(view.text))
        foot = QHBoxLayout()
        foot.addWidget(TextLine(view.until))
        used = KeyButton(f"use_notice_{index}", _("Told"), f"Ctrl+{index + 6}" if index < 4 else "", "check", "quiet")
        used.setToolTip(_("Writes into the form that the caller was told of it"))
        used.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        used.clicked.connect(lambda: self.notice_used.emit(view.notice))
        foot.addWidget(used)
        column.addLayout(foot)
        return card

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        column.setSpacing(Space.L)
        for section in (self._notices, self._faults, self._phrases):
            column.addWidget(section)
        column.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        panel = QFrame()
        theme.mark(panel, "panel")
        around = QVBoxLayout(panel)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(area)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(panel)


class Card(QFrame):
    clicked = Signal()

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.mark(self, role)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


class Section(QWidget):
    """A heading, rows, and a line that stands in their place where there are none."""

    def __init__(self, name: str, title: str, icon: str) -> None:
        super().__init__()
        self.setObjectName(name)
        head = QHBoxLayout()
        head.setSpacing(Space.XS)
        words = QLabel(title)
        theme.mark(words, "strong")
        head.addWidget(Picture(icon))
        head.addWidget(words, 1)
        self._says = QLabel()
        self._says.setWordWrap(True)
        theme.mark(self._says, "muted")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(Space.S)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self._says)
        column.addLayout(self._rows)
        self.say("")

    def say(self, text: str) -> None:
        self._says.setText(text)
        self._says.setVisible(bool(text))

    def show_rows(self, rows: Sequence[QWidget]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()  # its key must not work any more; and never setParent(None): the layout's queued show
                widget.deleteLater()  # would then open it as a window that takes the focus
        for row in rows:
            self._rows.addWidget(row)


def _wrapped(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _phrase(text: str, *, first: bool) -> QLabel:
    label = _wrapped(text)
    label.setObjectName("phrase")
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    theme.mark(label, "" if first else "muted")
    return label
