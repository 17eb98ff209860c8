"""What the side panel shows, as values: open tickets that may be the same fault, notices, and the phrases that fit the
moment of the call. No Qt; pure functions; time, zone and language are arguments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import Enum

from desk.domain.notices import Notice
from desk.domain.same_fault import SameFault
from desk.domain.similar_words import ALIKE
from desk.i18n import _
from desk.texts import Phrase
from desk.ui import words
from desk.ui.rows_presenter import CategoryName, notice_time, short_time

SHOWN = 5


class Moment(Enum):
    """Where the call stands, as far as something is to be said."""

    NO_CALL = "no_call"
    GREETING = "greeting"
    TALKING = "talking"
    HELD = "held"
    BACK = "back"
    FILED = "filed"


# moment of the call -> moments of the phrases (resources/phrases.toml), in this order
PHRASES: dict[Moment, tuple[str, ...]] = {
    Moment.NO_CALL: (),
    Moment.GREETING: ("greeting", "silence"),
    Moment.TALKING: ("recording", "listening", "unanswered"),
    Moment.HELD: ("hold", "waiting"),
    Moment.BACK: ("back", "listening"),
    Moment.FILED: ("closing",),
}


@dataclass(frozen=True, slots=True)
class FaultView:
    """An open ticket the call may be about. `same`: of the category that was chosen; `home`: of this very home;
    `alike`: its words sound like what is being typed; `incident`: it is the one ticket of an incident."""

    ticket_id: str
    number: str
    head: str
    text: str
    same: bool
    home: bool
    alike: bool = False
    incident: bool = False

    @property
    def flag(self) -> str:
        """What speaks for it, in a word; "" where nothing does."""
        if self.incident:
            return _("incident")
        if self.home:
            return _("this home")
        if self.same:
            return _("same fault")
        return _("said alike") if self.alike else ""


@dataclass(frozen=True, slots=True)
class NoticeView:
    title: str
    text: str
    until: str
    notice: Notice


def fault(found: SameFault, category: CategoryName, now: datetime, zone: tzinfo) -> FaultView:
    ticket = found.ticket
    about = category(ticket.category) or words.kind(ticket.kind)
    head = f"{words.stage(ticket.stage)} · {short_time(ticket.registered_at, now, zone)}"
    text = " · ".join(part for part in (about, ticket.place_text, ticket.description) if part)
    return FaultView(
        ticket.ticket_id,
        ticket.number,
        head,
        " ".join(text.split()),
        found.same_category,
        found.this_home,
        found.alike >= ALIKE,
        found.incident,
    )


def notice(value: Notice, now: datetime, zone: tzinfo) -> NoticeView:
    return NoticeView(value.title, value.text, notice_time(value, now, zone), value)


def phrases(
    all_phrases: Sequence[Phrase],
    moment: Moment,
    language: str,
    *,
    work_number: str,
    company: str = "",
    name: str = "",
    same_faults: bool = False,
    notices: bool = False,
) -> list[str]:
    """What may be said now, filled in. With open tickets or notices on the screen their phrases come first; a greeting
    by name only where the name is known."""
    moments = PHRASES[moment]
    if moment in (Moment.TALKING, Moment.BACK):
        moments = (("same_fault",) if same_faults else ()) + (("notice",) if notices else ()) + moments
    out = []
    for wanted in moments:
        for phrase in all_phrases:
            if phrase.moment != wanted or (_asks_name(phrase) and not name):
                continue
            if phrase.moment == "greeting" and name and "{work_number}" in phrase.zh and not _asks_name(phrase):
                continue  # the greeting by name stands in its place
            out.append(phrase.text(language, work_number=work_number, company=company, name=name))
    return out


def _asks_name(phrase: Phrase) -> bool:
    return "{name}" in phrase.zh
