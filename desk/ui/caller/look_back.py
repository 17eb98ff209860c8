"""Who was that? From a past call's row (in the list of what is open, on the card, in the call log) to the card with
that call's caller and to its search, with one key, or to a form for that call with another; also after the window was
restarted, for the call log has it.

A widget that has the keyboard says which call is meant by its property `call_to_tie`, a row by its own. Ui process,
Qt's thread; the call is read by the worker."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from desk.domain.call_log import CallEntry
from desk.domain.identity import CallId
from desk.i18n import _
from desk.ui.hub import Hub
from desk.ui.rows import RowList
from desk.ui.steps import step

KEY = "Ctrl+F9"
FORM_KEY = "Ctrl+F12"


class LookBack(QObject):
    """`entry_of`: the call log's entry, None where it has none (yet); runs on the worker. `search`: gives the keyboard
    to the card's search. `form`: opens a form for that call. `told`: why nothing happens."""

    def __init__(
        self,
        hub: Hub,
        entry_of: Callable[[CallId], CallEntry | None],
        search: Callable[[], None],
        form: Callable[[CallEntry], None],
        told: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._hub, self._entry_of, self._search, self._form, self._told = hub, entry_of, search, form, told

    def press(self) -> None:
        """The key, wherever the keyboard is."""
        self._look(self._tie)

    def press_form(self) -> None:
        """The other key: what was said in that call is to be written down."""
        self._look(self._form)

    def _look(self, then: Callable[[CallEntry], None]) -> None:
        focus = QApplication.focusWidget()
        call_id = str(focus.property("call_to_tie") or "") if focus is not None else ""
        row = focus.chosen if isinstance(focus, RowList) else None
        call_id = call_id or (row.call_id if row is not None else "")
        if not call_id:
            self._told(_("Choose a past call first: in the list (F12) or in the call log (Ctrl+H)."))
            return

        def came(entry: CallEntry | None) -> None:
            if entry is None:
                self._told(_("This call is not in the call log yet. Try again in a moment."))
            else:
                then(entry)

        self._hub.worker.run(lambda: self._entry_of(CallId(call_id)), came, owner=self)

    def _tie(self, entry: CallEntry) -> None:
        if not self._hub.callers.look_back(entry):
            self._told(_("A call is running, and the card is its caller's. Do this after it."))
        else:
            step("looked_back", call_id=entry.call_id)
            self._search()
