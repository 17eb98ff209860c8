"""Who is calling, as the card shows it: a `Pop` in, view values out. Open tickets come first, then notices' titles,
then what is past. No Qt; pure functions; the time zone comes in as an argument."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from desk.domain.call_log import CallEntry
from desk.domain.estate import Staff
from desk.domain.numbers import read_number
from desk.domain.party import Party
from desk.domain.places import place_text
from desk.i18n import _
from desk.ui import words
from desk.ui.rows_presenter import CategoryName, Chip, Row, call_row, notice_time, short_time, ticket_row
from desk.ui.seat_state import Pop
from desk.usecases.profile import Candidate, Card, Seen


@dataclass(frozen=True, slots=True)
class CandidateView:
    """One of several people the number may stand for."""

    name: str
    place: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class CardView:
    """`kind`: none, looking, known, unknown, withheld, colleague. `candidates` only where there are several. `hint`
    says what to do where nobody is known. `tags`: those that not everybody may read, to be put and taken away; () for
    whoever may not."""

    kind: str
    name: str = ""
    place: str = ""
    number: str = ""
    chips: tuple[Chip, ...] = ()
    tags: tuple[Row, ...] = ()
    note: str = ""
    assistant: str = ""
    people: str = ""
    hint: str = ""
    candidates: tuple[CandidateView, ...] = ()
    notices: tuple[Row, ...] = ()
    open_tickets: tuple[Row, ...] = ()
    past: tuple[Row, ...] = ()


def name_of(candidate: Candidate) -> str:
    if candidate.person is not None and candidate.person.name:
        return candidate.person.name
    return place_of(candidate) or _("Name not known")


def place_of(candidate: Candidate) -> str:
    """The home as people say it ("5栋2单元203"), "" for a person without one."""
    home, building = candidate.household, candidate.building
    if home is None:
        return ""
    if building is None:
        return home.place_code
    return place_text("", building.phase, building.name or building.code, home.unit, home.room)


def present(
    pop: Pop,
    party: Party | None,
    category: CategoryName,
    now: datetime,
    zone: tzinfo,
    *,
    past: CallEntry | None = None,
    who: str = "",
) -> CardView:
    """The card for a call's party (None: no call to show), for the eyes of `who` (a work number). `past`: the call is
    over and was looked up again."""
    view = _present(pop, party, category, now, zone, who)
    if past is None:
        return view
    time = short_time(past.offered_at, now, zone)
    if pop.staff is not None:
        said = _("The call of {time}, from a colleague's telephone. Search who it was; Enter ties only the call.")
    else:
        said = _("The call of {time}. Search who it was; Enter ties the call and its number.")
    return replace(view, hint=said.format(time=time))


def _present(pop: Pop, party: Party | None, category: CategoryName, now: datetime, zone: tzinfo, who: str) -> CardView:
    if party is None:
        return CardView("none", hint=_("When a call rings, you see here who it is before you answer."))
    profile = pop.profile
    number = (profile.number_shown if profile else "") or read_number(party.number).shown
    if profile is None:
        return CardView("looking", name=number or _("Number withheld"), hint=_("Looking in the register …"))
    past = _past(None, profile.calls_of_number, category, now, zone)
    if not profile.candidates:
        return _nobody(party, number, past) if pop.staff is None else _colleague(pop.staff, number, past)
    chosen = profile.candidates[pop.chosen]
    card = pop.card
    several = profile.candidates if len(profile.candidates) > 1 else ()
    return CardView(
        "known",
        name=name_of(chosen),
        place=place_of(chosen),
        number=number,
        chips=_chips(chosen, who),
        tags=_tags(chosen, who),
        note=_notes(chosen),
        assistant=_assistant(card),
        people=_people(card),
        candidates=tuple(
            CandidateView(name_of(c), place_of(c), index == pop.chosen) for index, c in enumerate(several)
        ),
        notices=_notices(card, now, zone),
        open_tickets=tuple(ticket_row(t, category, now, zone) for t in card.open_tickets) if card else (),
        past=_past(card, profile.calls_of_number, category, now, zone) if card else past,
    )


def _colleague(staff: Staff, number: str, past: tuple[Row, ...]) -> CardView:
    return CardView(
        "colleague",
        name=staff.name or number,
        place=words.duty(staff.duty),
        number=number,
        hint=_(
            "A colleague's telephone. Search for whom they call by name, room or number; Enter ties only this call. "
            "Somebody new: room and name (5-2-203 Zhao Min)."
        ),
        past=past,
    )


def _nobody(party: Party, number: str, past: tuple[Row, ...]) -> CardView:
    if party.withheld or not party.number:
        return CardView(
            "withheld",
            name=_("Number withheld"),
            hint=_("Ask for the name and the room, then search below. Somebody new: room and name (5-2-203 Zhao Min)."),
            past=past,
        )
    return CardView(
        "unknown",
        name=number or party.number,
        number=party.display_name if party.display_name != party.number else "",
        hint=_(
            "This number is not in the register. Search the caller by name, room or number; Enter attaches it. "
            "Somebody new: room and name (5-2-203 Zhao Min)."
        ),
        past=past,
    )


def _chips(candidate: Candidate, who: str) -> tuple[Chip, ...]:
    tags = (
        *(candidate.person.tags if candidate.person else ()),
        *(candidate.household.tags if candidate.household else ()),
    )
    role = (Chip(words.role(candidate.role), "accent"),) if candidate.role else ()
    seen = _seen(candidate, who)
    careful = tuple(Chip(words.tag(tag), "danger") for tag in seen.tags) if seen else ()
    unknown = (Chip(_("Sensitive tags not known here"), "warn"),) if seen and not seen.whole else ()
    return (
        *role,
        *careful,
        *unknown,
        *(Chip(words.tag(tag), "danger" if tag in words.CAREFUL_TAGS else "warn") for tag in dict.fromkeys(tags)),
    )


def _seen(candidate: Candidate, who: str) -> Seen | None:
    """What was read for somebody else is not shown: people change places while a card stands."""
    seen = candidate.sensitive
    return seen if seen is not None and who and seen.by == who else None


def _tags(candidate: Candidate, who: str) -> tuple[Row, ...]:
    seen = _seen(candidate, who)
    if seen is None:
        return ()
    applying = (Row(_("Applies"), words.tag(tag), _("Enter takes it away"), tag, "danger") for tag in seen.tags)
    if not seen.whole:
        why = _("This PC does not get all sensitive tags: one may apply that is not shown. IT can change that.")
        return (*applying, Row("", why, "", "", "warn"))
    return (*applying, *(Row("", words.tag(tag), _("Enter puts it on"), tag) for tag in seen.offered))


def _notes(candidate: Candidate) -> str:
    notes = (
        candidate.person.notes if candidate.person else "",
        candidate.household.notes if candidate.household else "",
    )
    return "\n".join(note for note in notes if note)


def _assistant(card: Card | None) -> str:
    if card is None or card.assistant is None:
        return ""
    phone = read_number(card.assistant.phone).shown or card.assistant.phone
    return f"{card.assistant.name} {phone}".strip()


def _people(card: Card | None) -> str:
    """The others of the household, with their roles."""
    if card is None:
        return ""
    own = card.candidate.person
    others = [(p, r) for p, r in card.household_people if own is None or p.person_id != own.person_id]
    return _(", ").join(f"{person.name} {words.role(role)}" for person, role in others)


def _notices(card: Card | None, now: datetime, zone: tzinfo) -> tuple[Row, ...]:
    if card is None:
        return ()
    return tuple(Row(n.title, n.text, notice_time(n, now, zone), "", "warn") for n in card.notices if n.until > now)


def _past(
    card: Card | None, of_number: Sequence[CallEntry], category: CategoryName, now: datetime, zone: tzinfo
) -> tuple[Row, ...]:
    """Past calls and tickets in one list, newest first; a call of this number that the card has is not repeated."""
    calls = {call.call_id: call for call in (*(card.past_calls if card else ()), *of_number)}
    rows = [(call.offered_at, call_row(call, now, zone)) for call in calls.values()]
    rows += [(t.registered_at, ticket_row(t, category, now, zone)) for t in (card.past_tickets if card else ())]
    return tuple(row for _at, row in sorted(rows, key=lambda pair: pair[0], reverse=True))
