"""The marks that a seat's ui writes where `DESK_BENCH_FILE` says (see `desk/ui/steps.py`), read while they come, and
what is reckoned from them. All times are CLOCK_MONOTONIC of this machine."""

import bisect
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk.demo.processes import NotReady, wait_until


@dataclass(frozen=True, slots=True)
class Mark:
    """`fields`: what else the mark says."""

    name: str
    at_ns: int
    process: int
    fields: dict[str, Any]

    def has(self, wanted: dict[str, object]) -> bool:
        return all(self.fields.get(key) == value for key, value in wanted.items())


@dataclass
class Marks:
    """Follows one file, which may not be there yet. One thread."""

    file: Path
    seen: list[Mark] = field(default_factory=list)
    _offset: int = 0

    def read(self) -> list[Mark]:
        """All marks so far, in order of time."""
        if self.file.exists():
            with self.file.open("rb") as stream:
                stream.seek(self._offset)
                new = stream.read()
            whole = new.rpartition(b"\n")[0]
            if whole:
                self._offset += len(whole) + 1
                for line in whole.split(b"\n"):
                    said = json.loads(line)
                    mark = Mark(said.pop("mark"), said.pop("monotonic_ns"), said.pop("process"), said)
                    bisect.insort(self.seen, mark, key=lambda one: one.at_ns)
        return self.seen

    def named(self, name: str, after_ns: int = 0, **wanted: object) -> list[Mark]:
        marks = self.read()
        start = bisect.bisect_right(marks, after_ns, key=lambda one: one.at_ns)
        return [mark for mark in marks[start:] if mark.name == name and mark.has(wanted)]

    def first(self, name: str, after_ns: int = 0, **wanted: object) -> Mark | None:
        return next(iter(self.named(name, after_ns, **wanted)), None)

    def wait(self, name: str, after_ns: int = 0, timeout_s: float = 15.0, **wanted: object) -> Mark:
        """The first such mark later than `after_ns`. Raises `NotReady`."""
        found = wait_until(f"mark {name} {wanted or ''}", lambda: self.first(name, after_ns, **wanted), timeout_s)
        if found is None:
            raise NotReady(name)
        return found


def answers_ms(marks: Sequence[Mark], box: str) -> list[float]:
    """For every key typed into this box: until its suggestions stood on the screen (or none were found). A key whose
    answer was overtaken by the next key counts until the next answer: nothing newer was shown before."""
    keys = [mark.at_ns for mark in marks if mark.name == "key_typed" and mark.fields.get("box") == box]
    shown = [
        mark.at_ns
        for mark in marks
        if mark.name in ("suggestions_painted", "suggestions_none") and mark.fields.get("box") == box
    ]
    out = []
    for key in keys:
        at = bisect.bisect_right(shown, key)
        if at < len(shown):
            out.append((shown[at] - key) / 1e6)
    return out


def longest_stall_ms(marks: Sequence[Mark]) -> float:
    """How long the ui's event loop was ever stuck after its window was ready, over all its processes. NaN without a
    mark: the first tick of every window makes one, so that nobody was watching."""
    return max((float(mark.fields["longest_ms"]) for mark in marks if mark.name == "stall"), default=math.nan)
