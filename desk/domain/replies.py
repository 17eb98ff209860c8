"""What a handler answers by message: a keyword, the ticket's number, and a word on it ("1 20261122-S01-003",
"2 20261122-S01-003 不是水工的活", "done 003"). Typed on a telephone by somebody on a ladder: full-width digits, no
space or too many, commas, small letters. Pure, any thread."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from desk.domain.tasks import Task, TaskStage


class Said(Enum):
    """What they say of the work."""

    ACCEPT = "accept"
    RETURN = "return"
    START = "start"
    REPORT = "report"
    DONE = "done"


Keywords = Mapping[Said, Sequence[str]]

# The digit first: the shortest answer there is. It stands in the message that goes out.
KEYWORDS: Keywords = {
    Said.ACCEPT: ("1", "接单", "收到", "好的", "ok", "accept"),
    Said.RETURN: ("2", "误派", "反单", "退单", "return"),
    Said.START: ("3", "开始", "到场", "已到", "start"),
    Said.REPORT: ("4", "进度", "汇报", "report"),
    Said.DONE: ("5", "完成", "修好了", "已修好", "done"),
}
NEEDS_TEXT = frozenset({Said.RETURN, Said.REPORT})
LONGEST = 500  # of what is taken over; a message is no novel

_NUMBER = re.compile(r"\d{8}-[0-9a-z]+(?:-[0-9a-z]+)*-\d{3,}", re.IGNORECASE)
_SHORT = re.compile(r"(?<![0-9a-z])\d{3,4}(?![0-9a-z])", re.IGNORECASE)
_EDGE = " \t\r\n,.;:!?-_#、，。；：！？·"
# Which stages of a task take which answer; the rules of moves have the last word.
TAKES: Mapping[Said, frozenset[TaskStage]] = {
    Said.ACCEPT: frozenset({TaskStage.DISPATCHED}),
    Said.RETURN: frozenset({TaskStage.DISPATCHED, TaskStage.ACCEPTED, TaskStage.IN_PROGRESS}),
    Said.START: frozenset({TaskStage.DISPATCHED, TaskStage.ACCEPTED}),
    Said.REPORT: frozenset({TaskStage.ACCEPTED, TaskStage.IN_PROGRESS}),
    Said.DONE: frozenset({TaskStage.DISPATCHED, TaskStage.ACCEPTED, TaskStage.IN_PROGRESS}),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """`number`: the ticket's as written, whole or its last digits, "" = none. `text`: what else was said."""

    said: Said
    number: str = ""
    text: str = ""


def read_reply(untrusted: str, keywords: Keywords = KEYWORDS) -> Reply | None:
    """None: it begins with no keyword. Never raises."""
    text = unicodedata.normalize("NFKC", untrusted[: 4 * LONGEST]).strip(_EDGE)
    found = _keyword(text, keywords)
    if found is None:
        return None
    said, rest = found
    number = _NUMBER.search(rest)
    if number is None:
        number = _SHORT.match(rest)
    if number is not None:
        rest = f"{rest[: number.start()].strip(_EDGE)} {rest[number.end() :].strip(_EDGE)}"
    return Reply(said, number[0].upper() if number else "", " ".join(rest.split())[:LONGEST])


def _keyword(text: str, keywords: Keywords) -> tuple[Said, str] | None:
    """The longest word that it begins with. A digit counts only by itself: "12号楼" is none."""
    low = text.lower()
    words = sorted(((word.lower(), said) for said, known in keywords.items() for word in known), key=_longest_first)
    for word, said in words:
        if low.startswith(word) and not (word.isascii() and low[len(word) : len(word) + 1].isalnum()):
            return said, text[len(word) :].strip(_EDGE)
    return None


def _longest_first(pair: tuple[str, Said]) -> tuple[int, str]:
    return -len(pair[0]), pair[0]


def meant(said: Said, number: str, open_tasks: Sequence[tuple[str, Task]]) -> list[Task]:
    """Which of a handler's tasks, each with its ticket's number, an answer may be about: by the whole number, or by how
    it ends; without a number those that take such an answer."""
    if number:
        named = [task for known, task in open_tasks if known.upper() == number]
        tasks = named or [task for known, task in open_tasks if known.upper().endswith(f"-{number}")]
    else:
        tasks = [task for _known, task in open_tasks]
    fitting = [task for task in tasks if task.stage in TAKES[said]]
    return fitting or (tasks if number else [])
