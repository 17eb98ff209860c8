"""What only supervisors and admins write, as the centre has it (`desk.supervised` in its schema, and the purchase and
service data of seats): who is none is not offered to settle it, since the centre would refuse the answer.

Not here: the steps of early warnings, where the ladder says who may make which, and what machines write. Pure."""

from collections.abc import Iterable, Mapping

# Entity -> its fields; none named: all of it.
SUPERVISED: Mapping[str, frozenset[str]] = {
    "staff": frozenset(),
    "duty_turn": frozenset(),
    "building": frozenset({"area_assistant_id"}),
    "score": frozenset(
        {"agent", "sheet", "scored_by", "scored_at", "state", "points_x10", "answers", "fatal", "remarks"}
    ),
    "recording": frozenset(
        {"legal_hold", "legal_hold_by", "legal_hold_why", "deleted_at", "deleted_by", "deleted_why"}
    ),
    "seat_record": frozenset(
        {"asset", "place", "bought_on", "price", "supplier", "warranty_until", "notes", "retired"}
    ),
}


def is_supervised(entity: str, fields: Iterable[str]) -> bool:
    """Whether a change of these fields is a supervisor's to make."""
    named = SUPERVISED.get(entity)
    return named is not None and (not named or not named.isdisjoint(fields))
