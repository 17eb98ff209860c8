"""`desk import tags`: moves the tags that not everybody may read from where everybody reads them."""

from collections.abc import Callable

from desk import exit_codes
from desk.compose.clock import new_id, now
from desk.compose.policies import policy_folders
from desk.compose.supervisors import only_supervisors
from desk.domain.import_plan import AUTHOR_PREFIX
from desk.faults import Fault
from desk.i18n import _, ngettext
from desk.policies.tags import read_tags
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.outbox import SqlOutbox
from desk.store.sensitive_tags import SqlSensitiveTags
from desk.store.store import Store
from desk.usecases.sensitive_tags import move_old

_AUTHOR = f"{AUTHOR_PREFIX}tags"


def run(settings: Settings, say: Callable[[str], None] = print, secrets: Secrets | None = None) -> int:
    """The exit code. Raises `Fault` for whoever may not, and what opening the store raises."""
    store = Store.open(settings.store_file, secrets or KeyringSecrets())
    try:
        only_supervisors(settings, store)
        moved = move(settings, store)
        if moved is None:
            raise Fault(
                _(
                    "The centre takes no sensitive tags from this seat; nothing was moved. Let this seat's account "
                    "write them: desk central user change {seat} --sensitive"
                ).format(seat=settings.seat.name)
            )
        text = ngettext(
            "Sensitive tags of {n} person or home were moved",
            "Sensitive tags of {n} people and homes were moved",
            moved,
        )
        say(text.format(n=moved))
        return exit_codes.OK
    finally:
        store.close()


def move(settings: Settings, store: Store) -> int | None:
    """On how many people and homes; None, and nothing is moved, where the centre would not take them."""
    if not SqlOutbox(store).takes_tags:
        return None
    changes = SqlChangeLog(store)
    author = SeatAuthor(settings.seat.name, lambda: _AUTHOR, now, new_id, changes.base_seq, changes.newest_unsent)
    listed = read_tags(policy_folders(settings)).value
    return max(move_old(SqlSensitiveTags(store), listed, changes, author), default=0)
