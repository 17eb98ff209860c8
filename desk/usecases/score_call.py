"""Scoring a call: the machine fills in what it can, a supervisor the rest; a second opinion is another score on the
same call, made without sight of the first one's answers; the agent sees what is final, and may answer. Nothing is ever
overwritten unseen: every step is a change. A worker's thread."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from desk.domain.call_facts import OnFile, facts_of
from desk.domain.call_log import CallEntry, RecordingEntry
from desk.domain.identity import CallId
from desk.domain.listening import Access, Listener, Role
from desk.domain.patches import field_value, patch_of
from desk.domain.promises import Promise
from desk.domain.scores import Score, ScoreState
from desk.domain.sheets import Fact, Sheet, answer_texts, points_x10, read_answers, sheet_for
from desk.domain.tickets import Ticket
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, NewId
from desk.usecases.read_timeline import Trails
from desk.usecases.recording_ports import Scores

REMARKS_MAX = 4000


class WhyNot(Enum):
    """Why it is not done. The words for it belong to the ui."""

    SUPERVISORS_ONLY = "supervisors_only"
    OWN_CALL = "own_call"  # nobody scores their own call
    NOT_COMPLETE = "not_complete"  # a question has no answer, and there is no fatal error
    FINAL = "final"  # it is final: a second opinion is the way
    OWN_SCORE = "own_score"  # a second opinion is somebody else's
    NOT_YOURS = "not_yours"  # only the agent of the call may answer
    NO_SHEET = "no_sheet"
    SHEET_CHANGED = "sheet_changed"  # the draft was begun with another version of its sheet
    TOO_LONG = "too_long"


class ScoreRefused(Exception):
    """Nothing was written."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Paper:
    """A score as it lies before whoever works on it. `proposed`: what the machine answers, `proposed_fatal` what it
    points out. `points_x10` None while an answer is missing. `sheet_then`: the version that it was made with, where
    `sheet` is another one: a final score's version is not at hand, or a draft was brought to today's; "" = it is the
    same."""

    score: Score
    sheet: Sheet
    answers: Mapping[str, int]
    facts: Mapping[Fact, float]
    proposed: Mapping[str, int]
    proposed_fatal: tuple[str, ...]
    points_x10: int | None
    sheet_then: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """The call to be scored, with what belongs to it."""

    call: CallEntry
    recording: RecordingEntry | None
    tickets: tuple[Ticket, ...]


