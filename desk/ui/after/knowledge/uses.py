"""What the knowledge's section, page and strip are built from. `KnowledgeUses` is asked for on the worker when it is
first needed: the window's start does not wait for its files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from desk.domain.identity import BuildingId, EstateId
from desk.ui.hub import Hub
from desk.usecases.find_category import CategoryHit

if TYPE_CHECKING:  # they are loaded when somebody first types, on the worker
    from desk.usecases.ask import Ask
    from desk.usecases.knowledge import Knowledge, ShippedArticle


@dataclass(frozen=True, kw_only=True)
class KnowledgeUses:
    """All of it runs on the worker. `shipped`: the articles that come with Desk; raises `PolicyError`."""

    knowledge: "Knowledge"
    ask: "Ask"
    shipped: "Callable[[], Sequence[ShippedArticle]]"


@dataclass(frozen=True, kw_only=True)
class KnowledgeParts:
    """`uses`: the same each time, any thread. `written`: something was appended, the centre may have it. `category`:
    the name of a leaf, a branch or a kind. `find_category`: by what was typed. `estate_of`: where a building stands.
    `name_of`: of a work number."""

    hub: Hub
    uses: Callable[[], KnowledgeUses]
    clock: Callable[[], datetime]
    zone: tzinfo
    written: Callable[[], None]
    category: Callable[[str], str]
    find_category: Callable[[str], Sequence[CategoryHit]]
    estate_of: Callable[[BuildingId | None], EstateId | None]
    name_of: Callable[[str], str]

    def work_number(self) -> str:
        return self.hub.agent.number if self.hub.agent else ""
