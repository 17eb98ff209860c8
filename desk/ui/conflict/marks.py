"""What stands beside a thing on its own page: that somebody else has just changed it, what was written at two seats at
once with the keys to settle it, and what was settled lately. Not there while there is nothing to say.

Alt+K keeps, Alt+T takes, Alt+S puts the news away. Ui process, Qt's thread; read on the worker."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.conflict import presenter
from desk.ui.conflict.card import ConflictCards
from desk.ui.conflict.parts import ConflictParts
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.labels import plain
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.usecases.read_conflicts import Marks
from desk.usecases.settle_conflict import ConflictMoved
from desk.usecases.watch_things import News

SEEN = "Alt+S"
SHOWN = 2  # the next one comes when the first is settled


class NewsBand(QFrame):
    """Changes by others, one line each, until they are put away."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        theme.mark(self, "banner-accent")
        self.seen = KeyButton(f"{name}_seen", _("Seen"), SEEN, "check", "quiet")
        self.seen.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._words = plain(wraps=True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(Space.M, Space.XS, Space.XS, Space.XS)
        self._row.setSpacing(Space.S)
        self._row.addWidget(Picture("bell-ringing", "on_accent_soft"))
        self._row.addWidget(self._words, 1)
        self._row.addWidget(self.seen)
        self.hide()

    def add_key(self, button: KeyButton) -> None:
        """One more thing that can be done about it."""
        self._row.insertWidget(self._row.count() - 1, button)

    @property
    def text(self) -> str:
        return "" if self.isHidden() else self._words.text()

    def show_lines(self, lines: tuple[str, ...]) -> None:
        text = "\n".join(lines)
        if text != self._words.text():
            self._words.setText(text)
            self.setAccessibleName(text)
        self.setVisible(bool(lines))


class MarksView(QWidget):
    def __init__(self, parts: ConflictParts, name: str = "marks", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._parts, self._read_key = parts, f"marks-{name}"
        self._thing: tuple[str, str] | None = None
        self._since: int | None = None
        self._marks = Marks()
        self.news = NewsBand(f"{name}_news")
        self.news.seen.clicked.connect(lambda: self._seen())
        self.cards = ConflictCards(f"{name}_conflict")
        self.cards.chosen.connect(self._choose)
        self._says = plain("error", wraps=True)
        self._settled = QVBoxLayout()
        self._settled.setSpacing(2)
        self._lines: list[QLabel] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        for widget in (self.news, self.cards, self._says):
            column.addWidget(widget)
        column.addLayout(self._settled)
        self._says.hide()
        self.hide()

    @property
    def settled(self) -> tuple[str, ...]:
        """What was settled lately, as it stands there."""
        return tuple(line.text() for line in self._lines if not line.isHidden())

    def show_thing(self, entity: str, entity_id: str) -> None:
        """Another thing's page is opened: what happens to it from now on is news."""
        if (entity, entity_id) != self._thing:
            self._thing, self._since, self._marks = (entity, entity_id), None, Marks()
            self._show(Marks(), ())
        self.refresh()

    def refresh_if_shown(self) -> None:
        """Rows have changed: read it anew where somebody looks at it. A page that comes back is read then."""
        parent = self.parentWidget()
        if parent is not None and parent.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Read it anew."""
        if self._thing is None:
            return
        thing, since, uses, me = self._thing, self._since, self._parts.uses, self._parts.work_number()

        def look() -> tuple[int, Marks, tuple[News, ...]]:
            begun = uses.watching.begin() if since is None else since
            news = uses.watching.news([thing], begun) if since is not None else ()
            return begun, uses.reading.of(*thing, me), news

        def came(found: tuple[int, Marks, tuple[News, ...]]) -> None:
            self._since = found[0]
            self._show(found[1], found[2])

        self._parts.hub.worker.latest(self._read_key, look, came, owner=self)

    def _show(self, marks: Marks, news: tuple[News, ...]) -> None:
        tongue = self._parts.tongue()
        view = presenter.marks(marks, tongue)
        self._marks = marks
        if marks.conflicts and not self.cards.isVisibleTo(self):
            step("conflict_shown", count=len(marks.conflicts))
        in_conflict = {one.conflict.aspect for one in marks.conflicts}
        lines = tuple(presenter.news(one, tongue) for one in news if one.aspect not in in_conflict)
        self.news.show_lines(lines)
        self.cards.show_views(view.conflicts[:SHOWN])
        self._show_settled(view.settled)
        self._says.hide()
        self.setVisible(bool(lines or view.conflicts or view.settled))

    def _show_settled(self, lines: tuple[str, ...]) -> None:
        while len(self._lines) < len(lines):
            self._lines.append(plain("caption", wraps=True))
            self._settled.addWidget(self._lines[-1])
        for label, text in zip(self._lines, lines, strict=False):
            label.setText(text)
        for index, label in enumerate(self._lines):
            label.setVisible(index < len(lines))

    def _choose(self, index: int, change_id: str) -> None:
        if index < len(self._marks.conflicts):
            self._parts.settle(self._marks.conflicts[index], change_id, self.refresh, self._failed)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, ConflictMoved):
            self.refresh()  # it is another one by now: it is shown as it is
            return
        self._says.setText(_("Not saved: this seat's disk cannot be written. Try again."))
        self._says.show()
        self._parts.hub.failed(error)

    def _seen(self) -> None:
        self._since = None
        self.refresh()
