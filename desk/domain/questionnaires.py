"""Questionnaires of follow-ups (回访问卷): what is asked, what is asked next after which answer, what an answer is
worth and what it says of the ticket. Values and pure functions; the files they come from are read by
`desk.policies.questionnaires`.

A questionnaire is walked from its first question. After each answer the first jump that names it leads on; else what
stands in `then`; else the next question of the file; after the last one it ends. Surprising choice: no question may
ever be asked twice. A way that leads round is a mistake of the file even where an answer would leave it, because
whoever reads out the questions cannot know that (`problem`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import assert_never

from desk.domain.follow_ups import FollowUpKind
from desk.domain.tickets import Kind

END = "end"  # a jump's target: nothing more is asked
YES, NO = "yes", "no"
SKIPPED = ""  # the answer to a question that need not be answered


class Answer(Enum):
    """How a question is answered."""

    YES_NO = "yes_no"
    SCALE = "scale"  # 1 to `Ask.scale`, the most is the best
    CHOICE = "choice"
    TEXT = "text"


class Means(Enum):
    """What an answer says beside its points."""

    SOLVED = "solved"
    SATISFIED = "satisfied"
    CONFIRMED = "confirmed"  # in process: was told the plan; spot check: had really been called


@dataclass(frozen=True, slots=True)
class Choice:
    """`points` 0..100, None: it does not count."""

    choice_id: str
    text: str
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Jump:
    """After one of `answers`, question `to` or `END`."""

    answers: tuple[str, ...]
    to: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. `weight` 0: no points. `yes`: the answers that mean yes, where it `means` something. `needed`: it
    is not left without an answer. `then`: what follows where no jump fits, "" the next one of the file."""

    ask_id: str
    text: str
    answer: Answer
    choices: tuple[Choice, ...] = ()
    scale: int = 5
    weight: int = 0
    means: Means | None = None
    yes: tuple[str, ...] = (YES,)
    needed: bool = True
    jumps: tuple[Jump, ...] = ()
    then: str = ""

    @property
    def answers(self) -> tuple[str, ...]:
        """Every answer that leads on by itself; of a text any one stands for all."""
        match self.answer:
            case Answer.YES_NO:
                found: tuple[str, ...] = (YES, NO)
            case Answer.SCALE:
                found = tuple(str(value) for value in range(1, self.scale + 1))
            case Answer.CHOICE:
                found = tuple(choice.choice_id for choice in self.choices)
            case Answer.TEXT:
                found = ("…",)
            case _:
                assert_never(self.answer)
        return found if self.needed else (*found, SKIPPED)

    def takes(self, answer: str) -> bool:
        """Whether this can be an answer to it."""
        if answer == SKIPPED:
            return not self.needed
        return self.answer is Answer.TEXT or answer in self.answers

    def points(self, answer: str) -> int | None:
        """0..100; None where it does not count."""
        if self.weight == 0 or answer == SKIPPED:
            return None
        match self.answer:
            case Answer.YES_NO:
                return 100 if answer in self.yes else 0
            case Answer.SCALE:
                return round(100 * (int(answer) - 1) / (self.scale - 1))
            case Answer.CHOICE:
                return next((choice.points for choice in self.choices if choice.choice_id == answer), None)
            case Answer.TEXT:
                return None
            case _:
                assert_never(self.answer)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """`kinds`: the tickets it is for, none = any. `opening`, `closing`: what is said first and last."""

    questionnaire_id: str
    version: str
    title: str
    follow_up: FollowUpKind
    asks: tuple[Ask, ...]
    kinds: frozenset[Kind] = frozenset()
    opening: str = ""
    closing: str = ""

    def ask(self, ask_id: str) -> Ask | None:
        return next((ask for ask in self.asks if ask.ask_id == ask_id), None)


@dataclass(frozen=True, slots=True)
class Result:
    """What the answers say. None: it was not asked, or not said. `score` 0..100, the weighted mean of what counts."""

    solved: bool | None = None
    satisfied: bool | None = None
    confirmed: bool | None = None
    score: int | None = None


def asked(questionnaire: Questionnaire, answers: Mapping[str, str]) -> tuple[Ask, ...]:
    """The questions in the order in which these answers lead through them; the last one is still open where it has no
    answer that it takes."""
    found: list[Ask] = []
    ask = questionnaire.asks[0] if questionnaire.asks else None
    while ask is not None and ask not in found:
        found.append(ask)
        answer = answers.get(ask.ask_id)
        if answer is None or not ask.takes(answer):
            break
        ask = following(questionnaire, ask, answer)
    return tuple(found)


def open_ask(questionnaire: Questionnaire, answers: Mapping[str, str]) -> Ask | None:
    """The question that is to be asked now; None: it is at its end."""
    path = asked(questionnaire, answers)
    if not path:
        return None
    answer = answers.get(path[-1].ask_id)
    return path[-1] if answer is None or not path[-1].takes(answer) else None


def following(questionnaire: Questionnaire, ask: Ask, answer: str) -> Ask | None:
    """What is asked after this answer; None: nothing more."""
    to = next((jump.to for jump in ask.jumps if answer in jump.answers), ask.then)
    if to == END:
        return None
    if to:
        return questionnaire.ask(to)
    after = questionnaire.asks.index(ask) + 1
    return questionnaire.asks[after] if after < len(questionnaire.asks) else None


