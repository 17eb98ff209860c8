"""Scoring sheets of quality assurance (质检): what is asked about a call, how much each answer weighs, what is a fatal
error, and what of it a machine can answer from what was heard and logged. Values and pure functions; the files they
come from are read by `desk.sheets`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from desk.domain.tickets import Kind

FULL_X10 = 1000  # 100.0 points


class Fact(Enum):
    """What a machine can say about a call. A figure, or 1 for yes and 0 for no."""

    GREETING_S = "greeting_s"  # from the answer to the agent's first word
    LONG_SILENCES = "long_silences"  # over ten seconds, both silent, not on hold
    LONGEST_SILENCE_S = "longest_silence_s"
    TALK_OVER_PERCENT = "talk_over_percent"  # both at once, of the time in which anybody talked
    AGENT_TALK_PERCENT = "agent_talk_percent"  # of the time in which anybody talked
    HOLDS = "holds"
    HOLD_S = "hold_s"
    LENGTH_S = "length_s"
    FORM_COMPLETE = "form_complete"  # the ticket was filed before the caller had hung up
    FOLLOW_UP_PROMISED = "follow_up_promised"  # when the call ended: an appointment, or a promise to call back

    @property
    def yes_no(self) -> bool:
        return self in (Fact.FORM_COMPLETE, Fact.FOLLOW_UP_PROMISED)


Facts = Mapping[Fact, float]


@dataclass(frozen=True, slots=True)
class Band:
    """A figure of at most this much gets so many points of the question's scale."""

    most: float
    points: int


@dataclass(frozen=True, slots=True)
class Question:
    """Answered with 0 to `scale`. `weight` counts within its section. `fact` with `bands` (the first that fits; none:
    0 points) or yes/no: the machine proposes the answer, a person may change it."""

    question_id: str
    text: str
    weight: int = 1
    scale: int = 5
    fact: Fact | None = None
    bands: tuple[Band, ...] = ()

    def proposed(self, facts: Facts) -> int | None:
        """The machine's answer, None where it has none."""
        if self.fact is None or self.fact not in facts:
            return None
        figure = facts[self.fact]
        if self.fact.yes_no:
            return self.scale if figure else 0
        return next((band.points for band in self.bands if figure <= band.most), 0)


@dataclass(frozen=True, slots=True)
class Section:
    """`weight` counts within the sheet."""

    section_id: str
    title: str
    questions: tuple[Question, ...]
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Fatal:
    """An error that makes everything else worthless: no points. `fact` and `above`: the machine points it out where the
    figure is higher; it is never more than a proposal."""

    fatal_id: str
    text: str
    fact: Fact | None = None
    above: float = 0.0

    def proposed(self, facts: Facts) -> bool:
        return self.fact is not None and facts.get(self.fact, 0.0) > self.above


@dataclass(frozen=True, slots=True)
class Sheet:
    """`kinds`: the tickets it is for, none = any call. `passed`: points from which a call is good enough."""

    sheet_id: str
    version: str
    title: str
    sections: tuple[Section, ...]
    fatals: tuple[Fatal, ...] = ()
    kinds: frozenset[Kind] = frozenset()
    passed: int = 80

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)

    def name_of(self, question: Question) -> str:
        """ "opening.in_time": as it stands in `Score.answers`."""
        section = next(section for section in self.sections if question in section.questions)
        return f"{section.section_id}.{question.question_id}"


def points_x10(sheet: Sheet, answers: Mapping[str, int], fatal: Sequence[str] = ()) -> int | None:
    """The points in tenths, 0 to 1000: each section the weighted mean of its questions, the sheet that of its sections.
    None while a question has no answer; 0 with a fatal error, whatever else was answered."""
    if fatal:
        return 0
    names = {sheet.name_of(question): question for question in sheet.questions}
    if any(name not in answers for name in names):
        return None
    whole = sum(section.weight for section in sheet.sections)
    share = sum(section.weight * _share(section, answers) for section in sheet.sections) / whole
    return round(FULL_X10 * share)


def _share(section: Section, answers: Mapping[str, int]) -> float:
    """How much of this section's points was reached, 0 to 1."""
    weights = sum(question.weight for question in section.questions)
    reached = sum(
        question.weight
        * min(max(answers[f"{section.section_id}.{question.question_id}"], 0), question.scale)
        / question.scale
        for question in section.questions
    )
    return reached / weights


def answer_texts(answers: Mapping[str, int]) -> tuple[str, ...]:
    """As `Score.answers` keeps them: "opening.in_time=4"."""
    return tuple(f"{name}={answer}" for name, answer in sorted(answers.items()))


def read_answers(texts: Sequence[str]) -> dict[str, int]:
    """The other way; what cannot be read is left out."""
    found = {}
    for text in texts:
        name, _, answer = text.rpartition("=")
        if name and answer.isdecimal():
            found[name] = int(answer)
    return found


def sheet_for(sheets: Sequence[Sheet], kind: Kind | None) -> Sheet | None:
    """The sheet made for this kind of ticket, else the first that is for any call, else the first."""
    made_for = next((sheet for sheet in sheets if kind in sheet.kinds), None)
    return made_for or next((sheet for sheet in sheets if not sheet.kinds), None) or next(iter(sheets), None)
