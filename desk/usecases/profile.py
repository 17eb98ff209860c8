"""What the screen pop shows: who may be calling, and what is open with them. Values only."""

from dataclasses import dataclass

from desk.domain.call_log import CallEntry, Tie
from desk.domain.estate import Building, Household, NumberEntry, Person, Role, Staff
from desk.domain.notices import Notice
from desk.domain.party import Party
from desk.domain.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Seen:
    """Tags that not everybody may read, as they were read for `by` (a work number) and are shown to nobody else.
    `offered`: those of the company's list that do not apply. `whole` False: the centre may hold others that are not at
    this seat, so that nobody can say which do not apply."""

    by: str
    tags: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody the number may stand for: a person in a household, a person without one, or a household whose person
    nobody knows. At least one of the two is set. `sensitive` None: whoever asked may not read them."""

    person: Person | None
    household: Household | None
    building: Building | None
    role: Role | None
    sensitive: Seen | None = None

    @property
    def tie(self) -> Tie:
        """Who it is, whatever is known of them."""
        return Tie(
            self.person.person_id if self.person else None, self.household.household_id if self.household else None
        )


@dataclass(frozen=True, slots=True)
class Card:
    """What belongs to one candidate. Tickets and calls newest first; `open_tickets` are not repeated in
    `past_tickets`."""

    candidate: Candidate
    open_tickets: tuple[Ticket, ...] = ()
    past_tickets: tuple[Ticket, ...] = ()
    past_calls: tuple[CallEntry, ...] = ()
    notices: tuple[Notice, ...] = ()
    numbers: tuple[NumberEntry, ...] = ()
    household_people: tuple[tuple[Person, Role], ...] = ()
    assistant: Staff | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """`candidates` in the likeliest order; `card` is the first one's (None where nobody is known). `calls_of_number`
    are past calls from this number, known or not. `number_shown` is the number as people read it ("138 0013 8000"),
    "" where withheld. `tied_only`: the number stands for nobody, the one candidate is whom the call is tied to."""

    party: Party
    number_shown: str
    candidates: tuple[Candidate, ...] = ()
    card: Card | None = None
    calls_of_number: tuple[CallEntry, ...] = ()
    tied_only: bool = False
