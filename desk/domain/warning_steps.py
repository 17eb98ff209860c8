"""Which step of an early warning stands when two people stepped it without seeing each other's: two supervisors who
approve at once, one who approves what another returns. A table, as `desk.domain.stage_moves` has one for tickets.

What decides is the price of being wrong: a resident who is called once too often is annoyed, a complaint that nobody
goes on with is lost. So what keeps the warning going stands over what ends it, and what is further up the ladder over
what is further down. Two that took the same step: the one whose clock runs out first stands, so that nobody's second
approval gives the site another hour. Pure, any thread."""

from collections.abc import Sequence

from desk.domain.conflicts import Conflict, Version
from desk.domain.early_warnings import WarningStep

# The strongest first.
STANDS_OVER: tuple[WarningStep, ...] = (
    WarningStep.UNSATISFIED,
    WarningStep.ESCALATED,
    WarningStep.FED_BACK,
    WarningStep.GUIDED,
    WarningStep.ACTED,
    WarningStep.REVIEWED,
    WarningStep.RETURNED,
    WarningStep.RAISED,
    WarningStep.CLOSED,
    WarningStep.WITHDRAWN,
)


def standing_step(conflict: Conflict) -> Version | None:
    """The version that stands; None where a step is not known to this version of Desk, and people have to say."""
    places = {step.value: place for place, step in enumerate(STANDS_OVER)}
    if any(version.values["step"] not in places for version in conflict.versions):
        return None

    def rank(version: Version) -> tuple[int, str, str]:
        return places[str(version.values["step"])], str(version.values["due_at"]), version.change_id

    return min(conflict.versions, key=rank)


def same_step(versions: Sequence[Version]) -> bool:
    """They differ in who and when only: two who did the same at once."""
    return len({version.values["step"] for version in versions}) == 1
