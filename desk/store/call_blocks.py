"""How the index of calls is laid out, in the seat store and in the central database alike, and how a condition on words
is answered from it.

Every call has a number, given in the order in which calls are indexed. For each word and each block of `BLOCK` numbers
there is one piece: which of the block's calls have the word, one bit a call. So ANY condition on words costs at most
a few hundred pieces a word at ten million calls, however often or rarely its words meet: there is no query that is
slow by bad luck, and with the newest block first most pages need one or two blocks.

In SQLite a piece with few calls is a list of 16-bit places, else the bits; the two are told apart by their size. Bits
count from the left of the first byte (as PostgreSQL's `bit` does). Pure functions over numpy, any thread."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias, assert_never

import numpy as np
import numpy.typing as npt

from desk.domain.call_words import Every, Has, Lacks, Node, Some

CHUNK = 1024  # numbers whose times are known together
BLOCK = 15 * CHUNK  # two pieces of bits fill one page of SQLite's
BLOCK_BYTES = BLOCK // 8
_LIST_LIMIT = BLOCK_BYTES // 2 - 1  # places, beyond which the bits are no longer

Bits: TypeAlias = npt.NDArray[np.uint8]  # (blocks, BLOCK_BYTES)
Numbers: TypeAlias = npt.NDArray[np.int64]
# (word, blocks in descending order) -> the word's bits in each
Load: TypeAlias = Callable[[str, Sequence[int]], Bits]


def changed(piece: bytes, plus: Sequence[int], minus: Sequence[int]) -> bytes:
    """A piece with these places within its block put in and those taken out; b"" is the piece of no call."""
    if len(piece) == BLOCK_BYTES:
        return _with_bits(piece, plus, minus)
    places = array("H", piece)
    if not minus and (not places or min(plus, default=0) > places[-1]):
        places.extend(sorted(plus))  # new calls come last: what nearly always happens
    else:
        places = array("H", sorted({*places, *plus}.difference(minus)))
    return places.tobytes() if len(places) <= _LIST_LIMIT else _with_bits(bytes(BLOCK_BYTES), places, ())


def _with_bits(piece: bytes, plus: Iterable[int], minus: Iterable[int]) -> bytes:
    bits = bytearray(piece)
    for place in plus:
        bits[place >> 3] |= 0x80 >> (place & 7)
    for place in minus:
        bits[place >> 3] &= ~(0x80 >> (place & 7))
    return bytes(bits)


def lay_out(pieces: Sequence[tuple[int, bytes]], rows: int) -> Bits:
    """Pieces with the rows they belong in, as bits; the other rows are empty."""
    bits = np.zeros((rows, BLOCK_BYTES), np.uint8)
    lists: list[bytes] = []
    bases: list[int] = []
    sizes: list[int] = []
    for row, piece in pieces:
        if len(piece) == BLOCK_BYTES:
            bits[row] = np.frombuffer(piece, np.uint8)
        else:
            lists.append(piece)
            bases.append(row * BLOCK)
            sizes.append(len(piece) // 2)
    if lists:
        places = np.frombuffer(b"".join(lists), np.uint16).astype(np.int64)
        places += np.repeat(np.array(bases, np.int64), sizes)
        np.bitwise_or.at(bits.reshape(-1), places >> 3, (0x80 >> (places & 7)).astype(np.uint8))
    return bits


def answer(node: Node, blocks: Sequence[int], load: Load) -> Bits:
    """Which calls of these blocks may fit."""
    match node:
        case Has(word):
            return load(word, blocks)
        case Lacks(word):
            inverted: Bits = np.invert(load(word, blocks))
            return inverted
        case Some(parts):
            bits = np.zeros((len(blocks), BLOCK_BYTES), np.uint8)
            for part in parts:
                bits |= answer(part, blocks, load)
            return bits
        case Every(parts):
            return _every(parts, blocks, load)
        case _:
            assert_never(node)


def _every(parts: Sequence[Node], blocks: Sequence[int], load: Load) -> Bits:
    """Part by part, in those blocks only where something is left."""
    bits = np.full((len(blocks), BLOCK_BYTES), 0xFF, np.uint8)
    left = np.arange(len(blocks))
    for part in parts:
        found = answer(part, [blocks[row] for row in left.tolist()], load)
        found &= bits[left]
        bits[left] = found
        left = left[found.any(axis=1)]
        if not len(left):
            break
    return bits


def numbers_in(block: int, bits: npt.NDArray[np.uint8]) -> Numbers:
    """The numbers of the calls whose bits are set in one block, ascending."""
    return np.flatnonzero(np.unpackbits(bits)).astype(np.int64) + block * BLOCK
