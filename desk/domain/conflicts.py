"""Conflicts: what two people wrote into the same place of one thing without seeing each other's.

They are derived from the change log and stored nowhere in it. The fold goes on as always (in central order the last one
wins); here is found what it has hidden. Fields that mean one thing together are one *aspect* (a place is four fields),
so that half a place is never mixed with half of another.

Going through an aspect's writes in the order of the fold, what nobody has replaced knowingly is kept: its *versions*. A
write replaces those that its author had seen, or that say the same. One version: all is well. More: a conflict, until
somebody who has seen them all writes the aspect again ("keep mine", "take theirs", or a third thing). Then it is a
`Settlement`, which can be shown but asks for nothing.

Who has seen what: whatever was made at the same seat, and whatever the centre had ordered up to the change's
`base_seq`. The same person at another seat counts as another: what they typed there while a network was away must not
vanish either. Pure, any thread; costs a walk over one entity's changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from desk.domain.changes import FieldValue, Patch
from desk.domain.identity import ChangeId
from desk.domain.stage_moves import Move, standing, standing_task
from desk.domain.tasks import TaskStage
from desk.domain.tickets import Stage

STAGE = "stage"  # the aspect whose conflicts are settled by the table in `stage_moves`
STEP = "step"  # of an early warning: settled by the table in `warning_steps`

# entity -> aspect -> its fields, the first of which is shown. What machines write (a call's telephone facts, seals,
# deliveries) and what is never written again is not here.
ASPECTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "ticket": {
        STAGE: (
            "stage",
            "closed_at",
            "joined_to",
            "stage_reason",
            "stage_before",
            "suspended_at",
            "suspended_until",
            "done_at",
            "followed_up_at",
            "outcome",
        ),
        "category": ("category", "kind"),
        "priority": ("priority",),
        "description": ("description",),
        "place": (
            "place_text",
            "household_id",
            "building_id",
            "public_area_id",
            "read_back_asked",
            "read_back_at",  # whoever agreed to one place has not agreed to another
        ),
        "caller": ("caller_name", "person_id"),
        "contact": ("contact_number",),
        "appointment": ("appointment_start", "appointment_until"),
        "handler": ("handler_id",),
        "owner": ("owner",),
        "promised": ("promise_due_at",),
        "answer": ("solved", "satisfied", "score"),
        "cause": ("overdue_cause",),
    },
    "task": {
        "stage": ("stage", "done_at", "reason"),
        "handler": ("handler_id", "backup_id", "lead_id"),
        "title": ("title", "trade"),
        "due": ("due_at",),
    },
    "promise": {"state": ("state", "kept_at", "reason"), "owner": ("owner",), "due": ("due_at",), "text": ("text",)},
    "follow_up": {
        "state": ("state", "done_at", "answers", "solved", "satisfied", "confirmed", "score", "text", "reason"),
        "owner": ("owner",),
    },
    "warning": {
        STEP: (
            "step",
            "turn",
            "due_at",
            "said",
            "guidance",
            "heard_from",
            "stepped_at",
            "stepped_by",
            "reviewed_by",
            "guided_at",
            "close_due_at",
            "day",
            "warned_at",
            "acted_at",
            "late",
            "returned",
            "closed_at",
            "closed_by",
        ),
        "facts": ("issue", "verified", "unhappy_with", "difficulty", "area", "caller_number"),
        "evidence": ("evidence",),
    },
    "incident": {"state": ("state", "ticket_id", "reason"), "reply": ("reply",)},
    "article": {
        "title": ("title",),
        "text": ("text", "steps"),
        "words": ("words",),
        "scope": ("categories", "estate_id"),
        "retired": ("retired",),
    },
    "question": {"state": ("state", "answer", "reason"), "owner": ("owner",)},
    "duty_turn": {"when": ("start", "until", "who"), "ended": ("ended",)},
    "hand_over": {"accepted": ("accepted_by", "remark"), "text": ("text", "items", "to")},
    "recording": {"hold": ("legal_hold", "legal_hold_why", "legal_hold_by")},
    "seat_record": {
        "asset": ("asset",),
        "place": ("place",),
        "bought": ("bought_on",),
        "price": ("price",),
        "supplier": ("supplier",),
        "warranty": ("warranty_until",),
        "notes": ("notes",),
        "retired": ("retired",),
    },
    "call": {"with": ("person_id", "household_id"), "ticket": ("ticket_id",)},
    "person": {"name": ("name",), "tags": ("tags",), "notes": ("notes",), "estate": ("estate_id",)},
    "household": {
        "place": ("place_code", "unit", "room", "building_id", "estate_id"),
        "tags": ("tags",),
        "notes": ("notes",),
    },
    "membership": {"who": ("person_id", "household_id"), "role": ("role",), "ended": ("ended",)},
    "number": {
        "number": ("raw", "lookup_key"),
        "whose": ("person_id", "household_id"),
        "label": ("label",),
        "ended": ("ended",),
    },
    "sensitive_tag": {"tag": ("tag", "subject", "subject_id"), "ended": ("ended",)},
    "notice": {
        "title": ("title",),
        "text": ("text",),
        "time": ("start", "until"),
        "scope": ("building_ids", "estate_id"),
        "categories": ("categories",),
    },
    "staff": {"name": ("name",), "phone": ("phone",), "duty": ("duty",), "active": ("active",), "number": ("number",)},
    "building": {
        "name": ("name",),
        "code": ("code", "estate_id"),
        "phase": ("phase",),
        "area": ("area", "area_assistant_id"),
    },
    "public_area": {"name": ("name",), "where": ("building_id", "estate_id")},
    "estate": {"name": ("name",)},
}


class Authored(Protocol):
    """What is needed of a change (`desk.domain.changes.Change` has it)."""

    @property
    def change_id(self) -> ChangeId: ...
    @property
    def patch(self) -> Patch: ...
    @property
    def author(self) -> str: ...
    @property
    def seat(self) -> str: ...
    @property
    def base_seq(self) -> int: ...
    @property
    def central_seq(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Version:
    """What one of them meant the aspect to be: all of its fields, as they stood for whoever wrote it (a field that had
    no value is None). `central_seq` None: the centre has not ordered it yet."""

    change_id: ChangeId
    author: str
    seat: str
    values: Mapping[str, FieldValue]
    central_seq: int | None
    before: FieldValue = None  # the aspect's first field as its author saw it


@dataclass(frozen=True, slots=True)
class Conflict:
    """`versions` in the order of the fold, two at least: the last is what the row says now."""

    entity: str
    entity_id: str
    aspect: str
    versions: tuple[Version, ...]

    @property
    def stands(self) -> Version:
        return self.versions[-1]

    @property
    def others(self) -> tuple[Version, ...]:
        """What the row does not say."""
        return self.versions[:-1]

    @property
    def is_final(self) -> bool:
        """The centre has ordered all of them: nothing that is on its way will put another one last."""
        return all(version.central_seq is not None for version in self.versions)


@dataclass(frozen=True, slots=True)
class Settlement:
    """A conflict that was: `versions` differed, and `by` was written by somebody who had seen them all."""

    entity: str
    entity_id: str
    aspect: str
    versions: tuple[Version, ...]
    by: Version


@dataclass(frozen=True, slots=True)
class Findings:
    conflicts: tuple[Conflict, ...]
    settlements: tuple[Settlement, ...]


def has_seen(later: Authored, earlier: Authored) -> bool:
    """Whether the author of `later` had `earlier` before their eyes, given that the fold puts it first."""
    if later.seat == earlier.seat:
        return True
    return earlier.central_seq is not None and later.base_seq >= earlier.central_seq


def in_order(changes: Iterable[Authored]) -> list[Authored]:
    """As the fold takes them: see `desk.domain.changes.fold`."""
    return sorted(changes, key=lambda c: (c.central_seq is None, c.central_seq or 0, c.change_id))


def is_whole_row(change: Authored) -> bool:
    """Whether it is no change of anybody's, but the row as the centre had it when this store was filled. Told by its
    id, a UUIDv8; changes have a UUIDv7."""
    return change.change_id[14:15] == "8"


def may_differ(changes: Sequence[Authored]) -> bool:
    """Whether a look for conflicts can find any: a quick no for what a single seat has written."""
    if len(changes) < 2:
        return False
    seats = {change.seat for change in changes if not is_whole_row(change)}
    return len(seats) > 1


def find(entity: str, entity_id: str, changes: Iterable[Authored]) -> Findings:
    """Open conflicts and settled ones among the changes of ONE entity, in whatever order they come."""
    ordered = in_order(changes)
    conflicts: list[Conflict] = []
    settlements: list[Settlement] = []
    # Of what only one seat has written nothing can differ: the walk is for the few fields that another has touched.
    first = next((change.seat for change in ordered if not is_whole_row(change)), "")
    others = [change for change in ordered if change.seat != first and not is_whole_row(change)]
    touched = {field for change in others for field in change.patch}
    for aspect, fields in ASPECTS.get(entity, {}).items():
        if not touched.isdisjoint(fields):
            versions, settled = _walk(fields, ordered)
            if len(versions) > 1:
                conflicts.append(Conflict(entity, entity_id, aspect, tuple(versions)))
            settlements += [Settlement(entity, entity_id, aspect, told, by) for told, by in settled]
    return Findings(tuple(conflicts), tuple(settlements))


_Settled = tuple[tuple[Version, ...], Version]


def _walk(fields: tuple[str, ...], ordered: Sequence[Authored]) -> tuple[list[Version], list[_Settled]]:
    """The versions that nobody has replaced knowingly, and what was settled on the way."""
    heads: list[tuple[Authored, Version]] = []
    settled: list[_Settled] = []
    writes = [change for change in ordered if any(field in change.patch for field in fields)]
    if not may_differ(writes):
        return [], []
    for change in writes:
        if is_whole_row(change):
            heads = []
            continue
        version = _version(change, fields, writes)
        seen = [head for head in heads if has_seen(change, head[0])]
        unseen = [head for head in heads if not has_seen(change, head[0])]
        if len(seen) > 1:
            told = tuple(head for _change, head in seen)
            # Whoever settles for one of them continues that one: its move, and not the one from what stood last.
            same = next((old for old in told if old.values[fields[0]] == version.values[fields[0]]), None)
            version = replace(version, before=same.before) if same else version
            settled.append((told, version))
        heads = [*(head for head in unseen if not _agree(head[0], change, fields)), (change, version)]
    return [version for _change, version in heads], settled


def _agree(earlier: Authored, later: Authored, fields: tuple[str, ...]) -> bool:
    """Both wrote the same: nothing of the earlier one is lost, and the two do not make a mixture."""
    common = [field for field in fields if field in earlier.patch and field in later.patch]
    return bool(common) and all(earlier.patch[field] == later.patch[field] for field in common)


def _version(change: Authored, fields: tuple[str, ...], writes: Sequence[Authored]) -> Version:
    values: dict[str, FieldValue] = dict.fromkeys(fields)
    for write in writes:
        if write is change:
            break
        if has_seen(change, write) or is_whole_row(write):
            values.update((field, write.patch[field]) for field in fields if field in write.patch)
    before = values[fields[0]]
    values.update((field, change.patch[field]) for field in fields if field in change.patch)
    return Version(change.change_id, change.author, change.seat, values, change.central_seq, before)


def standing_stage(conflict: Conflict) -> Version | None:
    """The version of a stage conflict that stands by the table; None where a stage is not known to this version of
    Desk, and people have to say."""
    moves = [_move(version) for version in conflict.versions]
    known = [move for move in moves if move is not None]
    return conflict.versions[standing(known)] if len(known) == len(moves) else None


def standing_task_stage(conflict: Conflict) -> Version | None:
    """The same of a task's stage."""
    stages = {stage.value: stage for stage in TaskStage}
    known = [stages[str(v.values[STAGE])] for v in conflict.versions if str(v.values[STAGE]) in stages]
    return conflict.versions[standing_task(known)] if len(known) == len(conflict.versions) else None


def _move(version: Version) -> Move | None:
    stages = {stage.value: stage for stage in Stage}
    after = stages.get(str(version.values["stage"]))
    return Move(stages.get(str(version.before)), after) if after else None
