"""Dispatching as text: a `Proposal` in, view values out. No Qt; pure functions; time and zone are arguments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache

from desk.domain.attempts import Attempt, Purpose
from desk.domain.dispatching import Step
from desk.domain.identity import StaffId
from desk.domain.numbers import read_number
from desk.domain.pinyin import Reading, match, query_form, read_name
from desk.domain.routes import Part
from desk.domain.tasks import Task, TaskStage
from desk.i18n import _, ngettext
from desk.ui.after import words as after_words
from desk.ui.after.dispatch import words
from desk.ui.after.dispatch.words import TAKEN_DOWN, Heard
from desk.ui.rows_presenter import short_time
from desk.usecases.find_handler import Choice, Proposal

_PART_TONES = {Part.HANDLER: "accent", Part.BACKUP: "", Part.LEAD: ""}
SHOWN_TRIES = 3
WITH_SOMEBODY = frozenset({TaskStage.DISPATCHED, TaskStage.ACCEPTED, TaskStage.IN_PROGRESS})


@dataclass(frozen=True, slots=True)
class WhoLine:
    """Somebody who could take it. `counts`: on hand, not accepted, overdue, done today; "" for none of a kind. `late`:
    something of theirs is overdue. `note`: on duty, tried in vain."""

    staff_id: StaffId
    part: str
    tone: str
    name: str
    counts: tuple[str, str, str, str]
    late: bool = False
    note: str = ""
    note_tone: str = ""
    phone: str = ""

    @property
    def spoken(self) -> str:
        names = columns()
        counts = (f"{name} {count}" for name, count in zip(names, self.counts, strict=True) if count)
        return ", ".join(one for one in (self.name, self.part, self.note, *counts) if one)


@dataclass(frozen=True, slots=True)
class DispatchView:
    """`preferred`: who is chosen at first. `holder`: who has the task now. `heard`: what can be taken down."""

    title: str
    route: str
    troubles: tuple[str, ...]
    lines: tuple[WhoLine, ...]
    preferred: StaffId | None
    holder: StaffId | None
    tries: tuple[str, ...]
    heard: tuple[Heard, ...]
    limit: datetime
    tasks_words: str = ""


def columns() -> tuple[str, str, str, str]:
    return _("On hand"), _("Unaccepted"), _("Overdue"), _("Done today")


def present(proposal: Proposal, now: datetime, zone: tzinfo, *, new: bool = False) -> DispatchView:
    """`new`: one more task is to be made, whatever there is."""
    task = None if new else proposal.task
    holder = task.handler_id if task is not None and task.stage in WITH_SOMEBODY else None
    return DispatchView(
        title=_title(proposal, task, holder, new=new),
        route=_route(proposal),
        troubles=tuple(words.trouble(one) for one in proposal.troubles),
        lines=tuple(_line(choice) for choice in proposal.choices),
        preferred=_preferred(proposal, task, holder),
        holder=holder,
        tries=_tries(proposal, task, now, zone),
        heard=TAKEN_DOWN[task.stage] if task is not None else (),
        limit=task.due_at if task is not None and task.due_at is not None and task.due_at > now else proposal.limit,
        tasks_words=_tasks(proposal, task, new=new),
    )


def matching(lines: Sequence[WhoLine], text: str) -> tuple[WhoLine, ...]:
    """Those whose name fits what was typed: characters, pinyin or initials."""
    wanted = query_form(text)
    return tuple(line for line in lines if not wanted or match(wanted, _read(line.name)) is not None)


def warm(proposal: Proposal) -> Proposal:
    """The names read beforehand, on the worker: the first letter typed must not wait for hundreds of them."""
    for choice in proposal.choices:
        _read(choice.staff.name)
    return proposal


@lru_cache(4096)
def _read(name: str) -> Reading:
    """Kept: a centre has hundreds of handlers, and every keystroke asks for all of them."""
    return read_name(name)


def act(view: DispatchView, chosen: WhoLine | None) -> str:
    """What the first key does with the one chosen; "" where nobody is."""
    if chosen is None:
        return ""
    calls, name = bool(chosen.phone), chosen.name
    if chosen.staff_id == view.holder:
        return _("Call {name}").format(name=name) if calls else _("{name} has no number").format(name=name)
    if view.holder is None:
        return _("Send to {name} and call").format(name=name) if calls else _("Send to {name}").format(name=name)
    if calls:
        return _("Give to {name} and call").format(name=name)
    return _("Give to {name}").format(name=name)


def _title(proposal: Proposal, task: Task | None, holder: StaffId | None, *, new: bool) -> str:
    if new:
        return _("One more task")
    if task is None:
        return _("Dispatch")
    name = _name(proposal, holder)
    match task.stage:
        case TaskStage.RETURNED:
            return _("Returned: {reason}. Who takes it?").format(reason=task.reason or "-")
        case TaskStage.WAITING:
            return _("Dispatch")
        case TaskStage.DISPATCHED:
            return _waiting(proposal, name)
        case TaskStage.ACCEPTED | TaskStage.IN_PROGRESS:
            return _("With {name}: {stage}").format(name=name, stage=words.stage(task.stage))
        case TaskStage.DONE | TaskStage.CANCELLED:
            return words.stage(task.stage)


def _waiting(proposal: Proposal, name: str) -> str:
    pursuit = proposal.pursuit
    if pursuit is None or pursuit.step in (Step.CALL, Step.WAIT, Step.ANSWERED):
        return _("{name} has not accepted yet").format(name=name)
    tries = ngettext("{name} was not reached in {count} try", "{name} was not reached in {count} tries", pursuit.tries)
    said = tries.format(name=name, count=pursuit.tries)
    if pursuit.step is Step.NOBODY_LEFT:
        return _("{said}; everybody was tried: decide who takes it").format(said=said)
    return _("{said}: {next} stands in").format(said=said, next=_name(proposal, pursuit.whom))


def _name(proposal: Proposal, staff_id: StaffId | None) -> str:
    return next((one.staff.name for one in proposal.choices if one.staff.staff_id == staff_id), "-")


def _route(proposal: Proposal) -> str:
    named = [one.staff.name for one in proposal.choices if one.part is not None]
    return _("Route: {names}").format(names=" → ".join(named)) if named else ""


def _preferred(proposal: Proposal, task: Task | None, holder: StaffId | None) -> StaffId | None:
    pursuit = proposal.pursuit if task is not None else None
    if pursuit is not None and pursuit.whom is not None:
        return pursuit.whom
    if holder is not None:
        return holder
    gave_back = task.handler_id if task is not None and task.stage is TaskStage.RETURNED else None
    fresh = [one for one in proposal.choices if not one.given_up and one.staff.staff_id != gave_back]
    return fresh[0].staff.staff_id if fresh else None


def _line(choice: Choice) -> WhoLine:
    load = choice.load
    counts = (load.open, load.unaccepted, load.overdue, load.done_today)
    note, tone = (_("on duty"), "go") if choice.on_duty else ("", "")
    if choice.tries:
        note = ngettext("{count} try", "{count} tries", choice.tries).format(count=choice.tries)
        tone = "danger" if choice.given_up else "warn"
    return WhoLine(
        choice.staff.staff_id,
        words.part(choice.part) if choice.part else "",
        _PART_TONES[choice.part] if choice.part else "",
        choice.staff.name or choice.staff.number,
        tuple(str(count) if count else "" for count in counts),  # type: ignore[arg-type]
        bool(load.overdue),
        note,
        tone,
        choice.staff.phone,
    )


def _tries(proposal: Proposal, task: Task | None, now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """The last ones of this task, the newest first."""
    if task is None:
        return ()
    mine = [one for one in proposal.attempts if one.task_id == task.task_id and one.purpose is Purpose.DISPATCH]
    return tuple(_try(one, proposal, now, zone) for one in reversed(mine[-SHOWN_TRIES:]))


def _try(attempt: Attempt, proposal: Proposal, now: datetime, zone: tzinfo) -> str:
    said = _("{time} {name}: {outcome}").format(
        time=short_time(attempt.at, now, zone),
        name=_name(proposal, attempt.staff_id),
        outcome=after_words.outcome(attempt.outcome),
    )
    if attempt.next_at is None:
        return said
    return _("{said}, again at {time}").format(said=said, time=short_time(attempt.next_at, now, zone))


def _tasks(proposal: Proposal, task: Task | None, *, new: bool) -> str:
    """Which of several tasks this is; "" where there is one at most."""
    if new or task is None or len(proposal.tasks) < 2:
        return ""
    at = [one.task_id for one in proposal.tasks].index(task.task_id) + 1
    return _("Task {at} of {count}: {title}").format(at=at, count=len(proposal.tasks), title=task.title)


def phone_shown(number: str) -> str:
    return read_number(number).shown or number