class ScoreCall:
    """`sheets`, `former` (earlier versions): read when first asked for, on the worker's thread; raise `SheetError`.
    `trails`, `promises_in` (`work_ports.Promises.given_in`): what was filed and promised in a call. `log_access(access,
    call_id, detail)`: that a call was scored is on record."""

    def __init__(
        self,
        scores: Scores,
        change_log: ChangeLog,
        author: ChangeAuthor,
        clock: Clock,
        new_id: NewId,
        sheets: Callable[[], Sequence[Sheet]],
        former: Callable[[], Sequence[Sheet]],
        trails: Trails,
        promises_in: Callable[[CallId], Sequence[Promise]],
        log_access: Callable[[Access, str, str], object] = lambda _access, _call_id, _detail: None,
    ) -> None:
        self._scores, self._log, self._author = scores, change_log, author
        self._clock, self._new_id, self._log_access = clock, new_id, log_access
        self._sheets, self._former = sheets, former
        self._trails, self._promises_in = trails, promises_in

    def sheets(self) -> Sequence[Sheet]:
        return self._sheets()

    def begin(
        self, subject: Subject, listener: Listener, sheet_id: str = "", second_of: str = "", score_id: str = ""
    ) -> Paper:
        """A fresh score with the machine's answers, or the draft that this person left. `sheet_id` "": the one made for
        the ticket's kind. `second_of`: the score this is a second opinion on. `score_id`: of a fresh one that lies open
        already, so that one person's work on a call stays one score. Nothing is written yet. Raises `ScoreRefused`."""
        self._may_score(subject.call, listener)
        there = self._scores.of_call(subject.call.call_id)
        draft = next(
            (
                score
                for score in there
                if score.state is ScoreState.DRAFT
                and score.scored_by == listener.agent
                and score.second_of == second_of
                and sheet_id in ("", score.sheet)
            ),
            None,
        )
        if draft is not None:
            return self.paper(draft, subject)
        if any(score.score_id == second_of and score.scored_by == listener.agent for score in there):
            raise ScoreRefused(WhyNot.OWN_SCORE)
        sheet = self._sheet(sheet_id, subject)
        score = Score(
            score_id or self._new_id(),
            subject.call.call_id,
            subject.call.agent,
            sheet.sheet_id,
            sheet.version,
            listener.agent,
            self._clock(),
            second_of=second_of,
        )
        facts = self._facts(subject)
        proposed, _fatal = _proposals(sheet, facts)
        return self.paper(replace(score, answers=answer_texts(proposed)), subject, facts)

    def paper(self, score: Score, subject: Subject, facts: Mapping[Fact, float] | None = None) -> Paper:
        """This score, whoever gave it, beside what the machine knows. What is final is shown by the version that
        made it; a draft is brought to today's, and its answers stay where the question stayed the same.
        `facts`: of a paper on this call that is open; with them nothing is read, and any thread may ask. A sheet that
        is not there any more raises `ScoreRefused`."""
        facts = self._facts(subject) if facts is None else facts
        made_by = self._version(score.sheet, score.sheet_version)
        if score.state is ScoreState.DRAFT:
            return _draft_paper(score, self._sheet(score.sheet, subject), made_by, facts)
        answers, points = read_answers(score.answers), score.points_x10
        if made_by is not None:
            return Paper(score, made_by, answers, facts, *_proposals(made_by, facts), points)
        sheet = self._sheet(score.sheet, subject)
        return Paper(score, sheet, answers, facts, {}, (), points, score.sheet_version)

    def _facts(self, subject: Subject) -> dict[Fact, float]:
        call = subject.call
        taken = [ticket for ticket in subject.tickets if ticket.call_id == call.call_id]
        changes = [change for ticket in taken for change in self._trails.of_ticket(ticket.ticket_id)]
        return facts_of(call, subject.recording, OnFile(taken, changes, self._promises_in(call.call_id)))

    def save(self, score: Score, answers: Mapping[str, int], fatal: Sequence[str], remarks: str) -> Score:
        """Keep the draft as it stands. Raises `ScoreRefused`."""
        return self._write(self._filled(score, answers, fatal, remarks), "scored")

    def finish(
        self, score: Score, subject: Subject, answers: Mapping[str, int], fatal: Sequence[str], remarks: str
    ) -> Score:
        """Make it final: from now on it counts, and the agent sees it. Raises `ScoreRefused`."""
        sheet = self._sheet(score.sheet, subject)
        if sheet.version != score.sheet_version:
            raise ScoreRefused(WhyNot.SHEET_CHANGED)
        points = points_x10(sheet, answers, fatal)
        if points is None:
            raise ScoreRefused(WhyNot.NOT_COMPLETE)
        filled = self._filled(score, answers, fatal, remarks)
        final = self._write(replace(filled, state=ScoreState.FINAL, points_x10=points), "final")
        self._log_access(Access.SCORED, final.call_id, f"{points / 10:.1f}")
        return final

    def _filled(self, score: Score, answers: Mapping[str, int], fatal: Sequence[str], remarks: str) -> Score:
        known = next(
            (known for known in self._scores.of_call(score.call_id) if known.score_id == score.score_id), score
        )
        if known.state is ScoreState.FINAL:
            raise ScoreRefused(WhyNot.FINAL)
        if len(remarks) > REMARKS_MAX:
            raise ScoreRefused(WhyNot.TOO_LONG)
        return replace(
            score,
            answers=answer_texts(answers),
            fatal=tuple(sorted(fatal)),
            remarks=remarks.strip(),
            scored_at=self._clock(),
        )

    def _write(self, score: Score, reason: str) -> Score:
        self._log.append([self._author.change("score", score.score_id, patch_of(score, "score_id"), reason)])
        return score

    def seen(self, score: Score, listener: Listener) -> bool:
        """Whoever it is news for has looked at it: the agent at the score, whoever gave it at the answer. Whether that
        was news."""
        mine = score.agent == listener.agent and score.is_unseen
        answer = score.scored_by == listener.agent and score.has_new_answer
        if mine or answer:
            self._change(score, seen_at=self._clock())
        return mine or answer

    def reply(self, score: Score, listener: Listener, text: str) -> Score:
        """What the agent of the call has to say to it. Raises `ScoreRefused`."""
        if score.agent != listener.agent or score.state is not ScoreState.FINAL:
            raise ScoreRefused(WhyNot.NOT_YOURS)
        if len(text) > REMARKS_MAX:
            raise ScoreRefused(WhyNot.TOO_LONG)
        return self._change(score, reply=text.strip(), replied_at=self._clock())

    def _change(self, score: Score, **fields: object) -> Score:
        patch = {name: field_value(value) for name, value in fields.items()}
        self._log.append([self._author.change("score", score.score_id, patch)])
        return replace(score, **fields)  # type: ignore[arg-type]

    def _may_score(self, call: CallEntry, listener: Listener) -> None:
        if listener.role is not Role.SUPERVISOR:
            raise ScoreRefused(WhyNot.SUPERVISORS_ONLY)
        if call.agent == listener.agent:
            raise ScoreRefused(WhyNot.OWN_CALL)

    def _version(self, sheet_id: str, version: str) -> Sheet | None:
        return next(
            (
                sheet
                for sheet in (*self._sheets(), *self._former())
                if (sheet.sheet_id, sheet.version) == (sheet_id, version)
            ),
            None,
        )

    def _sheet(self, sheet_id: str, subject: Subject) -> Sheet:
        sheets = self._sheets()
        kind = subject.tickets[0].kind if subject.tickets else None
        found = (
            next((sheet for sheet in sheets if sheet.sheet_id == sheet_id), None)
            if sheet_id
            else sheet_for(sheets, kind)
        )
        if found is None:
            raise ScoreRefused(WhyNot.NO_SHEET)
        return found


