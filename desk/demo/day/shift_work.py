"""Shifts of the day: who sits down where, the note that one leaves and the next accepts by name, and who signs out. The
roster stands in the change log before anybody comes."""

from collections.abc import Sequence
from datetime import timedelta

from desk.compose.clock import new_id
from desk.demo.day.agenda import Agenda
from desk.demo.day.workplace import Workplace
from desk.domain.agent_state import AgentState
from desk.domain.patches import patch_of
from desk.domain.shifts import DutyTurn, Post

LASTS = timedelta(hours=5, minutes=45)
COMES_EARLY = timedelta(minutes=4)


class Shifts:
    def __init__(self, agenda: Agenda, seats: Sequence[Workplace]) -> None:
        self._agenda, self._seats = agenda, seats
        self.handed_over = 0
        self.accepted = 0

    def begin(self, agents: Sequence[str]) -> None:
        """They sit down, one at each seat, and accept what was left for them by name."""
        start = self._agenda.now() + COMES_EARLY
        for seat, agent in zip(self._seats, agents, strict=True):
            turn = DutyTurn(new_id(), agent, Post.AGENT, start, start + LASTS)
            seat.log.append([seat.machine.change("duty_turn", turn.duty_turn_id, patch_of(turn, "duty_turn_id"))])
            seat.sit_down(agent)
            shift = seat.shift
            shift.stays.sign_in(agent)
            shift.states.enter(agent, AgentState.READY)
            for note in shift.hand_over.waiting(agent):
                if note.note.to == agent:
                    shift.hand_over.accept(note.note.hand_over_id, agent)
                    self.accepted += 1

    def change(self, agents: Sequence[str]) -> None:
        """Each leaves a note to the next by name; who comes accepts it, and only then the first one goes."""
        for seat, agent in zip(self._seats, agents, strict=True):
            before, shift = seat.agent, seat.shift
            note = shift.hand_over.make(before, agent)
            self.handed_over += 1
            with seat.sits(agent):
                shift.hand_over.accept(note.hand_over_id, agent)
                self.accepted += 1
            if shift.hand_over.keeps(before):
                raise AssertionError(f"{before} keeps something that was taken over")
            shift.stays.sign_out(before)
        self.begin(agents)

    def end(self, agents: Sequence[str]) -> None:
        """The last ones leave their work to those who come in the morning, one note to each by name."""
        for seat, agent in zip(self._seats, agents, strict=True):
            shift = seat.shift
            shift.hand_over.make(seat.agent, agent)
            self.handed_over += 1
            if shift.hand_over.keeps(seat.agent):
                shift.hand_over.leave_anyway(seat.agent, "夜间由监控中心接听，次日早班接手")
            shift.stays.sign_out(seat.agent)
            seat.sit_down("")
