"""Reading Chinese as people type it on a keyboard with the input method off: full pinyin, initials, characters, or any
mixture of them from any character on ("loushangls", "lsls", "楼上ls" all find 楼上漏水).

Characters are looked up in a table of our own (`desk.domain.pinyin_table`); words whose characters have several
readings are in `desk.domain.pinyin_words`. A character that people read differently still matches by its other
readings, but ranks lower. Readings are made once and kept by whoever searches (5 us a character); a match against one
costs 0.4 us where it fails and up to 20 us where it does not. Surprising: no library at run time, see
tools/pinyin_table.py. Pure, any thread."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from desk.domain.pinyin_table import TABLE
from desk.domain.pinyin_words import OTHERS, PHRASES, SURNAMES, SURNAMES_OF_TWO


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text is read. `full`: all syllables joined; `initials`: their first letters; letters and digits stand for
    themselves. `syllables`: per character its readings, likeliest first, () for what is not read (spaces, brackets).
    `letters`: everything a query for it may consist of; `heads`: per character, what a query may begin with there."""

    text: str
    full: str
    initials: str
    syllables: tuple[tuple[str, ...], ...]
    letters: frozenset[str]
    heads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Where a query stands in a text. `rank`: 0 best. `span`: start and end of the characters that matched."""

    rank: int
    span: tuple[int, int]


@cache
def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in TABLE.split("\n"):
        syllable, _, characters = line.partition(" ")
        table.update(dict.fromkeys(characters, syllable))
    for character, readings in OTHERS.items():
        table[character] = readings.split()[0]
    return table


@cache
def _phrases() -> dict[str, list[tuple[str, list[str]]]]:
    """first character -> (word, syllables), longest first."""
    by_first: dict[str, list[tuple[str, list[str]]]] = {}
    for entry in PHRASES.replace("\n", "|").split("|"):
        word, _, syllables = entry.partition(" ")
        if word:
            by_first.setdefault(word[0], []).append((word, syllables.split()))
    for words in by_first.values():
        words.sort(key=lambda word: -len(word[0]))
    return by_first


def read(text: str) -> Reading:
    """The reading of a text. Rare characters outside the table stand for themselves. Never raises."""
    return _reading(text, _syllables(text))


def read_name(name: str) -> Reading:
    """The reading of a person's name: the surname as surnames are read (单 shan, 曾 zeng, 尉迟 yu chi)."""
    syllables = _syllables(name)
    if name[:2] in SURNAMES_OF_TWO:
        syllables[:2] = SURNAMES_OF_TWO[name[:2]].split()
    elif name[:1] in SURNAMES:
        syllables[0] = SURNAMES[name[0]]
    return _reading(name, syllables)


def loosened(reading: Reading) -> Reading:
    """The same for ears and accents that tell zh from z, or -ng from -n, no better than `loosen` does."""
    if not any(s[-1] == "g" or s[1:2] == "h" for readings in reading.syllables for s in readings):
        return reading
    others = tuple(tuple(dict.fromkeys(loosen(s) for s in readings)) for readings in reading.syllables)
    return _with_readings(reading.text, others)


def loosen(pinyin: str) -> str:
    """zh ch sh as z c s, -ng as -n, n- and l- kept apart (they name too many different things)."""
    for strict, loose in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in")):
        pinyin = pinyin.replace(strict, loose)
    return pinyin


def query_form(text: str) -> str:
    """What is typed, made ready for `match`: lower case, narrow, without spaces and apostrophes, u-umlaut as v."""
    text = unicodedata.normalize("NFKC", text).lower().replace("ü", "v").replace("u:", "v")
    return "".join(c for c in text if not c.isspace() and c not in "'’-_.·")


def match(query: str, reading: Reading) -> Match | None:
    """Where this query (see `query_form`) stands in the text, at its best; None if it does not. An empty query stands
    nowhere. Rank 0: the whole text; 1: from its beginning; 2: from within; +1 where a second reading was needed."""
    if not query or not reading.letters.issuperset(query):
        return None
    if query in (reading.initials, reading.full):  # zh is 中华 before it is the beginning of 中
        return Match(0, (0, len(reading.text)))
    best: Match | None = None
    first = query[0]
    for start, heads in enumerate(reading.heads):
        if first not in heads:
            continue
        walked = _walk(query, 0, reading, start)
        if walked is None:
            continue
        end, second = walked
        rank = (0 if end - start == len(reading.text) else 1) if start == 0 else 2
        found = Match(rank * 2 + second, (start, end))
        if best is None or found.rank < best.rank:
            best = found
        if not second:
            break
    return best


def _walk(query: str, at: int, reading: Reading, index: int) -> tuple[int, int] | None:
    """(index after the last character used, 1 if a second reading was needed), or None. Full syllables are tried
    before initials, so that "xian" is 西安 only where 先 would not do."""
    if at == len(query):
        return index, 0
    if index == len(reading.syllables):
        return None
    readings = reading.syllables[index]
    if not readings:
        return _walk(query, at, reading, index + 1)
    if query[at] == reading.text[index].lower() and (rest := _walk(query, at + 1, reading, index + 1)):
        return rest
    for order, syllable in enumerate(readings):
        for length in _bites(query, at, syllable):
            if rest := _walk(query, at + length, reading, index + 1):
                return rest[0], max(rest[1], min(order, 1))
    return None


def _bites(query: str, at: int, syllable: str) -> Iterable[int]:
    """How many letters of the query this syllable may take: all of it, what is left of the query, zh/ch/sh, one."""
    size = len(syllable)
    if query.startswith(syllable, at):
        yield size
    left = len(query) - at
    if left < size and syllable.startswith(query[at:]):
        yield left
        return
    if size > 2 and syllable[1] == "h" and query.startswith(syllable[:2], at):
        yield 2
    if size > 1 and query[at] == syllable[0]:
        yield 1


def _syllables(text: str) -> list[str]:
    table, phrases = _table(), _phrases()
    out: list[str] = []
    index = 0
    while index < len(text):
        character = text[index]
        for word, syllables in phrases.get(character, ()):
            if text.startswith(word, index):
                out += syllables
                index += len(word)
                break
        else:
            out.append(table.get(character) or (character.lower() if character.isalnum() else ""))
            index += 1
    return out


def _reading(text: str, syllables: list[str]) -> Reading:
    return _with_readings(text, tuple(map(_readings_of, text, syllables)))


@lru_cache(maxsize=8192)
def _readings_of(character: str, syllable: str) -> tuple[str, ...]:
    """The readings of a character that is read so here: this one first, then its others."""
    if not syllable:
        return ()
    readings = dict.fromkeys([syllable, *OTHERS.get(character, "").split()])
    # "lu" and "nu" are what is typed for 绿 and 女 by those who do not know the v.
    return (*readings, syllable.replace("v", "u")) if syllable in ("lv", "nv", "lve", "nve") else tuple(readings)


def _with_readings(text: str, readings: tuple[tuple[str, ...], ...]) -> Reading:
    firsts = [r[0] for r in readings if r]
    lower = text.lower() if len(text.lower()) == len(text) else text
    heads = tuple(["".join([s[0] for s in r]) + c if r else c for r, c in zip(readings, lower, strict=True)])
    letters = frozenset("".join(["".join(r) for r in readings]) + lower)
    return Reading(text, "".join(firsts), "".join([s[0] for s in firsts]), readings, letters, heads)
