"""What a follow-up does to its ticket, as moves of the table (`desk.domain.moves`): it is followed up, and then closed
or opened again. The first move is one transaction with the follow-up itself. Should the process die before the second,
the ticket stands as followed up, with the clock of that stage, and cannot be closed as long as it is unsolved: nothing
is forgotten. Both are one act, and are undone together. Worker's thread."""

from collections.abc import Sequence

from desk.domain.changes import Change
from desk.domain.follow_up_rules import Follows
from desk.domain.identity import TicketId
from desk.domain.moves import ANSWERED, Given, MoveKind, MoveRefused
from desk.domain.questionnaires import Result
from desk.domain.tickets import Stage, Ticket
from desk.usecases.move_ports import Moves
from desk.usecases.ports import Tickets


class FollowUpMoves:
    """Implements `follow_up.TicketFollows`."""

    def __init__(self, moves: Moves, tickets: Tickets) -> None:
        self._moves, self._tickets = moves, tickets

    def follow(
        self, ticket_id: TicketId, follows: Follows, said: Result, reason: str, also: Sequence[Change]
    ) -> Ticket:
        """Raises `MoveRefused` where not even the first step could be made; nothing is written then."""
        ticket = self._tickets.get(ticket_id)
        if follows is Follows.REOPENS and ticket is not None and ticket.stage is not Stage.DONE:
            return self._moves.move(ticket_id, MoveKind.REOPEN, Given(reason=reason or ANSWERED), also)
        answer = Given(
            reason=reason or ("" if said.solved is not None else ANSWERED),
            solved=said.solved,
            satisfied=said.satisfied,
            score=said.score,
        )
        ticket = self._moves.move(ticket_id, MoveKind.FOLLOW_UP, answer, also)
        second = {Follows.CLOSES: MoveKind.CLOSE, Follows.REOPENS: MoveKind.REOPEN}.get(follows)
        if second is None:
            return ticket
        try:
            return self._moves.move(ticket_id, second, Given(reason=reason or ANSWERED), goes_on=ticket.step)
        except MoveRefused:
            return ticket  # somebody was faster: it stands as they have left it
