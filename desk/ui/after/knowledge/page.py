"""The knowledge page over the middle: articles (Alt+1) and questions (Alt+2). Built when it is first opened. Ui
process, Qt's thread; read and written on the worker."""

from desk.i18n import _
from desk.ui.after.knowledge.articles_part import ArticlesPart
from desk.ui.after.knowledge.questions_part import QuestionsPart
from desk.ui.after.knowledge.uses import KnowledgeParts
from desk.ui.after.parted_cover import PartedCover
from desk.ui.steps import step


class KnowledgePage(PartedCover):
    def __init__(self, parts: KnowledgeParts) -> None:
        super().__init__("knowledge", _("Knowledge"))
        self.setObjectName("knowledge_page")
        self._parts = parts
        self.articles, self.questions = ArticlesPart(parts), QuestionsPart(parts)
        self._lay_out(((_("Articles"), self.articles), (_("Questions"), self.questions)))
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
        self._bring(index)
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
