"""Shows on the form's sheet what its editor holds, where that differs from what is shown: no cursor jumps. Beside each
field stands why it was refused, else what there is to say of it. Ui process, Qt's thread."""

from PySide6.QtCore import QObject, Signal

from desk.domain.tickets import Place
from desk.ui.intake.content import TEXTS, Field
from desk.ui.intake.editor import IntakeEditor
from desk.ui.intake.gate import Gate
from desk.ui.intake.notes import note_of
from desk.ui.intake.page import Page
from desk.ui.intake.parts import IntakeParts
from desk.ui.intake.prefill import whose
from desk.usecases.file_ticket import ANSWERABLE_AT_ONCE


class Showing(QObject):
    """`context_changed(Place, category code)`, `words_changed(description)`: other ones are shown than before.
    `refused`: field -> why, until it is edited."""

    context_changed = Signal(object, str)
    words_changed = Signal(str)

    def __init__(self, page: Page, editor: IntakeEditor, parts: IntakeParts) -> None:
        super().__init__(page)
        self._page, self._editor, self._parts = page, editor, parts
        self.refused: dict[Field, str] = {}
        self._context: tuple[Place, str] = (Place(), "")
        self._words = ""
        self._gate = Gate(parts, page.read_back, self)

    def show(self) -> None:
        editor, page, fields = self._editor, self._page, self._page.fields
        for what in TEXTS:
            fields.show_text(what, editor.texts[what])
        if fields.kind.value is not editor.kind:
            fields.kind.show_value(editor.kind)
        if fields.priority.value is not editor.priority:
            fields.priority.show_value(editor.priority)
        page.undo_button.setEnabled(editor.can_undo)
        page.at_once_button.setEnabled(editor.kind in ANSWERABLE_AT_ONCE)
        page.say_whose(whose(editor.call_id, editor.who, self._parts.caller))
        self.show_notes()
        self._gate.look(editor.intake() if editor.draft_id else None, editor.texts[Field.PLACE])
        self._tell()

    def show_notes(self) -> None:
        fields, now, zone = self._page.fields, self._parts.clock(), self._parts.zone
        there = fields.field_with_focus()
        for what in Field:
            if what in self.refused:
                fields.say(what, self.refused[what], "error")
            else:
                in_hand = there is not None and there[0] is what
                fields.say(what, *note_of(self._editor, what, now, zone, in_hand=in_hand))

    def _tell(self) -> None:
        editor = self._editor
        if editor.texts[Field.DESCRIPTION] != self._words:
            self._words = editor.texts[Field.DESCRIPTION]
            self.words_changed.emit(self._words)
        context = (editor.place, editor.category.code if editor.category else "")
        if context != self._context:
            self._context = context
            self.context_changed.emit(*context)
