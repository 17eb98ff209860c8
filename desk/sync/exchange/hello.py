"""The first words on every connection of the exchange: who this seat is, how far it has come, and what the centre says
to that. After it the seat knows that its place in the central order is the centre's own, and may push and pull.

What can come out, besides that all is well:
- this store is a copy, or an old one that was put back: it takes an id of its own and goes on from where it stands.
  Nothing has to be pulled again, because what it holds and its cursor are of one transaction, and nothing is lost:
  what it offers again is known by its id.
- the centre has lost its newest changes (a backup was restored): what this store holds above the last change that both
  know is offered again.
- another PC was enrolled with the same code before: the centre is where that is known, for the folder with the codes
  may be one that nobody can write to. Both work on, and both are shown to IT.
- this program is too old, or the centre is, or who is signed in may not work any more: `CentralFault`, nothing moves.

On the exchange thread of the sync process; blocks for the network and the disk."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from desk.domain.identity import ChangeId
from desk.domain.troubles import Trouble
from desk.store.common_head import SqlCommonHead
from desk.store.outbox import SqlOutbox
from desk.store.schema import STEPS
from desk.store.seat_identity import SeatIdentity, SqlSeatIdentity
from desk.sync.central.access import CentralFault

# A centre that knows no hello, or not this one.
_TOO_OLD = (psycopg.errors.UndefinedFunction, psycopg.errors.InvalidSchemaName)
KNOWS_CODES = "0011"  # the step of the centre's schema that marks used codes

_log = logging.getLogger(__name__)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the centre answers; fields that only a newer one knows are passed over."""

    verdict: str  # ok, copied, too_old, disabled
    oldest_program: str = ""
    newest_program: str = ""
    schema: str = ""
    epoch: str = ""
    head: int = 0
    head_id: str | None = None
    rights: str = ""
    stands: bool = True
    twin: str = ""


@dataclass(frozen=True, slots=True)
class Welcome:
    """`head`: the newest change of the centre when we said hello. `offered_again`: changes that the centre had lost.
    `twin`: another PC under this seat's name ("role address"), "" = none. `code_user`: the PC that has used this one's
    enrolment code before, "" = none. `rights`: the stamp of this role's."""

    store_id: str
    token: str
    head: int
    head_id: ChangeId | None
    rights: str
    schema: str
    newest_program: str
    copied: bool = False
    offered_again: int = 0
    twin: str = ""
    code_user: str = ""


@dataclass(frozen=True, slots=True)
class UsedCode:
    """The enrolment code by which this PC became a seat. `mark`: 64 hexadecimal digits that say nothing of the code
    itself; `computer`: the PC's name when it was used."""

    mark: str
    computer: str


