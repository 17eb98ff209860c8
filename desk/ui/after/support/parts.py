"""What the page of what just happened is built from. No Qt."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from desk.ui.hub import Hub

if TYPE_CHECKING:
    from desk.support.what_happened import WhatHappened


@dataclass(frozen=True, slots=True)
class SupportUses:
    """`what`: asked for on the worker, once. `goes_by_itself`: bundles are brought to where the settings say."""

    what: "Callable[[], WhatHappened]"
    goes_by_itself: bool = False


@dataclass(frozen=True, slots=True)
class SupportParts:
    hub: Hub
    uses: SupportUses
    clock: Callable[[], datetime]
    zone: tzinfo
