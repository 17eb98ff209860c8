"""The entities of the change log as the store sees them: which fields each has and what a field may hold.

Derived from the domain's dataclasses, so that a field is named in one place. A row may be partial until all of its
changes have come (they may come in any order): `read` gives None for a row that lacks what its dataclass requires.
Pure functions, any thread."""

import logging
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from enum import Enum
from typing import Any, assert_never

import msgspec

from desk.domain import (
    attempts,
    call_log,
    early_warnings,
    estate,
    follow_ups,
    incidents,
    knowledge,
    listening,
    messages,
    notices,
    promises,
    scores,
    seat_register,
    shifts,
    tasks,
    tickets,
)
from desk.domain.changes import FieldValue, Patch
from desk.domain.times import from_text

_log = logging.getLogger(__name__)


class Kind(Enum):
    """What a field holds, and how: `TIME` as the text of `desk.domain.times`, `LIST` as a JSON list of texts."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    TIME = "time"
    LIST = "list"


@dataclass(frozen=True)
class Entity:
    """`kinds` leaves out the id. `required` are the fields without a default: a row is whole when all are there."""

    name: str
    cls: type[Any]
    id_field: str
    kinds: Mapping[str, Kind]
    required: tuple[str, ...]
    list_columns: tuple[int, ...]  # their places in a row, the id's being 0
    flag_columns: tuple[int, ...]


def _kind(hint: Any) -> Kind:
    if isinstance(hint, str):
        raise TypeError("annotations that are not evaluated: their module postpones them")
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) is tuple:
        return Kind.LIST
    hint = getattr(hint, "__supertype__", hint)
    if hint is bool:
        return Kind.FLAG
    if hint is int:
        return Kind.NUMBER
    if hint is datetime:
        return Kind.TIME
    if hint is str or issubclass(hint, Enum):
        return Kind.TEXT
    raise TypeError(f"no column can hold {hint!r}")


def _entity(name: str, cls: type[Any]) -> Entity:
    first, *others = fields(cls)
    required = tuple(f.name for f in others if f.default is MISSING and f.default_factory is MISSING)
    kinds = {f.name: _kind(f.type) for f in others}

    def places(wanted: Kind) -> tuple[int, ...]:
        return tuple(place for place, kind in enumerate(kinds.values(), 1) if kind is wanted)

    return Entity(name, cls, first.name, kinds, required, places(Kind.LIST), places(Kind.FLAG))


ENTITIES: dict[str, Entity] = {
    name: _entity(name, cls)
    for name, cls in (
        ("estate", estate.Estate),
        ("building", estate.Building),
        ("household", estate.Household),
        ("public_area", estate.PublicArea),
        ("person", estate.Person),
        ("membership", estate.Membership),
        ("number", estate.NumberEntry),
        ("staff", estate.Staff),
        ("notice", notices.Notice),
        ("ticket", tickets.Ticket),
        ("call", call_log.CallEntry),
        ("recording", call_log.RecordingEntry),
        ("listening", listening.Listening),
        ("comment", listening.Comment),
        ("score", scores.Score),
        ("sample", scores.Sample),
        ("sensitive_tag", estate.SensitiveTag),
        ("message", messages.Message),
        ("task", tasks.Task),
        ("attempt", attempts.Attempt),
        ("promise", promises.Promise),
        ("follow_up", follow_ups.FollowUp),
        ("survey", follow_ups.Survey),
        ("warning", early_warnings.EarlyWarning),
        ("incident", incidents.Incident),
        ("article", knowledge.Article),
        ("question", knowledge.Question),
        ("duty_turn", shifts.DutyTurn),
        ("stay", shifts.Stay),
        ("state_span", shifts.StateSpan),
        ("hand_over", shifts.HandOver),
        ("seat_record", seat_register.SeatRecord),
        ("seat_check", seat_register.SeatCheck),
    )
}


class BadPatch(ValueError):
    """A patch that no row can take: an unknown entity or field, or a value of the wrong kind. A bug of its author."""


def check_patch(entity_name: str, entity_id: str, patch: Patch) -> None:
    """Raises `BadPatch`. The id's own field may stand in a patch if it names the same entity."""
    entity = ENTITIES.get(entity_name)
    if entity is None:
        raise BadPatch(f"no entity is called {entity_name!r}")
    for field, value in patch.items():
        kind = entity.kinds.get(field)
        if kind is None:
            if field == entity.id_field and value == entity_id:
                continue
            raise BadPatch(f"{entity_name} has no field {field!r}")
        if value is not None and not _holds(kind, value):
            raise BadPatch(f"{entity_name}.{field} is a {kind.value}, not {value!r}")


