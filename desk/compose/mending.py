"""Builds what a seat's background service mends by itself of what people wrote unseen by each other, or left behind:
stages that two moved at once, warnings that two stepped, clocks that do not fit, work whose owner has left."""

from collections.abc import Callable, Sequence

from desk.compose.clock import new_id, now
from desk.compose.policies import Policies
from desk.compose.staff import adopter
from desk.compose.stages import stage_settler, ticket_mender
from desk.compose.warning_rules import warning_settler
from desk.settings import Settings
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.usecases.estate_map import EstateMap

OWNED = ("ticket", "task", "promise", "follow_up", "warning", "question")  # what people who leave may leave behind
Appended = Callable[[Sequence[str]], None]


def mending_workers(settings: Settings, store: Store, appended: Appended) -> tuple[tuple[str, Callable[[], bool]], ...]:
    """Each with its name; a worker says whether it found something to do. `appended(entities)`: changes of these."""
    policies, seat = Policies(settings, EstateMap(SqlResidents(store))), settings.seat.name
    moved = ("ticket", "task", "follow_up")
    settler = stage_settler(store, seat, now, new_id, lambda: appended(moved), policies)
    warnings = warning_settler(store, seat, now, new_id, lambda: appended(("warning", "ticket")))
    mender = ticket_mender(settings, store, policies, now, new_id, lambda: appended((*moved, "message")))
    left = adopter(settings, store, policies, lambda: appended(OWNED))
    return (
        ("stages", lambda: any([settler.work_once(), warnings.work_once(), mender.work_once()])),
        ("left", left.work_once),
    )
