"""Conflicts, what was settled, news and refused changes as text: values of the use cases in, view values out. No Qt;
pure functions; time, zone and the categories' names are arguments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from desk.domain.changes import FieldValue
from desk.domain.conflicts import ASPECTS, STAGE, STEP, standing_stage, standing_task_stage
from desk.domain.set_aside import why_refused
from desk.domain.warning_steps import standing_step
from desk.i18n import _
from desk.ui.conflict import words
from desk.ui.rows_presenter import CategoryName, Row, short_time
from desk.usecases.look_after_refused import RefusedChange
from desk.usecases.read_conflicts import Marks, OpenConflict, Settled, Side
from desk.usecases.watch_things import News

KEEP, TAKE = "Alt+K", "Alt+T"
SETTLED_SHOWN = timedelta(days=7)
_MOST_VALUE = 120


@dataclass(frozen=True, slots=True)
class Tongue:
    """What the agent's words need: the categories' names, the moment and the office's zone."""

    category: CategoryName
    now: datetime
    zone: tzinfo

    def value(self, values: Mapping[str, FieldValue], named: str = "") -> str:
        text = " ".join(words.value(values, named, self.category, self.now, self.zone).split())
        return text if len(text) <= _MOST_VALUE else text[: _MOST_VALUE - 1] + "…"

    def time(self, at: datetime) -> str:
        return short_time(at, self.now, self.zone)


@dataclass(frozen=True, slots=True)
class VersionView:
    """One of the versions and the button that settles for it. `key` "" from the third on."""

    change_id: str
    value: str
    by: str
    stands: bool
    button: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class ConflictView:
    """`rule`: what the domain's table says about it, "" where people decide."""

    title: str
    versions: tuple[VersionView, ...]
    rule: str = ""


@dataclass(frozen=True, slots=True)
class MarksView:
    conflicts: tuple[ConflictView, ...] = ()
    settled: tuple[str, ...] = ()


def who(name: str, number: str) -> str:
    """ "李四", a work number where the register has no name, the seat where a machine wrote it."""
    return name or number


def marks(found: Marks, tongue: Tongue) -> MarksView:
    """What a thing's own page says of it."""
    recent = (one for one in found.settled if tongue.now - one.by.change.at <= SETTLED_SHOWN)
    return MarksView(
        tuple(conflict(one, tongue) for one in found.conflicts), tuple(settled(one, tongue) for one in recent)
    )


def conflict(one: OpenConflict, tongue: Tongue) -> ConflictView:
    last = one.sides[-1]
    title = _("{what} changed to “{value}” at seat {seat} at {time} by {who}").format(
        what=words.aspect(one.thing.entity, one.conflict.aspect),
        value=tongue.value(last.version.values, last.named),
        seat=last.version.seat,
        time=tongue.time(last.change.at),
        who=_("you") if last.is_mine else who(last.name, last.version.author),
    )
    return ConflictView(title, tuple(_versions(one, tongue)), _rule(one, tongue))


def _versions(one: OpenConflict, tongue: Tongue) -> list[VersionView]:
    mine = [side for side in one.sides if side.is_mine]
    keep = mine[-1] if mine else one.sides[-1]
    views = []
    theirs = 0
    for side in reversed(one.sides):  # what is in force stands first
        key = KEEP if side is keep else ""
        if side is not keep:
            theirs += 1
            key = TAKE if theirs == 1 else ""
        by = _("{who}, {seat}, {time}").format(
            who=_("you") if side.is_mine else who(side.name, side.version.author),
            seat=side.version.seat,
            time=tongue.time(side.change.at),
        )
        value = tongue.value(side.version.values, side.named)
        stands = side is one.sides[-1]
        button = _button(side, keep=side is keep, has_mine=bool(mine), others=len(one.sides) - 1)
        views.append(VersionView(side.version.change_id, value, by, stands, button, key))
    return views


def _button(side: Side, *, keep: bool, has_mine: bool, others: int) -> str:
    if keep:
        return _("Keep mine") if has_mine else _("Leave it so")
    if has_mine and others == 1:
        return _("Take theirs")
    return _("Take that of {who}").format(who=who(side.name, side.version.author))


def _rule(one: OpenConflict, tongue: Tongue) -> str:
    tables = {
        ("ticket", STAGE): standing_stage,
        ("task", STAGE): standing_task_stage,
        ("warning", STEP): standing_step,
    }
    table = tables.get((one.thing.entity, one.conflict.aspect))
    standing = table(one.conflict) if table is not None else None
    if standing is None:
        return ""
    return _("By the rules “{stage}” stands; seat {seat} puts it right as soon as it is connected.").format(
        stage=tongue.value(standing.values), seat=one.conflict.stands.seat
    )


