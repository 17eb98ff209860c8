"""The right column: open tickets that may be the same fault (one key joins the call to one), notices for the caller's
building, and what to say at this moment of the call.

The tickets are looked for on the worker with every change of place, category or words, the newest answer only. Ui
process, Qt's thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from desk.domain.estate import Building
from desk.domain.notices import Notice
from desk.domain.same_fault import SameFault
from desk.domain.tickets import Place
from desk.i18n import _
from desk.texts import Phrase
from desk.ui import theme
from desk.ui.rows_presenter import CategoryName
from desk.ui.side import panel_presenter as presenter
from desk.ui.side.cards import FaultCard, NoticeCard, Section, SpokenLine
from desk.ui.side.panel_presenter import FaultView, Moment, NoticeView
from desk.ui.theme import Space
from desk.ui.worker import Worker
from desk.usecases.ports import Clock

ASK = "same-faults"


@dataclass(frozen=True, kw_only=True)
class SideParts:
    """`same_faults` (`SameFaults.find`) runs on the worker; `stale`: tickets have changed. `work_number`: of whoever is
    signed in."""

    worker: Worker
    same_faults: Callable[[Place, str, str], Sequence[SameFault]]
    category: CategoryName
    clock: Clock
    zone: tzinfo
    work_number: Callable[[], str]
    stale: Callable[[], None] = lambda: None
    phrases: Sequence[Phrase] = field(default_factory=tuple)
    company: str = ""
    language: str = "zh_CN"


class SidePanel(QWidget):
    """`join_requested(ticket_id)`: the call on the screen is about this ticket. `open_requested(ticket_id)`: look at it
    first. `notice_used(Notice)`: the caller was told of it; `notice_answers(Notice)`: that is all they wanted."""

    join_requested = Signal(str)
    open_requested = Signal(str)
    notice_used = Signal(object)
    notice_answers = Signal(object)

    def __init__(self, parts: SideParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side_panel")
        self._parts = parts
        self._place, self._category, self._words = Place(), "", ""
        self._moment, self._name = Moment.NO_CALL, ""
        self._can_join = False
        self._reply = QLabel()
        self._reply.setObjectName("incident_say")
        self._reply.setTextFormat(Qt.TextFormat.PlainText)
        self._reply.setWordWrap(True)
        self._reply.setMargin(Space.S)
        theme.mark(self._reply, "banner-accent")
        self._reply.hide()
        self._faults = Section("same_faults", _("Already reported?"), "copy", self._make_fault, FaultCard.show_view)
        self._notices = Section("notices", _("Notices"), "megaphone", self._make_notice, NoticeCard.show_view)
        self._phrases = Section("phrases", _("To say"), "chat-circle-text", SpokenLine, SpokenLine.show_view)
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

    def add_section(self, section: QWidget) -> None:
        """Another one, before what there is to say."""
        self._sections.insertWidget(self._sections.indexOf(self._phrases), section)

    def show_context(self, place: Place, category: str, building: Building | None = None) -> None:
        """What the form is about. `building`: the caller's, where the place says none."""
        if place.building_id is None and building is not None:
            place = replace(place, building_id=building.building_id)
        self._place, self._category = place, category
        self._look()

    def show_words(self, words: str) -> None:
        """What is being typed about it."""
        self._words = words
        self._look()

    def refresh(self) -> None:
        """Look again (tickets have changed)."""
        self._parts.stale()
        self._look()

    def _look(self) -> None:
        place, category, words, find = self._place, self._category, self._words, self._parts.same_faults
        if not self._is_known:
            self._parts.worker.forget(ASK)
            self._show_faults(())
            return
        self._parts.worker.latest(ASK, lambda: find(place, category, words), self._show_faults, owner=self)

    @property
    def _is_known(self) -> bool:
        """Where it is, closely enough to know its neighbours."""
        return self._place.building_id is not None or self._place.public_area_id is not None

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """Those that apply to the caller's building now."""
        now, zone = self._parts.clock(), self._parts.zone
        views = tuple(presenter.notice(n, now, zone) for n in notices if n.until > now)
        if views != self._notice_views or not views:
            self._notice_views = views
            self._notices.show_views(views)
            self._notices.setVisible(bool(views))
            self._show_phrases()

    def show_reply(self, reply: str) -> None:
        """What is told to those of an incident's building, above all else; "" where there is none."""
        self._reply.setText(reply)
        self._reply.setAccessibleName(_("Say: {reply}").format(reply=reply))
        self._reply.setVisible(bool(reply))

    def show_moment(self, moment: Moment, name: str = "") -> None:
        """Where the call stands. `name`: the caller's, where known."""
        if (moment, name) != (self._moment, self._name):
            self._moment, self._name = moment, name
            self._show_phrases()

    def set_can_join(self, can_join: bool) -> None:
        """A form is in front, whose call, or whoever came by, can join a ticket."""
        self._can_join = can_join
        for card in self._faults.rows:
            card.join.setEnabled(can_join)

    # showing

    def _show_faults(self, found: Sequence[SameFault]) -> None:
        now, zone = self._parts.clock(), self._parts.zone
        views = tuple(presenter.fault(one, self._parts.category, now, zone) for one in found[: presenter.SHOWN])
        if views != self._fault_views or not views:
            self._fault_views = views
            self._faults.show_views(views)
            self._show_phrases()
        known = self._is_known
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
            same_faults=any(view.flag for view in self._fault_views),
            notices=bool(self._notice_views),
        )
        if texts == self._said:
            return
        self._said = texts
        self._phrases.show_views(texts)
        self._phrases.setVisible(bool(texts))

    def _make_fault(self, index: int) -> FaultCard:
        card = FaultCard(index)
        card.join.setEnabled(self._can_join)
        card.opened.connect(self.open_requested)
        card.join_wanted.connect(self.join_requested)
        return card

    def _make_notice(self, index: int) -> NoticeCard:
        card = NoticeCard(index)
        card.used.connect(self.notice_used)
        card.answers.connect(self.notice_answers)
        return card

    def _lay_out(self) -> None:
        inner = QWidget()
        column = self._sections = QVBoxLayout(inner)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        column.setSpacing(Space.L)
        for section in (self._reply, self._notices, self._faults, self._phrases):
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