def _proposals(sheet: Sheet, facts: Mapping[Fact, float]) -> tuple[dict[str, int], tuple[str, ...]]:
    """The machine's answers, and the fatal errors that it points out."""
    found = {sheet.name_of(question): question.proposed(facts) for question in sheet.questions}
    fatal = tuple(fatal.fatal_id for fatal in sheet.fatals if fatal.proposed(facts))
    return {name: answer for name, answer in found.items() if answer is not None}, fatal


def _draft_paper(score: Score, sheet: Sheet, made_by: Sheet | None, facts: Mapping[Fact, float]) -> Paper:
    proposed, fatal = _proposals(sheet, facts)
    then = "" if score.sheet_version == sheet.version else score.sheet_version
    if then:
        score = _brought_to(sheet, score, made_by, proposed)
    answers = read_answers(score.answers)
    return Paper(score, sheet, answers, facts, proposed, fatal, points_x10(sheet, answers, score.fatal), then)


def _brought_to(sheet: Sheet, draft: Score, before: Sheet | None, proposed: Mapping[str, int]) -> Score:
    """The draft by another version of its sheet. Where the one `before` is not at hand, nobody can say what its answers
    were to, nor on which scale: the machine's are left."""
    then = {before.name_of(one): (one.text, one.scale) for one in before.questions} if before else {}
    fatal_then = {one.fatal_id: one.text for one in before.fatals} if before else {}
    given = read_answers(draft.answers)
    same = {
        name: given[name]
        for name, question in ((sheet.name_of(one), one) for one in sheet.questions)
        if name in given and then.get(name) == (question.text, question.scale)
    }
    fatal = {one.fatal_id for one in sheet.fatals if fatal_then.get(one.fatal_id) == one.text}
    return replace(
        draft,
        sheet_version=sheet.version,
        answers=answer_texts({**proposed, **same}),
        fatal=tuple(one for one in draft.fatal if one in fatal),
        points_x10=None,
    )
