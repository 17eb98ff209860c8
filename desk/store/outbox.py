"""What the exchange with the centre needs of the seat store: what is unsent, what the centre answered, what it has for
us. The sync process's; each call is one transaction, so that a process killed anywhere repeats a step and never
half of one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select, update

from desk.domain.changes import Change
from desk.domain.identity import ChangeId
from desk.domain.times import from_text
from desk.store import arrivals
from desk.store.change_log import cursor_of
from desk.store.filling import AGED, FILL
from desk.store.meta import drop_value, keep_value, value_of
from desk.store.queries import AMONG, listed
from desk.store.rows import change_of, refold, write_changes
from desk.store.schema import CHANGE, UNSENT
from desk.store.set_asides import drop_refused
from desk.store.store import Store

COUNT_LIMIT = 10_000
_OLDER = CHANGE.alias()
AUTHORS_OF = 2_000  # changes that are looked through for who wrote them
_EVERYTHING, _SENSITIVE = "all", " and sensitive"  # as the centre writes its stamps of rights
_TOP, _TOP_ID, _RIGHTS, _RIGHTS_OF, _TAGS_LACK = "top", "top_id", "rights", "rights_of", "tags_lack"
_KIND = "account_kind"  # of the account behind the connection that said hello last


@dataclass(frozen=True, slots=True)
class Ordered:
    """A change as the centre keeps it. `role`: the database role that wrote it, which nobody can claim; `received_at`:
    when, by the centre's clock."""

    change: Change
    role: str
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    change_id: ChangeId
    entity: str
    entity_id: str
    why: str


