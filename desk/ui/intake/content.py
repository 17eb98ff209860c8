"""What an intake form is about: its fields, what it is prefilled with, and all that stands in it at one moment. Values;
any thread."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from enum import Enum

from desk.domain.categories import Category
from desk.domain.drafts import Intake
from desk.domain.tickets import Kind, Place, Priority
from desk.ui.intake.window_entry import show_window


class Field(Enum):
    """A field of the form; the value is the name it has in `Intake` and in a refusal."""

    KIND = "kind"
    CATEGORY = "category"
    PLACE = "place"
    DESCRIPTION = "description"
    CONTACT = "contact_number"
    CALLER = "caller_name"
    APPOINTMENT = "appointment"
    PRIORITY = "priority"


FOCUS, CURSOR = "@focus", "@cursor"  # keys of `Intake.typed` that say where the agent was
TEXTS = (Field.CATEGORY, Field.PLACE, Field.DESCRIPTION, Field.CONTACT, Field.CALLER, Field.APPOINTMENT)
MEANINGS = {
    Field.CATEGORY: ("category", "kind"),
    Field.PLACE: ("place", "read_back_at"),
    Field.DESCRIPTION: ("description",),
    Field.CONTACT: ("contact_number",),
    Field.CALLER: ("caller_name",),
    Field.APPOINTMENT: ("appointment",),
}  # what each text says, by its names in `Intake`; the first is its own


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """A leaf of the category tree, as far as the form needs it, in the agent's language."""

    code: str
    name: str
    kind: Kind
    priority: Priority
    raised_when: str = ""


def facts_of(category: Category, language: str) -> CategoryFacts:
    return CategoryFacts(
        category.code, category.name(language), category.kind, category.priority, category.raised_when(language)
    )


@dataclass(frozen=True, slots=True)
class Who:
    """What is known of the caller: the values a form is prefilled with, "" and None where nothing is known."""

    caller_name: str = ""
    contact_number: str = ""
    place: Place = field(default_factory=Place)
    person_id: str | None = None
    household_id: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """`texts` is what each text field shows, `intake` what it means; `facts` of its category, None where it has
    none."""

    intake: Intake
    texts: Mapping[Field, str]
    facts: CategoryFacts | None

    def without(self, before: "Content", after: "Content") -> "Content":
        """This, with what the step from `before` to `after` touched as it was before it, and only that. What a field
        shows and what it means go together: nobody files what does not stand there."""
        fields = [what for what in TEXTS if before._says(what) != after._says(what)]
        names = {name for what in fields for name in MEANINGS[what]}
        names |= {
            name for name in Intake.__dataclass_fields__ if getattr(before.intake, name) != getattr(after.intake, name)
        }
        if "place" not in names and self.intake.place != after.intake.place:
            names.discard("read_back_at")  # another place stands there since then
        as_before = {name: getattr(before.intake, name) for name in names}
        as_before["typed_at"] = {**self.intake.typed_at, **before.intake.typed_at}  # the first time of each
        return Content(
            replace(self.intake, **as_before),
            {**self.texts, **{what: before.texts[what] for what in fields}},
            before.facts if Field.CATEGORY in fields else self.facts,
        )

    def _says(self, what: Field) -> tuple[object, ...]:
        facts = self.facts if what is Field.CATEGORY else None
        return self.texts[what], getattr(self.intake, MEANINGS[what][0]), facts


def with_who(intake: Intake, who: Who) -> Intake:
    return replace(
        intake,
        caller_name=who.caller_name,
        contact_number=who.contact_number,
        place=who.place,
        person_id=who.person_id,
        household_id=who.household_id,
    )


def prefilled(intake: Intake) -> Who:
    """What a draft that comes back was prefilled with: what stands in it and nobody has typed."""
    typed = intake.typed_at
    if not (typed or intake.person_id or intake.household_id):
        return Who()  # of a Desk that did not keep the times yet
    return Who(
        caller_name="" if Field.CALLER.value in typed else intake.caller_name,
        contact_number="" if Field.CONTACT.value in typed else intake.contact_number,
        place=Place() if Field.PLACE.value in typed else intake.place,
        person_id=intake.person_id,
        household_id=intake.household_id,
    )


def texts_of(intake: Intake, facts: CategoryFacts | None, zone: tzinfo, now: datetime) -> dict[Field, str]:
    """What each text field shows of a draft that comes back, resolved or not."""
    texts = {
        Field.CATEGORY: facts.name if facts else "",
        Field.PLACE: intake.place.text,
        Field.DESCRIPTION: intake.description,
        Field.CONTACT: intake.contact_number,
        Field.CALLER: intake.caller_name,
        Field.APPOINTMENT: show_window(intake.appointment, zone, now) if intake.appointment else "",
    }
    return texts | {what: intake.typed[what.value] for what in TEXTS if what.value in intake.typed}


def is_resolved(place: Place) -> bool:
    """The register has it."""
    return bool(place.household_id or place.public_area_id or place.building_id)


def unresolved(intake: Intake, facts: CategoryFacts | None, texts: Mapping[Field, str]) -> dict[str, str]:
    """Texts that stand in a field without being its value."""
    without = (
        (Field.CATEGORY, facts is None),
        (Field.PLACE, not is_resolved(intake.place)),
        (Field.APPOINTMENT, intake.appointment is None),
    )
    return {what.value: texts[what] for what, is_open in without if is_open and texts[what]}


def focus_in(typed: Mapping[str, str]) -> tuple[Field, int] | None:
    """Where the agent was: the field and the place of its cursor."""
    names = {what.value: what for what in Field}
    what, cursor = names.get(typed.get(FOCUS, "")), typed.get(CURSOR, "")
    return (what, int(cursor)) if what is not None and cursor.isdecimal() else None
