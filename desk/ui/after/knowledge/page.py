"""The knowledge page over the middle: articles (Alt+1) and questions (Alt+2). Built when it is first opened. Ui
process, Qt's thread; read and written on the worker."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from desk.i18n import _
from desk.ui.after.knowledge.articles_part import ArticlesPart
from desk.ui.after.knowledge.questions_part import QuestionsPart
from desk.ui.after.knowledge.uses import KnowledgeParts
from desk.ui.cover import Cover
from desk.ui.key_button import KeyButton
from desk.ui.labels import selectable
from desk.ui.steps import step
from desk.ui.theme import Space


class KnowledgePage(Cover):
    def __init__(self, parts: KnowledgeParts) -> None:
        super().__init__()
        self.setObjectName("knowledge_page")
        self.setAccessibleName(_("Knowledge"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._parts = parts
        self.articles, self.questions = ArticlesPart(parts), QuestionsPart(parts)
        self._says = selectable("knowledge_says")
        self._says.hide()
        self._pages = QStackedWidget()
        self._keys: list[KeyButton] = []
        self.done = KeyButton("knowledge_done", _("Done"), "Esc", "check", "quiet")
        self._lay_out()
        self.articles.told.connect(self._say)
        self.questions.told.connect(self._say)
        self.articles.editing.connect(self._editing)
        parts.hub.rows_changed.connect(self._rows_changed)

    def start(self) -> None:
        self.open_article("")
        step("knowledge_shown")

    def come_back(self) -> None:
        self.show_part(self._pages.currentIndex())

    def open_article(self, article_id: str) -> None:
        """In front, and chosen; "": the search."""
        self._say("")
        self.show_part(0, article_id)

    def show_part(self, index: int, article_id: str = "") -> None:
        self._pages.setCurrentIndex(index)
        for place, key in enumerate(self._keys):
            key.setChecked(place == index)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if index == 0:
            self.articles.start(article_id)
            self.articles.take_focus(self)
        else:
            self.questions.start()
            self.questions.take_focus(self)

    def _rows_changed(self, entities: tuple[str, ...]) -> None:
        if self.isVisible() and {"article", "question"}.intersection(entities):
            (self.articles, self.questions)[self._pages.currentIndex()].refresh()

    def _editing(self, on: bool) -> None:
        """Its own Esc goes back to the list; only one of the two is there."""
        self._say("")
        self.done.setVisible(not on)
        for key in self._keys:
            key.setEnabled(not on)

    def _say(self, text: str) -> None:
        self._says.setText(text)
        self._says.setVisible(bool(text))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.XS)
        title = selectable("knowledge_title", "title")
        title.setWordWrap(False)
        title.setText(_("Knowledge"))
        head.addWidget(title)
        head.addSpacing(Space.M)
        for place, words in enumerate((_("Articles"), _("Questions"))):
            key = KeyButton(f"knowledge_part_{place}", words, f"Alt+{place + 1}", "", "quiet")
            key.setCheckable(True)
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            key.clicked.connect(lambda _checked=False, p=place: self.show_part(p))
            self._keys.append(key)
            head.addWidget(key)
        head.addStretch()
        self.done.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.done.clicked.connect(lambda: self.left.emit())
        head.addWidget(self.done)
        for part in (self.articles, self.questions):
            self._pages.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self._says)
        column.addWidget(self._pages, 1)
