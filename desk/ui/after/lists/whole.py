"""The chosen row of a work list in full. Ui process, Qt's thread."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from desk.ui import theme
from desk.ui.after.lists import presenter
from desk.ui.text_line import TextLine
from desk.ui.theme import Space


class WholeRow(QFrame):
    """The chosen row in full. Its height is that of its lines, all of which are always there: another row asks for no
    other layout."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("work_whole")
        theme.mark(self, "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.XS, Space.M, Space.XS)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        self._title, self._why = QLabel(), TextLine(role="muted")
        theme.mark(self._title, "strong")
        head.addWidget(self._title)
        head.addWidget(self._why, 1)
        column.addLayout(head)
        self._facts, self._text, self._tried = TextLine(), TextLine(), TextLine(role="caption")
        for line in (self._text, self._facts, self._tried):
            column.addWidget(line)
        self.hide()

    def show_view(self, view: presenter.WorkView | None) -> None:
        self.setVisible(view is not None)
        if view is None:
            return
        facts = "   ".join(f"{name} {text}" for name, text in view.facts)
        for label, text in (
            (self._title, view.title),
            (self._why, view.why),
            (self._text, view.text),
            (self._facts, facts),
            (self._tried, view.tried),
        ):
            if label.text() != text:
                label.setText(text)
        self.setAccessibleName(". ".join((view.title, view.why, view.text, facts, view.tried)))
