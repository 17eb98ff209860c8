"""What is said of dispatching, in the agent's language. Closed tables. No Qt."""

from enum import Enum
from pathlib import PurePath

from desk.domain.attempts import Outcome
from desk.domain.moves import Refusal
from desk.domain.replies import Said
from desk.domain.routes import Part
from desk.domain.tasks import TaskStage
from desk.i18n import _
from desk.ui.after import words as after_words
from desk.ui.ticket import move_words
from desk.usecases.answer_for_handler import Answered, Result
from desk.usecases.find_handler import RouteTrouble, Why


class Heard(Enum):
    """What came of a call, as it is taken down: what they said, or why nobody said anything."""

    ACCEPT = "accept"
    RETURN = "return"
    START = "start"
    REPORT = "report"
    DONE = "done"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    OFF = "off"
    WRONG_NUMBER = "wrong_number"
    LATER = "later"

    @property
    def said(self) -> Said | None:
        return next((said for said in Said if said.value == self.value), None)

    @property
    def outcome(self) -> Outcome:
        return Outcome.REACHED if self.said is not None else Outcome(self.value)


_IN_VAIN = (Heard.NO_ANSWER, Heard.BUSY, Heard.OFF, Heard.WRONG_NUMBER, Heard.LATER)
# What can be taken down, by how far the task is; the likeliest first.
TAKEN_DOWN: dict[TaskStage, tuple[Heard, ...]] = {
    TaskStage.WAITING: (),
    TaskStage.DISPATCHED: (Heard.ACCEPT, Heard.RETURN, *_IN_VAIN),
    TaskStage.ACCEPTED: (Heard.START, Heard.REPORT, Heard.DONE, Heard.RETURN, *_IN_VAIN),
    TaskStage.IN_PROGRESS: (Heard.REPORT, Heard.DONE, Heard.RETURN, *_IN_VAIN),
    TaskStage.DONE: (),
    TaskStage.RETURNED: (),
    TaskStage.CANCELLED: (),
}


def heard(value: Heard) -> str:
    return {
        Heard.ACCEPT: _("Accepts"),
        Heard.RETURN: _("Returns it"),
        Heard.START: _("Has begun"),
        Heard.REPORT: _("Reports"),
        Heard.DONE: _("Is done"),
        Heard.NO_ANSWER: _("No answer"),
        Heard.BUSY: _("Busy"),
        Heard.OFF: _("Switched off"),
        Heard.WRONG_NUMBER: _("No such number"),
        Heard.LATER: _("Later"),
    }[value]


def asks_for(value: Heard) -> str:
    """What has to be typed with it, "" nothing."""
    return {
        Heard.RETURN: _("Why it is returned"),
        Heard.REPORT: _("What they report"),
        Heard.DONE: _("What was done"),
    }.get(value, "")


def part(value: Part) -> str:
    return {Part.HANDLER: _("Handler"), Part.BACKUP: _("Backup"), Part.LEAD: _("Lead")}[value]


def trouble(value: RouteTrouble) -> str:
    """One sentence, with file and line where there are some."""
    said = {
        Why.NO_ROUTE: _("No route fits this category and place: choose who takes it."),
        Why.NOBODY_ON_DUTY: _("The duty roster has nobody for this now."),
        Why.NO_ASSISTANT: _("This area has no area assistant."),
        Why.NOT_ON_STAFF: _("The route names {who}, whom nobody knows.").format(who=value.who),
        Why.LEFT: _("The route names {who}, who has left.").format(who=value.who),
        Why.NOBODY: _("The route leads to nobody: choose who takes it."),
    }[value.why]
    if not value.line:
        return said
    file = PurePath(value.file).name
    return _("{said} ({file}, line {line})").format(said=said.rstrip(".。"), file=file, line=value.line)


def answered(value: Answered) -> str:
    """A word for the line at the bottom."""
    if value.result is Result.DONE and value.said is not None:
        return {
            Said.ACCEPT: _("{who} has accepted it."),
            Said.RETURN: _("{who} has returned it: send it to somebody else."),
            Said.START: _("{who} has begun."),
            Said.REPORT: _("{who}'s report is on record."),
            Said.DONE: _("{who} is done; the follow-up is due."),
        }[value.said].format(who=value.who)
    if value.result is Result.REFUSED and value.refusal is not None:
        return refused(value.refusal)
    return {
        Result.DONE: "",
        Result.SAID_BEFORE: _("That was known already."),
        Result.NO_KEYWORD: _("There is no keyword in it."),
        Result.UNKNOWN_SENDER: _("Nobody who works here has this number."),
        Result.NOTHING_OPEN: _("There is no open task that it could be about."),
        Result.WHICH_TICKET: _("Which ticket is meant? {numbers}").format(numbers=", ".join(value.numbers)),
        Result.NOT_YOURS: _("This task is not with them (any more)."),
        Result.NEEDS_TEXT: _("Say why, or what there is to report."),
        Result.BAD_LINK: _("The link is not valid."),
        Result.LINK_EXPIRED: _("The link has run out: call the hotline."),
        Result.REFUSED: "",
    }[value.result]


def refused(value: Refusal) -> str:
    return move_words.refusal(value)


def stage(value: TaskStage) -> str:
    return after_words.task_stage(value)
