"""The priority that a ticket has by the rules as it is filed: whom it is for counts, because an elderly person who
lives alone does not wait like others. Worker's thread; three indexed reads, none where no rule asks for tags."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from desk.domain.estate import SensitiveTag
from desk.domain.priority_rules import Facts, RaiseRule, When, raised
from desk.domain.sensitive_tags import NONE, SensitiveTags
from desk.domain.tickets import Priority, Ticket
from desk.usecases.ports import Residents


class RaiseAtFiling:
    """`rules`: of the estate that a ticket's place is in. `sensitive`: the tags that not everybody may read, of these
    people and homes: a rule may ask for them, too. `listed`: which words of tags mean the same."""

    def __init__(
        self,
        residents: Residents,
        rules: Callable[[Ticket], Sequence[RaiseRule]],
        sensitive: Callable[[Sequence[str]], Sequence[SensitiveTag]] = lambda _ids: (),
        listed: SensitiveTags = NONE,
    ) -> None:
        self._residents, self._sensitive, self._listed = residents, sensitive, listed
        self._rules = rules

    def priority(self, ticket: Ticket) -> Priority:
        """Never a lower one than it has."""
        rules = [rule for rule in self._rules(ticket) if rule.when is When.TAGGED]
        if not rules:
            return ticket.priority
        rules = [replace(rule, tags=self._listed.meant(rule.tags)) for rule in rules]
        tags: set[str] = set()
        if ticket.person_id:
            tags.update(*(person.tags for person in self._residents.people([ticket.person_id]).values()))
        if ticket.household_id:
            tags.update(*(home.tags for home in self._residents.households([ticket.household_id]).values()))
        tags.update(one.tag for one in self._sensitive([i for i in (ticket.person_id, ticket.household_id) if i]))
        return raised(ticket, Facts(tags=self._listed.meant(tags)), rules)[0]
