"""The words of incidents and notices: what stands in the rows, what the banner and the page say, why a notice is
refused. No Qt; every table is closed."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from desk.domain.incidents import IncidentState
from desk.domain.notice_rules import NoticeReason
from desk.domain.notices import Notice
from desk.i18n import _, ngettext
from desk.ui.rows_presenter import short_time
from desk.usecases.call_back_list import About, IncidentWords


def incident_words(zone: tzinfo) -> IncidentWords:
    """What is written into the parent ticket and into the promises to call back."""

    def description(about: About) -> str:
        homes = ngettext("{n} home has", "{n} homes have", about.reporters).format(n=about.reporters)
        return _("{place}: {category}. {homes} reported it since {time}.").format(
            place=about.place, category=about.category, homes=homes, time=f"{about.first_at.astimezone(zone):%H:%M}"
        )

    def call_back(about: About) -> str:
        return _("Tell them how it stands: {place} {category}").format(place=about.place, category=about.category)

    def over(about: About, what: str) -> str:
        told = _("Tell them it is over: {place} {category}").format(place=about.place, category=about.category)
        return f"{told} ({what})" if what else told

    return IncidentWords(description, call_back, over)


def told(notice: Notice) -> str:
    """What stands in a ticket whose caller was told of a notice."""
    if not notice.text:
        return _("Told of the notice: {title}").format(title=notice.title)
    return _("Told of the notice: {title} ({text})").format(title=notice.title, text=notice.text)


def state(value: IncidentState) -> str:
    return {
        IncidentState.SEEN: _("Seen by the radar"),
        IncidentState.CONFIRMED: _("Confirmed"),
        IncidentState.OVER: _("Over"),
        IncidentState.DISMISSED: _("No incident"),
    }[value]


def not_made() -> str:
    """The parent ticket would not be complete."""
    return _(
        "Not made: none of the reports has a number to call, or their category is gone. Complete one of them first."
    )


def homes(count: int) -> str:
    return ngettext("{n} home", "{n} homes", count).format(n=count)


def span(start: datetime, until: datetime, now: datetime, zone: tzinfo) -> str:
    """When a notice applies."""
    return f"{short_time(start, now, zone)} – {short_time(until, now, zone)}"


def notice_refusals(reasons: Mapping[str, NoticeReason]) -> str:
    """All that is wrong with a notice, in one line."""
    said = {
        ("title", NoticeReason.MISSING): _("a title is needed"),
        ("title", NoticeReason.TOO_LONG): _("the title is too long: 80 characters at most"),
        ("text", NoticeReason.TOO_LONG): _("the text is too long: 2000 characters at most"),
        ("estate_id", NoticeReason.UNKNOWN): _("say which estate: a building, or the estate's name"),
        ("building_ids", NoticeReason.UNKNOWN): _("there is no such building"),
        ("building_ids", NoticeReason.ELSEWHERE): _("the buildings are of several estates: write one notice for each"),
        ("until", NoticeReason.ENDS_BEFORE_START): _("it ends before it begins"),
        ("until", NoticeReason.IN_THE_PAST): _("its end is over already"),
        ("until", NoticeReason.TOO_LATE): _("it lasts longer than a year: look at the date"),
    }
    parts = [said.get((field, reason), f"{field}: {reason.value}") for field, reason in reasons.items()]
    return _("Not written: {what}").format(what=_(", ").join(parts))
