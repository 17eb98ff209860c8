"""What the reports of a USB HID device mean: its report descriptor, read (Device Class Definition for HID 1.11, 6.2.2),
and the bits of reports taken out and put in.

A descriptor comes from a device, which may lie: what cannot be understood ends the reading, and what was read before it
counts; nothing is ever raised. A report shorter than its descriptor says has only those fields that are whole in it.
Only fields of one bit to 32, at places up to 8 KB, are kept. Pure functions, any thread."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

MOST_REPORT_BITS = 65_536
MOST_FIELDS = 1024
_INPUT, _OUTPUT, _COLLECTION, _END_COLLECTION = 0x80, 0x90, 0xA0, 0xC0
_USAGE_PAGE, _LOGICAL_MINIMUM, _REPORT_SIZE, _REPORT_ID, _REPORT_COUNT = 0x04, 0x14, 0x74, 0x84, 0x94
_PUSH, _POP = 0xA4, 0xB4
_USAGE, _USAGE_MINIMUM, _USAGE_MAXIMUM, _DELIMITER = 0x08, 0x18, 0x28, 0xA8
_LONG_ITEM = 0xFE
_CONSTANT, _VARIABLE, _RELATIVE = 0x01, 0x02, 0x04  # of a main item's data, 6.2.2.5


@dataclass(frozen=True, slots=True, order=True)
class Usage:
    """A page and an identifier of the HID Usage Tables."""

    page: int
    id: int


@dataclass(frozen=True, slots=True)
class Field:
    """`size` bits from bit `at` of report `report_id` (0: reports have no numbers). `usages`: one for a variable; for
    an array those that its value chooses from, the first standing for `least`. `relative`: 1 says "pressed", not
    "on"."""

    report_id: int
    at: int
    size: int
    usages: tuple[Usage, ...]
    relative: bool = False
    array: bool = False
    least: int = 0


@dataclass(frozen=True, slots=True)
class Descriptor:
    """`output_bits`: how long each output report is, by its number."""

    inputs: tuple[Field, ...] = ()
    outputs: tuple[Field, ...] = ()
    output_bits: Mapping[int, int] = field(default_factory=dict)
    numbered: bool = False

    def input_usages(self) -> frozenset[Usage]:
        return frozenset(usage for one in self.inputs for usage in one.usages)

    def output_usages(self) -> frozenset[Usage]:
        return frozenset(usage for one in self.outputs for usage in one.usages)

    def is_relative(self, usage: Usage) -> bool:
        """Whether the input of this usage says "pressed" instead of a state."""
        return any(one.relative or one.array for one in self.inputs if usage in one.usages)

    def read_report(self, untrusted_report: bytes) -> dict[Usage, int]:
        """The values in an input report as it came, its number in front where there are numbers. In an array a usage
        that is not chosen is 0."""
        number, body = 0, untrusted_report
        if self.numbered:
            if not untrusted_report:
                return {}
            number, body = untrusted_report[0], untrusted_report[1:]
        values: dict[Usage, int] = {}
        for one in self.inputs:
            if one.report_id != number or one.at + one.size > len(body) * 8:
                continue
            value = _bits(body, one.at, one.size)
            if not one.array:
                values[one.usages[0]] = value
                continue
            for place, usage in enumerate(one.usages):
                values[usage] = values.get(usage, 0) | (value == one.least + place)
        return values

    def write_reports(self, values: Mapping[Usage, int]) -> tuple[bytes, ...]:
        """The output reports that carry any of these usages, each with its number in front (0 where there are none),
        as hidapi takes them. What is not in `values` is 0."""
        bodies: dict[int, bytearray] = {}
        for one in self.outputs:
            for place, usage in enumerate(one.usages):
                if usage not in values:
                    continue
                body = bodies.setdefault(one.report_id, bytearray((self.output_bits[one.report_id] + 7) // 8))
                if not one.array:
                    _put(body, one.at, one.size, values[usage])
                elif values[usage]:
                    _put(body, one.at, one.size, one.least + place)
        return tuple(bytes([number]) + bytes(body) for number, body in sorted(bodies.items()))


@dataclass(slots=True)
class _Globals:
    page: int = 0
    least: int = 0
    size: int = 0
    count: int = 0
    report_id: int = 0


@dataclass(slots=True)
class _Locals:
    usages: list[Usage] = field(default_factory=list)
    minimum: Usage | None = None


def read_descriptor(untrusted_descriptor: bytes) -> Descriptor:
    """As far as it can be understood."""
    return _Reader().read(untrusted_descriptor)


class _Reader:
    def __init__(self) -> None:
        self._now, self._stack, self._near = _Globals(), [], _Locals()  # type: _Globals, list[_Globals], _Locals
        self._fields: dict[int, list[Field]] = {_INPUT: [], _OUTPUT: []}
        self._bits: dict[tuple[int, int], int] = {}  # (main item, report) -> bits so far
        self._numbered = False

    def read(self, data: bytes) -> Descriptor:
        for tag, value, size in _items(data):
            if not self._take(tag, value, size):
                break
        outputs = {number: bits for (kind, number), bits in self._bits.items() if kind == _OUTPUT}
        return Descriptor(tuple(self._fields[_INPUT]), tuple(self._fields[_OUTPUT]), outputs, self._numbered)

    def _take(self, tag: int, value: int, size: int) -> bool:
        """Whether the reading can go on."""
        match tag:
            case 0x80 | 0x90:  # input, output
                going_on = self._main(tag, value)
                self._near = _Locals()
                return going_on
            case 0xA0 | 0xC0 | 0xB0:  # collection, its end, feature
                self._near = _Locals()
                return True
            case 0xA4 | 0xB4:
                return self._push_or_pop(tag)
            case 0x08 | 0x18 | 0x28:
                return self._local(tag, value, size)
            case _:
                return self._global(tag, value, size)

    def _push_or_pop(self, tag: int) -> bool:
        if tag == _PUSH:
            self._stack.append(replace(self._now))
        elif self._stack:
            self._now = self._stack.pop()
        return len(self._stack) < 64

    def _global(self, tag: int, value: int, size: int) -> bool:
        if tag == _USAGE_PAGE:
            self._now.page = value & 0xFFFF
        elif tag == _LOGICAL_MINIMUM:
            self._now.least = _signed(value, size)
        elif tag == _REPORT_SIZE:
            self._now.size = value
        elif tag == _REPORT_COUNT:
            self._now.count = value
        elif tag == _REPORT_ID:
            self._now.report_id, self._numbered = value, True
            return 1 <= value <= 255
        return True  # the rest (units, strings, physical limits) says nothing about bits

    def _local(self, tag: int, value: int, size: int) -> bool:
        usage = Usage(value >> 16, value & 0xFFFF) if size == 4 else Usage(self._now.page, value)
        if tag == _USAGE:
            self._near.usages.append(usage)
        elif tag == _USAGE_MINIMUM:
            self._near.minimum = usage
        elif self._near.minimum is not None:
            first, self._near.minimum = self._near.minimum, None
            if usage.page == first.page and 0 <= usage.id - first.id < MOST_FIELDS:
                self._near.usages += [Usage(first.page, number) for number in range(first.id, usage.id + 1)]
        return len(self._near.usages) <= 2 * MOST_FIELDS

    def _main(self, tag: int, flags: int) -> bool:
        now = self._now
        place = (tag, now.report_id)
        at = self._bits.get(place, 0)
        if now.size * now.count > MOST_REPORT_BITS - at:
            return False
        self._bits[place] = at + now.size * now.count
        if not flags & _CONSTANT and self._near.usages and 1 <= now.size <= 32:
            self._fields[tag] += self._made(at, flags)
        return len(self._fields[tag]) <= MOST_FIELDS

    def _made(self, at: int, flags: int) -> Iterator[Field]:
        now, usages = self._now, self._near.usages
        relative = bool(flags & _RELATIVE)
        for place in range(min(now.count, MOST_FIELDS)):
            bit = at + place * now.size
            if flags & _VARIABLE:  # with fewer usages than fields the last one stands for the rest
                usage = usages[min(place, len(usages) - 1)]
                yield Field(now.report_id, bit, now.size, (usage,), relative)
            else:
                yield Field(now.report_id, bit, now.size, tuple(usages), relative, array=True, least=now.least)


def _items(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(tag and type, value, bytes of the value) of each short item that is whole; long items (6.2.2.3) are passed."""
    at = 0
    while at < len(data):
        prefix = data[at]
        if prefix == _LONG_ITEM:
            if at + 1 >= len(data):
                return
            at += 3 + data[at + 1]
            continue
        size = (0, 1, 2, 4)[prefix & 0x03]
        if at + 1 + size > len(data):
            return
        yield prefix & 0xFC, int.from_bytes(data[at + 1 : at + 1 + size], "little"), size
        at += 1 + size


def _signed(value: int, size: int) -> int:
    return value - (1 << 8 * size) if size and value >> (8 * size - 1) else value


def _bits(body: bytes, at: int, size: int) -> int:
    first, last = at // 8, (at + size + 7) // 8
    return (int.from_bytes(body[first:last], "little") >> (at % 8)) & ((1 << size) - 1)


def _put(body: bytearray, at: int, size: int, value: int) -> None:
    first, last = at // 8, (at + size + 7) // 8
    mask = ((1 << size) - 1) << (at % 8)
    whole = int.from_bytes(body[first:last], "little") & ~mask | (value << (at % 8)) & mask
    body[first:last] = whole.to_bytes(last - first, "little")
