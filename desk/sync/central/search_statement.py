"""A condition on words as SQL that answers it from the central index: the pieces of a block are put together by
PostgreSQL, a block a row. See `desk.store.call_blocks` and the schema's steps 0004 and 0017."""

from collections.abc import Iterator, Sequence
from typing import Any, assert_never

from desk.domain.call_words import Every, Has, Lacks, Node, Some
from desk.store.call_blocks import BLOCK

PIECE_BITS = 16_384  # a piece's, of which the block's come first; see the schema's step 0004
_NO_BITS = f"repeat('0', {PIECE_BITS})::bit({PIECE_BITS})"
_ALL_BITS = f"rpad(repeat('1', {BLOCK}), {PIECE_BITS}, '0')::bit({PIECE_BITS})"
_NO_WORD = ""  # no call has it


class Statement:
    """SQL that gives block and bits of these blocks (descending), some without any; what it is asked with is `given`,
    in its order."""

    def __init__(self, blocks: list[int]) -> None:
        self._blocks = blocks
        self.given: list[Any] = []

    def whole(self, node: Node) -> str:
        # A fence: without it the bits are put together twice, for the condition and for what is selected.
        return f"SELECT block, bits FROM ({self._of(node)} OFFSET 0) u WHERE bit_count(bits) > 0"  # noqa: S608

    def _of(self, node: Node) -> str:
        match node:
            case Has(word):
                return self._any_of([word])
            case Lacks():
                return self._every((node,))
            case Some(parts):
                words = [part.word for part in parts if isinstance(part, Has)]
                others = [f"({self._of(part)})" for part in parts if not isinstance(part, Has)]
                if not others:
                    return self._any_of(words)
                if words:
                    others.append(f"({self._any_of(words)})")
                return f"SELECT block, bit_or(bits) AS bits FROM ({' UNION ALL '.join(others)}) u GROUP BY block"  # noqa: S608
            case Every(parts):
                return self._every(parts)
            case _:
                assert_never(node)

    def _any_of(self, words: list[str]) -> str:
        self.given.append(words[0] if len(words) == 1 else words)
        if len(words) == 1:
            return f"SELECT block, bits FROM desk.search_piece WHERE word = %s AND {self._there()}"  # noqa: S608
        where = f"word = ANY (%s) AND {self._there()}"
        return f"SELECT block, bit_or(bits) AS bits FROM desk.search_piece WHERE {where} GROUP BY block"  # noqa: S608

    def _all(self) -> str:
        self.given.append(self._blocks)
        return f"SELECT block, {_ALL_BITS} AS bits FROM unnest(%s::integer[]) AS b (block)"  # noqa: S608

    def _there(self) -> str:
        """Neighbours, as the walk mostly asks for them, lie side by side in the index; others are looked up one by
        one."""
        last, first = self._blocks[0], self._blocks[-1]
        if _side_by_side(self._blocks):
            self.given.extend((first, last))
            return "block BETWEEN %s AND %s"
        self.given.append(self._blocks)
        return "block = ANY (%s)"

    def _every(self, parts: Sequence[Node]) -> str:
        there = [self._of(part) for part in parts if not isinstance(part, Lacks)] or [self._all()]
        lacking = [self._any_of([part.word]) for part in parts if isinstance(part, Lacks)]
        joined = " JOIN ".join(f"({one}) p{index}" + " USING (block)" * (index > 0) for index, one in enumerate(there))
        joined += "".join(f" LEFT JOIN ({one}) n{index} USING (block)" for index, one in enumerate(lacking))
        bits = [f"p{index}.bits" for index in range(len(there))]
        bits += [f"~coalesce(n{index}.bits, {_NO_BITS})" for index in range(len(lacking))]
        return f"SELECT block, {' & '.join(bits)} AS bits FROM {joined}"  # noqa: S608


class OwnStatement(Statement):
    """The same of one's own calls alone, which the centre's function tells of a whole question at once."""

    def _any_of(self, words: list[str]) -> str:
        return self._every((Some(tuple(map(Has, words))),))

    def _every(self, parts: Sequence[Node]) -> str:
        words, numbers, others = [], [], []
        for number, part in enumerate(_flat(parts), 1):
            alternatives = part.parts if isinstance(part, Some) else (part,)
            if isinstance(part, Lacks):
                words.append(part.word)
                numbers.append(-number)
            elif all(isinstance(one, Has) for one in alternatives):
                of_part = [one.word for one in alternatives if isinstance(one, Has)] or [_NO_WORD]
                words += of_part
                numbers += [number] * len(of_part)
            else:
                others.append(part)
        joined = []
        if words or not others:
            first, last = self._blocks[-1], self._blocks[0]
            self.given += [words, numbers, first, last, None if _side_by_side(self._blocks) else self._blocks]
            joined.append("SELECT block, bits FROM desk.search_own(%s, %s, %s, %s, %s)")
        joined += [self._of(part) for part in others]
        if len(joined) == 1:
            return joined[0]
        rows = " UNION ALL ".join(f"({one})" for one in joined)
        return f"SELECT block, bit_and(bits) AS bits FROM ({rows}) u GROUP BY block HAVING count(*) = {len(joined)}"  # noqa: S608


def _flat(parts: Sequence[Node]) -> Iterator[Node]:
    """The same, without conditions that stand within conditions needlessly."""
    for part in parts:
        if isinstance(part, Every) or (isinstance(part, Some) and len(part.parts) == 1):
            yield from _flat(part.parts)
        else:
            yield part


def _side_by_side(blocks: Sequence[int]) -> bool:
    """`blocks`: descending."""
    return blocks[0] - blocks[-1] + 1 == len(blocks)
