"""Asking what nobody at the seat can answer, in a strip above the form: the question is what was typed there, one Enter
gives it to whoever knows, and the resident is told by when they hear. Esc leaves, and the keyboard goes back to where
it was. Ui process, Qt's thread."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from desk.domain.calls import TALKING
from desk.domain.drafts import Draft
from desk.domain.knowledge import Question
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.knowledge import presenter
from desk.ui.after.knowledge.uses import KnowledgeParts
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.leaving_field import LeavingField
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.worker import SAVE_LANE
from desk.usecases.ask import Asked, QuestionRefused


class AskStrip(QFrame):
    """`left()`: closed. `told(text)`: how it went, and what to say to the resident."""

    left = Signal()
    told = Signal(str)

    def __init__(self, parts: KnowledgeParts, draft: Callable[[], Draft | None]) -> None:
        super().__init__()
        self.setObjectName("ask_strip")
        theme.mark(self, "banner-accent")
        self._parts, self._draft = parts, draft
        self._writing = False  # until it is on the disk Enter does not ask it again
        self.field = LeavingField()
        self.field.setObjectName("ask_text")
        self.field.setAccessibleName(_("The question that you cannot answer"))
        self.field.setPlaceholderText(_("The question, as the resident asks it"))
        self.ask = KeyButton("ask", _("Ask"), "Enter", "question", "primary", listens=False)
        self.ask.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.close_key = KeyButton("ask_close", _("Close"), "Esc", "x", "quiet", listens=False)
        self.close_key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.XS, Space.XS, Space.XS)
        row.setSpacing(Space.S)
        row.addWidget(Picture("question", "on_accent_soft"))
        row.addWidget(self.field, 1)
        row.addWidget(self.ask)
        row.addWidget(self.close_key)
        self.field.returnPressed.connect(self._ask)
        self.field.left.connect(self.close_strip)
        self.ask.clicked.connect(self._ask)
        self.close_key.clicked.connect(self.close_strip)
        self.hide()

    def open(self) -> None:
        draft = self._draft()
        if not self.field.text().strip() and draft is not None:
            self.field.setText(" ".join(draft.intake.description.split()))
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def close_strip(self) -> None:
        if self.isVisible():
            self.hide()
            self.left.emit()

    def _ask(self) -> None:
        parts, who = self._parts, self._parts.work_number()
        if not who or self._writing:
            return
        self._writing = True
        asked, uses = self._asked(), parts.uses

        def done(question: Question) -> None:
            self._writing = False
            step("question_asked", question_id=question.question_id)
            self.field.clear()
            parts.written()
            self.close_strip()
            due = f"{question.due_at.astimezone(parts.zone):%m-%d %H:%M}"
            self.told.emit(
                _("{owner} answers by {due}. Tell the resident that we call back.").format(
                    owner=parts.name_of(question.owner), due=due
                )
            )

        def failed(error: Exception) -> None:
            self._writing = False
            if isinstance(error, QuestionRefused):
                self.told.emit(presenter.why_not(error.why))
            else:
                parts.hub.failed(error)

        parts.hub.worker.run(lambda: uses().ask.ask(asked, who), done, failed, lane=SAVE_LANE, owner=self)

    def _asked(self) -> Asked:
        """With what is known of the caller: from the form, else from the call."""
        draft, call = self._draft(), self._parts.hub.state.matter()
        if call is not None and call.phase not in TALKING:
            call = None
        intake = draft.intake if draft is not None else None
        number = (intake.contact_number if intake else "") or (call.party.number if call else "")
        return Asked(
            self.field.text(),
            intake.category if intake else "",
            number,
            intake.caller_name if intake else "",
            (draft.call_id if draft else None) or (call.call_id if call else None),
        )
