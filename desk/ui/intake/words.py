"""The form's words: the name of every field, and for every refusal a sentence that says what to do. No Qt; the tables
are built when asked for, because the language is chosen at run time."""

from collections.abc import Mapping

from desk.domain.read_back import Ask
from desk.i18n import _
from desk.ui.intake.content import Field
from desk.usecases.file_ticket import DESCRIPTION_MAX, Reason


def read_back(why: Ask, place: str) -> str:
    """What is to be read back to the caller, and why."""
    reason = {
        Ask.NOT_IN_REGISTER: _("it is not in the register"),
        Ask.SAID_OTHERWISE: _("the description names another address"),
        Ask.ANOTHER_HOME: _("the caller lives elsewhere"),
        Ask.ANOTHER_BUILDING: _("the caller lives in another building"),
        Ask.NO_ROOM: _("no room is given"),
    }[why]
    return _("Read the address back: {place} ({reason})").format(place=place or "-", reason=reason)


def name(what: Field) -> str:
    return {
        Field.KIND: _("Kind"),
        Field.CATEGORY: _("Category"),
        Field.PLACE: _("Place"),
        Field.DESCRIPTION: _("Details"),
        Field.CONTACT: _("Contact"),
        Field.CALLER: _("Caller"),
        Field.APPOINTMENT: _("Home visit"),
        Field.PRIORITY: _("Priority"),
    }[what]


def placeholder(what: Field) -> str:
    return {
        Field.CATEGORY: _("A few letters of pinyin, or characters"),
        Field.PLACE: _("5-2-203, 5d, lobby ..."),
        Field.DESCRIPTION: _("What, where exactly, since when"),
        Field.CONTACT: _("Number to call back"),
        Field.CALLER: _("Name"),
        Field.APPOINTMENT: _("mtsw, 14-16, 1123 9-11"),
    }.get(what, "")


def refusals(problems: Mapping[str, Reason]) -> dict[Field, str]:
    """By field; `problems` by its name. A missing kind is not told of beside a category, which brings its kind."""
    told = {what: refusal(what, problems[what.value]) for what in Field if what.value in problems}
    if Field.CATEGORY in told and problems.get(Field.KIND.value) is Reason.MISSING:
        del told[Field.KIND]
    return told


def refusal(what: Field, reason: Reason) -> str:
    """Why this field was refused and what to do. A pair nobody wrote words for gets the field's general sentence."""
    general = {
        Field.KIND: _("Choose what it is: Alt+1 to Alt+6."),
        Field.CATEGORY: _("Choose a category: type a few letters and press Enter."),
        Field.PLACE: _("Say where it is: type building, unit and room, and press Enter."),
        Field.DESCRIPTION: _("Write in a few words what happened."),
        Field.CONTACT: _("Ask for a number to call back."),
        Field.CALLER: _("Ask for the caller's name."),
        Field.APPOINTMENT: _("Not understood. Write day and time: mtsw, 14-16, 1123 9-11."),
        Field.PRIORITY: _("Choose a priority: Alt+Up or Alt+Down."),
    }[what]
    special = {
        (Field.KIND, Reason.NOT_AT_ONCE): _("This kind cannot be closed at once. File it with Ctrl+Enter."),
        (Field.CATEGORY, Reason.UNKNOWN): _("This category is no longer used. Choose another one."),
        (Field.CATEGORY, Reason.WRONG_KIND): _("This category belongs to another kind. Choose a fitting one."),
        (Field.DESCRIPTION, Reason.TOO_LONG): _("Too long: shorten it to {count} characters.").format(
            count=DESCRIPTION_MAX
        ),
        (Field.CONTACT, Reason.NOT_A_NUMBER): _("This is no phone number. Ask again and write its digits."),
        (Field.APPOINTMENT, Reason.IN_THE_PAST): _("This time is already over. Offer a later one."),
        (Field.APPOINTMENT, Reason.ENDS_BEFORE_START): _("The visit ends before it starts. Write both times again."),
    }
    return special.get((what, reason), general)
