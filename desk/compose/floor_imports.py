"""`desk import roster` and `desk import articles`: what the window does with a list, for IT and for a nightly job. What
cannot be read is told row by row, and the rest is taken in. Signed by the seat's own agent; a supervisor's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from desk import exit_codes
from desk.compose.bringing import Bringing
from desk.compose.clock import new_id, now
from desk.compose.floor_rules import FloorRules
from desk.compose.knowledge import knowledge_uses
from desk.compose.policies import Policies
from desk.compose.shift import shift_uses
from desk.compose.supervisors import only_supervisors
from desk.faults import Fault
from desk.i18n import _, ngettext
from desk.policies.files import PolicyError
from desk.policies.knowledge import read_articles
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.store import Store
from desk.texts import ShippedTexts
from desk.ui.after.shift import presenter

Say = Callable[[str], None]


def roster(
    settings: Settings, file: Path, say: Say = print, secrets: Secrets | None = None, *, dry_run: bool = False
) -> int:
    """The exit code. Raises `Fault`, what opening the store raises."""
    secrets = secrets or KeyringSecrets()
    with _opened(settings, secrets) as (store, author):
        uses = shift_uses(settings, store, SqlChangeLog(store), author, lambda: settings.seat.agent, _rules(settings))
        plan = uses.roster.compare(uses.read_file(file, uses.roster.reading()))
        say(presenter.plan(plan))
        if dry_run:
            say(_("This was a dry run; nothing was changed."))
            return exit_codes.OK
        only_supervisors(settings, store)
        bringing = Bringing(settings, store, secrets)
        bringing.prepare()
        uses.roster.carry_out(plan)
        say(_("The roster is taken in."))
        brought = bringing.finish(say)
        return exit_codes.FAULT if plan.problems else brought


def articles(settings: Settings, file: Path | None, say: Say = print, secrets: Secrets | None = None) -> int:
    """`file` None: those that come with Desk. The exit code. Raises `Fault`, what opening the store raises."""
    with _opened(settings, secrets) as (store, author):
        only_supervisors(settings, store)
        categories = ShippedTexts(own=settings.texts.folder).categories()
        uses = knowledge_uses(store, SqlChangeLog(store), author, categories, _rules(settings))
        try:
            found = read_articles(file) if file is not None else list(uses.shipped())
        except PolicyError as error:
            raise Fault(str(error)) from error
        count = uses.knowledge.take_in(found)
        said = ngettext("{n} article is taken in.", "{n} articles are taken in.", count).format(n=count)
        say(said if count else _("All of them are here already."))
        return exit_codes.OK


def take_in_shipped(settings: Settings, store: Store) -> int:
    """Of a sample estate: the articles that come with Desk, in the seat's name. How many there were."""
    log = SqlChangeLog(store)
    author = SeatAuthor(settings.seat.name, lambda: settings.seat.name, now, new_id, log.base_seq, log.newest_unsent)
    uses = knowledge_uses(store, log, author, ShippedTexts().categories(), _rules(settings))
    return uses.knowledge.take_in(uses.shipped())


def _rules(settings: Settings) -> FloorRules:
    return FloorRules(Policies(settings, None))


@contextmanager
def _opened(settings: Settings, secrets: Secrets | None) -> Iterator[tuple[Store, SeatAuthor]]:
    store = Store.open(settings.store_file, secrets or KeyringSecrets())
    log = SqlChangeLog(store)
    try:
        yield (
            store,
            SeatAuthor(settings.seat.name, lambda: settings.seat.agent, now, new_id, log.base_seq, log.newest_unsent),
        )
    finally:
        store.close()
