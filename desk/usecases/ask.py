"""Questions that nobody could answer: asked during the call, owned by a person, answered within the hours that the
policy sets (24 as shipped), told to the resident, and kept as an article so that nobody has to ask again. Worker's
thread; durable when it returns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum

from desk.domain.articles import branches
from desk.domain.changes import FieldValue
from desk.domain.estate import Duty, Staff
from desk.domain.identity import CallId, TicketId
from desk.domain.knowledge import Question, QuestionState
from desk.domain.patches import patch_of
from desk.domain.times import to_text
from desk.usecases.knowledge import ArticleText, Knowledge
from desk.usecases.knowledge_ports import Questions
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, NewId
from desk.usecases.tie_call import of_ticket


@dataclass(frozen=True, slots=True)
class KnowledgePolicy:
    """`owners`: (category, branch or kind; work number), the closest counts; `owner`: of everything else, "" = the
    first supervisor. `shown`: how many articles stand beside the form. `soon`: so long before it is due a question
    counts as due soon."""

    answer_within: timedelta = timedelta(hours=24)
    soon: timedelta = timedelta(hours=4)
    owners: tuple[tuple[str, str], ...] = ()
    owner: str = ""
    shown: int = 3


class QuestionReason(Enum):
    """Why something about a question is refused."""

    TEXT_MISSING = "text_missing"
    ANSWER_MISSING = "answer_missing"
    REASON_MISSING = "reason_missing"
    UNKNOWN = "unknown"
    ANSWERED = "answered"  # by somebody else meanwhile
    NOT_ANSWERED = "not_answered"  # nothing to tell yet
    OVER = "over"  # told or dropped meanwhile
    NO_SUCH_PERSON = "no_such_person"


class QuestionRefused(Exception):
    """Nothing was written."""

    def __init__(self, why: QuestionReason) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known when it is asked."""

    text: str
    category: str = ""
    number: str = ""
    caller_name: str = ""
    call_id: CallId | None = None
    ticket_id: TicketId | None = None


@dataclass(frozen=True, slots=True)
class QuestionList:
    """`open` by when they are due, `to_tell` by when they were answered."""

    open: tuple[Question, ...]
    to_tell: tuple[Question, ...]