class Greeter:
    """`seat`: its name in the hotline; `program`: this version of Desk; `code`: None at a seat without one."""

    def __init__(
        self,
        seat: str,
        program: str,
        identity: SqlSeatIdentity,
        outbox: SqlOutbox,
        common_head: SqlCommonHead,
        code: UsedCode | None = None,
    ) -> None:
        self._seat, self._program, self._code = seat, program, code
        self._identity, self._outbox, self._common_head = identity, outbox, common_head

    def hello(self, connection: psycopg.Connection[Any]) -> Welcome:
        """Raises `CentralFault` where the centre will not have us, `psycopg.Error` where it fails, `StoreFull` and
        `StoreBroken` where the seat does."""
        identity = self._identity.offered()
        answer = self._ask(connection, identity)
        copied = False
        if answer.verdict == "copied":
            # A restored centre remembers a token of ours that is long over: then it is the one that was put back.
            copied = answer.stands and answer.epoch == identity.epoch
            if copied:
                _log.error("this seat's store is a copy or an old one put back; it goes on under an id of its own")
            self._identity.become_another()
            identity = self._identity.offered()
            answer = self._ask(connection, identity)
        self._refuse(answer)
        self._identity.accepted(identity)
        moved = self._outbox.use_rights(answer.rights, connection.info.user)
        if moved:
            _log.info("another role's rights of reading", extra={"cursor": self._outbox.cursor()})
        offered_again = 0
        if not answer.stands or identity.epoch not in ("", answer.epoch):
            offered_again = self._back_to_common_head(connection, answer)
        if answer.epoch != identity.epoch:
            self._identity.keep_epoch(answer.epoch)
        if self._identity.offers_anew(f"{answer.schema} {answer.rights} {connection.info.user}"):
            self._outbox.retry_refused()
        return Welcome(
            store_id=identity.store_id,
            token=identity.next_token,
            head=answer.head,
            head_id=ChangeId(answer.head_id) if answer.head_id else None,
            rights=answer.rights,
            schema=answer.schema,
            newest_program=answer.newest_program,
            copied=copied,
            offered_again=offered_again,
            twin=answer.twin,
            code_user=self._say_code(connection, identity, answer),
        )

    def _ask(self, connection: psycopg.Connection[Any], identity: SeatIdentity) -> Answer:
        top, top_id = self._outbox.top()
        told = {
            "seat": self._seat,
            "store_id": identity.store_id,
            "token": identity.token,
            "next_token": identity.next_token,
            "program": self._program,
            "store_schema": len(STEPS),
            "cursor": self._outbox.cursor(),
            "top": top,
            "top_id": top_id,
        }
        try:
            row = connection.execute("SELECT desk.hello(%s)::text", (Jsonb(told, msgspec.json.encode),)).fetchone()
        except _TOO_OLD as error:
            raise CentralFault(Trouble.CENTRE_TOO_OLD, str(error).splitlines()[0]) from error
        return msgspec.json.decode(row[0] if row else "", type=Answer)

    def _say_code(self, connection: psycopg.Connection[Any], identity: SeatIdentity, answer: Answer) -> str:
        """Which PC has used this one's code before. A centre that does not ask yet is told nothing."""
        if self._code is None or answer.schema < KNOWS_CODES:
            return ""
        told = {
            "store_id": identity.store_id,
            "token": identity.next_token,
            "code": self._code.mark,
            "computer": self._code.computer,
        }
        row = connection.execute("SELECT desk.seat_enrolled(%s)", (Jsonb(told),)).fetchone()
        found = str(row[0] or "") if row else ""
        if found:
            _log.error("another computer has used this seat's enrolment code: %s", found)
        return found

    def _refuse(self, answer: Answer) -> None:
        match answer.verdict:
            case "ok":
                return
            case "too_old":
                detail = f"{self._program} < {answer.oldest_program}"
                raise CentralFault(Trouble.PROGRAM_TOO_OLD, detail)
            case "disabled":
                raise CentralFault(Trouble.PERSON_DISABLED, "")
            case _:  # a second copy in the same moment, or what only a newer centre says
                raise CentralFault(Trouble.CENTRAL_REFUSED, f"hello: {answer.verdict}")

    def _back_to_common_head(self, connection: psycopg.Connection[Any], answer: Answer) -> int:
        top = self._outbox.top()
        common = self._find_common_head(connection, top[0], answer.stands)
        if common == top:
            return 0
        offered = self._common_head.go_back_to(*common)
        _log.error(
            "the centre has lost changes that this seat knows: a backup was restored; %d are offered again",
            offered,
            extra={"common_head": common[0], "head": answer.head, "epoch": answer.epoch},
        )
        return offered

    def _find_common_head(
        self, connection: psycopg.Connection[Any], top: int, stands: bool
    ) -> tuple[int, ChangeId | None]:
        """The highest place below all that does not stand any more. `stands`: the top does."""
        for page in self._common_head.held(top):
            given = ([seq for seq, _id in page], [change_id for _seq, change_id in page])
            row = connection.execute("SELECT desk.standing(%s::bigint[], %s::uuid[])", given).fetchone()
            standing = set(row[0]) if row else set()
            lowest_gone = min((seq for seq, _id in page if seq not in standing), default=None)
            if lowest_gone is None and stands:
                return self._outbox.top()  # which may be that of a fill, of which no change is held here
            below = [one for one in page if lowest_gone is None or one[0] < lowest_gone]
            if below:
                return below[0]
            stands = False
        return self._outbox.top() if stands else (0, None)


class Teller:
    """Tells the centre now and then how this seat stands, and hears what changed meanwhile. `tell` costs one small
    statement; the caller decides when."""

    def __init__(self, connection: psycopg.Connection[Any], welcome: Welcome) -> None:
        self._connection, self._welcome = connection, welcome

    def tell(
        self,
        cursor: int,
        unsent: int,
        refused: int,
        lag_ms: float,
        filled_permille: int,
        troubles: Sequence[str] = (),
    ) -> "Heard":
        told = {
            "store_id": self._welcome.store_id,
            "token": self._welcome.token,
            "cursor": cursor,
            "unsent": unsent,
            "refused": refused,
            "lag_ms": round(lag_ms),
            "filled_permille": filled_permille,
            "troubles": list(troubles),
        }
        row = self._connection.execute("SELECT desk.seat_tells(%s)::text", (Jsonb(told),)).fetchone()
        return msgspec.json.decode(row[0] if row else "", type=Heard)


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """`known` False: another connection has said hello in this store's name since: a copy, or our own next one."""

    known: bool
    twin: str = ""
    may_work: bool = True
    rights: str = ""
