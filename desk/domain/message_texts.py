"""What messages to people say: templates with named gaps. Checked when they are read, so that filling one cannot fail.
Pure functions."""

import string
from collections.abc import Mapping
from dataclasses import dataclass

# What a template may name. `contact` is a phone number as people read it, `visit` an appointment window. Of an early
# warning: `step` where it stands, `turn` whose turn it is, `due` until when, `issue` what it is about, `said` what
# belongs to the last step. Of a task: `task` what is to be done, `due` its limit, `again` why it has to be done once
# more, `link` where its handler can answer.
GAPS = (
    "hotline",
    "number",
    "kind",
    "category",
    "place",
    "description",
    "caller",
    "contact",
    "visit",
    "handler",
    "step",
    "turn",
    "due",
    "issue",
    "said",
    "task",
    "again",
    "link",
)
LONGEST = 500  # characters of one value: a message is no novel, and gateways refuse long ones


class BadTemplate(ValueError):
    """A template that cannot be filled. The text says why."""


@dataclass(frozen=True, slots=True)
class MessageText:
    """`code` names it in the settings and to gateways that have templates of their own. `title`: for channels that
    show one (mail, group chats), "" = none."""

    code: str
    text: str
    title: str = ""

    def fill(self, known: Mapping[str, str]) -> str:
        """The text with what is known, and nothing in the place of what is not."""
        return _fill(self.text, known)

    def fill_title(self, known: Mapping[str, str]) -> str:
        return _fill(self.title, known)


def check(template: MessageText) -> None:
    """Raises `BadTemplate`."""
    if not template.text.strip():
        raise BadTemplate("the text is empty")
    for text in (template.text, template.title):
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError as error:
            raise BadTemplate(str(error)) from error
        for _before, gap, form, conversion in parts:
            if gap is None:
                continue
            if gap not in GAPS:
                raise BadTemplate(f"there is no {{{gap}}}; there are {', '.join(GAPS)}")
            if form or conversion:
                raise BadTemplate(f"{{{gap}}} takes no format")


def _fill(text: str, known: Mapping[str, str]) -> str:
    values = {gap: short(known.get(gap, "")) for gap in GAPS}
    return text.format_map(values).strip()


def short(value: str) -> str:
    """One line of at most `LONGEST` characters."""
    line = " ".join(value.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