class SqlOutbox:
    def __init__(self, store: Store) -> None:
        self._store = store

    def unsent(
        self,
        limit: int,
        not_of: Collection[str] = (),
        only_of: str | None = None,
        not_these: Collection[tuple[str, str]] = (),
    ) -> list[Change]:
        """The oldest changes that the centre has neither taken nor refused, in the order of their ids: the order of
        the fold, so that a row looks the same before and after it is sent. Without those of some authors, or what some
        wrote of an entity (`not_these`: author and its name), or of one author only; then also without what stands on
        an older change of the same entity that is left out: it may not come before it in the central order."""
        query = select(CHANGE).where(UNSENT).order_by(CHANGE.c.change_id).limit(limit)
        if not_of:
            query = query.where(CHANGE.c.author.not_in(sorted(not_of)), ~_behind(_OLDER.c.author.in_(sorted(not_of))))
        for author, entity in sorted(not_these):
            query = query.where(
                ~and_(CHANGE.c.author == author, CHANGE.c.entity == entity),
                ~_behind(and_(_OLDER.c.author == author, _OLDER.c.entity == entity)),
            )
        if only_of is not None:
            query = query.where(CHANGE.c.author == only_of, ~_behind(_OLDER.c.author != only_of))
        with self._store.read() as connection:
            return [change_of(row) for row in connection.execute(query)]

    def unsent_authors(self) -> set[str]:
        """Those who wrote the oldest changes that wait."""
        some = select(CHANGE.c.author).where(UNSENT).order_by(CHANGE.c.change_id).limit(AUTHORS_OF).subquery()
        with self._store.read() as connection:
            return set(connection.execute(select(some.c.author).distinct()).scalars())

    def unsent_count(self) -> int:
        """How many wait, counted up to `COUNT_LIMIT`."""
        return self._count(UNSENT)

    def oldest_unsent_at(self) -> datetime | None:
        """When the first of those that wait was made, by the clock of this seat."""
        query = select(CHANGE.c.at).where(UNSENT).order_by(CHANGE.c.change_id).limit(1)
        with self._store.read() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return from_text(found) if found is not None else None

    def waits(self, change_id: ChangeId) -> bool:
        """Whether the centre has neither taken nor refused this one."""
        query = select(CHANGE.c.change_id).where(UNSENT, CHANGE.c.change_id == change_id)
        with self._store.read() as connection:
            return connection.execute(query).first() is not None

    def refused_count(self) -> int:
        return self._count(CHANGE.c.refused.is_not(None))

    def _count(self, condition: ColumnElement[bool]) -> int:
        some = select(CHANGE.c.change_id).where(condition).limit(COUNT_LIMIT).subquery()
        with self._store.read() as connection:
            return connection.execute(select(func.count()).select_from(some)).scalar_one()

    def acknowledge(
        self, places: Mapping[ChangeId, int], role: str, received: Mapping[ChangeId, datetime] | None = None
    ) -> None:
        """The centre has taken these: change id -> its place in the order, and when it arrived there."""
        values = [(seq, role, change_id) for change_id, seq in places.items()]
        if not values:
            return
        with self._store.write() as connection:
            connection.exec_driver_sql(
                "UPDATE change SET central_seq = ?, role = ?, refused = NULL WHERE change_id = ?", values
            )
            if received:
                made = _made_at(connection, list(received))
                arrivals.keep(connection, [(one, made[one], at) for one, at in received.items() if one in made])
            refold(connection, _keys_of(connection, list(places)))
            last_seq, _role, last_id = max(values)
            _raise_top(connection, last_seq, last_id)

    def set_aside(self, change_id: ChangeId, why: str) -> None:
        """The centre will not take this one. It stays in the log and in this seat's row, and blocks nothing."""
        with self._store.write() as connection:
            connection.execute(update(CHANGE).where(CHANGE.c.change_id == change_id).values(refused=why))

    def take_back(self, answer: Change, refused: str, at: datetime, why: str) -> None:
        """The centre will not take this answer to a conflict. It is dropped: what it says stands in the log with who
        wrote it first, and this seat's row must not say something else than all others' for ever."""
        with self._store.write() as connection:
            connection.execute(update(CHANGE).where(CHANGE.c.change_id == answer.change_id).values(refused=refused))
            drop_refused(connection, answer.change_id, answer.author, at, why)

    def refused(self, limit: int = 100) -> list[Refused]:
        query = select(CHANGE).where(CHANGE.c.refused.is_not(None)).order_by(CHANGE.c.change_id).limit(limit)
        with self._store.read() as connection:
            return [
                Refused(ChangeId(row.change_id), row.entity, row.entity_id, row.refused)
                for row in connection.execute(query)
            ]

    def retry_refused(self, only: Collection[ChangeId] | None = None) -> None:
        """Offer them once more, all or these: the centre may know more by now."""
        query = update(CHANGE).where(CHANGE.c.refused.is_not(None)).values(refused=None)
        if only is not None:
            query = query.where(CHANGE.c.change_id.in_(sorted(only)))
        with self._store.write() as connection:
            connection.execute(query)

    def cursor(self) -> int:
        with self._store.read() as connection:
            return cursor_of(connection)

    def apply(self, pulled: Sequence[Ordered], cursor: int) -> set[str]:
        """Take what the centre has ordered, up to and including `cursor`: changes, rows and the cursor together.
        Returns the entities (names) of which rows may have changed."""
        with self._store.write() as connection:
            entities = write_changes(
                connection, [ordered.change for ordered in pulled], [ordered.role for ordered in pulled]
            )
            arrivals.keep(connection, [(one.change.change_id, one.change.at, one.received_at) for one in pulled])
            keep_value(connection, "cursor", str(cursor))
            if pulled:
                last = pulled[-1].change
                _raise_top(connection, last.central_seq or 0, last.change_id)
        return entities

    def top(self) -> tuple[int, ChangeId | None]:
        """The highest place in the central order that this store knows of a change, and whose it is. As the order is
        that of commits, a centre that has this one has all below it."""
        with self._store.read() as connection:
            found = value_of(connection, _TOP_ID)
            return int(value_of(connection, _TOP) or 0), ChangeId(found) if found else None

    def use_rights(self, rights: str, role: str = "") -> bool:
        """Go on from where this store has come with these rights of reading (a stamp of the centre's, of this role's):
        a cursor that passed over what nobody here could see is of no use to somebody who can. Returns whether the
        cursor is another one now."""
        with self._store.write() as connection:
            if value_of(connection, _RIGHTS_OF) != role:
                keep_value(connection, _RIGHTS_OF, role)
            before = value_of(connection, _RIGHTS)
            if before == rights:
                return False
            keep_value(connection, _RIGHTS, rights)
            if before is None:
                return False
            keep_value(connection, f"cursor:{before}", str(cursor_of(connection)))
            plain = rights.removesuffix(_SENSITIVE)
            seen = _furthest(connection, {rights, _EVERYTHING + _SENSITIVE})
            almost = _furthest(connection, {plain, _EVERYTHING})  # all but the sensitive tags
            keep_value(connection, "cursor", str(max(seen, almost)))
            if plain != rights and almost > seen:
                keep_value(connection, _TAGS_LACK, "1")
        return True

    @property
    def tags_lack(self) -> bool:
        """The sensitive tags below the cursor (and the seats of others) are not here, because it was reached by
        somebody who may not see them."""
        with self._store.read() as connection:
            return value_of(connection, _TAGS_LACK) is not None

    @property
    def takes_tags(self) -> bool:
        """Whether the centre takes sensitive tags from this seat, and gives it those there are: its stamp of rights
        says so. True of a seat that has met no centre."""
        with self._store.read() as connection:
            rights = value_of(connection, _RIGHTS)
        return rights is None or rights.endswith(_SENSITIVE)

    def has_tags(self, *, centre: bool) -> bool:
        """Whether every sensitive tag that there is up to the cursor is here: what hangs on one that is not there is
        not decided by a guess. `centre`: there is one, so that a store that has not met it knows nothing yet."""
        with self._store.read() as connection:
            rights = value_of(connection, _RIGHTS)
            if any(value_of(connection, name) is not None for name in (_TAGS_LACK, FILL, AGED)):
                return False
        return not centre if rights is None else rights.endswith(_SENSITIVE)

    def role_with_tags(self) -> str:
        """The role that the centre gave them to last, "" none."""
        with self._store.read() as connection:
            if not (value_of(connection, _RIGHTS) or "").endswith(_SENSITIVE):
                return ""
            return value_of(connection, _RIGHTS_OF) or ""

    def is_an_agent_s(self) -> bool:
        """Whether the role that connected last is an agent's: a seat without one of its own, and no supervisor sits
        there."""
        with self._store.read() as connection:
            return value_of(connection, _KIND) == "agent"

    def note_kind(self, kind: str) -> None:
        """Of the account that connects now; a role is not always called by a work number. "" = it has none."""
        with self._store.read() as connection:
            if value_of(connection, _KIND) == kind:
                return
        with self._store.write() as connection:
            keep_value(connection, _KIND, kind)

    def apply_tags(self, pulled: Sequence[Ordered]) -> None:
        """The changes of sensitive tags and of seats up to the cursor."""
        with self._store.write() as connection:
            write_changes(connection, [one.change for one in pulled], [one.role for one in pulled])
            drop_value(connection, _TAGS_LACK)


