"""Articles on the knowledge page: the search has the keyboard, Down goes to what was found, the chosen one stands whole
below. Ctrl+E edits it, Alt+I writes a new one, Delete retires it (and brings it back). Ui process, Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from desk.domain.knowledge import Article
from desk.i18n import _, ngettext
from desk.policies.files import PolicyError
from desk.ui.after.knowledge import presenter
from desk.ui.after.knowledge.editor import ArticleEditor
from desk.ui.after.knowledge.uses import KnowledgeParts
from desk.ui.chosen_list import ChosenList, follow, scrolled
from desk.ui.key_button import KeyButton
from desk.ui.labels import selectable
from desk.ui.rows import ROW_HEIGHT, Chips
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.worker import SAVE_LANE
from desk.usecases.knowledge import SHIPPED, ArticleRefused

READ = "articles"
TYPED_MS = 120
_ROWS_SHOWN = 5


class ArticlesPart(QWidget):
    """`told(text)`. `editing(on)`: the editor is in front, whose Esc goes back to the list."""

    told = Signal(str)
    editing = Signal(bool)

    def __init__(self, parts: KnowledgeParts) -> None:
        super().__init__()
        self.setObjectName("articles_part")
        self._parts = parts
        self._found: Sequence[Article] = ()
        self._writing = False  # until it is on the disk Ctrl+Enter does not write it once more
        self._wanted = ""  # an article to be chosen once it has come
        self.search = _Find()
        self.list = ChosenList("article_list", _("Articles"))
        self._empty = selectable("articles_empty", "muted")
        self._title, self._chips = selectable("article_shown_title", "title"), Chips("article_chips")
        self._text, self._steps = selectable("article_shown_text"), selectable("article_shown_steps")
        self._foot = selectable("article_foot", "caption")
        self.edit = KeyButton("article_edit", _("Edit"), "Ctrl+E", "pencil-simple")
        self.new = KeyButton("article_new", _("New article"), "Alt+I", "plus")
        self.retire = KeyButton("article_retire", _("Retire"), "Del", "archive", "quiet", listens=False)
        self.take_in = KeyButton("articles_take_in", _("Take the shipped ones"), "Alt+G", "download-simple", "quiet")
        self.editor = ArticleEditor(parts.find_category, parts.category)
        self._pages = QStackedWidget()
        self._lay_out()
        self._typed = QTimer(self, interval=TYPED_MS, singleShot=True)
        self._typed.timeout.connect(self.refresh)
        self.search.textChanged.connect(lambda _text: self._typed.start())
        self.search.went_down.connect(lambda: self.list.setFocus(Qt.FocusReason.TabFocusReason))
        self.list.moved.connect(self._show_chosen)
        self.list.removing.connect(self._retire)
        self.edit.clicked.connect(lambda: self._edit(self.chosen))
        self.new.clicked.connect(lambda: self._edit(None))
        self.retire.clicked.connect(self._retire)
        self.take_in.clicked.connect(self._take_in)
        self.editor.save_wanted.connect(self._save)
        self.editor.left.connect(self._leave_editor)

    @property
    def chosen(self) -> Article | None:
        row = self.list.chosen
        return next((a for a in self._found if row is not None and row.target == f"article:{a.article_id}"), None)

    def start(self, article_id: str = "") -> None:
        self._wanted = article_id
        if self.search.text() and article_id:
            self.search.clear()
        self.refresh()

    def take_focus(self, _page: QWidget) -> None:
        if self._pages.currentIndex() == 0:
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()

    def refresh(self) -> None:
        uses, text, wanted = self._parts.uses, self.search.text(), self._wanted

        def read() -> list[Article]:
            found = uses().knowledge.search(text)
            if wanted and all(a.article_id != wanted for a in found):
                first = uses().knowledge.get(wanted)
                found = [first, *found] if first is not None else found
            return found

        self._parts.hub.worker.latest(READ, read, self._came, owner=self)

    def _came(self, found: Sequence[Article]) -> None:
        self._found = found
        now, zone = self._parts.clock(), self._parts.zone
        self.list.show_rows([presenter.article_row(a, self._parts.category, now, zone) for a in found])
        if self._wanted and self.list.choose(f"article:{self._wanted}"):
            self._wanted = ""
        self._area.setFixedHeight(min(_ROWS_SHOWN, max(1, len(found))) * ROW_HEIGHT + 2)
        self._area.setVisible(bool(found))
        typed = self.search.text().strip()
        self._empty.setText(
            _("Nothing is found. Ctrl+Shift+A asks whoever knows; Alt+I writes it down.")
            if typed
            else _("No article yet. Alt+G takes in those that come with Desk; Alt+I writes one.")
        )
        self._empty.setVisible(not found)
        self.take_in.setVisible(not typed and all(article.updated_by != SHIPPED for article in found))
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen = self.chosen
        for widget in (self._shown, self.edit, self.retire):
            widget.setVisible(chosen is not None)
        if chosen is None:
            return
        parts = self._parts
        view = presenter.article(chosen, parts.category, parts.name_of, parts.clock(), parts.zone)
        self._title.setText(view.title)
        self._chips.show_chips(view.chips)
        self._text.setText(view.text)
        self._text.setVisible(bool(view.text))
        self._steps.setText("\n".join(view.steps))
        self._steps.setVisible(bool(view.steps))
        self._foot.setText(view.foot)

    # what is written

    def _edit(self, article: Article | None) -> None:
        self._pages.setCurrentIndex(1)
        self.editing.emit(True)
        self.editor.open(article, "" if article else self.search.text().strip())

    def _leave_editor(self) -> None:
        self._pages.setCurrentIndex(0)
        self.editing.emit(False)
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _save(self) -> None:
        content, seen, who = self.editor.content(), self.editor.seen, self._parts.work_number()
        knowledge = self._parts.uses().knowledge
        if self._writing:
            return
        self._writing = True

        def done(article: Article) -> None:
            self._writing = False
            self._wanted = article.article_id
            step("article_written", article_id=article.article_id)
            self._leave_editor()
            self._written(_("Saved. Everybody finds it from now on."))

        def failed(error: Exception) -> None:
            self._writing = False
            if isinstance(error, ArticleRefused):
                self.editor.say(presenter.article_refused(error.reasons))
            else:
                self._parts.hub.failed(error)

        self._parts.hub.worker.run(
            lambda: knowledge.write(content, who, seen), done, failed, lane=SAVE_LANE, owner=self
        )

    def _retire(self) -> None:
        chosen, knowledge = self.chosen, self._parts.uses().knowledge
        if chosen is None:
            return
        self._parts.hub.worker.run(
            lambda: knowledge.retire(chosen.article_id, "", retired=not chosen.retired),
            lambda _article: self._written(
                _("Back again.") if chosen.retired else _("Retired: nobody finds it any more. It stays in the history.")
            ),
            lane=SAVE_LANE,
            owner=self,
        )

    def _take_in(self) -> None:
        uses = self._parts.uses()

        def done(count: int) -> None:
            said = ngettext("{n} article is taken in.", "{n} articles are taken in.", count).format(n=count)
            self._written(said if count else _("All of them are here already."))

        def failed(error: Exception) -> None:
            if isinstance(error, PolicyError):
                self.told.emit(str(error))
            else:
                self._parts.hub.failed(error)

        self._parts.hub.worker.run(
            lambda: uses.knowledge.take_in(uses.shipped()), done, failed, lane=SAVE_LANE, owner=self
        )

    def _written(self, words: str) -> None:
        self._parts.written()
        self.told.emit(words)
        self.refresh()

    def _lay_out(self) -> None:
        self._area = scrolled("articles_area", self.list)
        follow(self.list, self._area)
        line = QFrame()
        line.setProperty("role", "line")
        self._shown = scrolled("article_area", self._title, self._chips, self._text, self._steps, self._foot)
        keys = QHBoxLayout()
        keys.setSpacing(Space.S)
        for button in (self.edit, self.new, self.take_in):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            keys.addWidget(button)
        keys.addStretch()
        self.retire.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keys.addWidget(self.retire)
        listing = QWidget()
        column = QVBoxLayout(listing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        for widget in (self.search, self._empty, self._area, line):
            column.addWidget(widget)
        column.addWidget(self._shown, 1)
        column.addLayout(keys)
        self._pages.addWidget(listing)
        self._pages.addWidget(self.editor)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)


class _Find(QLineEdit):
    went_down = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("knowledge_find")
        self.setAccessibleName(_("Find articles"))
        self.setPlaceholderText(_("Words, pinyin or initials"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.went_down.emit()
        else:
            super().keyPressEvent(event)
