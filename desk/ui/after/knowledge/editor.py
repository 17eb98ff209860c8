"""Writing an article: title, what it is about, keywords, what to say, the steps one a line. Ctrl+Enter saves, Esc goes
back and what was typed stays until another article is opened. Ui process, Qt's thread."""

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout

from desk.domain.knowledge import Article
from desk.i18n import _
from desk.ui.key_button import KeyButton
from desk.ui.labels import selectable
from desk.ui.theme import Space
from desk.usecases.find_category import CategoryHit
from desk.usecases.knowledge import ArticleText

_BETWEEN = re.compile(r"[,，、;；]+")
_STEPS_HEIGHT = 130


class ArticleEditor(QFrame):
    """`save_wanted()`, `left()`. `find`: categories by what was typed; `category`: the name of a code."""

    save_wanted = Signal()
    left = Signal()

    def __init__(self, find: Callable[[str], Sequence[CategoryHit]], category: Callable[[str], str]) -> None:
        super().__init__()
        self.setObjectName("article_editor")
        self._find, self._category = find, category
        self.seen: Article | None = None
        self._codes: dict[str, str] = {}  # of the categories it has, by their names
        self.title, self.categories, self.words = QLineEdit(), QLineEdit(), QLineEdit()
        self.text, self.steps = QPlainTextEdit(), QPlainTextEdit()
        self._says = selectable("editor_says", "error")
        self._says.hide()
        self.save = KeyButton("article_save", _("Save"), "Ctrl+Return", "check", "primary")
        self.back = KeyButton("article_back", _("Back"), "Esc", "arrow-left", "quiet")
        self.save.clicked.connect(lambda: self.save_wanted.emit())
        self.back.clicked.connect(lambda: self.left.emit())
        self._lay_out()

    def open(self, article: Article | None, title: str = "", categories: Sequence[str] = ()) -> None:
        """This article, or a new one with that title."""
        self.seen = article
        self.title.setText(article.title if article else title)
        codes = article.categories if article else tuple(categories)
        self.categories.setText("、".join(self._category(code) for code in codes))
        self._codes = {self._category(code): code for code in codes}
        self.words.setText("、".join(article.words) if article else "")
        self.text.setPlainText(article.text if article else "")
        self.steps.setPlainText("\n".join(article.steps) if article else "")
        self.say("")
        (self.text if self.title.text() else self.title).setFocus(Qt.FocusReason.OtherFocusReason)

    def content(self) -> ArticleText:
        """As it stands. A category is taken by its code, by the name it had, or by the one that its words find first;
        what finds nothing stays as typed, and is refused."""
        names = [name.strip() for name in _BETWEEN.split(self.categories.text()) if name.strip()]
        estate = self.seen.estate_id if self.seen else None
        return ArticleText(
            self.title.text(),
            self.text.toPlainText(),
            tuple(self.steps.toPlainText().split("\n")),
            tuple(self._code(name) for name in names),
            tuple(word.strip() for word in _BETWEEN.split(self.words.text()) if word.strip()),
            estate,
        )

    def say(self, text: str) -> None:
        self._says.setText(text)
        self._says.setVisible(bool(text))

    def _code(self, name: str) -> str:
        if name in self._codes:
            return self._codes[name]
        if self._category(name) != name:
            return name  # a code
        hits = self._find(name)
        return hits[0].category.code if hits else name

    def _lay_out(self) -> None:
        named = (
            (self.title, "article_title", _("Title"), _("As a resident would ask it")),
            (self.categories, "article_categories", _("About"), _("Categories, with commas between them; empty: all")),
            (self.words, "article_words", _("Keywords"), _("What residents say instead, with commas between them")),
        )
        form = QFormLayout()
        form.setHorizontalSpacing(Space.M)
        form.setVerticalSpacing(Space.S)
        for field, name, words, hint in named:
            field.setObjectName(name)
            field.setAccessibleName(words)
            field.setPlaceholderText(hint)
            form.addRow(words, field)
        for box, name, words in (
            (self.text, "article_text", _("What to say")),
            (self.steps, "article_steps", _("Steps")),
        ):
            box.setObjectName(name)
            box.setAccessibleName(words)
            box.setTabChangesFocus(True)
            form.addRow(words, box)
        self.steps.setPlaceholderText(_("One step a line"))
        self.steps.setMaximumHeight(_STEPS_HEIGHT)
        foot = QHBoxLayout()
        foot.addWidget(self.save)
        foot.addStretch()
        foot.addWidget(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(form, 1)
        column.addWidget(self._says)
        column.addLayout(foot)
