"""How alike two short texts are, as people type them while they listen: "电梯坏了不动", "1单元的店体停了", "loushang
loushui". What counts is how they sound: words written with another character, zh typed as z, -ng as -n, and pinyin that
nobody has turned into characters are the same. Digits, and the little words that every sentence has, say nothing.

`sound` takes a text apart once (80 us for a long sentence; a character's sound is kept); `likeness` compares two of
them (2 us). Surprising choice: pairs of neighbouring syllables count for most and single ones for little, because
水 is in half of all reports and 漏水 in those of leaks. Only what was typed is looked at, without a network. Pure, any
thread."""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from desk.domain.pinyin import loosen, read
from desk.domain.pinyin_table import TABLE

LONGEST_RUN = 40  # letters in a row
LONGEST = 200  # characters: what a fault is, is said at the beginning
ALIKE = 0.45  # from here on two texts are taken to speak of the same
PAIR, SINGLE = 1.0, 0.5

# What may stand in any report and tells none from another.
_LITTLE_WORDS = frozenset(
    "的了着过呢吗啊吧呀哦嗯我你您他她它们咱家里在是有说要请来去到得地把被给让跟和与也都还又就很太好这那个些"
    "哪什么怎样现今天昨上下午早晚刚才已经一直两三几次回户业主先生女士住处电话来电反映表示需要希望尽快处理安排人员坏不没修能用"
)
_SAYING = frozenset("上下电水")  # little in some words, and all there is in 楼上, 停电, 停水


@dataclass(frozen=True, slots=True)
class Sound:
    """`pairs`: neighbouring syllables; `singles`: each of them; `initials`: the first letters of all, in order;
    `short`: what was typed as initials only ("dtk")."""

    pairs: frozenset[str]
    singles: frozenset[str]
    initials: str
    short: tuple[str, ...]

    @property
    def weight(self) -> float:
        return PAIR * len(self.pairs) + SINGLE * len(self.singles)

    @property
    def says_something(self) -> bool:
        return len(self.singles) > 1 or bool(self.short)


@lru_cache(maxsize=8192)
def _syllable(character: str) -> str:
    """How it is read, "" where it is not."""
    return loosen(read(character).full) if "㐀" <= character <= "鿿" else ""


@cache
def _syllables_known() -> frozenset[str]:
    return frozenset(line.partition(" ")[0] for line in TABLE.split("\n") if line)


def sound(text: str) -> Sound:
    """Never raises."""
    runs: list[list[str]] = [[]]
    short: list[str] = []
    letters = ""
    for character in unicodedata.normalize("NFKC", text[:LONGEST]).lower() + " ":
        if "a" <= character <= "z":
            letters += character
            continue
        if letters:
            spelled = spell(letters)
            runs[-1].extend(spelled)
            if not spelled and 2 <= len(letters) <= 8:
                short.append(letters)
            letters = ""
        syllable = _syllable(character)
        if not syllable:
            runs.append([])
        elif character not in _LITTLE_WORDS or character in _SAYING:
            runs[-1].append(syllable)
    heard = [syllable for run in runs for syllable in run]
    pairs = {f"{one} {two}" for run in runs for one, two in pairwise(run)}
    return Sound(frozenset(pairs), frozenset(heard), "".join(s[0] for s in heard), tuple(dict.fromkeys(short)))


def spell(letters: str) -> tuple[str, ...]:
    """A run of letters as syllables ("loushang" -> "lou", "san"), () where it is none. The longest first syllable that
    leaves something that can be spelled is taken."""
    if len(letters) > LONGEST_RUN:
        return ()
    known = _syllables_known()
    spelled: dict[int, tuple[str, ...] | None] = {len(letters): ()}  # from each letter on
    for at in range(len(letters) - 1, -1, -1):
        spelled[at] = None
        for size in range(min(6, len(letters) - at), 0, -1):
            syllable, rest = letters[at : at + size], spelled[at + size]
            if rest is not None and syllable in known and (size > 1 or syllable in "aeo"):
                spelled[at] = (loosen(syllable), *rest)
                break
    return spelled[0] or ()


def likeness(one: Sound, other: Sound) -> float:
    """0 nothing in common .. 1 all that the shorter one says is in the longer one. Symmetric. A text of one syllable is
    like nothing."""
    if not (one.short or other.short) and one.singles.isdisjoint(other.singles):
        return 0.0  # most of them
    if not one.says_something or not other.says_something:
        return 0.0
    short = _shortened(one, other)
    least = min(one.weight, other.weight)
    if least < PAIR:  # two syllables that do not stand together, or none at all
        return short
    common = PAIR * len(one.pairs & other.pairs) + SINGLE * len(one.singles & other.singles)
    return max(short, min(1.0, common / least))


def _shortened(one: Sound, other: Sound) -> float:
    """Initials that somebody typed instead of the words, found in what the other says."""
    typed = [(part, other.initials) for part in one.short] + [(part, one.initials) for part in other.short]
    found = [part for part, initials in typed if part in initials]
    return ALIKE * len(found) / len(typed) if typed else 0.0
