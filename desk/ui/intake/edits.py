"""Hands every edit on the form's sheet to its editor: what is typed, taken, chosen, cleared and taken back. An edited
field is refused no longer. Ui process, Qt's thread."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Signal

from desk.domain.tickets import Kind, Place, Priority
from desk.ui.intake.content import CategoryFacts, Field
from desk.ui.intake.editor import IntakeEditor
from desk.ui.intake.page import Page
from desk.ui.intake.showing import Showing
from desk.ui.suggest_box import SuggestBox
from desk.usecases.ports import Clock

_KEYS = frozenset({QEvent.Type.KeyPress, QEvent.Type.InputMethod})


class Edits(QObject):
    """`edited()`: the editor holds something else now. `is_held()`: nothing may be typed at the moment."""

    edited = Signal()

    def __init__(
        self, page: Page, editor: IntakeEditor, showing: Showing, clock: Clock, is_held: Callable[[], bool]
    ) -> None:
        super().__init__(page)
        self._fields, self._editor, self._showing = page.fields, editor, showing
        self._clock, self._is_held = clock, is_held
        self._connect(page)

    def type(self, what: Field, text: str) -> None:
        """The text of this field is now `text`."""
        if not self._editor.draft_id or text == self._editor.texts[what]:
            return
        self._editor.type(what, text, self._clock())
        self._is_edited(what)

    def _connect(self, page: Page) -> None:
        fields = self._fields
        fields.kind.chosen.connect(self._choose_kind)
        fields.priority.chosen.connect(self._choose_priority)
        fields.category.taken.connect(self._take_category)
        fields.place.taken.connect(self._take_place)
        for what, line in fields.lines.items():
            line.installEventFilter(self)
            if isinstance(line, SuggestBox):
                line.typed.connect(self._typing(what))
                line.moved_on.connect(self._move_on)
            else:
                line.textEdited.connect(self._typing(what))
        fields.description.installEventFilter(self)
        fields.description.textChanged.connect(self._description_typed)
        page.undo_button.clicked.connect(self._undo_step)
        page.clear_button.clicked.connect(self._clear_all)
        page.redo_key.activated.connect(self._redo_step)
        page.read_back.agreed.connect(self._read_back_done)
        page.raise_key.activated.connect(lambda: fields.priority.step(-1))
        page.lower_key.activated.connect(lambda: fields.priority.step(1))

    def _typing(self, what: Field) -> Callable[[str], None]:
        def typed(text: str) -> None:
            self.type(what, text)

        return typed

    def _description_typed(self) -> None:
        self.type(Field.DESCRIPTION, self._fields.description.toPlainText())

    def _choose_kind(self, kind: Kind) -> None:
        self._editor.stamp(Field.KIND, self._clock())
        self._editor.choose_kind(kind)
        self._is_edited(Field.KIND)

    def _choose_priority(self, priority: Priority) -> None:
        self._editor.stamp(Field.PRIORITY, self._clock())
        self._editor.choose_priority(priority)
        self._is_edited()

    def _take_category(self, facts: CategoryFacts) -> None:
        self._editor.take_category(facts)
        self._is_edited(Field.CATEGORY, Field.KIND)

    def _take_place(self, place: Place) -> None:
        self._editor.stamp(Field.PLACE, self._clock())
        self._editor.take_place(place)
        self._is_edited(Field.PLACE)

    def _read_back_done(self) -> None:
        self._editor.read_back(self._clock())
        self._is_edited()

    def _undo_step(self) -> None:
        if self._editor.undo():
            self._is_edited()

    def _redo_step(self) -> None:
        if self._editor.redo():
            self._is_edited()

    def _clear_all(self) -> None:
        self._editor.clear()
        self._is_edited(*Field)
        self._fields.category.setFocus()

    def _is_edited(self, *mended: Field) -> None:
        for what in mended:
            self._showing.refused.pop(what, None)
        self.edited.emit()

    def _move_on(self) -> None:
        """To the next field that still wants something, so that a prefilled place costs no key."""
        if self.sender() is self._fields.category and not self._editor.texts[Field.PLACE].strip():
            self._fields.place.setFocus()
        else:
            self._fields.description.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._is_held() and event.type() in _KEYS:
            return True  # some milliseconds: what is being filed is what stands here
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.FocusIn):
            self._editor.focus = self._fields.cursor_in(watched) or self._editor.focus
            self._showing.show_notes()
        return super().eventFilter(watched, event)
