"""Writes desk/domain/pinyin_table.py from the pypinyin library: one line per syllable, its characters behind it.

Desk reads names with its own small table because importing pypinyin unpacks a table of 47,000 phrases in one step that
holds the interpreter for 115 ms: a window that does it, on whatever thread, stands still (see docs/decisions/)."""

import sys
from collections import defaultdict
from pathlib import Path

from pypinyin import lazy_pinyin
from pypinyin.pinyin_dict import pinyin_dict

HEADER = '''"""Pinyin of single characters, made by tools/pinyin_table.py from pypinyin (MIT): do not edit. A line is
a syllable without its tone (u-umlaut as v) and the characters that are usually read so. Data only."""
# ruff: noqa: E501

TABLE = """
'''


def main() -> int:
    by_syllable: dict[str, list[str]] = defaultdict(list)
    for code in sorted(pinyin_dict):
        character = chr(code)
        syllable = lazy_pinyin(character)[0]
        if syllable.isascii() and syllable.isalpha():
            by_syllable[syllable].append(character)
    lines = [f"{syllable} {''.join(characters)}\n" for syllable, characters in sorted(by_syllable.items())]
    target = Path(__file__).parent.parent / "desk" / "domain" / "pinyin_table.py"
    target.write_text(HEADER + "".join(lines) + '"""\n', encoding="utf-8")
    print(f"{target.name}: {len(lines)} syllables, {sum(map(len, by_syllable.values()))} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
