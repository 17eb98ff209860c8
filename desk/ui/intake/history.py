"""The larger steps of work on a form (a hit taken, a prefill, clearing), to be taken back and done again. Plain Python
on the ui's thread."""

from desk.ui.intake.content import Content

MOST_STEPS = 50


class History:
    def __init__(self) -> None:
        self._steps: list[tuple[Content, Content]] = []  # before and after each
        self._undone: list[Content] = []

    @property
    def can_undo(self) -> bool:
        return bool(self._steps)

    def keep(self, before: Content, after: Content) -> bool:
        """A step was done; False where it changed nothing."""
        if before == after:
            return False
        self._steps = [*self._steps[-MOST_STEPS + 1 :], (before, after)]
        self._undone.clear()
        return True

    def undo(self, now: Content) -> Content | None:
        """Without the last step, and only what it touched is taken back: what was typed elsewhere since then stays.
        What was typed over it comes back with `redo`. None where there is none."""
        if not self._steps:
            return None
        before, after = self._steps.pop()
        self._undone.append(now)
        return now.without(before, after)

    def redo(self, now: Content) -> Content | None:
        """As it was before the last `undo`; None where there was none."""
        if not self._undone:
            return None
        again = self._undone.pop()
        self._steps.append((now, again))
        return again
