"""What exists only at this seat, as one stream: changes that the centre has not taken (those that it refused among
them) and drafts. Gzip of JSON lines, a head first and an end that counts, so that a supervisor with the key reads it
with `age -d FILE | gunzip`, and a file that is not whole is known as such.

Sealing is the caller's (`desk.compose.store_care`): this room knows no age. Any thread; the memory stays flat."""

import gzip
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any

import msgspec
from sqlalchemy import Connection, select

from desk.domain.changes import Change
from desk.domain.drafts import Draft
from desk.domain.times import from_text, to_text
from desk.store.change_log import SqlChangeLog
from desk.store.drafts import SqlDrafts
from desk.store.entities import BadPatch, check_patch
from desk.store.rows import change_of, present
from desk.store.schema import CHANGE, DRAFT
from desk.store.store import Store

FORMAT = 1
NAME = "desk unsent"
AT_ONCE = 500
MOST_LINE_BYTES = 16 << 20

_encode = msgspec.json.Encoder().encode


class NotAnExport(ValueError):
    """This is no export of unsent work, or not the whole of one."""


@dataclass(frozen=True, slots=True)
class Head:
    seat: str
    made_at: str


@dataclass(frozen=True, slots=True)
class Amount:
    changes: int = 0
    drafts: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """`new` changes were not here yet; `known` ones were; `unfit` ones no row of this version can take."""

    seat: str
    new: int
    known: int
    unfit: int
    drafts: int


def write(target: IO[bytes], head: Head, changes: Iterable[Change], drafts: Iterable[Draft]) -> Amount:
    """Raises what the target raises."""
    changes_count = drafts_count = 0
    with gzip.GzipFile(filename="", mode="wb", fileobj=target, mtime=0) as packed:
        packed.write(_line({"desk": NAME, "format": FORMAT, **asdict(head)}))
        for change in changes:
            packed.write(_line({"change": _plain(change)}))
            changes_count += 1
        for draft in drafts:
            packed.write(_line({"draft": draft}))
            drafts_count += 1
        packed.write(_line({"end": {"changes": changes_count, "drafts": drafts_count}}))
    return Amount(changes_count, drafts_count)


def read(source: IO[bytes]) -> Iterator[Head | Change | Draft]:
    """The head first. Raises `NotAnExport`, also at the end for what is not whole."""
    count = Amount()
    lines = _lines(source)
    try:
        head = next(lines)
        if head.get("desk") != NAME or head.get("format") != FORMAT:
            raise NotAnExport("no export of unsent work, or of a newer version")
        yield Head(str(head["seat"]), str(head["made_at"]))
        for line in lines:
            if "change" in line:
                count = Amount(count.changes + 1, count.drafts)
                yield _change(line["change"])
            elif "draft" in line:
                count = Amount(count.changes, count.drafts + 1)
                yield msgspec.convert(line["draft"], Draft)
            elif line.get("end") == asdict(count) and next(lines, None) is None:
                return
            else:
                break
    except (StopIteration, KeyError, TypeError, ValueError, EOFError, OSError, zlib.error) as error:
        raise NotAnExport(str(error) or "it ends too early") from error
    raise NotAnExport("it ends too early")


def unsent_of(store: Store, ids: Sequence[str] | None = None) -> Iterator[Change]:
    """All that the centre has not taken, in the order of the ids; of these `ids` only where they are given."""
    after = ""
    query = select(CHANGE).where(CHANGE.c.central_seq.is_(None)).order_by(CHANGE.c.change_id).limit(AT_ONCE)
    if ids is not None:
        for start in range(0, len(ids), AT_ONCE):
            with store.read() as connection:
                yield from _changes(connection, query.where(CHANGE.c.change_id.in_(ids[start : start + AT_ONCE])))
        return
    while True:
        with store.read() as connection:
            found = _changes(connection, query.where(CHANGE.c.change_id > after))
        if not found:
            return
        yield from found
        after = found[-1].change_id


def drafts_of(store: Store) -> list[Draft]:
    """Everybody's."""
    with store.read() as connection:
        authors = [row.author for row in connection.execute(select(DRAFT.c.author).distinct().order_by(DRAFT.c.author))]
    drafts = SqlDrafts(store)
    return [draft for author in authors for draft in drafts.of_author(author)]


def take_in(store: Store, parts: Iterable[Head | Change | Draft]) -> Taken:
    """Put them into this store, as unsent: known ones are left as they stand. Each lot is a transaction of its own, so
    that a file that turns out not to be whole has given what it had; taking it in again does no harm. Raises
    `NotAnExport`, `StoreFull`, `StoreBroken`."""
    log, drafts = SqlChangeLog(store), SqlDrafts(store)
    lot: list[Change] = []
    seat, new, known, unfit, drafts_count = "", 0, 0, 0, 0

    def put() -> int:
        with store.read() as connection:
            before = present(connection, [change.change_id for change in lot])
        log.append([change for change in lot if change.change_id not in before])
        fresh = len(lot) - len(before)
        lot.clear()
        return fresh

    for part in parts:
        match part:
            case Head():
                seat = part.seat
            case Draft():
                drafts.save(part)
                drafts_count += 1
            case _:
                if not _fits(part):
                    unfit += 1
                    continue
                known += 1
                lot.append(part)
                if len(lot) == AT_ONCE:
                    new += put()
    if lot:
        new += put()
    return Taken(seat, new, known - new, unfit, drafts_count)


def _fits(change: Change) -> bool:
    try:
        check_patch(change.entity, change.entity_id, change.patch)
    except BadPatch:
        return False
    return True


def _changes(connection: Connection, query: Any) -> list[Change]:
    return [change_of(row) for row in connection.execute(query)]


def _plain(change: Change) -> dict[str, Any]:
    return {
        "change_id": change.change_id,
        "entity": change.entity,
        "entity_id": change.entity_id,
        "at": to_text(change.at),
        "author": change.author,
        "seat": change.seat,
        "patch": change.patch,
        "reason": change.reason,
        "base_seq": change.base_seq,
    }


def _change(untrusted: dict[str, Any]) -> Change:
    at = from_text(str(untrusted["at"]))
    return msgspec.convert({**untrusted, "at": at}, Change)


def _line(value: dict[str, Any]) -> bytes:
    return _encode(value) + b"\n"


def _lines(source: IO[bytes]) -> Iterator[dict[str, Any]]:
    with gzip.GzipFile(fileobj=source, mode="rb") as packed:
        while line := packed.readline(MOST_LINE_BYTES):
            yield msgspec.json.decode(line, type=dict[str, Any])
