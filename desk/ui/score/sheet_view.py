"""A sheet on the screen: sections with their questions, fatal errors, remarks and the agent's answer, in one column
that scrolls. It shows what it is told and says what was done; it keeps nothing. Ui process, Qt's thread."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.score.presenter import FatalView, PaperView
from desk.ui.score.rows import QuestionRow
from desk.ui.theme import Space

_TEXT_HEIGHT = 84


class SheetView(QScrollArea):
    """`answered(name, answer)`; `changed()`: fatal errors or remarks; `reply_typed(text)`, `replied(text)`: the agent
    answers, has answered."""

    answered = Signal(str, int)
    changed = Signal()
    reply_typed = Signal(str)
    replied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[QuestionRow] = []
        self._fatal_boxes: list[QCheckBox] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._questions, self._questions_column = _part()
        self._fatals, self._fatals_column = _part()
        self._reply_part, reply_column = _part()
        self._fatals_column.addWidget(_caption(_("Fatal errors: no points")))
        self._remarks = _text("score_remarks", _("Assessment"), _("What was good, what to do better"))
        self._remarks.textChanged.connect(self.changed)
        self._reply = _text("score_reply", _("The agent's answer"), _("What you have to say to it"))
        self._reply.textChanged.connect(lambda: self.reply_typed.emit(self._reply.toPlainText()))
        self._send = KeyButton("score_send_reply", _("Send"), "Ctrl+Shift+T", "check", "primary")
        self._send.clicked.connect(lambda: self.replied.emit(self._reply.toPlainText()))
        reply_column.addWidget(_caption(_("The agent's answer")))
        reply_column.addWidget(self._reply)
        reply_column.addWidget(self._send, 0, Qt.AlignmentFlag.AlignRight)
        inner, column = _part(Space.S)
        column.setContentsMargins(0, 0, Space.S, 0)
        for part in (self._questions, self._fatals, self._remarks, self._reply_part):
            column.addWidget(part)
        column.addStretch(1)
        self.setWidget(inner)

    @property
    def remarks(self) -> str:
        return self._remarks.toPlainText()

    @property
    def fatals(self) -> tuple[str, ...]:
        """The errors that are ticked, by id."""
        return tuple(box.objectName().removeprefix("fatal_") for box in self._fatal_boxes if box.isChecked())

    def show_view(self, view: PaperView) -> None:
        questions = [question for section in view.sections for question in section.questions]
        if [row.view.name for row in self.rows] != [question.name for question in questions]:
            self._build_rows(view)
        for row, question in zip(self.rows, questions, strict=True):
            row.show_view(question, editable=view.editable)
        self._show_fatals(view.fatals, editable=view.editable)
        _fill(self._remarks, view.remarks, editable=view.editable)
        _fill(self._reply, view.reply, editable=view.may_reply)
        self._remarks.setVisible(view.editable or bool(view.remarks))
        self._reply_part.setVisible(view.may_reply or bool(view.reply))
        self._send.setVisible(view.may_reply)

    def to_first_open(self) -> None:
        """The keyboard goes to the first question without an answer."""
        first = next((row for row in self.rows if row.view.answer is None), None)
        if first is not None:
            self._focus(first)

    def _build_rows(self, view: PaperView) -> None:
        while (item := self._questions_column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.rows = []
        for section in view.sections:
            head = _caption(f"{section.title}  {section.weight}")
            head.setContentsMargins(0, Space.S, 0, 0)
            self._questions_column.addWidget(head)
            for _question in section.questions:
                row = QuestionRow()
                row.answered.connect(self.answered)
                row.moved.connect(self._move)
                self.rows.append(row)
                self._questions_column.addWidget(row)

    def _show_fatals(self, fatals: tuple[FatalView, ...], *, editable: bool) -> None:
        if [box.objectName() for box in self._fatal_boxes] != [f"fatal_{fatal.fatal_id}" for fatal in fatals]:
            for old in self._fatal_boxes:
                self._fatals_column.removeWidget(old)
                old.deleteLater()
            self._fatal_boxes = []
            for fatal in fatals:
                box = QCheckBox()
                box.setObjectName(f"fatal_{fatal.fatal_id}")
                box.toggled.connect(lambda _on: self.changed.emit())
                self._fatals_column.addWidget(box)
                self._fatal_boxes.append(box)
        for box, fatal in zip(self._fatal_boxes, fatals, strict=True):
            with QSignalBlocker(box):
                box.setText(fatal.text)
                box.setToolTip(f"{fatal.text} ({fatal.hint})" if fatal.hint else fatal.text)
                box.setChecked(fatal.on)
            box.setEnabled(editable)
        self._fatals.setVisible(bool(fatals))

    def _move(self, step: int) -> None:
        here = next((index for index, row in enumerate(self.rows) if row.hasFocus()), 0) + step
        self._focus(self._remarks if here >= len(self.rows) else self.rows[max(0, here)])

    def _focus(self, widget: QWidget) -> None:
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(widget)


def _part(spacing: int = Space.XS) -> tuple[QWidget, QVBoxLayout]:
    part = QWidget()
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing)
    return part, column


def _caption(words: str) -> QLabel:
    label = QLabel(words)
    theme.mark(label, "caption")
    return label


def _text(name: str, words: str, hint: str) -> QPlainTextEdit:
    box = QPlainTextEdit()
    box.setObjectName(name)
    box.setAccessibleName(words)
    box.setPlaceholderText(hint)
    box.setTabChangesFocus(True)
    box.setFixedHeight(_TEXT_HEIGHT)
    return box


def _fill(box: QPlainTextEdit, text: str, *, editable: bool) -> None:
    """What is being typed stays as it is, with the cursor where it is."""
    if box.toPlainText().strip() != text.strip():
        with QSignalBlocker(box):
            box.setPlainText(text)
    box.setReadOnly(not editable)
