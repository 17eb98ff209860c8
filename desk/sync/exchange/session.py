"""What is done over one connection of the exchange, from the hello on: rounds of push and pull, what only its author's
own connection may bring, the fill of a new seat page by page, and now and then a word to the centre on how this seat
stands. Used by the lane, and step by step by whoever drives a seat by hand.

On the exchange thread of the sync process; blocks for the network and the disk."""

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg

from desk import __version__
from desk.domain.troubles import Trouble
from desk.store.accounts import SqlAccounts
from desk.store.common_head import SqlCommonHead
from desk.store.filling import Fill, SqlFilling
from desk.store.outbox import SqlOutbox
from desk.store.seat_identity import SqlSeatIdentity
from desk.store.store import Store
from desk.sync.central.access import CentralAccess, CentralFault, connect
from desk.sync.exchange.batch_size import Paces
from desk.sync.exchange.fill import FILL_FROM, Filler
from desk.sync.exchange.hello import Greeter, Teller, UsedCode, Welcome
from desk.sync.exchange.rounds import Exchange, Round
from desk.usecases.ports import NewId, StoreBroken, StoreFull

TELL_S = 30.0
NOTE_S = 900.0  # what was found out at the hello stands this long
AUTHOR_S = 60.0  # an author whose own connection failed is tried again after this
AUTHORS_KEPT = 3  # connections of authors that stay open
AUTHORS_NAMED = 5  # of those whose changes wait for them

_WHOAMI = "SELECT agent, kind FROM desk.whoami()"

AccessOf = Callable[[str], CentralAccess | None]
_log = logging.getLogger(__name__)


@dataclass
class SeatSide:
    """What a seat brings to its sessions; outlives them."""

    seat: str
    outbox: SqlOutbox
    identity: SqlSeatIdentity
    common_head: SqlCommonHead
    filling: SqlFilling
    accounts: SqlAccounts
    program: str = __version__
    code: UsedCode | None = None
    author_access: AccessOf = lambda _author: None
    paces: Paces = field(default_factory=Paces)
    failed_authors: dict[str, float] = field(default_factory=dict)  # author -> when, on the monotonic clock

    @classmethod
    def of(
        cls,
        store: Store,
        seat: str,
        new_id: NewId,
        gentle: Callable[[], bool] = lambda: True,
        author_access: AccessOf = lambda _author: None,
        code: UsedCode | None = None,
    ) -> "SeatSide":
        """`gentle`: people work at this seat right now. `author_access`: the way to the centre of an author of changes
        who is not the one connected, where their password is at hand. `code`: by which this PC became a seat."""
        return cls(
            seat,
            SqlOutbox(store),
            SqlSeatIdentity(store, new_id),
            SqlCommonHead(store),
            SqlFilling(store, gentle=gentle),
            SqlAccounts(store),
            code=code,
            author_access=author_access,
        )


class GoneStale(Exception):
    """This connection is not to be used further: somebody else has said hello in this store's name, or the rights of
    its role have changed. A new hello sorts it out."""


