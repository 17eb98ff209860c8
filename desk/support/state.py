"""How things stand in a process, by what it has noted: what is said again once a minute, so that a trouble of this
morning is known to whoever looks ten minutes back. The process's own thread that notes messages."""

from collections.abc import Iterator, Mapping
from typing import Any

_WHOLE = ("central", "recordings", "store")  # the newest note of these kinds says all


class State:
    def __init__(self) -> None:
        self._whole: dict[str, dict[str, Any]] = {}
        self._lines: dict[str, dict[str, Any]] = {}
        self._headset: dict[str, Any] = {}
        self._troubles: dict[str, None] = {}
        self._is_phone = False

    def heard(self, kind: str, fields: Mapping[str, Any]) -> None:
        """A message was noted so."""
        match kind:
            case "phone":
                self._is_phone = True
                self._headset = dict(fields["headset"])
                self._lines = {line["line"]: line for line in fields["lines"]}
                self._troubles = dict.fromkeys(fields["troubles"])
            case "line":
                self._lines[fields["line"]] = dict(fields)
            case "headset":
                self._headset = dict(fields)
            case "trouble" if fields["on"]:
                self._troubles[fields["trouble"]] = None
            case "trouble":
                self._troubles.pop(fields["trouble"], None)
            case _ if kind in _WHOLE:
                self._whole[kind] = dict(fields)
            case _:
                pass

    def now(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """As notes: kind and fields."""
        yield from self._whole.items()
        if self._is_phone:
            lines = list(self._lines.values())
            yield "phone", {"lines": lines, "headset": self._headset, "troubles": list(self._troubles)}
