"""The seat register (设备档案): what each seat is, how it is, and what was paid for it. Values as they are kept.

One `SeatRecord` per seat store: a PC that takes another's name gets a record of its own, so that nobody reads the old
PC's warranty off the new one. What a machine is, it writes itself, field by field, when it differs; what was bought,
people write, and only they. What could not be found out is "" or 0, never a guess. One `SeatCheck` per look at a seat's
health. Pure, any thread."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum

from desk.domain.health import Finding, Level, worst


@dataclass(frozen=True, slots=True)
class SeatRecord:
    """`seat`: its name in the hotline. `lines`: one text each, "label user@registrar", never a secret. `faults`: the
    names of the checks that the last look found wrong or doubtful, the worst first; `level` that look's worst, by the
    name of `health.Level`. `lost_s`: seconds since `lost_from` in which the running seat could not take calls, and
    `lost_at` when it last could not. `self_check_level` "": the night's check never ran.

    The rest is people's: days as "2026-11-22", `price` in yuan as text with two digits, `place`: where it stands."""

    seat_record_id: str
    seat: str
    pc: str = ""  # its name in the network
    pc_model: str = ""
    pc_serial: str = ""
    system: str = ""
    processor: str = ""
    memory_mb: int = 0
    disk_mb: int = 0
    desk_version: str = ""
    headset: str = ""
    headset_serial: str = ""
    lines: tuple[str, ...] = ()
    seen_at: datetime | None = None
    checked_at: datetime | None = None
    level: str = ""
    faults: tuple[str, ...] = ()
    lost_s: int = 0
    lost_from: datetime | None = None
    lost_at: datetime | None = None
    self_checked_at: datetime | None = None
    self_check_level: str = ""
    asset: str = ""
    place: str = ""
    bought_on: str = ""
    price: str = ""
    supplier: str = ""
    warranty_until: str = ""
    notes: str = ""
    retired: bool = False


class CheckKind(Enum):
    DOCTOR = "doctor"
    SELF_CHECK = "self_check"


@dataclass(frozen=True, slots=True)
class SeatCheck:
    """`findings`: each as `to_text` writes it, in the language of the seat that looked. `level` as in `SeatRecord`."""

    seat_check_id: str
    seat_record_id: str
    seat: str
    kind: CheckKind
    at: datetime
    level: str
    findings: tuple[str, ...] = ()


SERVICE = ("asset", "place", "bought_on", "price", "supplier", "warranty_until", "notes", "retired")
LONGEST = {"notes": 4_000}
LONGEST_OTHER = 120


@dataclass(frozen=True, slots=True)
class Machine:
    """What was found of this PC and what hangs on it, as in `SeatRecord`."""

    seat: str
    pc: str = ""
    pc_model: str = ""
    pc_serial: str = ""
    system: str = ""
    processor: str = ""
    memory_mb: int = 0
    disk_mb: int = 0
    desk_version: str = ""
    headset: str = ""
    headset_serial: str = ""
    lines: tuple[str, ...] = ()

    def news(self, record: SeatRecord | None) -> dict[str, object]:
        """What the record does not say yet, by field. A headset that is unplugged at the moment stays the seat's."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        if not self.headset:
            del found["headset"], found["headset_serial"]
        elif not self.headset_serial and record is not None and record.headset == self.headset:
            del found["headset_serial"]
        if record is None:
            return {name: value for name, value in found.items() if value}
        return {name: value for name, value in found.items() if value != getattr(record, name)}


class BadService(ValueError):
    """A value that people typed and no record can hold; `field` says which."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


def service_value(field: str, typed: str) -> str | bool:
    """What is kept of what was typed. Days are taken as 2026-11-22, 2026/11/22 or 20261122. Raises `BadService` with
    `why` one of "day", "price", "long", "field"."""
    text = typed.strip()
    match field:
        case "retired":
            return text.lower() in ("1", "yes", "true", "是")
        case "bought_on" | "warranty_until":
            return _day(field, text)
        case "price":
            return _price(text)
        case "asset" | "place" | "supplier" | "notes":
            if len(text) > LONGEST.get(field, LONGEST_OTHER):
                raise BadService(field, "long")
            return text
        case _:
            raise BadService(field, "field")


def _day(field: str, text: str) -> str:
    if not text:
        return ""
    try:
        return date.fromisoformat("-".join(f"{int(part):02}" for part in text.replace("/", "-").split("-"))).isoformat()
    except ValueError:
        raise BadService(field, "day") from None


def _price(text: str) -> str:
    """In fen, so that no cent is lost to a float."""
    bare = text.replace(",", "").replace("，", "").removeprefix("¥").removeprefix("￥").removesuffix("元").strip()
    if not bare:
        return ""
    yuan, _point, fen = bare.partition(".")
    if not (yuan.isascii() and yuan.isdigit() and len(yuan) <= 9 and (not fen or (fen.isascii() and fen.isdigit()))):
        raise BadService("price", "price")
    if len(fen.rstrip("0")) > 2:
        raise BadService("price", "price")
    return f"{int(yuan)}.{fen[:2]:0<2}"


def level_name(level: Level) -> str:
    return level.name.lower()


def level_of(name: str) -> Level | None:
    """None for one that only a newer version knows, and for "", which nobody has looked at."""
    return next((level for level in Level if level_name(level) == name), None)


def faults_of(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The names of what is wrong or doubtful, the worst first."""
    bad = [finding for finding in findings if finding.level >= Level.WARNING]
    return tuple(finding.check for finding in sorted(bad, key=lambda one: -one.level))


def check_of(
    seat_check_id: str, record_id: str, seat: str, kind: CheckKind, at: datetime, findings: Sequence[Finding]
) -> SeatCheck:
    texts = tuple(to_text(finding) for finding in findings)
    return SeatCheck(seat_check_id, record_id, seat, kind, at, level_name(worst(findings)), texts)


def to_text(finding: Finding) -> str:
    parts: dict[str, object] = {"check": finding.check, "level": level_name(finding.level), "why": finding.why}
    if finding.remedy:
        parts["remedy"] = finding.remedy
    if finding.figures:
        parts["figures"] = dict(finding.figures)
    return json.dumps(parts, ensure_ascii=False)


def from_text(untrusted_text: str) -> Finding | None:
    """What `to_text` wrote; None for anything else."""
    try:
        parts = json.loads(untrusted_text)
        level = level_of(str(parts["level"]))
        figures = parts.get("figures", {})
        if level is None or not isinstance(figures, Mapping):
            return None
        kept = {str(name): value for name, value in figures.items() if isinstance(value, int | float | str)}
        return Finding(str(parts["check"]), level, str(parts["why"]), str(parts.get("remedy", "")), kept)
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError):
        return None


def warranty_over(record: SeatRecord, today: date) -> bool:
    return bool(record.warranty_until) and record.warranty_until < today.isoformat()
