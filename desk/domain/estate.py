"""The estate and its people. One frozen dataclass per entity of the change log; field names are the patch's keys.

Rooms are households, whether anybody lives there or not: a household IS estate/phase/building/unit/room. Codes are the
spoken ones ("5" for 5栋, "203" for room 203), so that "5-2-203" names building 5, unit 2, room 203."""

from dataclasses import dataclass
from enum import Enum

from desk.domain.identity import BuildingId, EstateId, HouseholdId, PersonId, StaffId


class Role(Enum):
    """Of a person in a household."""

    OWNER = "owner"
    FAMILY = "family"
    TENANT = "tenant"
    SHOP = "shop"


class Duty(Enum):
    """Of a member of staff."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    AREA_ASSISTANT = "area_assistant"
    HANDLER = "handler"


@dataclass(frozen=True, slots=True)
class Estate:
    estate_id: EstateId
    name: str


@dataclass(frozen=True, slots=True)
class Building:
    """`code` is what people say ("5"); `name` what stands on it ("5栋"); `phase` may be "". `area_assistant_id` owns
    the area the building is in."""

    building_id: BuildingId
    estate_id: EstateId
    code: str
    name: str
    phase: str = ""
    area: str = ""
    area_assistant_id: StaffId | None = None


@dataclass(frozen=True, slots=True)
class Household:
    """`place_code` is "building-unit-room" ("5-2-203"), unique within the estate. `tags` of the household."""

    household_id: HouseholdId
    estate_id: EstateId
    building_id: BuildingId
    unit: str
    room: str
    place_code: str
    tags: tuple[str, ...] = ()
    notes: str = ""


@dataclass(frozen=True, slots=True)
class PublicArea:
    """A place that is nobody's home: lobby, lift, garage, garden. `building_id` None = the estate's."""

    public_area_id: str
    estate_id: EstateId
    name: str
    building_id: BuildingId | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """`estate_id`: whose residents they are among, and whose agents may read of them; None = the whole hotline's."""

    person_id: PersonId
    name: str
    tags: tuple[str, ...] = ()
    notes: str = ""
    estate_id: EstateId | None = None


class Subject(Enum):
    """Whom or what a tag is about."""

    PERSON = "person"
    HOUSEHOLD = "household"


@dataclass(frozen=True, slots=True)
class SensitiveTag:
    """A tag that not everybody may read (litigation, illness): a row of its own, so that the centre can keep it from
    those without the right. `subject_id` is a person's or a household's."""

    sensitive_tag_id: str
    subject: Subject
    subject_id: str
    tag: str
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Membership:
    """That a person belongs to a household, in a role. `ended` True keeps the history of who moved out."""

    membership_id: str
    household_id: HouseholdId
    person_id: PersonId
    role: Role
    ended: bool = False


@dataclass(frozen=True, slots=True)
class NumberEntry:
    """A phone number as somebody wrote it (`raw`, never dropped) and the key it is found by (see
    `desk.domain.numbers.lookup_key`). It belongs to a person, or to a household when nobody knows whose it is."""

    number_id: str
    raw: str
    lookup_key: str
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None
    label: str = ""
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Staff:
    """`number`: the work number (工号)."""

    staff_id: StaffId
    number: str
    name: str
    duty: Duty
    phone: str = ""
    active: bool = True
