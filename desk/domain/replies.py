"""What a handler answers by message: a keyword, the ticket's number, and a word on it ("1 20261122-S01-003",
"2 20261122-S01-003 不是水工的活", "done 003"). Typed on a telephone by somebody on a ladder: full-width digits, no
space or too many, commas, small letters; and who stands in room 203 writes 203 rather than a number they would have to
look up, so that the place counts, too. Pure, any thread."""

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
_SHORT = re.compile(r"(\d{3,4})(?![0-9a-z])\s?[室房]?", re.IGNORECASE)
# 5栋2单元203, 5号楼203室, 5-2-203; not 22号 (a day), not 1-2天.
_PLACE = re.compile(
    r"\d+\s?(?:栋|幢|座|号楼)(?:\s?\d+\s?单元)?(?:\s?\d{3,4}\s?[室房]?)?|\d{1,3}(?:-\d{1,2})?-\d{3,4}(?!\d)[室房]?"
)
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
    """`number`: the ticket's as written, whole or its last digits, "" = none; what looks like its last digits may be a
    room's. `place`: another place that was named instead. `text`: what else was said."""

    said: Said
    number: str = ""
    text: str = ""
    place: str = ""

    @property
    def where(self) -> str:
        """What may be a place, "" = nothing."""
        return self.place or (self.number if self.number.isdigit() else "")


def read_reply(untrusted: str, keywords: Keywords = KEYWORDS) -> Reply | None:
    """None: it begins with no keyword. Never raises."""
    text = unicodedata.normalize("NFKC", untrusted[: 4 * LONGEST]).strip(_EDGE)
    found = _keyword(text, keywords)
    if found is None:
        return None
    said, rest = found
    found_at = _NUMBER.search(rest) or _PLACE.match(rest) or _SHORT.match(rest)
    if found_at is None:
        return Reply(said, text=" ".join(rest.split())[:LONGEST])
    rest = f"{rest[: found_at.start()].strip(_EDGE)} {rest[found_at.end() :].strip(_EDGE)}"
    text = " ".join(rest.split())[:LONGEST]
    if found_at.re is _PLACE:
        return Reply(said, "", text, found_at[0].strip())
    return Reply(said, found_at[found_at.re.groups].upper(), text)


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


def at_place(said: Said, where: str, open_tasks: Sequence[tuple[str, Task]]) -> list[Task]:
    """Which of a handler's tasks, each with its place in words, take such an answer and are where it says."""
    return [task for place, task in open_tasks if task.stage in TAKES[said] and is_at(where, place)]


def is_at(where: str, place: str) -> bool:
    """Whether all the figures of `where` stand in the place, in this order."""
    wanted, there = _figures(where), iter(_figures(place))
    return bool(wanted) and all(one in there for one in wanted)


def _figures(text: str) -> list[str]:
    return [figures.lstrip("0") for figures in re.findall(r"\d+", unicodedata.normalize("NFKC", text))]
