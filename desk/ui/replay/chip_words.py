"""The chips below the search line as text: what each word was taken for. No Qt; pure."""

from dataclasses import dataclass

from desk.i18n import _
from desk.usecases.call_phrases import Sought
from desk.usecases.find_calls import Chip


@dataclass(frozen=True, slots=True)
class ChipView:
    """`spoken`: what a screen reader reads, with what a press does."""

    key: str
    text: str
    on: bool
    spoken: str


def views(chips: tuple[Chip, ...]) -> tuple[ChipView, ...]:
    return tuple(view(chip) for chip in chips)


def view(chip: Chip) -> ChipView:
    shown = chip.shown if chip.count <= 1 else _("{what} ({count})").format(what=chip.shown, count=chip.count)
    text = f"{sought(chip.sought)} {shown}".strip()
    act = _("{chip}: in force, press to leave it out") if chip.on else _("{chip}: press to search for this instead")
    return ChipView(chip.key, text, chip.on, act.format(chip=text))


def sought(value: Sought) -> str:
    return {
        Sought.NUMBER: _("Number"),
        Sought.PERSON: _("Person"),
        Sought.PLACE: _("Place"),
        Sought.AGENT: _("Agent"),
        Sought.TICKET: _("Ticket"),
        Sought.CATEGORY: _("Category"),
        Sought.KIND: _("Kind"),
        Sought.WORD: _("Text"),
        Sought.TIME: _("Time"),
        Sought.LENGTH: _("Length"),
        Sought.HOLD: _("On hold"),
        Sought.SILENCE: _("Silence"),
        Sought.SCORE: _("Score"),
        Sought.QUALITY: _("Quality"),
        Sought.RECORDING: _("Recording"),
        Sought.STATE: _("State"),
    }[value]
