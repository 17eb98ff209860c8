"""The key map as text: the keys of the page one comes from first, then those that work everywhere, then the other
places in the order of the table. No Qt; pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

from desk.domain import pinyin
from desk.ui.keymap.places import KeyUse, places

_MODIFIERS = ("Ctrl+Shift+", "Ctrl+", "Alt+", "Shift+")


@dataclass(frozen=True, slots=True)
class KeyLine:
    key: str
    words: str


@dataclass(frozen=True, slots=True)
class KeySection:
    title: str
    lines: tuple[KeyLine, ...]


def present(uses: Sequence[KeyUse], here: str, find: str = "") -> tuple[KeySection, ...]:
    """`here`: the place (`Place.name`) that stands first. `find`: only what fits this: a key as it is spelled, words as
    they are read or by their initials."""
    wanted, titles = pinyin.query_form(find), {}
    rank = {place.name: index for index, place in enumerate(places().values())}
    lines: dict[str, dict[KeyLine, None]] = {}
    for use in uses:
        if use.place is None or not use.words:
            continue
        line = KeyLine(use.key, use.words)
        if not wanted or _fits(wanted, line):
            lines.setdefault(use.place.name, {})[line] = None
            titles[use.place.name] = (use.place.title, use.place.everywhere)
    order = sorted(lines, key=lambda name: (name != here, not titles[name][1], rank.get(name, len(rank))))
    return tuple(KeySection(titles[name][0], tuple(sorted(lines[name], key=_order))) for name in order)


def _fits(wanted: str, line: KeyLine) -> bool:
    key = line.key.lower()
    return wanted in key or wanted in key.replace("+", "") or pinyin.match(wanted, pinyin.read(line.words)) is not None


def _order(line: KeyLine) -> tuple[int, int, str]:
    """Function keys first, then by modifier, then by letter."""
    modifier = next((m for m in _MODIFIERS if line.key.startswith(m)), "")
    rest = line.key.removeprefix(modifier)
    is_function = rest[:1] == "F" and rest[1:].isdigit()
    if is_function:
        return (0, int(rest[1:]), modifier)
    return (1 + (_MODIFIERS.index(modifier) + 1 if modifier else 0), 0, rest)
