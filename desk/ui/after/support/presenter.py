"""The texts of the page of what just happened. No Qt."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from desk.domain.mishaps import CallSeen, Mishap
from desk.i18n import _
from desk.support.shelf import Shelved
from desk.support.what_happened import Look
from desk.ui.caller.card_presenter import place_of

if TYPE_CHECKING:
    from desk.ui.hub import Hub


@dataclass(frozen=True, slots=True)
class LookView:
    """`calm`: nothing was wrong. `also`: one line each."""

    about: str
    why: str
    remedy: str
    also: tuple[str, ...]
    calm: bool


@dataclass(frozen=True, slots=True)
class EarlierView:
    when: str
    why: str
    sent: str


def present(look: Look, zone: tzinfo) -> LookView:
    calm = look.mishaps[0] is Mishap.NOTHING
    also = tuple(_("Also: {sentence}").format(sentence=sentence) for sentence in look.also)
    return LookView(_about(look.seen.call, zone), look.why, look.remedy, also, calm)


def kept(one: Shelved, *, goes_by_itself: bool) -> str:
    """Where it is and what is not in it."""
    size = -(-one.size // 1000)
    if goes_by_itself:
        return _(
            "Kept for IT, sealed ({size} kB); it is brought to IT by itself. Numbers, names and addresses are left "
            "out, and no sound is in it."
        ).format(size=size)
    return _(
        "Kept for IT, sealed ({size} kB); it has been sent to nobody. Numbers, names and addresses are left out, and "
        "no sound is in it."
    ).format(size=size)


def earlier(found: Iterable[Shelved], zone: tzinfo, but: str) -> list[EarlierView]:
    """Those before this one, the newest first."""
    return [
        EarlierView(
            one.at.astimezone(zone).strftime("%m-%d %H:%M"),
            one.why or one.name,
            _("brought to IT") if one.sent_at else "",
        )
        for one in found
        if one.name != but
    ]


def known(hub: "Hub") -> frozenset[str]:
    """Names and rooms of all whom the last calls may have come from: what an agent writes is to have none of them."""
    words: set[str] = set()
    for call_id, call in hub.state.calls.items():
        pop = hub.callers.pop(call_id)
        words.add(call.party.display_name)
        for candidate in pop.profile.candidates if pop.profile else ():
            words |= {candidate.person.name if candidate.person else "", place_of(candidate)}
            words.add(candidate.household.place_code if candidate.household else "")
        words |= {person.name for person, _role in pop.card.household_people} if pop.card else set()
    return frozenset(word for word in words if len(word) > 1)


def _about(call: CallSeen | None, zone: tzinfo) -> str:
    if call is None or call.began_at is None:
        return _("The last ten minutes; there was no call.")
    at = _clock(call.began_at, zone)
    if call.running:
        return _("The call of {time}, which still runs").format(time=at)
    if not call.answered:
        return _("The call of {time}, which was not answered").format(time=at)
    minutes, seconds = divmod(round(call.talked_s), 60)
    return _("The call of {time}, {minutes}:{seconds} long").format(time=at, minutes=minutes, seconds=f"{seconds:02}")


def _clock(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%H:%M")
