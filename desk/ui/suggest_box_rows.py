"""What a suggest box offers: one row, and how its text falls into matched and unmatched pieces. No Qt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Span = tuple[int, int]  # start and end of a matched piece of the text, end excluded


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text` is shown and stands in the field once taken; `note` stands beside it, muted; `value` is handed back.
    `spans` are the matched pieces of `text`, in any order."""

    text: str
    value: object
    note: str = ""
    spans: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    matched: bool


def pieces(text: str, spans: Iterable[Span]) -> list[Piece]:
    """The text from start to end; spans that overlap or lie outside do no harm."""
    matched = [False] * len(text)
    for start, end in spans:
        for index in range(max(0, start), min(len(text), end)):
            matched[index] = True
    out: list[Piece] = []
    begin = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or matched[index] != matched[begin]:
            out.append(Piece(text[begin:index], matched[begin]))
            begin = index
    return out
