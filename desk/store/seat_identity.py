"""Who this store is to the centre: an id of its own, and a token that changes at every hello.

A copied disk image, or an old store that was put back, has the id but not the newest token, and so is told from the
store that went on. The next token is kept here BEFORE it is offered: an answer that is lost on its way leaves a seat
that can still say which token the centre has by now. The sync process's; each call is one transaction."""

from dataclasses import dataclass

from desk.store.meta import drop_value, keep_value, value_of
from desk.store.store import Store
from desk.usecases.ports import NewId

_STORE_ID, _TOKEN, _NEXT, _EPOCH, _OFFERED_TO = "store_id", "token", "next_token", "epoch", "offered_to"


@dataclass(frozen=True, slots=True)
class SeatIdentity:
    """`token` is what the centre knew when it last answered, `next_token` what it is offered now. `epoch` "": it has
    never answered."""

    store_id: str
    token: str
    next_token: str
    epoch: str


class SqlSeatIdentity:
    """`new_id` makes ids and tokens: UUIDs of which the last 62 bits are random at least."""

    def __init__(self, store: Store, new_id: NewId) -> None:
        self._store, self._new_id = store, new_id

    def offered(self) -> SeatIdentity:
        """The identity to say hello with; made where there is none, its next token kept."""
        with self._store.write() as connection:
            store_id = value_of(connection, _STORE_ID)
            token, offered = value_of(connection, _TOKEN), value_of(connection, _NEXT)
            if store_id is None:
                store_id = self._new_id()
                keep_value(connection, _STORE_ID, store_id)
            if offered is None:
                offered = self._new_id()
                keep_value(connection, _NEXT, offered)
            epoch = value_of(connection, _EPOCH)
        return SeatIdentity(store_id, token or offered, offered, epoch or "")

    def store_id(self) -> str:
        """Made where there is none, whether or not a centre is ever asked."""
        with self._store.read() as connection:
            found = value_of(connection, _STORE_ID)
        if found is not None:
            return found
        with self._store.write() as connection:
            store_id = value_of(connection, _STORE_ID)
            if store_id is None:
                store_id = self._new_id()
                keep_value(connection, _STORE_ID, store_id)
        return store_id

    def accepted(self, identity: SeatIdentity) -> None:
        """The centre has taken the offered token."""
        with self._store.write() as connection:
            keep_value(connection, _TOKEN, identity.next_token)
            drop_value(connection, _NEXT)

    def become_another(self) -> None:
        """This store turned out to be a copy: from now on it is one of its own. What it holds stays."""
        with self._store.write() as connection:
            for name in (_STORE_ID, _TOKEN, _NEXT):
                drop_value(connection, name)

    def keep_epoch(self, epoch: str) -> None:
        with self._store.write() as connection:
            keep_value(connection, _EPOCH, epoch)

    def offers_anew(self, centre: str) -> bool:
        """Whether the centre is another one (its version, this role's rights) than the one that refused what was set
        aside; from now on this is the one."""
        with self._store.write() as connection:
            before = value_of(connection, _OFFERED_TO)
            keep_value(connection, _OFFERED_TO, centre)
        return before != centre
