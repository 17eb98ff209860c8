"""Keeps the draft as typed: every change goes to the worker's save lane at once, where a newer one of the same draft
replaces one that still waits. Nothing here waits for a disk; what could not be saved is said and tried again every
two seconds, and with the next change. Ui process, Qt's thread (the saving itself on the lane's)."""

from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from desk.domain.drafts import Draft
from desk.ui.intake.parts import IntakeParts
from desk.ui.steps import step
from desk.ui.worker import SAVE_LANE

AGAIN_MS = 2000


class Keeper(QObject):
    """`saved(draft)`: durable. `not_saved(error)`: nothing is lost while the window is open, but it is not on disk."""

    saved = Signal(object)
    not_saved = Signal(object)

    def __init__(self, parts: IntakeParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._kept: dict[str, datetime] = {}
        self._wanted: dict[str, Draft] = {}  # the youngest of each that is not on disk yet
        self._refused: set[str] = set()  # of those, what the store would not take
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self._try_again)

    def unsaved(self, author: str) -> list[Draft]:
        """Their drafts as typed, where the disk has an older text or none."""
        return [draft for draft in self._wanted.values() if draft.author == author]

    def has(self, draft_id: str) -> bool:
        """It was given to be saved by this window."""
        return draft_id in self._kept

    def note_kept(self, draft: Draft) -> None:
        """A draft that was on disk before."""
        self._kept[draft.draft_id] = draft.saved_at

    def keep(self, draft: Draft) -> None:
        self._kept[draft.draft_id] = draft.saved_at
        self._wanted[draft.draft_id] = draft
        keeping = self._parts.keeping

        def failed(error: Exception) -> None:
            if draft.draft_id in self._wanted:
                self._refused.add(draft.draft_id)
                self._parts.unsaved(True)
                self._again.start()
            self._parts.failed(error)
            self.not_saved.emit(error)

        def done(_result: object) -> None:
            if self._wanted.get(draft.draft_id) is draft:
                del self._wanted[draft.draft_id]
            if draft.draft_id in self._refused:
                self._is_saved(draft.draft_id)
                self._parts.works()
            step("draft_saved", draft_id=draft.draft_id)
            self.saved.emit(draft)

        self._parts.worker.save(f"draft-{draft.draft_id}", lambda: keeping.save(draft), done, failed, owner=self)

    def _is_saved(self, draft_id: str) -> None:
        self._refused.discard(draft_id)
        self._parts.unsaved(bool(self._refused))

    def _try_again(self) -> None:
        if not self._refused:
            self._again.stop()
        for draft_id in tuple(self._refused):
            self.keep(self._wanted[draft_id])

    def drop(self, draft_id: str) -> None:
        """After every save that still waits."""
        self._kept.pop(draft_id, None)
        self._wanted.pop(draft_id, None)
        self._is_saved(draft_id)
        keeping = self._parts.keeping
        self._parts.worker.run(lambda: keeping.drop(draft_id), failed=self._parts.failed, lane=SAVE_LANE, owner=self)
