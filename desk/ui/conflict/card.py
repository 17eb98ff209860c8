"""A conflict on the screen: what was changed where by whom, and every version with the button that settles for it. The
first card of a column has the keys; when it is settled, the next one has them. Built once and refilled. Ui process,
Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.conflict.presenter import KEEP, TAKE, ConflictView, VersionView
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.labels import plain
from desk.ui.theme import Space


class _Version(QWidget):
    """One row. The keys are buttons of their own, shown one at a time: a key belongs to a button for good."""

    def __init__(self, name: str, card: "ConflictCard", index: int) -> None:
        super().__init__()
        self._card, self._index = card, index
        self._value, self._by = plain("", wraps=True), plain("caption", wraps=True)
        self._stands = plain("chip-accent")
        self._stands.setText(_("in force"))
        self.buttons = {
            key: KeyButton(f"{name}_{index}_{label}", "", key, icon)
            for key, label, icon in ((KEEP, "keep", "check"), (TAKE, "take", "arrow-u-up-left"), ("", "pick", ""))
        }
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._value)
        words.addWidget(self._by)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addLayout(words, 1)
        row.addWidget(self._stands, 0, Qt.AlignmentFlag.AlignVCenter)
        for button in self.buttons.values():
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda: card.choose(index))
            row.addWidget(button)

    def show_view(self, view: VersionView, *, keyed: bool) -> None:
        self._value.setText(view.value)
        self._by.setText(view.by)
        self._stands.setVisible(view.stands)
        key = view.key if keyed else ""
        for its, button in self.buttons.items():
            button.setVisible(its == key)
            if its == key:
                button.say(view.button)
                button.setAccessibleName(f"{view.button}: {view.value}, {view.by}")


class ConflictCard(QFrame):
    """`chosen(change_id)`: this version is to stand."""

    chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        theme.mark(self, "banner-warn")
        self._name = name
        self._view: ConflictView | None = None
        self._keyed = False
        self._title, self._rule = plain("strong", wraps=True), plain("caption", wraps=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        self._column.setSpacing(Space.XS)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(Picture("git-fork", "on_warn_soft"), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._title, 1)
        self._column.addLayout(head)
        self._column.addWidget(self._rule)
        self.versions: list[_Version] = []

    def choose(self, index: int) -> None:
        if self._view is not None and index < len(self._view.versions):
            self.chosen.emit(self._view.versions[index].change_id)

    def show_view(self, view: ConflictView, *, keyed: bool) -> None:
        if (view, keyed) == (self._view, self._keyed):
            return
        self._view, self._keyed = view, keyed
        self._title.setText(view.title)
        self._rule.setText(view.rule)
        self._rule.setVisible(bool(view.rule))
        while len(self.versions) < len(view.versions):
            row = _Version(self._name, self, len(self.versions))
            self.versions.append(row)
            self._column.addWidget(row)
        for row, version in zip(self.versions, view.versions, strict=False):
            row.show_view(version, keyed=keyed)
            row.show()
        for row in self.versions[len(view.versions) :]:
            row.hide()
        self.setAccessibleName(". ".join((view.title, view.rule)))


class ConflictCards(QWidget):
    """One below the other. `chosen(index, change_id)`: of the n-th conflict, this version."""

    chosen = Signal(int, str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.cards: list[ConflictCard] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.S)
        self.hide()

    def show_views(self, views: Sequence[ConflictView]) -> None:
        while len(self.cards) < len(views):
            self._add(len(self.cards))
        for index, view in enumerate(views):
            self.cards[index].show_view(view, keyed=index == 0)
            self.cards[index].show()
        for card in self.cards[len(views) :]:
            card.hide()
        self.setVisible(bool(views))

    def _add(self, index: int) -> None:
        card = ConflictCard(f"{self._name}_{index}")
        card.chosen.connect(lambda change_id: self.chosen.emit(index, change_id))
        self.cards.append(card)
        self._column.addWidget(card)
