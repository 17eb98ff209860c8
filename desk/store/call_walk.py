"""One page of calls, found by walking back in time through the index: blocks are answered newest first, those that may
fit are put in the order of time, and each is looked at whole before it counts (`desk.domain.call_fits`). The walk is
the same over the seat store and over the central database; what differs is a `Shelf`.

Calls of other seats may come late, so numbers are only nearly in the order of time. Each chunk of numbers knows the
span of time that it covers: a call counts once nothing that is newer can still come."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from desk.domain.call_fits import fits
from desk.domain.call_log import CallPlace
from desk.domain.call_search import CallHit, CallQuery, Whose
from desk.domain.call_words import Every, Some, bound, somebody
from desk.domain.identity import CallId
from desk.domain.times import to_text
from desk.store.call_blocks import BLOCK, BLOCK_BYTES, CHUNK, Numbers, numbers_in
from desk.store.call_shelf import EVER, NEVER, Keyed, Shelf, Spans, Stamp

_MOST_BLOCKS = 256  # answered together; the first time one, then four times as many each time
_ENOUGH = 256  # calls whose times are read together, where few of a chunk may fit
_DENSE = CHUNK // 4  # of a chunk: it is read whole
_FEW = 64  # calls of somebody that are looked at without asking the index
_SPARE = 6  # looked at beyond the page, so that one or two that do not fit cost no second look
_MOST_LOOKED_AT = 256


def page(shelf: Shelf, query: CallQuery, after: CallPlace | None, limit: int) -> list[CallHit]:
    """The newest that fit and are older than `after`, newest first. Raises what the shelf raises."""
    query = query.storable()
    hits: list[CallHit] = []
    seen: set[str] = set()
    waiting: list[Stamp] = []
    walk = _Walk(shelf, query, after)
    look_at = limit + _SPARE
    for ready in walk.stamps():
        new = {call_id: (at, call_id) for at, call_id in ready if call_id not in seen}
        seen |= new.keys()
        waiting += new.values()
        while waiting and (walk.over or len(waiting) >= limit - len(hits)):
            now, waiting = waiting[:look_at], waiting[look_at:]
            hits += _fitting(shelf, query, now)
            if len(hits) >= limit:
                return hits[:limit]
            look_at = min(look_at * 2, _MOST_LOOKED_AT)
    return hits


def _fitting(shelf: Shelf, query: CallQuery, stamps: Sequence[Stamp]) -> list[CallHit]:
    found = {one.call.call_id: one for one in shelf.look_at(query, [call_id for _at, call_id in stamps])}
    looked_at = [found[CallId(call_id)] for _at, call_id in stamps if call_id in found]
    return [one.hit for one in looked_at if fits(query, one)]


class _Walk:
    """Gives stamps of calls that may fit, in the order of the list, each once from each source: first those that the
    keys' own indexes give, as far back as they give all; then the older ones, by the words."""

    def __init__(self, shelf: Shelf, query: CallQuery, after: CallPlace | None) -> None:
        self._shelf, self._query = shelf, query
        since = (to_text(query.since), "") if query.since else EVER
        before = (to_text(query.until), "") if query.until else NEVER
        if after:
            before = min(before, (to_text(after.offered_at), after.call_id))
        self._wanted = _Span(since, before)
        self._indexed_until = shelf.indexed_until()
        self.over = False

    def stamps(self) -> Iterator[list[Stamp]]:
        early: list[Stamp] = [*self._shelf.unindexed()]
        touched = {call_id for _at, call_id in early}  # the index may have them at another time
        every = [whose for whose in self._query.whose if whose.keys or whose.is_written]
        lead, keyed = self._lead(every)
        rest = self._rest([whose for whose in every if whose is not lead])
        if lead is not None:
            early += self._narrowed(keyed.stamps, rest, touched)
        pool = sorted(set(filter(self._wanted.has, early)), reverse=True)
        if lead is not None and lead.is_written:
            node = _also(somebody(lead, keyed=False), rest)
            newer = _Span(max(self._wanted.since, keyed.since), self._wanted.before)
            yield from self._between(node, newer, pool, touched)
        if keyed.since != EVER:
            sure = _not_before(pool, keyed.since)
            yield pool[:sure]
            del pool[:sure]
            node = rest if lead is None else _also(somebody(lead, keyed=True), rest)
            older = _Span(self._wanted.since, min(self._wanted.before, keyed.since))
            yield from self._between(node, older, pool, touched)
        self.over = True
        yield pool

    def _between(self, node: Every, wanted: "_Span", pool: list[Stamp], touched: set[str]) -> Iterator[list[Stamp]]:
        """What may fit of this span, by the words, and of the pool what is newer than all that may still come of it;
        that is taken out of the pool."""
        for found, newest_to_come in self._from_index(node, wanted):
            kept = [stamp for stamp in found if stamp[1] not in touched and stamp >= self._indexed_until]
            pool[:] = heapq.merge(pool, sorted(filter(wanted.has, kept), reverse=True), reverse=True)
            ready = min(_newer_than(pool, newest_to_come), _not_before(pool, max(wanted.since, self._indexed_until)))
            if ready:
                yield pool[:ready]
                del pool[:ready]
        if wanted.since < self._indexed_until:
            yield from self._from_before(pool, wanted)

    def _rest(self, others: Sequence[Whose]) -> Every:
        """What the index is asked besides the one whose keys lead."""
        nodes = [somebody(whose, keyed=True) for whose in others]
        return Every((*(node for node in nodes if node), *bound(self._query).parts, *self._shelf.scope()))

    def _lead(self, every: Sequence[Whose]) -> tuple[Whose | None, Keyed]:
        """That one of which the keys' own indexes give all, so that only the others are left to the words: best one
        that is nothing but keys, the fewer the better; else one with as many keys as can be, which cost a word or two
        each. Where they give all of none, the one of which they go back farthest."""
        best: tuple[Whose | None, Keyed] = None, Keyed((), NEVER)
        for whose in sorted(every, key=lambda one: (one.is_written, -one.keys if one.is_written else one.keys)):
            keyed = self._shelf.keyed(whose, self._query, self._wanted.before) if whose.keys else Keyed((), EVER)
            if keyed.since < best[1].since:
                best = whose, keyed
            if keyed.since == EVER:
                break
        return best

    def _narrowed(self, stamps: Sequence[Stamp], node: Every, touched: set[str]) -> list[Stamp]:
        """Those that the index does not rule out; all of them where they are few."""
        stamps = list(filter(self._wanted.has, stamps))
        if len(stamps) <= _FEW or not node.parts:
            return stamps
        number_of = self._shelf.numbers([call_id for _at, call_id in stamps])
        blocks = sorted({number // BLOCK for number in number_of.values()}, reverse=True)
        bits = self._shelf.answer(node, blocks) if blocks else np.zeros((0, BLOCK_BYTES), np.uint8)
        row_of = {block: row for row, block in enumerate(blocks)}

        def may_fit(stamp: Stamp) -> bool:
            number = number_of.get(stamp[1])
            if number is None or stamp[1] in touched or stamp < self._indexed_until:
                return True
            block, place = divmod(number, BLOCK)
            return bool(bits[row_of[block], place >> 3] & (0x80 >> (place & 7)))

        return [stamp for stamp in stamps if may_fit(stamp)]

    def _from_index(self, node: Every, wanted: "_Span") -> Iterator[tuple[list[Stamp], int]]:
        """What may fit, and until which second (since 1970) the rest of it goes."""
        spans = self._shelf.spans()
        since = max(wanted.since, self._indexed_until)
        first_s = 1 << 60 if since == NEVER else _seconds(since[0]) if since[0] else 0
        last_s = _seconds(wanted.before[0]) if wanted.before != NEVER else 1 << 60
        open_chunks = np.flatnonzero((spans.last_s >= first_s) & (spans.first_s <= last_s))
        blocks = _in_order(open_chunks, spans)
        may_come = set(open_chunks.tolist())
        answered: list[tuple[int, int, Numbers]] = []  # a heap: -(its last second), chunk, numbers
        size, at = 1, 0
        while at < len(blocks) or answered:
            next_block_s = blocks[at][1] if at < len(blocks) else -1
            if not answered or next_block_s >= -answered[0][0]:
                some = [block for block, _last in blocks[at : at + size]]
                at, size = at + size, min(size * 4, _MOST_BLOCKS)
                self._answer(node, some, spans, may_come, answered)
                continue
            found: list[Stamp] = []
            few: list[int] = []
            while answered and -answered[0][0] > next_block_s and len(few) + len(found) < _ENOUGH:
                _last, chunk, numbers = heapq.heappop(answered)
                if len(numbers) >= _DENSE:
                    found += self._whole_chunk(chunk, numbers)
                else:
                    few += numbers.tolist()
            found += self._shelf.stamps(few) if few else []
            next_block_s = blocks[at][1] if at < len(blocks) else -1
            yield found, max(next_block_s, -answered[0][0] if answered else -1)

    def _answer(
        self,
        node: Every,
        blocks: list[int],
        spans: Spans,
        may_come: set[int],
        answered: list[tuple[int, int, Numbers]],
    ) -> None:
        blocks = sorted(blocks, reverse=True)
        bits = self._shelf.answer(node, blocks) if node.parts else np.full((len(blocks), BLOCK_BYTES), 255, np.uint8)
        for row, block in enumerate(blocks):
            if not bits[row].any():
                continue
            numbers = numbers_in(block, bits[row])
            starts = np.searchsorted(numbers, np.arange(block * BLOCK, (block + 1) * BLOCK + 1, CHUNK))
            for index, chunk in enumerate(range(block * BLOCK // CHUNK, (block + 1) * BLOCK // CHUNK)):
                if chunk in may_come and starts[index] < starts[index + 1]:
                    part = numbers[starts[index] : starts[index + 1]]
                    heapq.heappush(answered, (-int(spans.last_s[chunk]), chunk, part))

    def _whole_chunk(self, chunk: int, numbers: Numbers) -> list[Stamp]:
        known = self._shelf.stamps_between(chunk * CHUNK, (chunk + 1) * CHUNK - 1)
        return [known[number] for number in numbers.tolist() if number in known]

    def _from_before(self, pool: list[Stamp], wanted: "_Span") -> Iterator[list[Stamp]]:
        """After the index the calls that it has not come to, one by one. `pool` is emptied as they go by."""
        place = wanted.before
        while more := self._shelf.before_the_index(place, _MOST_LOOKED_AT):
            place = more[-1]
            pool[:] = sorted({*pool, *filter(wanted.has, more)}, reverse=True)
            ready = _not_before(pool, max(place, wanted.since))
            if ready:
                yield pool[:ready]
                del pool[:ready]
            if place < wanted.since:
                return


@dataclass(frozen=True, slots=True)
class _Span:
    """From `since`, inside, to `before`, which is not."""

    since: Stamp
    before: Stamp

    def has(self, stamp: Stamp) -> bool:
        return self.since <= stamp < self.before


def _also(written: Some | None, rest: Every) -> Every:
    """None: the words say nothing of it."""
    return rest if written is None else Every((written, *rest.parts))


def _in_order(chunks: Numbers, spans: Spans) -> list[tuple[int, int]]:
    """The blocks of these chunks with the last second of each, the newest first."""
    if not len(chunks):
        return []
    of = chunks // (BLOCK // CHUNK)
    blocks, starts = np.unique(of, return_index=True)
    last = np.maximum.reduceat(spans.last_s[chunks], starts)
    order = np.lexsort((-blocks, -last))
    return [(int(blocks[i]), int(last[i])) for i in order]


def _seconds(text: str) -> int:
    """Since 1970, downwards."""
    return int(datetime.fromisoformat(text[:19]).replace(tzinfo=UTC).timestamp())


def _newer_than(pool: Sequence[Stamp], second: int) -> int:
    """How many at the head of the pool are newer than all of this second."""
    if second < 0:
        return len(pool)
    limit = to_text(datetime.fromtimestamp(second + 1, UTC))
    return next((index for index, stamp in enumerate(pool) if stamp[0] < limit), len(pool))


def _not_before(pool: Sequence[Stamp], place: Stamp) -> int:
    """How many at the head of the pool are at or after this place."""
    return next((index for index, stamp in enumerate(pool) if stamp < place), len(pool))
