"""The rules of dispatch: which routes hold where, and what does not fit the people and places there are. Read when the
window starts, so that a company's fault in them is told at once."""

from dataclasses import dataclass

from desk.compose.policies import OfEstates, Policies
from desk.domain.categories import CategoryTree
from desk.domain.dispatching import DispatchPolicy
from desk.domain.routes import Register, RouteTable
from desk.policies.dispatch import read_dispatch
from desk.policies.files import PolicyFolders
from desk.policies.routes import Routes, read_routes, remarks_on
from desk.store.residents import SqlResidents
from desk.store.store import Store


@dataclass(frozen=True)
class _OfEstate:
    routes: Routes
    policy: DispatchPolicy


class DispatchRules:
    """The routes and figures of this seat, and of each estate that has a folder of its own in the company's. Any
    thread."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._of = OfEstates(policies.folders, self._read)

    def table(self, estate: str) -> RouteTable:
        return self._of.of(estate).routes.table

    def policy(self, estate: str = "") -> DispatchPolicy:
        return self._of.of(estate).policy

    def remarks(self, register: Register) -> tuple[str, ...]:
        """What does not fit the people and places there are, of all estates: one sentence each, with file and line. The
        files of all estates are read by it: what cannot be used is among the troubles of the policies from then on."""
        told = [sentence for one in self._of.all() for sentence in remarks_on(one.routes, register)]
        return tuple(dict.fromkeys(told))

    def _read(self, folders: PolicyFolders) -> _OfEstate:
        keep = self._policies.keep
        return _OfEstate(keep(read_routes(folders)), keep(read_dispatch(folders)))


def register_of(store: Store, categories: CategoryTree) -> Register:
    """What a table of routes is held against: who works here, what there is and where."""
    residents = SqlResidents(store)
    staff = residents.staff()
    working = frozenset(one.number for one in staff if one.active)
    return Register(
        working=working,
        left=frozenset(one.number for one in staff) - working,
        categories=frozenset(one.code for one in categories.categories),
        areas=frozenset(one.area for one in residents.buildings() if one.area),
    )
