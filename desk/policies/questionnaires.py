"""Questionnaires of follow-ups, read from files: one TOML file in `questionnaires/`, one questionnaire, checked whole.
The company's folder and then the estate's come after what is shipped; one with the same id takes the place of the one
before. A mistake is told with line and reason, and its file changes nothing: what it would have replaced holds.

Reads files: on a worker's thread, never on the ui's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from desk.domain.follow_ups import FollowUpKind
from desk.domain.questionnaires import (
    END,
    YES,
    Answer,
    Ask,
    Choice,
    Jump,
    Means,
    Problem,
    Questionnaire,
    Wrong,
    problem,
)
from desk.domain.tickets import Kind
from desk.i18n import _
from desk.policies.files import Policy, PolicyError, PolicyFolders, policy_file

FOLDER = "questionnaires"
_MOST_ASKS = 60
_MOST_CHOICES = 9  # each has a digit as its key
_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,31}")
Place = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class RawChoice:
    id: str
    text: str
    points: int | None = None


@dataclass(frozen=True, kw_only=True)
class RawJump:
    on: tuple[str, ...]
    to: str


@dataclass(frozen=True, kw_only=True)
class RawAsk:
    id: str
    text: str
    answer: Answer
    choice: tuple[RawChoice, ...] = ()
    scale: int = 5
    weight: int = 0
    means: Means | None = None
    yes: tuple[str, ...] | None = None
    needed: bool = True
    jump: tuple[RawJump, ...] = ()
    then: str = ""


@dataclass(frozen=True, kw_only=True)
class RawQuestionnaire:
    id: str
    version: str
    title: str
    follow_up: FollowUpKind
    kinds: tuple[Kind, ...] = ()
    opening: str = ""
    closing: str = ""
    ask: tuple[RawAsk, ...] = ()


def read_questionnaires(folders: PolicyFolders) -> Policy[tuple[Questionnaire, ...]]:
    """All that there are, a company's own before those that are shipped. Raises `PolicyError` where a shipped one is
    broken."""
    found: dict[str, Questionnaire] = {}
    troubles: list[PolicyError] = []
    for number, folder in enumerate(folders.all()):
        here: dict[str, Questionnaire] = {}
        for file in _files(folder / FOLDER):
            try:
                one = read_questionnaire(file)
                if one.questionnaire_id in here:
                    raise policy_file(file).wrong(("id",), _("another questionnaire has the same id"))
                here[one.questionnaire_id] = one
            except PolicyError as error:
                if number == 0:
                    raise
                troubles.append(error)
        found = {**here, **{name: one for name, one in found.items() if name not in here}}
    return Policy(tuple(found.values()), tuple(troubles))


def read_questionnaire(file: Path) -> Questionnaire:
    """The questionnaire in this file. Raises `PolicyError`."""
    written = policy_file(file)
    raw = written.as_(RawQuestionnaire)
    found = _wrong_in(raw)
    if found is not None:
        raise written.wrong(*found)
    made = Questionnaire(
        raw.id,
        raw.version,
        raw.title,
        raw.follow_up,
        tuple(map(_ask, raw.ask)),
        frozenset(raw.kinds),
        raw.opening,
        raw.closing,
    )
    trouble = problem(made)
    if trouble is not None:
        raise written.wrong(*_told(made, trouble))
    return made


def _ask(raw: RawAsk) -> Ask:
    return Ask(
        raw.id,
        raw.text,
        raw.answer,
        tuple(Choice(one.id, one.text, one.points) for one in raw.choice),
        raw.scale,
        raw.weight,
        raw.means,
        raw.yes if raw.yes is not None else (YES,),
        raw.needed,
        tuple(Jump(one.on, one.to) for one in raw.jump),
        raw.then,
    )


def _wrong_in(raw: RawQuestionnaire) -> tuple[Place, str] | None:
    """What is wrong beside the way through it: the first thing, and where."""
    if not _NAME.fullmatch(raw.id):
        return ("id",), _("an id is 1 to 32 small letters a-z, digits and _")
    for key, value in (("version", raw.version), ("title", raw.title)):
        if not value.strip():
            return (key,), _("it is empty")
    if not 1 <= len(raw.ask) <= _MOST_ASKS:
        return ("ask",), _("a questionnaire has 1 to {most} questions, [[ask]]").format(most=_MOST_ASKS)
    for number, ask in enumerate(raw.ask):
        here: Place = ("ask", number)
        if not _NAME.fullmatch(ask.id) or ask.id == END:
            return (*here, "id"), _("an id is 1 to 32 small letters a-z, digits and _")
        if ask.id in {other.id for other in raw.ask[:number]}:
            return (*here, "id"), _("this id stands twice")
        key, reason = _wrong_in_ask(ask)
        if key:
            return (*here, key), reason
    return None


def _wrong_in_ask(ask: RawAsk) -> tuple[str, str]:
    """(key, reason), ("", "") where all is well."""
    answers = set(_ask(ask).answers)
    if not ask.text.strip():
        return "text", _("it is empty")
    if not 0 <= ask.weight <= 1000:
        return "weight", _("a weight is 0 to 1000")
    if not 2 <= ask.scale <= 10:
        return "scale", _("a scale ends at 2 to 10")
    key, reason = _wrong_in_choices(ask)
    if key:
        return key, reason
    if ask.weight and ask.answer is Answer.TEXT:
        return "weight", _("a text has no points")
    if ask.means is not None and ask.answer is Answer.TEXT:
        return "means", _("a text says neither yes nor no")
    if ask.means is not None and ask.answer is not Answer.YES_NO and ask.yes is None:
        return "means", _("say which answers mean yes: yes = [...]")
    if ask.yes is not None and not set(ask.yes) <= answers:
        return "yes", _("not an answer of this question: {answer}").format(answer=min(set(ask.yes) - answers))
    return "", ""


def _wrong_in_choices(ask: RawAsk) -> tuple[str, str]:
    if (ask.answer is Answer.CHOICE) is not bool(ask.choice):
        return "choice", _('a question with answer = "choice" has choices, and no other one has')
    ids = [one.id for one in ask.choice]
    if len(set(ids)) < len(ids) or not all(map(_NAME.fullmatch, ids)):
        return "choice", _("each choice has an id of its own: small letters a-z, digits and _")
    if len(ids) > _MOST_CHOICES:
        return "choice", _("{most} choices at most: each has a digit as its key").format(most=_MOST_CHOICES)
    if any(one.points is not None and not 0 <= one.points <= 100 for one in ask.choice):
        return "choice", _("points are 0 to 100")
    return "", ""


def _told(made: Questionnaire, trouble: Problem) -> tuple[Place, str]:
    """What keeps it from being walked to its end, in words, and where."""
    path: Place = ("ask", trouble.place)
    ask = made.asks[trouble.place]
    key = "id" if trouble.wrong is Wrong.UNASKED else "then"
    if trouble.jump is not None:
        path, key = (*path, "jump", trouble.jump), "to"
    match trouble.wrong:
        case Wrong.NOWHERE:
            reason = _("there is no question {name}").format(name=repr("".join(trouble.way)))
        case Wrong.ROUND:
            reason = _("the questions come round again and never end: {way}").format(way=" → ".join(trouble.way))
        case Wrong.UNASKED:
            reason = _("no answer ever leads to the question {name}").format(name=repr(ask.ask_id))
        case Wrong.NO_ANSWER:
            reason = _("not an answer of this question: {answer}").format(answer=", ".join(trouble.way))
            key = "on"
        case _:
            assert_never(trouble.wrong)
    return (*path, key), reason


def _files(folder: Path) -> Sequence[Path]:
    if not folder.is_dir():
        return ()
    try:
        return sorted(file for file in folder.iterdir() if file.suffix == ".toml" and file.is_file())
    except OSError as error:
        raise PolicyError(folder, 0, _("the folder cannot be read ({detail})").format(detail=error.strerror)) from error
