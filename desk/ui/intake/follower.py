"""Asks whether somebody has said by now that a draft's call is with another than whom it names. What was chosen on this
window's card a moment ago is written first, so that the answer holds it. Ui process, Qt's thread (the reading on the
worker's save lane)."""

from PySide6.QtCore import QObject, Signal

from desk.domain.drafts import Draft
from desk.ui.intake.parts import IntakeParts
from desk.ui.worker import SAVE_LANE
from desk.usecases.follow_caller import Caller


class Follower(QObject):
    """`found(draft id, Caller)`: it is they."""

    found = Signal(str, object)

    def __init__(self, parts: IntakeParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._turn = 0

    def ask(self, draft: Draft) -> None:
        if draft.call_id is None:
            return
        self._turn += 1
        turn, callers = self._turn, self._parts.callers

        def came(caller: Caller | None) -> None:
            if caller is not None and turn == self._turn:
                self.found.emit(draft.draft_id, caller)

        self._parts.settle()
        self._parts.worker.run(lambda: callers.said(draft), came, self._parts.failed, lane=SAVE_LANE, owner=self)
