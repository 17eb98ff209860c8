"""Builds what is done about complaint early warnings without a window: the ladder's figures, the messages about its
steps, and the worker that settles them by the domain's table. That one writes in the seat's name: nobody has decided
it. No Qt: the sync process builds from here, too."""

from collections.abc import Callable
from datetime import datetime
from functools import cache

from desk.compose.policies import OfEstates, policy_folders
from desk.domain.early_warnings import WarningStep
from desk.domain.ladder import LadderPolicy
from desk.domain.tickets import Kind
from desk.domain.working_time import CHINA
from desk.policies.files import Policy, PolicyFolders
from desk.policies.ladder import read_ladder, remarks_for
from desk.settings import Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.history import SqlHistories
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.store.warnings import SqlWarnings
from desk.ui.after import words as after_words
from desk.ui.after.warnings import words
from desk.usecases.notify import NotifyParts
from desk.usecases.notify_warnings import NotifyWarnings, WarningMessageParts, WarningRule, WarningTo
from desk.usecases.ports import NewId
from desk.usecases.settle_warnings import SettleWarnings


class LadderRules:
    """The ladder's figures and posts for each estate, read when first asked for. `name_of`: of an estate by its id, ""
    where nobody knows it. Any thread."""

    def __init__(
        self,
        folders: PolicyFolders,
        name_of: Callable[[str], str],
        keep: Callable[[Policy[LadderPolicy]], LadderPolicy],
    ) -> None:
        self._name_of = name_of
        self._read: Callable[[], OfEstates[LadderPolicy]] = cache(
            lambda: OfEstates(folders, lambda of_one: keep(read_ladder(of_one)))
        )

    def of(self, estate_id: str | None) -> LadderPolicy:
        ladders = self._read()
        return ladders.of(self._name_of(estate_id)) if estate_id else ladders.own

    def remarks(self, store: Store) -> tuple[str, ...]:
        """Posts that nobody who works here holds, of all estates. Reads the staff list: on a worker."""
        working = {one.number for one in SqlResidents(store).staff() if one.active}
        told = [sentence for ladder in self._read().all() for sentence in remarks_for(ladder, working)]
        return tuple(dict.fromkeys(told))


def warning_messages(settings: Settings, store: Store, parts: NotifyParts) -> list[NotifyWarnings]:
    """One, or none where the settings have no rule about warnings. `parts`: as the messages about tickets have them."""
    rules = [
        WarningRule(
            WarningStep(rule.warning), rule.template, rule.channel, WarningTo(rule.to), tuple(map(Kind, rule.kinds))
        )
        for rule in settings.notify.rules
        if rule.warning
    ]
    if not rules:
        return []
    residents = SqlResidents(store)

    def name_of(estate_id: str) -> str:
        return next((one.name for one in residents.estates() if one.estate_id == estate_id), "")

    # what cannot be used is told by whoever reads all policies at start
    ladder = LadderRules(policy_folders(settings), name_of, lambda policy: policy.value)
    made = WarningMessageParts(
        notify=parts,
        rules=rules,
        warnings=SqlWarnings(store),
        policy=ladder.of,
        step=after_words.warning_step,
        post=words.post,
        zone=CHINA,
    )
    return [NotifyWarnings(made)]


def warning_settler(
    store: Store, seat: str, clock: Callable[[], datetime], new_id: NewId, settled: Callable[[], None]
) -> SettleWarnings:
    """`settled`: it has appended changes of warnings and their tickets."""
    log = SqlChangeLog(store)
    author = SeatAuthor(seat, lambda: seat, clock, new_id, log.base_seq, log.newest_unsent)
    return SettleWarnings(log, author, SqlHistories(store), SqlWarnings(store), SqlTickets(store), seat, settled)