class Session:
    """`open` first. Raises `CentralFault`, `psycopg.Error`, `StoreFull`, `StoreBroken`, `GoneStale`. `between` is
    called after every few rows of a fill."""

    def __init__(
        self,
        side: SeatSide,
        connection: psycopg.Connection[Any],
        going_on: Callable[[], bool] = lambda: True,
        on_batch: Callable[[int], None] = lambda _changes: None,
        between: Callable[[], object] = lambda: None,
        fill_from: int | None = None,
    ) -> None:
        self._side, self._connection, self._going_on, self._between = side, connection, going_on, between
        self._fill_from = FILL_FROM if fill_from is None else fill_from
        self._exchange = Exchange(side.outbox, connection, going_on, on_batch, paces=side.paces)
        self._authors: dict[str, psycopg.Connection[Any]] = {}
        self._fill: Fill | None = None
        self._filler: Filler | None = None
        self._twin = ""
        self._awaited: list[str] = []
        self._told_at = -TELL_S
        self._opened_at = 0.0
        self.welcome: Welcome

    def open(self) -> Welcome:
        """Say hello, and begin a fill where this seat needs one."""
        side = self._side
        greeter = Greeter(side.seat, side.program, side.identity, side.outbox, side.common_head, side.code)
        self.welcome = welcome = greeter.hello(self._connection)
        for agent, kind in self._connection.execute(_WHOAMI):
            side.accounts.note(agent, kind)
            side.outbox.note_kind(kind)
        self._teller = Teller(self._connection, welcome)
        self._twin, self._opened_at = welcome.twin, time.monotonic()
        self._fill = self._open_fill(welcome)
        return welcome

    @property
    def filled_permille(self) -> int:
        return self._fill.permille if self._fill else 1000

    def fills(self) -> bool:
        """Whether a fill goes on."""
        return self._fill is not None

    @property
    def troubles(self) -> list[tuple[Trouble, str]]:
        """What is to be told although the exchange goes on, the worst first, each with its details."""
        found: list[tuple[Trouble, str]] = []
        if self._twin:
            found.append((Trouble.SEAT_NAME_TAKEN, self._twin))
        if self.welcome.code_user:
            found.append((Trouble.CODE_USED_TWICE, self.welcome.code_user))
        if self._awaited:
            found.append((Trouble.AUTHOR_AWAITED, ", ".join(self._awaited[:AUTHORS_NAMED])))
        if time.monotonic() - self._opened_at < NOTE_S:
            if self.welcome.copied:
                found.append((Trouble.STORE_COPIED, ""))
            if self.welcome.offered_again:
                found.append((Trouble.CENTRE_RESTORED, str(self.welcome.offered_again)))
        return found

    def round(self) -> Round:
        """Push, pull, and a page of the fill where one goes on. What somebody wrote goes over their own connection
        where their password is at hand, so that the server knows them; this one carries the rest."""
        done = Round()
        self._push(done)
        if not done.more:  # else some of them may have their turn yet
            self._awaited = sorted(self._exchange.awaited() - self._authors.keys())
        self._exchange.pull_tags(done)
        self._exchange.pull(done)
        if self._fill is not None and self._going_on():
            self._fill, entities = self._filler_of().work_once(self._fill)
            done.entities |= entities
        return done

    def _push(self, done: Round) -> None:
        """What several people wrote about one thing goes in the order in which it was written: they take turns until
        nobody has anything to bring that this session's role would not have to carry."""
        while self._going_on() and not done.more:
            before = done.pushed + done.refused
            authors = sorted(self._side.outbox.unsent_authors())
            for author in authors:
                self._push_as(author, done)
            if len(authors) > 1 and done.pushed + done.refused > before:
                continue
            self._exchange.push(done)
            if len(authors) < 2 or done.pushed + done.refused == before:
                return

    def last_push(self, going_on: Callable[[], bool]) -> None:
        exchange = Exchange(self._side.outbox, self._connection, going_on)
        while going_on():
            done = Round()
            exchange.push(done)
            if not done.more:
                return

    def fetch_caller(self, lookup_keys: tuple[str, ...]) -> set[str]:
        """Entities of which rows came. Nothing to do where the seat has everything anyway."""
        return self._filler_of().fetch_caller(self._fill, lookup_keys) if self._fill else set()

    def tell(self, unsent: int, refused: int, troubles: Sequence[str] = ()) -> None:
        """How this seat stands, every `TELL_S` at most. Its lag is what waits longest to be sent. `troubles`: what is
        wrong with it besides what this session knows."""
        if time.monotonic() - self._told_at < TELL_S:
            return
        self._told_at = time.monotonic()
        own = [trouble.value for trouble, _detail in self.troubles]
        heard = self._teller.tell(
            self._side.outbox.cursor(),
            unsent,
            refused,
            self._waited_ms(),
            self.filled_permille,
            sorted({*troubles, *own}),
        )
        self._twin = heard.twin
        if not heard.known or not heard.may_work or heard.rights != self.welcome.rights:
            raise GoneStale

    def tell_end(self, *troubles: str) -> None:
        """What this session ends with. A store that is full or a limit lets no round through that could say so."""
        outbox = self._side.outbox
        with contextlib.suppress(psycopg.Error, StoreFull, StoreBroken):
            counts = outbox.unsent_count(), outbox.refused_count()
            self._teller.tell(outbox.cursor(), *counts, self._waited_ms(), self.filled_permille, sorted({*troubles}))

    def _waited_ms(self) -> float:
        """Since the oldest unsent change was made: 0 with nothing unsent, or where the clock was set back."""
        since = self._side.outbox.oldest_unsent_at()
        return max(0.0, (datetime.now(UTC) - since).total_seconds() * 1000) if since else 0.0

    def _open_fill(self, welcome: Welcome) -> Fill | None:
        filling, outbox = self._side.filling, self._side.outbox
        fill = filling.fill()
        if fill is not None and fill.rights == welcome.rights:
            return fill
        behind = welcome.head - outbox.cursor()
        needed = fill is not None or filling.is_aged or (outbox.cursor() == 0 and behind >= self._fill_from)
        if not needed or welcome.head_id is None:
            return None
        return self._filler_of().begin(welcome.head, welcome.head_id, welcome.rights)

    def _filler_of(self) -> Filler:
        if self._filler is None:
            self._filler = Filler(
                self._connection, self._side.filling, self._between, self._going_on, self._side.paces.fill
            )
        return self._filler

    def _push_as(self, author: str, done: Round) -> None:
        failed_at = self._side.failed_authors.get(author)
        if failed_at is not None and time.monotonic() - failed_at < AUTHOR_S:
            return
        own = self._authors.get(author)
        try:
            if own is None:
                access = self._side.author_access(author)
                if access is None or access.user == self._connection.info.user:
                    return
                self._close_authors(keep=AUTHORS_KEPT - 1)
                own = connect(access, "exchange")
                self._authors[author] = own
            Exchange(self._side.outbox, own, self._going_on, only_of=author).push(done)
            self._side.failed_authors.pop(author, None)
        except (CentralFault, psycopg.Error) as error:
            # Theirs alone: the password is not right any more, the role is closed, a limit is reached. What they wrote
            # waits, or this session's role carries it.
            _log.warning("what %s wrote cannot be sent by themselves: %s", author, type(error).__name__)
            self._side.failed_authors[author] = time.monotonic()
            if (failed := self._authors.pop(author, None)) is not None:
                failed.close()

    def close(self) -> None:
        """The connections of authors; the session's own belongs to whoever gave it."""
        self._close_authors(keep=0)

    def _close_authors(self, keep: int) -> None:
        while len(self._authors) > keep:
            self._authors.pop(next(iter(self._authors))).close()
