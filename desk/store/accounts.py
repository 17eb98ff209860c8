"""What the centre has told this seat of the accounts of those who were here: work number -> kind (see
`desk.domain.supervising`). Local, never sent; lost with a store that is made anew, and told again at the next contact.

Written by the sync process, read by the window and the command line."""

import json

from desk.domain.supervising import TOLD, Accounts
from desk.store.meta import keep_value, value_of
from desk.store.store import Store

_NAME = "account_kinds"


class SqlAccounts:
    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> Accounts:
        with self._store.read() as connection:
            value = value_of(connection, _NAME)
        kinds: Accounts = json.loads(value) if value else {}
        return kinds

    def note(self, number: str, kind: str) -> None:
        """The centre says this now. A kind that nobody sits at a seat with takes what was known before: "" = the person
        has no account."""
        before = dict(self.all())
        if before.get(number, "") == (kind if kind in TOLD else ""):
            return
        with self._store.write() as connection:
            known = json.loads(value_of(connection, _NAME) or "{}")
            known.pop(number, None)
            if kind in TOLD:
                known[number] = kind
            keep_value(connection, _NAME, json.dumps(known))