def result(questionnaire: Questionnaire, answers: Mapping[str, str]) -> Result:
    """What the answers on the way say; answers to questions that are no longer on it do not count."""
    said: dict[Means, bool] = {}
    total = weight = 0
    for ask in asked(questionnaire, answers):
        answer = answers.get(ask.ask_id, SKIPPED)
        if answer == SKIPPED or not ask.takes(answer):
            continue
        if ask.means is not None:
            said[ask.means] = answer in ask.yes
        points = ask.points(answer)
        if points is not None:
            total += ask.weight * points
            weight += ask.weight
    return Result(
        said.get(Means.SOLVED),
        said.get(Means.SATISFIED),
        said.get(Means.CONFIRMED),
        round(total / weight) if weight else None,
    )


def answer_texts(questionnaire: Questionnaire, answers: Mapping[str, str]) -> tuple[str, ...]:
    """As `FollowUp.answers` keeps them, "solved=yes", in the order asked; what is no longer on the way is left out."""
    return tuple(
        f"{ask.ask_id}={answers[ask.ask_id]}"
        for ask in asked(questionnaire, answers)
        if ask.ask_id in answers and ask.takes(answers[ask.ask_id])
    )


def read_answers(texts: Sequence[str]) -> dict[str, str]:
    """The other way; what cannot be read is left out."""
    parts = (text.partition("=") for text in texts)
    return {name: answer for name, sign, answer in parts if name and sign}


def questionnaire_for(
    questionnaires: Sequence[Questionnaire], follow_up: FollowUpKind, kind: Kind | None
) -> Questionnaire | None:
    """The one made for this kind of ticket, else the first that is for any; None: there is none for this follow-up."""
    fitting = [one for one in questionnaires if one.follow_up is follow_up]
    made_for = next((one for one in fitting if kind in one.kinds), None)
    return made_for or next((one for one in fitting if not one.kinds), None)


class Wrong(Enum):
    """Why a questionnaire cannot be used. The words for it belong to whoever reads the file."""

    NOWHERE = "nowhere"  # a jump to a question that is not there
    ROUND = "round"  # it never ends
    UNASKED = "unasked"  # no answer ever leads to it
    NO_ANSWER = "no_answer"  # a jump on an answer that the question does not have


@dataclass(frozen=True, slots=True)
class Problem:
    """`place`: of the question to blame among all, from 0; `jump`: of its jump, None where it is `then` or the
    question itself. `way`: ids of the questions that lead round, the first one again at the end; or what is
    missing."""

    wrong: Wrong
    place: int
    jump: int | None = None
    way: tuple[str, ...] = ()


def problem(questionnaire: Questionnaire) -> Problem | None:
    """The first thing that keeps it from being walked to an end by whatever answers."""
    known = {ask.ask_id for ask in questionnaire.asks} | {END, ""}
    for place, ask in enumerate(questionnaire.asks):
        if ask.then not in known:
            return Problem(Wrong.NOWHERE, place, None, (ask.then,))
        for number, jump in enumerate(ask.jumps):
            if jump.to not in known or not jump.to:
                return Problem(Wrong.NOWHERE, place, number, (jump.to,))
            strange = [answer for answer in jump.answers if not ask.takes(answer)]
            if strange or (ask.answer is Answer.TEXT and any(jump.answers)):
                return Problem(Wrong.NO_ANSWER, place, number, tuple(strange or jump.answers))
    return _round(questionnaire) or _unasked(questionnaire)


def _round(questionnaire: Questionnaire) -> Problem | None:
    """Depth first from the first question: an edge back to one that is still on the way is a way round."""
    left: set[str] = set()

    def walk(ask: Ask, way: tuple[Ask, ...]) -> Problem | None:
        if ask in way:
            back = (*way[way.index(ask) :], ask)
            return _blame(questionnaire, back)
        if ask.ask_id in left:
            return None
        for answer in ask.answers:
            after = following(questionnaire, ask, answer)
            found = walk(after, (*way, ask)) if after is not None else None
            if found is not None:
                return found
        left.add(ask.ask_id)
        return None

    return walk(questionnaire.asks[0], ()) if questionnaire.asks else None


def _blame(questionnaire: Questionnaire, way: Sequence[Ask]) -> Problem:
    """The step that leads back in the file: there is one on every way round."""
    for ask, after in pairwise(way):
        place = questionnaire.asks.index(ask)
        if questionnaire.asks.index(after) <= place:
            number = next((n for n, jump in enumerate(ask.jumps) if jump.to == after.ask_id), None)
            return Problem(Wrong.ROUND, place, number, tuple(one.ask_id for one in way))
    raise AssertionError("a way round leads back somewhere")


def _unasked(questionnaire: Questionnaire) -> Problem | None:
    reached: set[str] = set()
    waiting = list(questionnaire.asks[:1])
    while waiting:
        ask = waiting.pop()
        reached.add(ask.ask_id)
        after = (following(questionnaire, ask, answer) for answer in ask.answers)
        waiting += [one for one in after if one is not None and one.ask_id not in reached]
    for place, ask in enumerate(questionnaire.asks):
        if ask.ask_id not in reached:
            return Problem(Wrong.UNASKED, place)
    return None