def _furthest(connection: Connection, stamps: set[str]) -> int:
    return max(int(value_of(connection, f"cursor:{stamp}") or 0) for stamp in stamps)


def _behind(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an older unsent change of the same entity is such a one."""
    return exists().where(
        _OLDER.c.entity_id == CHANGE.c.entity_id,
        _OLDER.c.entity == CHANGE.c.entity,
        _OLDER.c.change_id < CHANGE.c.change_id,
        _OLDER.c.central_seq.is_(None),
        _OLDER.c.refused.is_(None),
        condition,
    )


def _raise_top(connection: Connection, seq: int, change_id: str) -> None:
    if seq > int(value_of(connection, _TOP) or 0):
        keep_value(connection, _TOP, str(seq))
        keep_value(connection, _TOP_ID, change_id)


def _made_at(connection: Connection, change_ids: list[ChangeId]) -> dict[ChangeId, datetime]:
    query = f"SELECT change_id, at FROM change WHERE change_id {AMONG}"  # noqa: S608 - words of our own
    found = connection.exec_driver_sql(query, (listed(change_ids),))
    return {ChangeId(change_id): from_text(at) for change_id, at in found}


def _keys_of(connection: Connection, change_ids: list[ChangeId]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for start in range(0, len(change_ids), 500):
        query = select(CHANGE.c.entity, CHANGE.c.entity_id).where(
            CHANGE.c.change_id.in_(change_ids[start : start + 500])
        )
        found |= {(row.entity, row.entity_id) for row in connection.execute(query)}
    return found
