"""What the centre says of people, for those who ask who is a supervisor."""

from collections.abc import Callable

from desk.domain.supervising import Accounts
from desk.settings import Settings
from desk.store.accounts import SqlAccounts
from desk.store.store import Store


def accounts_of(settings: Settings, store: Store) -> Callable[[], Accounts | None]:
    """Answers None where this seat stands alone."""
    if not settings.central.url:
        return lambda: None
    return SqlAccounts(store).all
