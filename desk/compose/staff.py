"""`desk staff`: what is open in somebody's name, and taking somebody out of the staff. And the worker that gives away
what people left behind who went in another way."""

from argparse import Namespace
from collections.abc import Callable

from desk import exit_codes
from desk.compose.bringing import Bringing
from desk.compose.clock import new_id, now
from desk.compose.follow_up_rules import FollowUpRules, following_up
from desk.compose.moves import move_ticket
from desk.compose.policies import Policies
from desk.compose.supervisors import only_supervisors
from desk.domain.categories import CategoryTree
from desk.faults import Fault
from desk.i18n import _, ngettext
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.open_work import SqlOpenWork
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.store.tickets import SqlTickets
from desk.texts import ShippedTexts
from desk.usecases.estate_map import EstateMap
from desk.usecases.remove_person import (
    AdoptWork,
    LeftBehind,
    RemovalParts,
    RemovalRefused,
    RemovePerson,
    WhyNotRemoved,
)

Say = Callable[[str], None]


def run(settings: Settings, arguments: Namespace, say: Say = print, secrets: Secrets | None = None) -> int:
    """One of the actions; the exit code. Raises `Fault`, what opening the store raises."""
    secrets = secrets or KeyringSecrets()
    store = Store.open(settings.store_file, secrets)
    try:
        policies = Policies(settings, EstateMap(SqlResidents(store)))
        removing = RemovePerson(_parts(settings, store, settings.seat.agent, policies))
        if arguments.action == "remove":
            only_supervisors(settings, store)
            bringing = Bringing(settings, store, secrets)
            bringing.prepare()
            _remove(removing, arguments.number, arguments.to, say)
            return bringing.finish(say)
        _tell(arguments.number, removing.work_of(arguments.number), say)
        return exit_codes.OK
    finally:
        store.close()


def adopter(settings: Settings, store: Store, policies: Policies, adopted: Callable[[], None]) -> AdoptWork:
    """The sync process's. `adopted`: it has appended changes."""
    return AdoptWork(_parts(settings, store, settings.seat.name, policies), now, adopted)


def _parts(settings: Settings, store: Store, who: str, policies: Policies) -> RemovalParts:
    changes, tickets = SqlChangeLog(store), SqlTickets(store)
    author = SeatAuthor(settings.seat.name, lambda: who, now, new_id, changes.base_seq, changes.newest_unsent)
    log = following_up(store, changes, author, FollowUpRules(policies), tickets)
    categories: CategoryTree = ShippedTexts(language=settings.seat.language, own=settings.texts.folder).categories()
    return RemovalParts(
        log=log,
        author=author,
        staff=SqlResidents(store).staff,
        work=SqlOpenWork(store),
        tasks=SqlTasks(store),
        moves=move_ticket(settings, store, log, author, lambda: who, categories, policies, tickets),
        reason=_("the handler does not work here any more"),
    )


def _remove(removing: RemovePerson, number: str, to: str, say: Say) -> None:
    try:
        left = removing.remove(number, to)
    except RemovalRefused as error:
        raise Fault(_why(error, number, to)) from error
    if left.items:
        count = len(left.items)
        text = ngettext("{n} open thing of {number} is {to}'s now", "{n} open things of {number} are {to}'s now", count)
        say(text.format(n=count, number=number, to=to))
    if left.tasks:
        count = len(left.tasks)
        text = ngettext("{n} task has to be sent to somebody else", "{n} tasks have to be sent to somebody else", count)
        say(text.format(n=count))
    say(_("{number} is not among the staff any more").format(number=number))


def _why(error: RemovalRefused, number: str, to: str) -> str:
    left = len(error.left) if error.left else 0
    return {
        WhyNotRemoved.UNKNOWN: _("nobody at work has the work number {number}"),
        WhyNotRemoved.NO_SUCCESSOR: _(
            "{left} things are open in the name of {number}: name who takes them with --to, nothing was changed"
        ),
        WhyNotRemoved.SUCCESSOR_UNKNOWN: _("nobody at work has the work number {to}: nothing was changed"),
        WhyNotRemoved.LAST_SUPERVISOR: _(
            "{number} is the only supervisor: name another one first, nothing was changed"
        ),
        WhyNotRemoved.SAME: _("{number} cannot take over from themselves: nothing was changed"),
    }[error.why].format(number=number, to=to, left=left)


def _tell(number: str, left: LeftBehind, say: Say) -> None:
    if not left:
        say(_("Nothing is open in the name of {number}").format(number=number))
    for item in left.items:
        say(f"{item.what.value}  {item.number or item.item_id}  {item.text}")
    for task in left.tasks:
        say(f"task  {task.task_id}  {task.title}")