def settled(one: Settled, tongue: Tongue) -> str:
    """What happened, in one line."""
    said = _("; ").join(
        _("{who} “{value}”").format(
            who=_("you") if side.is_mine else who(side.name, side.version.author),
            value=tongue.value(side.version.values, side.named),
        )
        for side in one.sides
    )
    stands = tongue.value(one.by.version.values, one.by.named)
    what = words.aspect(one.thing.entity, one.settlement.aspect)
    if one.by_rules:
        return _("{what}, written at two seats at once: {said}. By the rules “{value}” stands.").format(
            what=what, said=said, value=stands
        )
    return _("{what}, written at two seats at once: {said}. Settled for “{value}” by {who}, {time}.").format(
        what=what,
        said=said,
        who=_("you") if one.by.is_mine else who(one.by.name, one.by.version.author),
        value=stands,
        time=tongue.time(one.by.change.at),
    )


def news(one: News, tongue: Tongue) -> str:
    """That somebody else has just changed this: "地点：李四 10:42 在 S02 改成“302”（原来是“301”）"."""
    return _("{what}: changed to “{value}” at seat {seat} at {time} by {who} (it was “{before}”)").format(
        what=words.aspect(one.thing.entity, one.aspect),
        value=tongue.value(one.after, one.named[1]),
        before=tongue.value(one.before, one.named[0]),
        seat=one.by.seat,
        time=tongue.time(one.by.at),
        who=who(one.name, one.by.author),
    )


def about(entity: str, names: Sequence[str]) -> str:
    """ "工单 20261119-S01-004 5栋2单元203"."""
    return " ".join((words.thing(entity), *names))


def conflict_target(one: OpenConflict) -> str:
    return f"conflict:{one.thing.entity}:{one.thing.entity_id}:{one.conflict.aspect}"


def refused_target(one: RefusedChange) -> str:
    return f"refused:{one.set_aside.change.change_id}"


def conflict_row(one: OpenConflict, tongue: Tongue) -> Row:
    last = one.sides[-1]
    what = words.aspect(one.thing.entity, one.conflict.aspect)
    values = _(" / ").join(tongue.value(side.version.values, side.named) for side in reversed(one.sides))
    text = _("{about}: {words}").format(about=about(one.thing.entity, one.thing.about), words=values)
    tail = " · ".join(who(side.name, side.version.author) for side in one.sides)
    return Row(
        what, text, f"{tail} · {tongue.time(last.change.at)}", conflict_target(one), "warn" if one.is_mine else ""
    )


@dataclass(frozen=True, slots=True)
class RefusedView:
    """A refused change in full. `dropped`: who dropped it, when and why; "" while it is still to be taken."""

    title: str
    why: str
    to_do: str
    fields: tuple[str, ...]
    detail: str
    dropped: str = ""


def refused_row(one: RefusedChange, tongue: Tongue) -> Row:
    change, gone = one.set_aside.change, one.set_aside.dropped
    why, _to_do = words.refused(why_refused(one.set_aside.refused)[0])
    lead = _("Dropped") if gone else _("Centre refused")
    text = _("{about}: {words}").format(about=about(change.entity, one.thing.about), words=gone.why if gone else why)
    tail = f"{who(one.name, change.author)} · {tongue.time(change.at)}"
    return Row(lead, text, tail, refused_target(one), "" if gone else "danger")


def refused(one: RefusedChange, tongue: Tongue) -> RefusedView:
    change, gone = one.set_aside.change, one.set_aside.dropped
    kind, detail = why_refused(one.set_aside.refused)
    why, to_do = words.refused(kind)
    title = _("{about}, written by {who} at {time}").format(
        about=about(change.entity, one.thing.about), who=who(one.name, change.author), time=tongue.time(change.at)
    )
    dropped = ""
    if gone is not None:
        dropped = _("Dropped by {who}, {time}: {why}").format(who=gone.by, time=tongue.time(gone.at), why=gone.why)
    return RefusedView(title, why, to_do, _fields(one, tongue), detail, dropped)


def _fields(one: RefusedChange, tongue: Tongue) -> tuple[str, ...]:
    """What stands in it, aspect by aspect; ids and what machines note are left out."""
    change = one.set_aside.change
    lines = []
    for name, fields in ASPECTS.get(change.entity, {}).items():
        given = {field: change.patch[field] for field in fields if field in change.patch}
        if fields[0] in given and given[fields[0]] not in (None, "", []):
            what = words.aspect(change.entity, name)
            lines.append(_("{about}: {words}").format(about=what, words=tongue.value(given)))
    return tuple(lines)
