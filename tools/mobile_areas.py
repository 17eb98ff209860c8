"""Writes resources/mobile_areas.bin: in which city each range of Chinese mobile numbers was issued, as the area code
of its fixed lines. From the geocoding data of the phonenumbers library (Google's, Apache 2.0), which names the city in
words and costs 100 MB and a third of a second to load: too much for a process that carries calls.

The file: a line of area codes without their 0, separated by blanks; then, compressed by zlib, one byte pair
(little-endian) for each seven digits from 1300000 to 1999999: 0 = nobody knows, else the place in that line, from 1."""

import sys
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from phonenumbers.geodata import GEOCODE_DATA

FIRST, BEHIND_LAST = 1_300_000, 2_000_000
# Cities whose fixed lines the library files under a province, an older or a shorter name.
NAMED_OTHERWISE = {
    "28": (
        "成都市",
        "眉山市",
        "资阳市",
    ),
    "29": (
        "西安市",
        "咸阳市",
    ),
    "24": (
        "沈阳市",
        "抚顺市",
        "铁岭市",
        "本溪市",
    ),
    "22": ("天津",),
    "731": (
        "长沙市",
        "株洲市",
        "湘潭市",
    ),
    "851": (
        "贵阳市",
        "遵义市",
        "安顺市",
    ),
    "855": ("黔东南苗族侗族自治州",),
    "854": ("黔南布依族苗族自治州",),
    "710": ("襄樊市",),
    "728": ("潜江市",),
    "719": ("神农架林区",),
    "354": ("晋中市",),
    "358": ("吕梁市",),
    "371": ("开封市",),
    "531": ("莱芜市",),
    "558": ("亳州市",),
    "551": ("巢湖市",),
    "477": ("鄂尔多斯市",),
    "470": ("呼伦贝尔市",),
    "478": ("巴彦淖尔市",),
    "482": ("兴安盟",),
    "474": ("乌兰察布市",),
    "479": ("锡林郭勒盟",),
    "483": ("阿拉善盟",),
    "433": ("延边朝鲜族自治州",),
    "435": ("通化市",),
    "873": ("红河哈尼族彝族自治州",),
    "691": ("西双版纳傣族自治州",),
    "887": ("迪庆藏族自治州",),
    "886": ("怒江傈僳族自治州",),
    "837": ("阿坝藏族羌族自治州",),
    "836": ("甘孜藏族自治州",),
    "941": ("甘南藏族自治州",),
    "935": ("金昌市",),
    "937": ("嘉峪关市",),
    "775": ("贵港市",),
    "772": ("来宾市",),
    "774": ("贺州市",),
    "771": ("崇左市",),
    "892": ("日喀则地区",),
    "896": ("那曲地区",),
    "893": ("山南地区",),
    "897": ("阿里地区",),
}


def main() -> int:
    area_of = _areas_by_name()
    by_range: dict[int, str] = {}
    for prefix in sorted((p for p in GEOCODE_DATA if p.startswith("861") and len(p) > 4), key=len):
        area = area_of(GEOCODE_DATA[prefix].get("zh", ""))
        low = int(prefix[2:].ljust(7, "0")[:7])
        for number in range(low, low + 10 ** max(0, 9 - len(prefix))):
            by_range[number] = area  # a longer prefix comes later and knows better
    areas = sorted(set(by_range.values()) - {""})
    place = {area: at for at, area in enumerate(areas, 1)} | {"": 0}
    table = array("H", (place[by_range.get(number, "")] for number in range(FIRST, BEHIND_LAST)))
    if sys.byteorder == "big":
        table.byteswap()
    target = Path(__file__).parent.parent / "resources" / "mobile_areas.bin"
    target.write_bytes(" ".join(areas).encode() + b"\n" + zlib.compress(table.tobytes(), 9))
    known = sum(1 for number in table if number)
    print(f"{target.name}: {len(areas)} areas, {known} of {len(by_range)} ranges, {target.stat().st_size} bytes")
    return 0


def _areas_by_name() -> Callable[[str], str]:
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for prefix, names in GEOCODE_DATA.items():
        national = prefix[2:]
        if prefix.startswith("86") and (national[:2] == "10" or national[:1] in set("23456789")) and names.get("zh"):
            seen[names["zh"]][national[: 2 if national[:2] == "10" or national[0] == "2" else 3]] += 1
    sure = {name: next(iter(areas)) for name, areas in seen.items() if len(areas) == 1}

    def area_of(name: str) -> str:
        if name in sure:
            return sure[name]
        return next((area for area, cities in NAMED_OTHERWISE.items() if name.endswith(cities)), "")

    return area_of


if __name__ == "__main__":
    sys.exit(main())
