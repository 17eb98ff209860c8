"""What the right column is told: what the form is about, which notices apply to the caller, where the call stands; and
what it asks for in return. Ui process, Qt's thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from desk.domain.calls import Call, Phase
from desk.domain.estate import Building
from desk.domain.identity import CallId
from desk.domain.notices import Notice
from desk.domain.tickets import Place
from desk.ui.caller.card_presenter import name_of
from desk.ui.hub import Hub
from desk.ui.middle import Middle
from desk.ui.side.panel import SidePanel
from desk.ui.side.panel_presenter import Moment

BACK_MS = 10_000  # so long is "sorry to have kept you waiting" the thing to say
AFTER_CARD_MS = 40  # the right column is rebuilt when the card has been painted: who is calling comes first


class SideWiring(QObject):
    def __init__(self, hub: Hub, middle: Middle, side: SidePanel, show_ticket: Callable[[str], None]) -> None:
        super().__init__(side)
        self._hub, self._callers, self._middle, self._side = hub, hub.callers, middle, side
        self._context: tuple[Place, str] = (Place(), "")
        self._phases: dict[CallId, Phase] = {}
        self._filed_in: CallId | None = None
        self._back = QTimer(self, singleShot=True, interval=BACK_MS)
        self._back.timeout.connect(self._show_moment)
        self._soon = QTimer(self, singleShot=True, interval=AFTER_CARD_MS)
        self._soon.timeout.connect(self._who_changed)
        middle.form.context_changed.connect(self._context_changed)
        middle.form.filed.connect(lambda _ticket: self._filed())
        middle.shown_changed.connect(self._show_moment)
        hub.calls_changed.connect(self._calls_changed)
        hub.callers.pop_changed.connect(lambda _call_id: self._soon.start())
        hub.callers.subject_changed.connect(lambda _call_id: self._soon.start())
        hub.agent_changed.connect(self._show_moment)
        hub.rows_changed.connect(lambda _entities: side.refresh())
        side.join_requested.connect(middle.join_to)
        side.open_requested.connect(show_ticket)
        side.notice_used.connect(self._use_notice)
        side.notice_answers.connect(self._answer_by)
        middle.form.words_changed.connect(side.show_words)

    def _building(self) -> Building | None:
        """Where the caller in front lives."""
        pop = self._callers.pop(self._callers.subject)
        candidates = pop.profile.candidates if pop.profile else ()
        return candidates[pop.chosen].building if candidates else None

    def _context_changed(self, place: Place, category: str) -> None:
        self._context = (place, category)
        self._side.show_context(place, category, self._building())
        self._show_moment()

    def _who_changed(self) -> None:
        card = self._callers.pop(self._callers.subject).card
        self._side.show_notices(card.notices if card else ())
        self._side.show_context(*self._context, self._building())
        self._show_moment()

    def _filed(self) -> None:
        front = self._hub.state.matter()
        self._filed_in = front.call_id if front else None
        self._side.refresh()
        self._show_moment()

    def _use_notice(self, notice: Notice) -> None:
        if self._middle.draft_in_form:
            self._middle.form.use_notice(notice)

    def _answer_by(self, notice: Notice) -> None:
        """Where the call has no form in front yet, one is opened."""
        if not self._middle.draft_in_form and self._hub.agent is not None:
            self._middle.new_form()
        self._middle.form.answer_by(notice)

    def _calls_changed(self) -> None:
        calls = self._hub.state.calls
        for call in calls.values():
            if self._phases.get(call.call_id) is Phase.HELD and call.phase is Phase.UP:
                self._back.start()
        self._phases = {call.call_id: call.phase for call in calls.values()}
        self._soon.start()

    def _show_moment(self) -> None:
        front = self._hub.state.matter()
        pop = self._callers.pop(front.call_id if front else None)
        candidates = pop.profile.candidates if pop.profile else ()
        self._side.show_moment(self._moment(front), name_of(candidates[pop.chosen]) if candidates else "")
        self._side.set_can_join(bool(self._middle.draft_in_form))

    def _moment(self, front: Call | None) -> Moment:
        if front is None or front.phase is Phase.DIALLING:
            return Moment.NO_CALL
        if front.phase is Phase.HELD:
            return Moment.HELD
        if front.phase is Phase.RINGING:
            return Moment.GREETING  # to be read while it rings
        if self._back.isActive():
            return Moment.BACK
        if front.call_id == self._filed_in:
            return Moment.FILED
        return Moment.TALKING if self._context[1] else Moment.GREETING
