"""What one change of what belongs to a ticket did, in plain words: tasks, attempts, promised calls, follow-ups, early
warnings, messages, questions, the calls that joined it. No Qt; pure functions."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import TypeVar

from desk.domain.attempts import UNREACHED, Outcome, Purpose
from desk.domain.changes import FieldValue
from desk.domain.early_warnings import WarningStep
from desk.domain.follow_ups import FollowUpKind, FollowUpState
from desk.domain.knowledge import QuestionState
from desk.domain.messages import Delivery
from desk.domain.numbers import read_number
from desk.domain.promises import PromiseState
from desk.domain.tasks import TaskStage
from desk.i18n import _
from desk.ui.after import words
from desk.ui.after.warnings import words as warning_words
from desk.ui.conflict.words import thing
from desk.ui.ticket.trail_words import Ground, Said
from desk.usecases.read_timeline import Moment

E = TypeVar("E", bound=Enum)
_TEXT_SHOWN = 300


def said(moment: Moment, ground: Ground) -> Said | None:
    """None where nothing is worth a line. A thing that only a newer Desk knows is named as it names itself."""
    say = _ENTITIES.get(moment.entity)
    if say is not None:
        return say(moment, ground)
    fields = ", ".join(f"{field}: {value}" for field, value in moment.patch.items() if value not in (None, "", []))
    return Said(thing(moment.entity), fields[:_TEXT_SHOWN], "circle")


def _task(moment: Moment, ground: Ground) -> Said | None:
    patch, after = moment.patch, moment.after
    title = str(after.get("title") or "")
    handler = ground.name(str(after.get("handler_id") or ""))
    stage = _value(TaskStage, patch.get("stage"))
    parts = [_text(patch.get("said")) if patch.get("said") != patch.get("reason") else ""]
    due = ground.time(patch.get("due_at"))
    if due:
        parts.append(_("{clock} by {time}").format(clock=_("Internal limit"), time=due))
    if patch.get("reason"):
        parts.append(_("Reason: {words}").format(words=_text(patch["reason"])))
    if stage is None and "handler_id" in patch and handler:
        parts.insert(0, _("Handler: {name}").format(name=handler))
    if via := _via(patch.get("via")):
        parts.append(via)
    detail = _lines(*parts)
    if moment.is_first:
        stage = stage or TaskStage.WAITING
        return Said(_("Task: {title} ({state})").format(title=title, state=_of(stage, handler)), detail, "wrench")
    if stage is not None:
        tone = {TaskStage.DONE: "go", TaskStage.RETURNED: "danger"}.get(stage, "")
        return Said(_("Task: {title} ({state})").format(title=title, state=_of(stage, handler)), detail, "wrench", tone)
    return Said(_("Task: {title}").format(title=title), detail, "wrench") if detail else None


def _of(stage: TaskStage, handler: str) -> str:
    name = words.task_stage(stage)
    return f"{name} · {handler}" if handler and stage is not TaskStage.WAITING else name


def _via(value: FieldValue) -> str:
    return {
        "call": _("by call"),
        "link": _("by the link in the message"),
        "keyword": _("by a reply to the message"),
    }.get(str(value or ""), "")


def _attempt(moment: Moment, ground: Ground) -> Said | None:
    after = moment.after
    purpose, outcome = _value(Purpose, after.get("purpose")), _value(Outcome, after.get("outcome"))
    if purpose is None or outcome is None:
        return None
    number = str(after.get("number") or "")
    shown = read_number(number).shown or number
    staff = ground.name(str(after["staff_id"])) if after.get("staff_id") else _("Resident")
    whom = f"{staff} {shown}".strip()
    head = _("{purpose}: {whom}, {outcome}").format(
        purpose=words.purpose(purpose), whom=whom, outcome=words.outcome(outcome)
    )
    again = ground.time(after.get("next_at"))
    detail = _lines(_text(after.get("note")), _("Again {time}").format(time=again) if again else "")
    icon = "chat-text" if outcome is Outcome.SENT else "phone-outgoing"
    return Said(head, detail, icon, "warn" if outcome in UNREACHED else "")


def _promise(moment: Moment, ground: Ground) -> Said | None:
    patch, after = moment.patch, moment.after
    due, owner = ground.time(after.get("due_at")), ground.name(str(after.get("owner") or ""))
    if moment.is_first:
        head = _("Promised to call back by {time}").format(time=due)
        return Said(head, _lines(_text(after.get("text")), _owned(owner)), "clock", "accent")
    state = _value(PromiseState, patch.get("state"))
    if state is not None:
        head = _("Promised call: {state}").format(state=words.promise_state(state))
        return Said(head, _text(patch.get("reason")), "clock", "go" if state is PromiseState.KEPT else "")
    if "owner" in patch:
        return Said(_("{name} has taken over the promised call").format(name=owner), icon="clock")
    if "due_at" in patch:
        return Said(_("Promised to call back by {time}").format(time=due), icon="clock")
    return None


def _owned(owner: str) -> str:
    return _("Looked after by {name}").format(name=owner) if owner else ""


def _follow_up(moment: Moment, ground: Ground) -> Said | None:
    patch, after = moment.patch, moment.after
    kind = _value(FollowUpKind, after.get("kind"))
    state = _value(FollowUpState, patch.get("state"))
    if kind is None:
        return None
    name = words.follow_up_kind(kind)
    if state is FollowUpState.DUE:
        due = ground.time(after.get("due_at"))
        head = (
            _("{what} due by {time}").format(what=name, time=due) if due else f"{name}: {words.follow_up_state(state)}"
        )
        return Said(head, icon="chat-circle-text")
    if state is FollowUpState.GIVEN_UP:
        reason = _("Reason: {words}").format(words=_text(patch.get("reason"))) if patch.get("reason") else ""
        return Said(_("{what} given up").format(what=name), reason, "chat-circle-text", "warn")
    if state is FollowUpState.DONE:
        unhappy = after.get("solved") is False or after.get("satisfied") is False
        head = f"{name}: {_verdict(moment)}"
        return Said(head, _text(after.get("text")), "chat-circle-text", "danger" if unhappy else "go")
    if "owner" in patch and not moment.is_first:
        return Said(f"{name}: {_owned(ground.name(str(patch['owner'])))}", icon="chat-circle-text")
    return None


def _verdict(moment: Moment) -> str:
    after, parts = moment.after, []
    if isinstance(after.get("solved"), bool):
        parts.append(_("solved") if after["solved"] else _("not solved"))
    if isinstance(after.get("satisfied"), bool):
        parts.append(_("satisfied") if after["satisfied"] else _("not satisfied"))
    if isinstance(after.get("score"), int):
        parts.append(_("score {score}").format(score=after["score"]))
    return ", ".join(parts) or _("done")


def _warning(moment: Moment, ground: Ground) -> Said | None:
    patch, after = moment.patch, moment.after
    step = _value(WarningStep, patch.get("step"))
    said_now, source = _text(patch.get("said")), _text(patch.get("heard_from"))
    if said_now and source:
        said_now = _("{said} ({who})").format(said=said_now, who=source)
    if step is None:
        return Said(_("Early warning written on"), said_now, "warning", "warn") if said_now or moment.is_first else None
    facts = (
        (_("What it is about"), after.get("issue")),
        (_("Verified"), after.get("verified")),
        (_("Unhappy with"), after.get("unhappy_with")),
        (_("Difficulty"), after.get("difficulty")),
    )
    told = [f"{label}: {_text(value)}" for label, value in facts if value] if moment.is_first else []
    due = ground.time(patch.get("due_at"))
    turn = str(after.get("turn") or "")
    if due and step not in (WarningStep.CLOSED, WarningStep.WITHDRAWN):
        told.append(_("Next: {name}, by {time}").format(name=warning_words.turn(ground.name(turn) or turn), time=due))
    tone = "go" if step in (WarningStep.CLOSED, WarningStep.WITHDRAWN) else "danger"
    return Said(words.warning_step(step), _lines(said_now, *told), "warning", tone)


def _message(moment: Moment, _ground: Ground) -> Said | None:
    after = moment.after
    recipient = str(after.get("recipient") or "")
    whom = " ".join(p for p in (str(after.get("channel") or ""), read_number(recipient).shown or recipient) if p)
    if moment.is_first:
        head = _("Message to {whom}").format(whom=whom)
        return Said(head, _text(after.get("text")), "chat-text")
    state = _value(Delivery, moment.patch.get("delivery"))
    why = _text(moment.patch.get("why"))
    match state:
        case Delivery.SENT:
            return Said(_("Message to {whom}: sent").format(whom=whom), icon="chat-text")
        case Delivery.DELIVERED:
            return Said(_("Message to {whom}: arrived").format(whom=whom), icon="chat-text", tone="go")
        case Delivery.FAILED:
            return Said(_("Message to {whom}: NOT sent").format(whom=whom), why, "chat-text", "danger")
        case Delivery.DROPPED:
            return Said(_("Message to {whom}: no longer needed").format(whom=whom), why, "chat-text")
        case Delivery.WAITING | None:
            return None  # one more try: the page says how many there were


def _question(moment: Moment, ground: Ground) -> Said | None:
    after = moment.after
    if moment.is_first:
        owner, due = ground.name(str(after.get("owner") or "")), ground.time(after.get("due_at"))
        by = _("Next: {name}, by {time}").format(name=owner, time=due) if due else ""
        return Said(_("Question nobody could answer: {words}").format(words=_text(after.get("text"))), by, "question")
    match _value(QuestionState, moment.patch.get("state")):
        case QuestionState.ANSWERED:
            return Said(_("The question was answered"), _text(after.get("answer")), "question", "go")
        case QuestionState.TOLD:
            return Said(_("The resident was told the answer"), "", "question", "go")
        case QuestionState.DROPPED:
            return Said(_("The question was dropped"), _text(after.get("reason")), "question")
        case QuestionState.OPEN | None:
            return None


def _call(moment: Moment, _ground: Ground) -> Said | None:
    """Only that somebody tied it to the ticket, with what they wrote down: the call itself has a line of its own."""
    if not moment.patch.get("ticket_id") or not moment.reason:
        return None
    return Said(_("Repeat call: {words}").format(words=_text(moment.reason)), icon="phone-incoming")


def _text(value: FieldValue) -> str:
    text = " ".join(str(value or "").split())
    return text if len(text) <= _TEXT_SHOWN else f"{text[:_TEXT_SHOWN]}…"


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _value(values: type[E], text: FieldValue) -> E | None:
    try:
        return values(text) if text else None
    except ValueError:
        return None


_ENTITIES: Mapping[str, Callable[[Moment, Ground], Said | None]] = {
    "task": _task,
    "attempt": _attempt,
    "promise": _promise,
    "follow_up": _follow_up,
    "warning": _warning,
    "message": _message,
    "question": _question,
    "call": _call,
}
