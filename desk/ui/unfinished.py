"""What lies unfinished at this seat: the drafts of whoever sits here, and what was typed or said that the store would
not take. Ui process, Qt's thread."""

from PySide6.QtCore import QObject, Signal

from desk.domain.drafts import Draft


class Unfinished(QObject):
    """`drafts`: by their id."""

    drafts_changed = Signal()
    unsaved_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.drafts: dict[str, Draft] = {}
        self._unsaved: set[str] = set()

    def note_drafts(self, drafts: list[Draft]) -> None:
        """These are all of them."""
        self.drafts = {draft.draft_id: draft for draft in drafts}
        self.drafts_changed.emit()

    def note_draft(self, draft: Draft) -> None:
        self.drafts[draft.draft_id] = draft
        self.drafts_changed.emit()

    def note_draft_gone(self, draft_id: str) -> None:
        if self.drafts.pop(draft_id, None):
            self.drafts_changed.emit()

    @property
    def is_unsaved(self) -> bool:
        """The store would not take something that was typed or said: closing the window would lose it."""
        return bool(self._unsaved)

    def note_unsaved(self, what: str, on: bool) -> None:
        """`what`: whose it is."""
        before = self.is_unsaved
        (self._unsaved.add if on else self._unsaved.discard)(what)
        if self.is_unsaved != before:
            self.unsaved_changed.emit()