def _holds(kind: Kind, value: FieldValue) -> bool:
    match kind:
        case Kind.TEXT:
            return isinstance(value, str)
        case Kind.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
        case Kind.FLAG:
            return isinstance(value, bool)
        case Kind.TIME:
            return isinstance(value, str) and _is_time(value)
        case Kind.LIST:
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
        case _:
            assert_never(kind)


def _is_time(text: str) -> bool:
    try:
        from_text(text)
    except ValueError:
        return False
    return True


_encode = msgspec.json.Encoder().encode
_NESTED = (list, dict)
MENDED = "\ufffd"
_UNFIT = str.maketrans({chr(0): MENDED} | {chr(code): MENDED for code in range(0xD800, 0xE000)})


def patch_to_text(patch: Patch) -> str:
    """A checked patch as JSON text. What no database can hold (NUL, halves of surrogate pairs: signalling is
    untrusted) is replaced by U+FFFD, so that one odd display name never stops a save."""
    try:
        text = _encode(patch).decode()
    except UnicodeEncodeError:
        return _encode(_mended(dict(patch))).decode()
    return _encode(_mended(dict(patch))).decode() if "\\u0000" in text else text


def _mended(value: Any) -> Any:
    match value:
        case str():
            return value.translate(_UNFIT)
        case list():
            return [_mended(item) for item in value]
        case dict():
            return {_mended(key): _mended(item) for key, item in value.items()}
        case _:
            return value


def patch_from_text(text: str) -> dict[str, FieldValue]:
    patch: dict[str, FieldValue] = msgspec.json.decode(text, type=dict[str, Any])
    return patch


def columns_of(entity: Entity) -> tuple[str, ...]:
    return (entity.id_field, *entity.kinds)


def to_columns(entity: Entity, entity_id: str, row: Mapping[str, FieldValue]) -> tuple[Any, ...]:
    """A folded row as SQL values, in the order of `columns_of`. Fields that this version does not know (a newer
    seat's) are left out: they stay in the change log."""
    values: list[Any] = [entity_id, *map(row.get, entity.kinds)]
    for index in entity.list_columns:
        if values[index] is not None:
            values[index] = _encode(values[index]).decode()
    for index in entity.flag_columns:
        if values[index] is not None:
            values[index] = int(bool(values[index]))
    if any(type(value) in _NESTED for value in values):  # not ours; the centre refuses them, but nothing may stick here
        values = [_encode(value).decode() if type(value) in _NESTED else value for value in values]
    return tuple(values)


def values_of(entity: Entity, columns: Mapping[str, Any]) -> dict[str, Any]:
    """What a row (column name -> SQL value) says of each field, as a change would say it; nothing of empty ones."""
    values: dict[str, Any] = {}
    for field, kind in entity.kinds.items():
        value = columns[field]
        if value is None:
            continue
        if kind is Kind.LIST:
            value = msgspec.json.decode(value)
        elif kind is Kind.FLAG:
            value = bool(value)
        values[field] = value
    return values


def read(entity: Entity, columns: Mapping[str, Any]) -> Any | None:
    """The dataclass of this row (column name -> SQL value); None while the row is partial, or when it holds a value
    that only a newer version knows."""
    values = {entity.id_field: columns[entity.id_field], **values_of(entity, columns)}
    if any(field not in values for field in entity.required):
        return None
    try:
        return msgspec.convert(values, entity.cls)
    except msgspec.ValidationError as error:
        _log.warning("a row cannot be read: %s: %s", entity.name, error, extra={"entity_id": values[entity.id_field]})
        return None
