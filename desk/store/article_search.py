"""Finding articles, by what somebody looks for and by what somebody else types into a form.

An index of our own words, as for people (`person_search`): every character, and of title and keywords the full pinyin
and the initials from each character on, so that "shuilongtou", "slt" and 龙头 all find 水龙头. What is typed into a
form is a sentence and no search: its pairs of neighbouring characters are asked for, any of them, and the index weighs
them (what is rare says more). Categories are words too, one for the leaf and each of its branches. Pure functions, any
thread."""

import re
from functools import lru_cache
from itertools import islice, pairwise, product

from desk.domain.articles import branches
from desk.domain.pinyin import query_form, read

READINGS_LIMIT = 4
MOST_PAIRS = 40  # of the end of what is typed
WEIGHTS = (6.0, 8.0, 1.0, 12.0)  # title, words, body, scope: of a match, see SQLite's bm25()
_RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_WORD = re.compile(r"[a-z0-9]+")
_HAN = re.compile(r"[㐀-鿿]+")
# Pairs with one of these are in every sentence.
_EMPTY = frozenset("的了是我你他她它们在这那也就都和吗呢啊吧请您说要去来个一着过被把给跟还很")

CREATE = """
CREATE VIRTUAL TABLE IF NOT EXISTS article_search USING fts5(
    title, words, body, scope, content='', contentless_delete=1, prefix='2 3', tokenize='unicode61 remove_diacritics 0')
"""


@lru_cache(maxsize=2_000)
def words_of(title: str, text: str, steps: str, words: str, categories: tuple[str, ...]) -> tuple[str, str, str, str]:
    """The index's columns of an article. `steps`, `words`: joined by any space."""
    body = " ".join((*_characters(text), *_characters(steps)))
    keywords = " ".join(_read(word) for word in words.split())
    scope = " ".join(scope_word(code) for code in categories)
    return _read(title), keywords, body, scope


def scope_word(code: str) -> str:
    """A category as one word of the index."""
    return "z" + re.sub(r"[^a-z0-9]", "z", code.lower())


def queries_for(text: str) -> list[str]:
    """FTS5 queries for what somebody looks for, best first: all of it, then any of its pairs. Every word is quoted:
    what was typed is never taken as syntax."""
    words = [form for word in text.split() if (form := query_form(word))]
    runs = [run for word in words for run in _RUN.findall(word)]
    if not runs:
        return []
    terms = [f'"{run}"*' if run[0].isascii() else f'"{" ".join(run)}"' for run in runs]
    every = "{title words body} : (" + " AND ".join(terms) + ")"
    pairs = pairs_of(text)
    return [every, _any("title words body", pairs)] if pairs else [every]


def fitting_query(category: str, text: str) -> str:
    """The FTS5 query for what may help with this; "" where nothing is to be looked for."""
    parts = []
    if category:
        scopes = " OR ".join(f'"{scope_word(code)}"' for code in branches(category))
        parts.append(f"scope : ({scopes})")
    pairs = pairs_of(text)
    if pairs:
        parts.append(_any("title words", pairs))
    return " OR ".join(f"({part})" for part in parts)


def pairs_of(text: str) -> list[str]:
    """Neighbouring characters, and words of letters, of the end of a text: those that say something."""
    found: dict[str, None] = {}
    for run in _HAN.findall(text):
        if len(run) == 1 and run not in _EMPTY and len(text.strip()) == 1:
            found[run] = None
        for first, second in pairwise(run):
            if first not in _EMPTY and second not in _EMPTY:
                found[first + second] = None
    for word in _WORD.findall(text.lower()):
        if len(word) > 2:
            found[word] = None
    return list(found)[-MOST_PAIRS:]


def _any(columns: str, pairs: list[str]) -> str:
    terms = " OR ".join(f'"{pair}"' if pair[0].isascii() else f'"{" ".join(pair)}"' for pair in pairs)
    return f"{{{columns}}} : ({terms})"


def _read(text: str) -> str:
    """The characters, and what they are called from each on."""
    found: dict[str, None] = dict.fromkeys(_characters(text))
    for run in _HAN.findall(text):
        units = [tuple(r for r in readings if _WORD.fullmatch(r))[:2] for readings in read(run).syllables]
        units = [unit for unit in units if unit]
        for index in range(len(units)):
            for readings in islice(product(*units[index:]), READINGS_LIMIT):
                found["".join(readings)] = None
                found["".join(reading[0] for reading in readings)] = None
    return " ".join((*_characters(text), *(word for word in found if word.isascii())))


def _characters(text: str) -> list[str]:
    """Words of letters whole, everything else character by character, in order: phrases are looked for in them."""
    found: list[str] = []
    for run in _RUN.findall(text.lower()):
        found += [run] if run[0].isascii() else list(run)
    return found
