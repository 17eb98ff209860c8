"""What the panels of the window say to each other: a call rings and the card shows who it is; a row is opened and the
middle shows it; a ticket is filed and the list has it. One place, so that no panel knows another.

Ui process, Qt's thread; everything that reads the store goes through the hub's worker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from PySide6.QtCore import QObject, QTimer

from desk.domain.calls import Call
from desk.domain.estate import Staff
from desk.domain.events import CommandRefused
from desk.i18n import _
from desk.ui import work_list_presenter
from desk.ui.caller import card_presenter as caller_card_presenter
from desk.ui.caller.ties import CallerTies
from desk.ui.hub import Hub
from desk.ui.main_window import MainWindow
from desk.ui.rows_presenter import CategoryName
from desk.ui.seat_state import Agent
from desk.ui.sign_in_flow import SignInFlow
from desk.ui.sign_in_presenter import Refused, judge, judge_admitted
from desk.ui.steps import mark, step
from desk.ui.telephone import phone_words
from desk.usecases.read_work import ReadWork, Work
from desk.wire import SeatUse

_ON_THE_CARD = frozenset({"ticket", "call", "notice", "person", "household", "number", "membership", "sensitive_tag"})
_LISTED_AFTER_MS = 150  # what is typed into a draft is in the list that soon
_LOGGED_AFTER_MS = 2000  # sync has put an ended call into the log by then


@dataclass(frozen=True, kw_only=True)
class Wired:
    """What the wiring needs besides the panels. `nudge`: something was written, the centre may have it. `author`: told
    who signs what is written from now on."""

    read_work: ReadWork
    find_staff: Callable[[str], Staff | None]
    seat_agent: Agent
    author: Callable[[str], None]
    nudge: Callable[[], None]
    category: CategoryName
    zone: tzinfo
    play: Callable[[str], None]
    flow: SignInFlow | None = None  # where the centre checks who somebody is


class Wiring(QObject):
    def __init__(self, hub: Hub, window: MainWindow, ties: CallerTies, wired: Wired) -> None:
        super().__init__(window)
        self._hub, self._window, self._ties, self._wired = hub, window, ties, wired
        self._panels = window.panels
        self._work: Work | None = None
        self._painted_for = self._painted_kind = ""
        self._newest_listed = ""
        self._work_due = QTimer(self, interval=_LISTED_AFTER_MS, singleShot=True)
        self._work_due.timeout.connect(self.show_drafts)
        self._connect_hub()
        self._connect_panels()
        self.refresh_card()

    def _connect_hub(self) -> None:
        hub = self._hub
        hub.call_opened.connect(self._call_opened)
        hub.call_ended.connect(self._call_ended)
        hub.callers.subject_changed.connect(lambda _call_id: self.refresh_card())
        hub.callers.pop_changed.connect(self._pop_changed)
        hub.unfinished.drafts_changed.connect(self._drafts_changed)
        hub.rows_changed.connect(self._rows_changed)
        hub.refused.connect(self._refused)
        hub.bug_seen.connect(self._bug_seen)
        hub.stranger_refused.connect(lambda _message: self._stranger_refused())
        hub.front_wanted.connect(self._window.come_forward)
        hub.agent_changed.connect(self._panels.middle.reopen)
        hub.agent_changed.connect(self._somebody_else)

    def _connect_panels(self) -> None:
        panels, ties = self._panels, self._ties
        panels.call_bar.told.connect(panels.trouble_line.tell)
        panels.call_bar.states.told.connect(panels.trouble_line.tell)
        panels.call_bar.states.diverted.connect(self._diverted)
        panels.card.opened.connect(self.open)
        panels.card.next_wanted.connect(ties.next_candidate)
        panels.card.caller_found.connect(ties.is_caller)
        panels.card.not_them_wanted.connect(ties.not_them)
        panels.card.sought.connect(ties.seek)
        ties.told.connect(panels.trouble_line.tell)
        panels.card.tag_toggled.connect(ties.toggle_tag)
        panels.card.painted.connect(self._card_painted)
        panels.work_list.opened.connect(self.open)
        panels.work_list.new_wanted.connect(panels.middle.new_form)
        panels.middle.shown_changed.connect(self.show_drafts)
        panels.middle.form.filed.connect(lambda _ticket: self.written())
        panels.middle.form.joined.connect(lambda _ticket_id: self.written())
        panels.middle.form.open_requested.connect(panels.middle.show_ticket)
        panels.sign_in.asked.connect(self.sign_in)
        if self._wired.flow is not None:
            self._wired.flow.admitted.connect(self.admit)
            self._wired.flow.leaving.connect(self.sign_out)
        self._window.sign_out_wanted.connect(self.sign_out)
        ties.written.connect(self.written)

    # Calls

    def _call_opened(self, call: Call) -> None:
        step("call_shown", call_id=call.call_id)
        self._window.alert()

    def _call_ended(self, call: Call) -> None:
        step("call_ended", call_id=call.call_id)
        if turned_away := phone_words.turned_away(call.reason, call.party.number):
            self._panels.trouble_line.tell(turned_away)
        QTimer.singleShot(_LOGGED_AFTER_MS, self, self.read_work)

    def _drafts_changed(self) -> None:
        """With every character typed: the list follows a moment later, for a keystroke waits for nothing else."""
        if not self._work_due.isActive():
            self._work_due.start()

    def _pop_changed(self, call_id: str) -> None:
        if call_id == self._hub.callers.subject:
            self.refresh_card()

    def refresh_card(self) -> None:
        """The card shows the call in front, or the last one."""
        hub, callers = self._hub, self._hub.callers
        pop, party = callers.pop(callers.subject), callers.party_of(callers.subject)
        who = hub.agent.number if hub.agent else ""
        view = caller_card_presenter.present(
            pop, party, self._wired.category, hub.clock(), self._wired.zone, past=callers.past, who=who
        )
        other = self._painted_for != (callers.subject or "")
        self._painted_for, self._painted_kind = callers.subject or "", view.kind
        self._panels.card.show_view(view, anew=other)

    def _somebody_else(self) -> None:
        """What may be read of the caller is another thing for whoever sits here now."""
        self.refresh_card()
        self._hub.callers.refresh_card()

    def _card_painted(self) -> None:
        step("profile_painted", call_id=self._painted_for, card=self._painted_kind)

    # What is open

    def open(self, target: str) -> None:
        """A row's target: "ticket:ID", "draft:ID", "call:ID"."""
        what, _colon, name = target.partition(":")
        if what == "ticket":
            self._panels.middle.show_ticket(name)
        elif what == "draft" and name in self._hub.unfinished.drafts:
            self._panels.middle.open_draft(self._hub.unfinished.drafts[name])
        elif what == "call":
            self._wired.play(name)

    def read_work(self) -> None:
        agent = self._hub.agent
        if agent is not None:
            self._hub.worker.latest("work", lambda: self._wired.read_work.read(agent.number), self._work_came)

    def _work_came(self, work: Work) -> None:
        self._work = work
        self.show_work()

    def show_work(self) -> None:
        now, wired = self._hub.clock(), self._wired
        self._panels.work_list.show_view(work_list_presenter.present(self._work, wired.category, now, wired.zone))
        newest = self._work.tickets[0].ticket_id if self._work and self._work.tickets else ""
        if newest != self._newest_listed:
            self._newest_listed = newest
            step("tickets_listed", newest=newest)

    def show_drafts(self) -> None:
        """Alone: they change with every word typed, the rest does not."""
        hub, wired = self._hub, self._wired
        in_form = self._panels.middle.draft_in_form
        drafts = hub.unfinished.drafts.values()
        rows = work_list_presenter.drafts(drafts, in_form, wired.category, hub.clock(), wired.zone)
        self._panels.work_list.show_drafts(rows)

    def _rows_changed(self, entities: tuple[str, ...]) -> None:
        self.read_work()
        if _ON_THE_CARD.intersection(entities):
            self._hub.callers.refresh_card()

    def written(self) -> None:
        """Something was written: what is shown follows, and the centre may have it."""
        self._hub.store_works()
        self._hub.callers.refresh_card()
        self._wired.nudge()
        self.read_work()

    # Who is here

    def begin(self, left: SeatUse | None) -> None:
        """At the window's start: the seat's own agent sits here; in a window that comes again by itself whoever did
        before, or nobody."""
        own = self._wired.seat_agent.number
        number = own if left is None else left.agent
        if number:
            self.sign_in(number)
        else:
            self._panels.sign_in.start(own)

    def sign_in(self, number: str) -> None:
        """Look the work number up and, where it may, sign it in: its drafts are there before the first form opens."""
        seat_agent = self._wired.seat_agent

        def look() -> tuple[Agent | Refused, Work | None]:
            verdict = judge(number, self._wired.find_staff(number.strip()), seat_agent)
            return verdict, self._wired.read_work.read(verdict.number) if isinstance(verdict, Agent) else None

        def failed(error: Exception) -> None:
            self._hub.failed(error)
            if number == seat_agent.number:  # a broken store must not keep the agent from the telephone
                self._enter(seat_agent, None)

        self._hub.worker.run(look, lambda found: self._judged(*found), failed)

    def admit(self, number: str, name: str) -> None:
        """The centre (or the seat for it) has let them in."""

        def look() -> tuple[Agent | Refused, Work | None]:
            return judge_admitted(number, name, self._wired.find_staff(number)), self._wired.read_work.read(number)

        def failed(error: Exception) -> None:
            self._hub.failed(error)
            self._enter(Agent(number, name), None)

        self._hub.worker.run(look, lambda found: self._judged(*found), failed)

    def _judged(self, verdict: Agent | Refused, work: Work | None) -> None:
        if not isinstance(verdict, Refused):
            self._enter(verdict, work)
        elif self._wired.flow is not None:
            self._wired.flow.refuse(verdict.words)
        else:
            self._panels.sign_in.refuse(verdict.words)

    def _enter(self, agent: Agent, work: Work | None) -> None:
        self._wired.author(agent.number)
        unsaved = self._panels.middle.form.unsaved(agent.number)  # what was read is older
        self._hub.unfinished.note_drafts([*(work.drafts if work else ()), *unsaved])
        self._work = work
        self._hub.sign_in(agent)
        QTimer.singleShot(0, self, self._show_what_waits)
        if self._wired.flow is not None:
            self._wired.flow.entered()

    def _show_what_waits(self) -> None:
        """In a turn of its own, after the window was painted for whoever sits here: no key waits for both."""
        self.show_work()
        self.show_drafts()
        mark("usable")

    def sign_out(self) -> None:
        """What was typed is kept for its author; the window shows the sign-in page and the calls."""
        if self._hub.agent is None:
            return
        number = self._hub.agent.number
        self._ties.write_now()
        self._panels.middle.close_forms()
        self._hub.sign_in(None)
        self._hub.unfinished.note_drafts([])
        self.show_drafts()  # now: whoever signs in next sees none of theirs, not for a moment either
        self._panels.sign_in.start(number)

    # What went wrong

    def _refused(self, refused: CommandRefused) -> None:
        self._panels.trouble_line.tell(phone_words.refusal(refused.command, refused.reason, refused.detail))

    def _diverted(self, words: str) -> None:
        line = self._panels.trouble_line
        if words:
            line.tell(words, stays=True, about="diverted")
        else:
            line.withdraw("diverted")

    def _stranger_refused(self) -> None:
        step("stranger_told")
        said = _("Another program on this computer spoke to Desk and was refused. Nothing is lost.")
        self._panels.trouble_line.tell(said, _("If it comes again, tell IT."), stays=True, about="stranger")

    def _bug_seen(self, kind: str) -> None:
        said = _("Something went wrong inside Desk ({kind}). Your text is kept; tell IT if it happens again.")
        self._panels.trouble_line.tell(said.format(kind=kind), stays=True)
