"""What a sheet must be beyond its shape. Each check says in the person's language what is wrong, and where. Pure."""

import re

from desk.i18n import _
from desk.sheets.places import Place, at
from desk.sheets.raw import RawQuestion, RawSection, RawSheet

NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,31}")


def problem(sheet: RawSheet) -> tuple[Place, str] | None:
    """The first thing that cannot be, and where."""
    if not NAME.fullmatch(sheet.id):
        return at("id"), not_a_name()
    if not sheet.version.strip() or not sheet.title.strip():
        return at("title" if sheet.version.strip() else "version"), _("it is empty")
    if not 0 <= sheet.passed <= 100:
        return at("passed"), _("points are 0 to 100")
    if not sheet.section:
        return at("section"), _("a sheet has at least one [[section]]")
    for number, section in enumerate(sheet.section):
        found = _problem_of_section(sheet, number, section)
        if found is not None:
            return found
    for number, fatal in enumerate(sheet.fatal):
        if not NAME.fullmatch(fatal.id):
            return at("id", ("fatal", number)), not_a_name()
        if fatal.id in {other.id for other in sheet.fatal[:number]}:
            return at("id", ("fatal", number)), _("this id stands twice")
    return None


def _problem_of_section(sheet: RawSheet, number: int, section: RawSection) -> tuple[Place, str] | None:
    here = ("section", number)
    if not NAME.fullmatch(section.id):
        return at("id", here), not_a_name()
    if section.id in {other.id for other in sheet.section[:number]}:
        return at("id", here), _("this id stands twice")
    if not 1 <= section.weight <= 1000:
        return at("weight", here), _("a weight is 1 to 1000")
    if not section.question:
        return at("question", here), _("a section has at least one [[section.question]]")
    for index, question in enumerate(section.question):
        path = (here, ("question", index))
        if not NAME.fullmatch(question.id):
            return at("id", *path), not_a_name()
        if question.id in {other.id for other in section.question[:index]}:
            return at("id", *path), _("this id stands twice")
        key, reason = _problem_of_question(question)
        if key:
            return at(key, *path), reason
    return None


def _problem_of_question(question: RawQuestion) -> tuple[str, str]:
    """(key, reason), ("", "") where all is well."""
    if not question.text.strip():
        return "text", _("it is empty")
    if not 1 <= question.weight <= 1000:
        return "weight", _("a weight is 1 to 1000")
    if not 1 <= question.scale <= 10:
        return "scale", _("a scale ends at 1 to 10")
    if question.fact is None:
        return ("bands", _("bands need a fact")) if question.bands else ("", "")
    if question.fact.yes_no:
        return ("bands", _("this fact is yes or no and has no bands")) if question.bands else ("", "")
    if not question.bands:
        return "fact", _("a figure needs bands: [[most, points], ...]")
    if [most for most, _points in question.bands] != sorted({most for most, _points in question.bands}):
        return "bands", _("each band reaches higher than the one before it")
    if any(not 0 <= points <= question.scale for _most, points in question.bands):
        return "bands", _("points are 0 to the end of the scale")
    return "", ""


def not_a_name() -> str:
    return _("an id is 1 to 32 small letters a-z, digits and _")
