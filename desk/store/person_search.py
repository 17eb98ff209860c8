"""Finding people by part of a name, in characters, full pinyin or initials, among a million.

SQLite's trigram index needs three characters and most parts of a Chinese name have one or two, so the words of the
index are made here: every character, and the full pinyin and the initials from each character on (王小明: 王 小 明
wangxiaoming wxm, xiaoming xm, ming m). Column `start` holds what begins the name, `inner` what begins later in it.
Pure functions, any thread."""

import re
from functools import lru_cache
from itertools import product

from desk.domain.pinyin import query_form, read_name

READINGS_LIMIT = 4  # of one name with characters that are read in several ways
_RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_WORD = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=20_000)
def words_of(name: str) -> tuple[str, str]:
    """The words of a name for the columns `start` and `inner`."""
    units = _units(name)
    start: dict[str, None] = dict.fromkeys(_characters(name))
    inner: dict[str, None] = {}
    for index in range(len(units)):
        for readings in list(product(*units[index:]))[:READINGS_LIMIT]:
            target = inner if index else start
            target["".join(readings)] = None
            target["".join(reading[0] for reading in readings)] = None
    return " ".join(start), " ".join(inner)


def _units(name: str) -> list[tuple[str, ...]]:
    """Per Chinese character its readings, likeliest first; per word of letters the word."""
    units: list[tuple[str, ...]] = []
    name = name.lower()
    syllables = read_name(name).syllables
    index = 0
    while index < len(name):
        if word := _WORD.match(name, index):
            units.append((word[0],))
            index = word.end()
            continue
        readings = tuple(r for r in syllables[index] if _WORD.fullmatch(r)) if index < len(syllables) else ()
        if readings:
            units.append(readings[:2])
        index += 1
    return units


def _characters(text: str) -> list[str]:
    """Words of letters whole, everything else character by character."""
    found: list[str] = []
    for run in _RUN.findall(text.lower()):
        found += [run] if run[0].isascii() else list(run)
    return found


def queries_for(text: str) -> list[str]:
    """FTS5 queries for what was typed, best first: names that start with it, then names that contain it. None where
    nothing that could be searched for was typed. Every word is quoted: what was typed is never taken as syntax."""
    runs = _RUN.findall(query_form(text))
    if not runs:
        return []
    terms = [f'"{run}"*' if run[0].isascii() else f'"{" ".join(run)}"' for run in runs]
    everywhere = " AND ".join(terms)
    if runs[0][0].isascii():
        return [" AND ".join([f"start : {terms[0]}", *terms[1:]]), everywhere]
    return [" AND ".join([f"start : ^ {terms[0]}", *terms[1:]]), everywhere]
