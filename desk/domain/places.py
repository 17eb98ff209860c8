"""Places as they are spoken and typed: "5-2-203", "5 2 203", "5栋2单元203", "五栋二单元二零三", "wd5d2dy203", "5d dt".

`parse_place` only takes a text apart; which of its readings exists is for the register to say
(`desk.usecases.find_place`). Words before the first number name an estate or a phase, words after the last one a public
area; both stay as typed, pinyin or characters. Pure, any thread, some 20 us."""

import re
import unicodedata
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class SpokenPlace:
    """One reading of a text. `building`, `unit`, `room` are codes or their beginnings ("5", "2", "20"), "" where not
    said. `words` stand before the first number (an estate, a phase, or all there is), `rest` after the last one (a
    public area)."""

    words: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""
    rest: str = ""


_DIGITS = {**{c: str(n) for n, c in enumerate("零一二三四五六七八九")}, "〇": "0", "两": "2", "幺": "1"}
_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百幺]+")
_MARKED = re.compile(r"栋|幢|座|号楼|单元|门|梯|室|房|层")
_LETTERED = re.compile(r"(.*?)([a-z])(?:栋|幢|座|号楼)(.*)")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－～~_", "-"))

# what may follow a number and says which it is; longest first
_MARKERS = (
    ("building", ("号楼", "栋", "幢", "座", "haolou", "dong", "zhuang", "zuo", "hl", "d", "z")),
    ("unit", ("单元", "门", "梯", "danyuan", "dy", "u")),
    ("room", ("室", "房", "号", "户", "shi", "fang", "hao", "s", "f", "h")),
)
_MARKER_OF = {word: slot for slot, words in _MARKERS for word in words}
_WORDS_IN_ORDER = sorted(_MARKER_OF, key=len, reverse=True)
_ORDER = ("building", "unit", "room")


def parse_place(text: str) -> tuple[SpokenPlace, ...]:
    """The readings of this text, likeliest first; () where it says nothing. Never raises."""
    text = unicodedata.normalize("NFKC", text[:80]).lower().translate(_DASHES).strip()
    text = _arabic(text)
    lettered = _LETTERED.fullmatch(text)
    if lettered:  # A座, A栋1201, 万达B座2-1201
        words, letter, more = lettered[1].strip(" -"), lettered[2], lettered[3].strip(" -")
        if not more[:1].isdigit():
            return (SpokenPlace(words=words, building=letter, rest=more),)
        return tuple(dict.fromkeys(replace(p, words=words) for p in _address(more, letter)))
    first = re.search(r"[0-9]", text)
    if first is None:
        return (SpokenPlace(words=text),) if text else ()
    words, address = text[: first.start()].removesuffix("第").strip(" -#"), text[first.start() :]
    return tuple(dict.fromkeys(replace(place, words=words) for place in _address(address)))


def place_text(estate: str, phase: str, building: str, unit: str = "", room: str = "") -> str:
    """A home or a building as it is shown: "万达花园一期5栋2单元203". Empty parts are left out; the estate is given
    where there is more than one."""
    return f"{estate}{phase}{building}{f'{unit}单元' if unit else ''}{room}"


def chinese_numeral(number: int) -> str:
    """1-99 as people say it: 5 -> 五, 12 -> 十二, 20 -> 二十."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if not tens:
        return digits[ones]
    return f"{digits[tens] if tens > 1 else ''}十{digits[ones] if ones else ''}"


def _arabic(text: str) -> str:
    """Numerals in characters become digits where they stand as a number: before 栋, 单元 and the like, or by
    themselves. Those within a name stay (三江花园)."""
    out, at = [], 0
    for found in _NUMERAL.finditer(text):
        before, after = text[: found.start()], text[found.end() :]
        stands_alone = (not after or after[0] in " -#0123456789") and (
            not before or before[-1] in " -#栋幢座楼元门梯期0123456789"
        )
        if _MARKED.match(after) or stands_alone:
            out += [text[at : found.start()], _number(found[0])]
            at = found.end()
    return "".join(out) + text[at:]


def _number(numeral: str) -> str:
    """ "二零三" -> "203", "十二" -> "12", "二十" -> "20", "一百零三" -> "103"."""
    if not any(c in "十百" for c in numeral):
        return "".join(_DIGITS[c] for c in numeral)
    total, current = 0, 0
    for character in numeral:
        if character in "十百":
            total += (current or 1) * (10 if character == "十" else 100)
            current = 0
        else:
            current = int(_DIGITS[character])
    return str(total + current)


def _address(address: str, letter: str = "") -> list[SpokenPlace]:
    """Readings of a text that begins with a digit: with what follows the last number read as a marker, and as the
    beginning of a public area's name ("5dt" is lobby 大堂 of 5, "5ddt" too)."""
    pieces = re.findall(r"([0-9]+)([^0-9]*)", address)
    numbers: list[tuple[str, str | None]] = [(letter, "building")] if letter else []
    rest, tail = "", pieces[-1][1].strip(" -#")
    for digits, between in pieces:
        slot, rest = _marker(between)
        if len(pieces) > 1 and slot == "room" and not numbers:
            slot = "building"  # 5号2单元203
        numbers.append((digits, slot))
    last, given = numbers[-1]
    if given is None and rest in ("a", "b", "c"):
        numbers[-1], rest = (last + rest, None), ""
    out = [_assign(numbers, rest)]
    if given is not None and tail.isascii() and tail:  # a marker in letters may be none: 5dt is more often 5 + dt
        unmarked = _assign([*numbers[:-1], (last, None)], tail)
        out = [unmarked, *out] if rest else [*out, unmarked]
    if len(numbers) == 1 and given is None and len(last) >= 3:
        out.extend(SpokenPlace(building=b, unit=u, room=r, rest=rest) for b, u, r in _splits(last))
    return out


def _marker(between: str) -> tuple[str | None, str]:
    """(the slot that a marker at the beginning names, what follows it)."""
    text = between.strip(" -#/,.")
    for word in _WORDS_IN_ORDER:
        if text.startswith(word):
            return _MARKER_OF[word], text[len(word) :].strip(" -#/,.")
    return None, text


def _assign(numbers: list[tuple[str, str | None]], rest: str) -> SpokenPlace:
    """Numbers without a marker take the next free slot; three digits after a building are a room."""
    slots: dict[str, str] = {}
    following = 0
    for digits, given in numbers:
        slot = given
        if slot is None:
            long_after_building = following == 1 and len(digits.rstrip("abc")) >= 3
            slot = _ORDER[2] if following >= 2 or long_after_building else _ORDER[following]
        slots[slot] = digits
        following = _ORDER.index(slot) + 1
    return SpokenPlace("", slots.get("building", ""), slots.get("unit", ""), slots.get("room", ""), rest)


def _splits(run: str) -> list[tuple[str, str, str]]:
    """Digits typed in one run: 203 a room, 52203 = 5-2-203, 121101 = 12-1-101 ..."""
    out = [("", "", run)] if len(run) <= 4 else []
    with_unit = [size for size in (1, 2) if len(run) - size in (4, 5)]
    without = [size for size in (1, 2) if len(run) - size in (3, 4)]
    out.extend((run[:size], run[size], run[size + 1 :]) for size in with_unit)
    out.extend((run[:size], "", run[size:]) for size in without)
    return out
