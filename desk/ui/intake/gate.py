"""The address gate of the form: asks on the worker whether the place is in doubt whenever what that follows from has
changed, and shows the line that says so. Most keystrokes change nothing of it. Ui process, Qt's thread."""

from PySide6.QtCore import QObject

from desk.domain.drafts import Intake
from desk.domain.read_back import Ask, addresses_in
from desk.ui.intake.parts import IntakeParts
from desk.ui.intake.read_back_bar import ReadBackBar

ASK = "read-back"


class Gate(QObject):
    def __init__(self, parts: IntakeParts, bar: ReadBackBar, parent: QObject) -> None:
        super().__init__(parent)
        self._parts, self._bar = parts, bar
        self._asked: object = None

    def look(self, intake: Intake | None, place: str) -> None:
        """The form as it stands, None where none is open. `place`: what stands in its field."""
        if intake is None or intake.read_back_at is not None or not place.strip():
            self._asked = None
            self._parts.worker.forget(ASK)
            self._bar.ask(None, "")
            return
        asked = (intake.place, place, intake.household_id, intake.category, addresses_in(intake.description))
        if asked == self._asked:
            return
        self._asked = asked
        gate = self._parts.gate

        def came(why: Ask | None) -> None:
            self._bar.ask(why, place)

        self._parts.worker.latest(ASK, lambda: gate(intake), came, owner=self)
