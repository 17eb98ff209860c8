"""What an import needs of the seat store. Any thread; memory flat whatever the size of list and register."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from desk.domain.estate import Building, Estate
from desk.domain.import_plan import Known, KnownHome, Outcome, Planned
from desk.domain.import_rows import Problem, ResidentRow

HomeKey = tuple[str, str, str]  # building id, unit, room


class ImportRegister(Protocol):
    """The register as an import reads it."""

    def estates(self) -> Sequence[Estate]: ...

    def buildings(self) -> Sequence[Building]: ...

    def homes(self, keys: Sequence[HomeKey], person_ids: Sequence[str], source: str) -> dict[HomeKey, KnownHome]:
        """What is known of these homes, for each of them, and what this source has said of it (the author of its
        changes). Whoever bears one of the ids, and their numbers, is known in all of them."""
        ...

    def households_in(self, building_id: str, after: str, limit: int) -> Sequence[str]:
        """Ids of the building's homes after this one, in their order."""
        ...

    def members_of(self, household_ids: Sequence[str], source: str) -> Sequence[tuple[Known, str]]:
        """Their memberships, with home and name for people to read."""
        ...


class ImportStage(Protocol):
    """A place for a list on its way: its rows, sorted by home, and its plan. Encrypted as the seat store is."""

    def put_rows(self, rows: Sequence[ResidentRow]) -> None: ...

    def rows(self) -> Iterator[ResidentRow]:
        """By estate, phase, building, unit, room, and row."""
        ...

    def put_plan(self, planned: Sequence[Planned]) -> None:
        """What is new is there once, however often it is put."""
        ...

    def put_problems(self, problems: Sequence[Problem]) -> None: ...

    def put_present(self, ids: Iterable[str]) -> None:
        """Entities of the register that the list has."""
        ...

    def put_homes(self, ids: Sequence[str]) -> None: ...

    def homes_absent(self, ids: Sequence[str]) -> Sequence[str]:
        """Those that were not put."""
        ...

    def finish(self) -> None:
        """All is put: what was thought missing in one home and is present in another is taken out of the plan."""
        ...

    def counts(self) -> Mapping[tuple[str, Outcome], int]:
        """Of the plan, by entity."""
        ...

    def planned(self, outcomes: Iterable[Outcome], limit: int | None = None) -> Iterator[Planned]: ...

    def problems(self, limit: int | None = None) -> Iterator[Problem]: ...

    def problem_counts(self) -> tuple[int, int]:
        """(grave, told only)."""
        ...
