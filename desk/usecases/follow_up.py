"""Following up (回访): the follow-up that is due in hand, each try on record, and what the resident said written with
all that follows from it: the ticket closed or opened again, a warning offered, the question put once more. What is
answered is kept as it is answered: a crash in the middle of a call costs nothing. A worker's thread; durable when a
verb returns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from desk.domain.attempts import Attempt, Outcome, Purpose
from desk.domain.changes import Change, FieldValue
from desk.domain.follow_up_rules import (
    Consequence,
    Follows,
    FollowUpPolicy,
    GivenUp,
    after_try,
    consequence,
    counted,
)
from desk.domain.follow_ups import FollowUp, FollowUpKind, FollowUpState
from desk.domain.identity import CallId, HouseholdId, TicketId
from desk.domain.patches import field_value, patch_of
from desk.domain.questionnaires import (
    Answer,
    Questionnaire,
    Result,
    answer_texts,
    asked,
    open_ask,
    questionnaire_for,
    read_answers,
    result,
)
from desk.domain.quiet_hours import QuietHours
from desk.domain.tickets import OPEN_STAGES, Stage, Ticket
from desk.domain.times import to_text
from desk.usecases.due_follow_ups import follow_up_id_of, making_patch
from desk.usecases.follow_up_paper import Finished, FollowUpRefused, Paper, WhyNot
from desk.usecases.follow_up_ports import FollowUps
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, NewId, Tickets
from desk.usecases.tie_call import of_ticket

TEXT_MAX = 2000
_IN_TURN = (FollowUpKind.CLOSING, FollowUpKind.IN_PROCESS, FollowUpKind.SPOT_CHECK, FollowUpKind.SURVEY)


class TicketFollows(Protocol):
    """What becomes of a ticket after a follow-up, written with the follow-up's own changes in one transaction. Raises
    `desk.usecases.move_ticket.MoveRefused`; nothing is written then."""

    def follow(
        self, ticket_id: TicketId, follows: Follows, said: Result, reason: str, also: Sequence[Change]
    ) -> Ticket: ...


@dataclass(frozen=True, kw_only=True)
class FollowUpParts:
    """`author` signs as `work_number()`. `hours`: when no resident is called. `policy`, `questionnaires`: of the
    building a ticket is in ("": of none), as they are now, read once."""

    log: ChangeLog
    author: ChangeAuthor
    work_number: Callable[[], str]
    clock: Clock
    new_id: NewId
    follow_ups: FollowUps
    tickets: Tickets
    follows: TicketFollows
    policy: Callable[[str], FollowUpPolicy]
    questionnaires: Callable[[str], Sequence[Questionnaire]]
    hours: QuietHours
    numbers: Callable[[Sequence[HouseholdId]], Mapping[HouseholdId, str]] = lambda _ids: {}


class FollowUpWork:
    def __init__(self, parts: FollowUpParts) -> None:
        self._parts = parts

    # Reading

    def for_ticket(self, ticket_id: TicketId) -> Paper:
        """The follow-up of this ticket that is due first, the closing one before the others; else a fresh one of the
        kind that its stage calls for. Raises `FollowUpRefused` (NOT_NOW, NO_QUESTIONNAIRE)."""
        parts = self._parts
        there = parts.follow_ups.of_ticket(ticket_id)
        due = sorted((one for one in there if one.state is FollowUpState.DUE), key=lambda one: _IN_TURN.index(one.kind))
        if due:
            return self._paper(due[0])
        ticket = parts.tickets.get(ticket_id)
        if ticket is None or ticket.stage not in OPEN_STAGES or ticket.stage is Stage.REGISTERED:
            raise FollowUpRefused(WhyNot.NOT_NOW)
        kind = FollowUpKind.CLOSING if ticket.stage is Stage.DONE else FollowUpKind.IN_PROCESS
        occasion = 1 + sum(one.kind is kind for one in there)
        now = parts.clock()
        fresh = FollowUp(
            follow_up_id_of(ticket_id, kind, occasion),
            kind,
            FollowUpState.DUE,
            now,
            parts.work_number(),
            now,
            parts.work_number(),
            ticket_id,
            ticket.person_id,
            ticket.household_id,
            ticket.contact_number,
        )
        return replace(self._paper(fresh), fresh=True)

    def paper(self, follow_up_id: str) -> Paper:
        """Raises `FollowUpRefused` (GONE, NO_QUESTIONNAIRE). One that is over can be read, too."""
        return self._paper(self._get(follow_up_id))

    def answered(self, paper: Paper, answers: Mapping[str, str]) -> Paper:
        """The paper with these answers. Asks no store."""
        return replace(
            paper,
            answers=dict(answers),
            asks=asked(paper.questionnaire, answers),
            open=open_ask(paper.questionnaire, answers),
            said=result(paper.questionnaire, answers),
        )

    def consequence(self, paper: Paper) -> Consequence:
        """What will follow from the answers as they are."""
        return consequence(self._policy(paper.ticket), paper.follow_up.kind, paper.said)

    # Doing

    def keep(self, paper: Paper, text: str = "") -> Paper:
        """What was answered so far is safe. Raises `FollowUpRefused` (OVER, TOO_LONG)."""
        self._check_open(paper.follow_up, text)
        answers = answer_texts(paper.questionnaire, paper.answers)
        patch: dict[str, FieldValue] = {"answers": list(answers), "text": text.strip(), **_named(paper)}
        self._parts.log.append([self._change(paper, patch)])
        return replace(paper, follow_up=replace(paper.follow_up, answers=answers, text=text.strip()), fresh=False)

    def tried(
        self,
        paper: Paper,
        outcome: Outcome,
        note: str = "",
        next_at: datetime | None = None,
        call_id: CallId | None = None,
    ) -> Finished:
        """A try that brought no answers is on record; the follow-up is due again later, or given up (all tries made;
        they will not answer), and then its ticket goes on. `next_at`: when they asked to be called. Raises
        `FollowUpRefused` (OVER, IN_THE_PAST, TOO_LONG)."""
        parts, follow_up, now = self._parts, paper.follow_up, self._parts.clock()
        self._check_open(follow_up, note)
        if next_at is not None and next_at <= now:
            raise FollowUpRefused(WhyNot.IN_THE_PAST)
        attempt = self._attempt(paper, outcome, note, call_id)
        then = after_try(self._policy(paper.ticket), parts.hours, [*paper.attempts, attempt], outcome, now, next_at)
        attempt = replace(attempt, next_at=then.next_at)
        if then.given_up is not None:
            return self._give_up(paper, then.given_up, [self._attempted(attempt), *self._tied(paper, call_id)])
        patch: dict[str, FieldValue] = {"due_at": to_text(then.next_at or now)}
        parts.log.append([self._attempted(attempt), self._change(paper, patch), *self._tied(paper, call_id)])
        return Finished(replace(follow_up, due_at=then.next_at or now), Consequence(), paper.ticket)

    def give_up(self, paper: Paper, why: str) -> Finished:
        """Somebody says that this one cannot be made, and why (no number, moved out ...). Raises `FollowUpRefused`
        (OVER, REASON_MISSING, TOO_LONG)."""
        self._check_open(paper.follow_up, why)
        if not why.strip():
            raise FollowUpRefused(WhyNot.REASON_MISSING)
        return self._give_up(paper, why.strip(), [])

    def finish(self, paper: Paper, text: str = "", call_id: CallId | None = None) -> Finished:
        """The resident has answered. `call_id`: the call that was made for it. Raises `FollowUpRefused` (OVER,
        NOT_COMPLETE, OWN_FOLLOW_UP, TOO_LONG)."""
        parts, now = self._parts, self._parts.clock()
        self._check_open(paper.follow_up, text)
        if paper.open is not None:
            raise FollowUpRefused(WhyNot.NOT_COMPLETE)
        if paper.checked is not None and paper.checked.done_by == parts.work_number():
            raise FollowUpRefused(WhyNot.OWN_FOLLOW_UP)
        said = paper.said
        done = replace(
            paper.follow_up,
            state=FollowUpState.DONE,
            answers=answer_texts(paper.questionnaire, paper.answers),
            solved=said.solved,
            satisfied=said.satisfied,
            confirmed=said.confirmed,
            score=said.score,
            text=text.strip(),
            call_id=call_id,
            done_at=now,
            done_by=parts.work_number(),
        )
        wrote = ("state", "answers", "solved", "satisfied", "confirmed", "score", "text", "call_id", "done_at")
        patch = {name: field_value(getattr(done, name)) for name in (*wrote, "done_by")} | _named(paper)
        attempt = self._attempt(paper, Outcome.REACHED, "", call_id)
        follows = self.consequence(paper)
        changes = [self._attempted(attempt), self._change(paper, patch), *self._tied(paper, call_id)]
        if follows.again:
            changes.append(self._again(paper))
        return Finished(done, follows, self._write(paper, follows.follows, said, _reason(paper, text), changes))

    # Inside

    def _get(self, follow_up_id: str) -> FollowUp:
        found = self._parts.follow_ups.get(follow_up_id)
        if found is None:
            raise FollowUpRefused(WhyNot.GONE)
        return found

    def _paper(self, follow_up: FollowUp) -> Paper:
        parts = self._parts
        ticket = parts.tickets.get(follow_up.ticket_id) if follow_up.ticket_id else None
        questionnaire = self._questionnaire(follow_up, ticket)
        attempts = tuple(parts.follow_ups.attempts(follow_up.follow_up_id))
        policy = self._policy(ticket)
        checked = parts.follow_ups.get(follow_up.checks_id) if follow_up.checks_id else None
        paper = Paper(
            follow_up,
            questionnaire,
            {},
            (),
            None,
            Result(),
            ticket,
            attempts,
            counted(policy, attempts),
            policy.tries,
            checked,
            number=self._number(follow_up, ticket),
        )
        return self.answered(paper, read_answers(follow_up.answers))

    def _policy(self, ticket: Ticket | None) -> FollowUpPolicy:
        return self._parts.policy(_building_of(ticket))

    def _number(self, follow_up: FollowUp, ticket: Ticket | None) -> str:
        given = follow_up.number or (ticket.contact_number if ticket else "")
        home = follow_up.household_id or (ticket.household_id if ticket else None)
        return given or (self._parts.numbers([home]).get(home, "") if home else "")

    def _questionnaire(self, follow_up: FollowUp, ticket: Ticket | None) -> Questionnaire:
        there = self._parts.questionnaires(_building_of(ticket))
        named = next((one for one in there if one.questionnaire_id == follow_up.questionnaire), None)
        found = named or questionnaire_for(there, follow_up.kind, ticket.kind if ticket else None)
        if found is None:
            raise FollowUpRefused(WhyNot.NO_QUESTIONNAIRE)
        return found

    def _check_open(self, follow_up: FollowUp, text: str) -> None:
        if len(text) > TEXT_MAX:
            raise FollowUpRefused(WhyNot.TOO_LONG)
        now = self._parts.follow_ups.get(follow_up.follow_up_id) or follow_up
        if now.state is not FollowUpState.DUE:
            raise FollowUpRefused(WhyNot.OVER)

    def _give_up(self, paper: Paper, why: GivenUp | str, changes: list[Change]) -> Finished:
        parts, now = self._parts, self._parts.clock()
        reason = why.value if isinstance(why, GivenUp) else why
        over = replace(
            paper.follow_up,
            state=FollowUpState.GIVEN_UP,
            reason=reason,
            done_at=now,
            done_by=parts.work_number(),
        )
        patch = {name: field_value(getattr(over, name)) for name in ("state", "reason", "done_at", "done_by")}
        closes = over.kind is FollowUpKind.CLOSING
        follows = Follows.NOTHING
        if closes:
            follows = Follows.CLOSES if self._policy(paper.ticket).given_up_closes else Follows.STAYS
        ticket = self._write(paper, follows, Result(), reason, [*changes, self._change(paper, patch)])
        return Finished(over, Consequence(follows), ticket)

    def _write(
        self, paper: Paper, follows: Follows, said: Result, reason: str, changes: Sequence[Change]
    ) -> Ticket | None:
        """One transaction. A ticket that others have moved on meanwhile keeps its stage: what the resident said is on
        record all the same."""
        parts, ticket = self._parts, paper.ticket
        if ticket is None or not self._moves(paper, follows):
            parts.log.append(changes)
            return ticket
        return parts.follows.follow(ticket.ticket_id, follows, said, reason, changes)

    def _moves(self, paper: Paper, follows: Follows) -> bool:
        ticket = self._parts.tickets.get(paper.ticket.ticket_id) if paper.ticket else None
        if ticket is None:
            return False
        match follows:
            case Follows.NOTHING:
                return False
            case Follows.CLOSES | Follows.STAYS:
                return ticket.stage is Stage.DONE
            case Follows.REOPENS:
                return ticket.stage in (Stage.DONE, Stage.FOLLOWED_UP, Stage.CLOSED)

    def _again(self, paper: Paper) -> Change:
        """The same question once more, later: it is made due now, so that nobody has to think of it."""
        parts, before = self._parts, paper.follow_up
        there = parts.follow_ups.of_ticket(before.ticket_id) if before.ticket_id else []
        occasion = 1 + paper.fresh + sum(one.kind is before.kind for one in there)
        now = parts.clock()
        follow_up = FollowUp(
            follow_up_id_of(before.ticket_id or before.follow_up_id, before.kind, occasion),
            before.kind,
            FollowUpState.DUE,
            now,
            parts.work_number(),
            parts.hours.after(now + timedelta(hours=self._policy(paper.ticket).again_after_h)),
            before.owner,
            before.ticket_id,
            before.person_id,
            before.household_id,
            before.number,
        )
        return parts.author.change("follow_up", follow_up.follow_up_id, making_patch(follow_up))

    def _attempt(self, paper: Paper, outcome: Outcome, note: str, call_id: CallId | None) -> Attempt:
        parts, follow_up = self._parts, paper.follow_up
        survey = follow_up.kind is FollowUpKind.SURVEY
        return Attempt(
            parts.new_id(),
            Purpose.SURVEY if survey else Purpose.FOLLOW_UP,
            parts.clock(),
            parts.work_number(),
            outcome,
            follow_up.ticket_id,
            about_id=follow_up.follow_up_id,
            number=paper.number,
            call_id=call_id,
            note=note.strip(),
        )

    def _tied(self, paper: Paper, call_id: CallId | None) -> list[Change]:
        return of_ticket(self._parts.author, call_id, paper.ticket.ticket_id if paper.ticket else None)

    def _attempted(self, attempt: Attempt) -> Change:
        said = {name: value for name, value in patch_of(attempt, "attempt_id").items() if value not in (None, "")}
        return self._parts.author.change("attempt", attempt.attempt_id, said)

    def _change(self, paper: Paper, patch: Mapping[str, FieldValue]) -> Change:
        made = making_patch(paper.follow_up) if paper.fresh else {}
        return self._parts.author.change("follow_up", paper.follow_up.follow_up_id, {**made, **patch})


def _reason(paper: Paper, text: str) -> str:
    """What the resident said in words; it stands on the ticket as the reason of its move."""
    words = [paper.answers.get(ask.ask_id, "") for ask in paper.asks if ask.answer is Answer.TEXT]
    return "; ".join(word.strip() for word in (*words, text) if word.strip())


def _building_of(ticket: Ticket | None) -> str:
    return (ticket.building_id if ticket is not None else None) or ""


def _named(paper: Paper) -> dict[str, FieldValue]:
    return {"questionnaire": paper.questionnaire.questionnaire_id, "version": paper.questionnaire.version}
