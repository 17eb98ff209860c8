"""How a value becomes a patch: one field of the dataclass, one key. Times become text (`desk.domain.times`), enums
their value, tuples lists. The entity's own id is not part of its patch. Pure, any thread."""

from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from desk.domain.changes import FieldValue
from desk.domain.times import to_text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def patch_of(value: "DataclassInstance", *without: str) -> dict[str, FieldValue]:
    """All fields of this entity but the named ones (its id). Raises `TypeError` for a field that no patch can hold."""
    return {f.name: field_value(getattr(value, f.name)) for f in fields(value) if f.name not in without}


def difference(before: "DataclassInstance", after: "DataclassInstance", *without: str) -> dict[str, FieldValue]:
    """The fields in which `after` differs from `before`, one of the same class: a patch, {} where they are equal."""
    old = patch_of(before, *without)
    return {name: value for name, value in patch_of(after, *without).items() if old[name] != value}


def field_value(value: object) -> FieldValue:
    """One value as a patch holds it."""
    match value:
        case Enum():
            return field_value(value.value)
        case datetime():
            return to_text(value)
        case None | bool() | int() | float() | str():
            return value
        case tuple() | list():
            return [str(field_value(item)) for item in value]
        case _:
            raise TypeError(f"no patch holds a {type(value).__name__}")
