"""What an intake form is about: its fields, what it is prefilled with, and all that stands in it at one moment. Values;
any thread."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from desk.domain.categories import Category
from desk.domain.drafts import Intake
from desk.domain.tickets import Kind, Place, Priority


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


TEXTS = (Field.CATEGORY, Field.PLACE, Field.DESCRIPTION, Field.CONTACT, Field.CALLER, Field.APPOINTMENT)


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
        """This, with what the step from `before` to `after` touched as it was before it, and only that."""
        texts = {
            what: before.texts[what] if before.texts[what] != after.texts[what] else self.texts[what] for what in TEXTS
        }
        touched = {
            name: getattr(before.intake, name)
            for name in Intake.__dataclass_fields__
            if getattr(before.intake, name) != getattr(after.intake, name)
        }
        facts = before.facts if before.facts != after.facts else self.facts
        return Content(replace(self.intake, **touched), texts, facts)
