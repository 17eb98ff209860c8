"""Builds what is done about incidents, notices, faults told twice and places in doubt. In two steps, because filing and
joining ask it, and it files and joins."""

from collections.abc import Callable
from dataclasses import replace

from desk.compose.clock import new_id, now
from desk.compose.policies import Policies
from desk.domain.categories import CategoryTree
from desk.domain.drafts import Intake
from desk.domain.identity import HouseholdId, TicketId
from desk.domain.moves import Given, MoveKind, MoveRefused
from desk.domain.radar import RadarPolicy
from desk.domain.working_time import CHINA
from desk.policies.files import PolicyFolders
from desk.policies.radar import read_radar
from desk.settings import Settings
from desk.store.incidents import SqlIncidents
from desk.store.notices import SqlNotices
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.ui.after.incidents import words
from desk.ui.after.incidents.parts import IncidentUses
from desk.usecases.call_back_list import CallBackList, CallBackParts
from desk.usecases.close_by_notice import CloseByNotice
from desk.usecases.confirm_incident import ConfirmIncident, IncidentParts
from desk.usecases.estate_map import EstateMap
from desk.usecases.file_ticket import FileTicket
from desk.usecases.move_ticket import MoveTicket
from desk.usecases.ports import ChangeAuthor, ChangeLog
from desk.usecases.read_back import ReadBack
from desk.usecases.same_fault import SameFaults
from desk.usecases.watch_incidents import WatchIncidents
from desk.usecases.write_notice import WriteNotice


class IncidentGround:
    """`call_backs.for_joined` and `gate` are what joining and filing ask. `who`: the work number of who is signed in.
    `log`: the one that makes messages."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        log: ChangeLog,
        author: ChangeAuthor,
        who: Callable[[], str],
        estate_map: EstateMap,
        categories: CategoryTree,
        policies: Policies,
    ) -> None:
        self._settings, self._store, self._log, self._author = settings, store, log, author
        self._who, self._map, self._tree = who, estate_map, categories
        self.policy = _radar(policies, categories, estate_map)
        self._incidents = SqlIncidents(store)
        self._words = words.incident_words(CHINA)
        self.read_back = ReadBack(log, author, SqlResidents(store), estate_map, categories, now)
        self.call_backs = CallBackList(
            CallBackParts(
                author=author,
                incidents=self._incidents,
                estate_map=estate_map,
                category=lambda code: categories.name(code, settings.seat.language),
                words=self._words,
                clock=now,
                due=lambda at, building: at + self.policy.at(building).call_back,
                work_number=who,
            )
        )

    def gate(self, intake: Intake) -> str:
        """Why the place of this form has to be read back, as it stands on the ticket."""
        why = self.read_back.asks(intake)
        return why.value if why is not None else ""

    def uses(self, filing: FileTicket, moves: MoveTicket, tickets: SqlTickets) -> IncidentUses:
        store, log, author = self._store, self._log, self._author
        notices = SqlNotices(store)

        def join_ticket(ticket_id: TicketId, into: TicketId) -> bool:
            try:
                moves.move(ticket_id, MoveKind.JOIN, Given(ticket_id=into))
            except MoveRefused:  # somebody works on it already: it stays by itself, as a part of the incident
                return False
            return True

        return IncidentUses(
            watching=WatchIncidents(
                log, author, self._incidents, self._map, now, self._settings.seat.name, self.policy
            ),
            confirming=ConfirmIncident(
                IncidentParts(
                    log=log,
                    author=author,
                    incidents=self._incidents,
                    estate_map=self._map,
                    filing=filing,
                    join_ticket=join_ticket,
                    call_backs=self.call_backs,
                    tree=self._tree,
                    words=self._words,
                    policy=self.policy,
                    clock=now,
                    work_number=self._who,
                )
            ),
            writing=WriteNotice(log, author, notices, self._map, now, new_id),
            closing=CloseByNotice(filing, self._tree, words.told, self.policy.answer_category),
            same_faults=SameFaults(tickets, SqlResidents(store), self._tree, tickets.open_in_area),
            read_back=self.read_back,
            estate_map=self._map,
            home=self.home,
        )

    def home(self, household_id: HouseholdId) -> tuple[str, str]:
        """A household's place in words and a number of it, "" where there is none."""
        from desk.store.follow_ups import SqlSurveys  # nobody's start waits for it

        household = SqlResidents(self._store).households([household_id]).get(household_id)
        place = self._map.home(household).text if household else ""
        return place, SqlSurveys(self._store).numbers([household_id]).get(household_id, "")


def _radar(policies: Policies, categories: CategoryTree, estate_map: EstateMap) -> RadarPolicy:
    """The company's figures, and those of each estate that has a file of its own."""
    folders = policies.folders
    policy = policies.keep(read_radar(folders, categories))
    company, own = folders.company, dict[str, RadarPolicy]()
    for folder in sorted(company.iterdir()) if company and company.is_dir() else ():
        if (folder / "radar.toml").exists():
            of_estate = PolicyFolders(folders.shipped, company, folder.name)
            own[folder.name] = policies.keep(read_radar(of_estate, categories))

    if own:
        policy = replace(policy, of_building=lambda building: own.get(estate_map.estate_of(building)))
    return replace(policy, reach=max(one.keep + one.window for one in (policy, *own.values())))
