"""Values as patches."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from desk.domain.estate import Household
from desk.domain.identity import BuildingId, EstateId, HouseholdId
from desk.domain.patches import patch_of
from desk.domain.tickets import Stage


def test_an_entity_becomes_its_fields_without_its_id() -> None:
    home = Household(HouseholdId("h"), EstateId("e"), BuildingId("b"), "2", "203", "5-2-203", ("vip",))
    assert patch_of(home, "household_id") == {
        "estate_id": "e", "building_id": "b", "unit": "2", "room": "203",
        "place_code": "5-2-203", "tags": ["vip"], "notes": "",
    }  # fmt: skip


@dataclass(frozen=True)
class Odd:
    value: object


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (Stage.DONE, "done"),
        (datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01T00:00:00.000000Z"),
        (None, None),
        (True, True),
        (3, 3),
    ],
)
def test_enums_and_times_become_text(value: object, held: object) -> None:
    assert patch_of(Odd(value)) == {"value": held}


def test_what_no_patch_can_hold_is_refused() -> None:
    with pytest.raises(TypeError):
        patch_of(Odd(object()))
