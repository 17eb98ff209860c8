"""The calls whose forms are offered above the form that is being typed: each that was answered meanwhile, and the one
that is talked on again. One key takes them: first the call that is talked on, then the newest.

A call that is over goes on waiting, for its form can still be filled in; not so where a ticket came of it or its draft
is in the list, nor long after, when its row in the call log has the key. Ui process, Qt's thread."""

from collections.abc import Callable

from desk.domain.calls import TALKING, Call
from desk.domain.drafts import Draft
from desk.domain.identity import CallId
from desk.ui.form_offer import FormOffer
from desk.ui.hub import Hub
from desk.ui.talk_watch import TalkWatch
from desk.ui.telephone.call_bar_presenter import who_of


def caller_of(hub: Hub, call_id: CallId) -> str:
    """Who is on a call that the telephone has, "" for any other."""
    call = hub.state.calls.get(call_id)
    return who_of(call, hub.callers.pop(call_id)) if call is not None else ""


class WaitingForms:
    """`offer` is its strip. `draft_of`: what was begun for a call."""

    def __init__(self, hub: Hub, talk: TalkWatch, draft_of: Callable[[CallId], Draft | None]) -> None:
        self._hub, self._talk, self._draft_of = hub, talk, draft_of
        self._waiting: list[CallId] = []  # the newest last
        self._filed: set[CallId] = set()
        self.offer = FormOffer()
        talk.began.connect(self.show)
        hub.call_ended.connect(lambda _call: self.show())

    @property
    def first(self) -> CallId | None:
        """Whose form is offered."""
        talk = self._talk.call
        if talk is not None and talk.call_id in self._waiting:
            return talk.call_id
        return self._waiting[-1] if self._waiting else None

    def add(self, call_id: CallId) -> None:
        self._waiting = [*(one for one in self._waiting if one != call_id), call_id]
        self.show()

    def take(self, call_id: CallId | None) -> None:
        """Its form is opened."""
        if call_id in self._waiting:
            self._waiting.remove(call_id)
            self.show()

    def note_filed(self, call_id: CallId | None) -> None:
        """A ticket came of this call, or it joined one."""
        if call_id is not None:
            self._filed.add(call_id)

    def clear(self) -> None:
        self._waiting.clear()
        self._filed.clear()
        self.show()

    def show(self) -> None:
        calls = self._hub.state.calls
        self._waiting = [one for one in self._waiting if one in calls and self._is_owed(calls[one])]
        first = self.first
        if first is None:
            self.offer.hide()
            return
        runs = calls[first].phase in TALKING
        self.offer.offer(caller_of(self._hub, first), runs=runs, others=len(self._waiting) - 1)

    def _is_owed(self, call: Call) -> bool:
        return call.phase in TALKING or not (call.call_id in self._filed or self._draft_of(call.call_id))
