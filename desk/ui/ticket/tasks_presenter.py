"""The tasks of a ticket as text. No Qt; pure functions; time and zone are arguments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from desk.domain.clocks import Clocks
from desk.domain.estate import Staff
from desk.domain.tasks import OPEN_TASKS, Task, TaskStage
from desk.i18n import _
from desk.ui.after import due_words, words
from desk.ui.rows_presenter import Chip, short_time

_TONES = {
    TaskStage.WAITING: "",
    TaskStage.DISPATCHED: "warn",
    TaskStage.ACCEPTED: "accent",
    TaskStage.IN_PROGRESS: "accent",
    TaskStage.DONE: "go",
    TaskStage.RETURNED: "danger",
    TaskStage.CANCELLED: "",
}


@dataclass(frozen=True, slots=True)
class TaskLine:
    """`head`: its turn and what is to be done; `who` has it; `said`: what was last heard of it."""

    task_id: str
    head: str
    chips: tuple[Chip, ...]
    who: str = ""
    said: str = ""


def present(
    tasks: Sequence[Task], staff: Sequence[Staff], clocks: Clocks, now: datetime, zone: tzinfo
) -> tuple[TaskLine, ...]:
    people: dict[str, Staff] = {one.staff_id: one for one in staff}
    return tuple(_line(task, people, clocks, now, zone) for task in tasks)


def _line(task: Task, people: Mapping[str, Staff], clocks: Clocks, now: datetime, zone: tzinfo) -> TaskLine:
    chips = [Chip(words.task_stage(task.stage), _TONES[task.stage])]
    if task.stage in OPEN_TASKS:
        dues = ((_("Accept"), task.accept_due_at), (_("Progress report"), task.progress_due_at))
        named = [(label, due) for label, due in (*dues, (_("Internal limit"), task.due_at)) if due is not None]
        if named:
            label, due = min(named, key=lambda one: one[1])
            text = _("{clock}: {left}").format(clock=label, left=due_words.left(due, now))
            chips.append(Chip(text, due_words.tone(due, clocks, now)))
    said = task.said
    if said and task.said_at:
        said = f"{short_time(task.said_at, now, zone)} {said}"
    if task.stage is TaskStage.RETURNED and task.reason:
        said = _("Reason: {words}").format(words=task.reason)
    return TaskLine(task.task_id, f"{task.place}. {task.title}", tuple(chips), _who(task, people), said)


def _who(task: Task, people: Mapping[str, Staff]) -> str:
    handler = people.get(task.handler_id or "")
    backup = people.get(task.backup_id or "")
    parts = [f"{handler.name} {handler.phone}".strip()] if handler else []
    if backup and task.stage in OPEN_TASKS:
        parts.append(_("backup {name}").format(name=backup.name))
    return " · ".join(parts)
