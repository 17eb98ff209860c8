"""Knowledge beside the form, without anybody asking for it: the article that fits best with its steps, the titles of
the next ones. Where nothing fits, the key that asks somebody who knows. Looked for on the worker a moment after the
typing pauses, the newest answer only; hidden while nothing is typed. Ui process, Qt's thread."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desk.domain.drafts import Draft
from desk.domain.identity import BuildingId, EstateId
from desk.domain.tickets import Place
from desk.i18n import _
from desk.ui import theme
from desk.ui.intake.form import IntakeForm
from desk.ui.key_button import KeyButton
from desk.ui.side import knowledge_presenter as presenter
from desk.ui.side.cards import Section
from desk.ui.side.knowledge_presenter import HelpView
from desk.ui.theme import Space
from desk.ui.worker import Worker

if TYPE_CHECKING:
    from desk.domain.knowledge import Article

PAUSE_MS = 180
ASK = "knowledge"
Help = Callable[[str, str, EstateId | None], "Sequence[Article]"]


class HelpCard(QFrame):
    """`opened(article_id)`."""

    opened = Signal(str)

    def __init__(self, index: int) -> None:
        super().__init__()
        self.setObjectName(f"help_{index}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.mark(self, "card")
        self._article_id = ""
        self._title, self._lines = _wrapped("strong"), _wrapped("")
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.S, Space.XS, Space.S, Space.XS)
        column.setSpacing(2)
        column.addWidget(self._title)
        column.addWidget(self._lines)

    def show_view(self, view: HelpView) -> None:
        self._article_id = view.article_id
        self._title.setText(view.title)
        self._lines.setText("\n".join(view.lines))
        self._lines.setVisible(bool(view.lines))
        self.setAccessibleName(". ".join((view.title, *view.lines)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self.rect().contains(event.position().toPoint()):
            self.opened.emit(self._article_id)


class KnowledgeSection(QWidget):
    """`opened(article_id)`: read it on the page. `asked()`: nothing fits, somebody else has to answer. `shown`: what
    stands here now, best first."""

    opened = Signal(str)
    asked = Signal()

    def __init__(self, worker: Worker, find: Help, estate_of: Callable[[BuildingId | None], EstateId | None]) -> None:
        super().__init__()
        self.setObjectName("knowledge_section")
        self._worker, self._find, self._estate_of = worker, find, estate_of
        self._category, self._words, self._typed_category = "", "", ""
        self._estate: EstateId | None = None
        self._wanted: tuple[str, str, EstateId | None] = ("", "", None)
        self.shown: Sequence[HelpView] = ()
        self._section = Section("knowledge", _("Knowledge"), "book-open", self._make, HelpCard.show_view)
        self.read = KeyButton("read_article", _("Read, search"), "Ctrl+Shift+K", "", "quiet", listens=False)
        self.read.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.read.clicked.connect(self._open_first)
        self.ask = KeyButton("ask_somebody", _("Cannot answer: ask"), "Ctrl+Shift+A", "", "quiet", listens=False)
        self.ask.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.ask.clicked.connect(lambda: self.asked.emit())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self._section)
        for button in (self.read, self.ask):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignRight)
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._look)
        self.hide()

    def watch(self, form: IntakeForm) -> None:
        form.context_changed.connect(self._context_changed)
        form.words_changed.connect(self._words_changed)
        form.draft_changed.connect(self._typed)
        form.set_aside.connect(lambda: self._type(""))

    def look_again(self) -> None:
        """Articles have changed."""
        self._pause.start()

    def _context_changed(self, place: Place, category: str) -> None:
        self._category, self._estate = category, self._estate_of(place.building_id)
        self._want()

    def _words_changed(self, words: str) -> None:
        self._words = words
        self._want()

    def _typed(self, draft: Draft) -> None:
        """What stands in the category's field and is no category yet says something, too."""
        self._type("" if draft.intake.category else draft.intake.typed.get("category", ""))

    def _type(self, category: str) -> None:
        self._typed_category = category
        self._want()

    def _want(self) -> None:
        words = " ".join(part for part in (self._typed_category.strip(), self._words.strip()) if part)
        wanted = (self._category, words, self._estate)
        if wanted != self._wanted:
            self._wanted = wanted
            self._pause.start()

    def _open_first(self) -> None:
        self.opened.emit(self.shown[0].article_id if self.shown else "")

    def _look(self) -> None:
        wanted = self._wanted
        if not wanted[0] and not wanted[1]:
            self._worker.forget(ASK)
            self._came(())
        else:
            self._worker.latest(ASK, lambda: self._find(*wanted), self._came, lane="side", owner=self)

    def _came(self, articles: "Sequence[Article]") -> None:
        views = presenter.helping(articles)
        if views != self.shown:
            self.shown = views
            self._section.show_views(views)
        self._section.say("" if views else _("No article fits."))
        self.read.setVisible(bool(views))
        self.ask.setVisible(not views)
        self.setVisible(bool(self._wanted[0] or self._wanted[1]))

    def _make(self, index: int) -> HelpCard:
        card = HelpCard(index)
        card.opened.connect(self.opened)
        return card


def _wrapped(role: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        theme.mark(label, role)
    return label