class Ask:
    def __init__(
        self,
        change_log: ChangeLog,
        author: ChangeAuthor,
        questions: Questions,
        knowledge: Knowledge,
        staff: Callable[[], Sequence[Staff]],
        clock: Clock,
        new_id: NewId,
        policy: KnowledgePolicy,
    ) -> None:
        self._log, self._author, self._questions, self._knowledge = change_log, author, questions, knowledge
        self._staff, self._clock, self._new_id, self.policy = staff, clock, new_id, policy

    def owner_of(self, category: str, asked_by: str) -> str:
        """Who finds the answer: by the policy whoever is there still, else a supervisor, else whoever asks: a question
        always has an owner."""
        active = {one.number for one in self._staff() if one.active}
        by_code = dict(self.policy.owners)
        wanted = [by_code[code] for code in branches(category) if code in by_code]
        wanted += [self.policy.owner] if self.policy.owner else []
        wanted += sorted(s.number for s in self._staff() if s.active and s.duty is Duty.SUPERVISOR)
        return next((number for number in wanted if number in active), asked_by)

    def ask(self, asked: Asked, who: str) -> Question:
        """Raises `QuestionRefused`."""
        if not asked.text.strip():
            raise QuestionRefused(QuestionReason.TEXT_MISSING)
        now = self._clock()
        question = Question(
            question_id=self._new_id(),
            text=asked.text.strip(),
            asked_at=now,
            asked_by=who,
            owner=self.owner_of(asked.category, who),
            due_at=now + self.policy.answer_within,
            category=asked.category,
            number=asked.number.strip(),
            caller_name=asked.caller_name.strip(),
            call_id=asked.call_id,
            ticket_id=asked.ticket_id,
        )
        self._log.append([self._author.change("question", question.question_id, patch_of(question, "question_id"))])
        return question

    def read(self, owner: str = "") -> QuestionList:
        """What waits: for its answer by this owner ("": by anybody), and for the resident to be told it."""
        return QuestionList(tuple(self._questions.open(owner)), tuple(self._questions.to_tell()))

    def get(self, question_id: str) -> Question | None:
        return self._questions.get(question_id)

    def answer(self, question_id: str, answer: str, who: str, article: ArticleText | None = None) -> Question:
        """The answer, and the article it becomes: under the question's own words unless `article` says otherwise. Both
        in one transaction. Raises `QuestionRefused`, `ArticleRefused`."""
        question = self._open(question_id)
        if not answer.strip():
            raise QuestionRefused(QuestionReason.ANSWER_MISSING)
        content = article or article_from(question, answer)
        made = self._knowledge.checked(content, who, self._new_id())
        now = self._clock()
        patch = {
            "state": QuestionState.ANSWERED.value,
            "answer": answer.strip(),
            "answered_at": to_text(now),
            "answered_by": who,
            "article_id": made.article_id,
        }
        self._log.append(
            [
                self._author.change("article", made.article_id, patch_of(made, "article_id")),
                self._author.change("question", question_id, patch),
            ]
        )
        return replace(
            question,
            state=QuestionState.ANSWERED,
            answer=answer.strip(),
            answered_at=now,
            answered_by=who,
            article_id=made.article_id,
        )

    def told(self, question_id: str, who: str, call_id: CallId | None = None) -> Question:
        """The resident has the answer. `call_id`: the call in which they were told. Raises `QuestionRefused`."""
        question = self._known(question_id)
        if question.state is not QuestionState.ANSWERED:
            raise QuestionRefused(QuestionReason.NOT_ANSWERED)
        now = self._clock()
        patch = {"state": QuestionState.TOLD.value, "told_at": to_text(now)}
        told = self._author.change("question", question_id, patch, f"told by {who}")
        self._log.append([told, *of_ticket(self._author, call_id, question.ticket_id)])
        return replace(question, state=QuestionState.TOLD, told_at=now)

    def drop(self, question_id: str, reason: str, seen: QuestionState = QuestionState.OPEN) -> Question:
        """Nobody needs the answer any more, or nobody can be told it, and why. `seen`: whether it was answered, as
        whoever drops it saw it. Raises `QuestionRefused`."""
        question = self._waiting(question_id, seen)
        if not reason.strip():
            raise QuestionRefused(QuestionReason.REASON_MISSING)
        patch = {"state": QuestionState.DROPPED.value, "reason": reason.strip()}
        self._log.append([self._author.change("question", question_id, patch, reason.strip())])
        return replace(question, state=QuestionState.DROPPED, reason=reason.strip())

    def hand_to(self, question_id: str, to: str, seen: QuestionState = QuestionState.OPEN) -> Question:
        """Somebody else finds the answer, or tells it (`seen` as in `drop`); its clock runs on. `to`: work number or
        name. Raises `QuestionRefused`."""
        question, wanted = self._waiting(question_id, seen), to.strip()
        staff = [one for one in self._staff() if one.active]
        found = [s for s in staff if s.number == wanted] or [s for s in staff if s.name == wanted]
        if len(found) != 1:
            raise QuestionRefused(QuestionReason.NO_SUCH_PERSON)
        number = found[0].number
        is_open = question.state is QuestionState.OPEN
        patch: dict[str, FieldValue] = {"owner" if is_open else "asked_by": number}  # an answer is told by who asked
        self._log.append([self._author.change("question", question_id, patch)])
        return replace(question, owner=number) if is_open else replace(question, asked_by=number)

    def _known(self, question_id: str) -> Question:
        question = self._questions.get(question_id)
        if question is None:
            raise QuestionRefused(QuestionReason.UNKNOWN)
        return question

    def _open(self, question_id: str) -> Question:
        return self._waiting(question_id, QuestionState.OPEN)

    def _waiting(self, question_id: str, seen: QuestionState) -> Question:
        question = self._known(question_id)
        if question.state not in (QuestionState.OPEN, QuestionState.ANSWERED):
            raise QuestionRefused(QuestionReason.OVER)
        if question.state is not seen:
            raise QuestionRefused(QuestionReason.ANSWERED)
        return question


def article_from(question: Question, answer: str) -> ArticleText:
    """What an answer becomes where nobody words it otherwise: the question is the title."""
    title = " ".join(question.text.split())[:80]
    return ArticleText(title, answer.strip(), categories=(question.category,) if question.category else ())
