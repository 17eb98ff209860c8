"""A seat of the register in words: what each field is called, how its value is shown, the sheet of one seat and the
table of all. For the window and for `desk seats` alike. Pure functions, any thread."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime, tzinfo

from desk.domain.health import Finding, Level
from desk.domain.seat_register import (
    SERVICE,
    BadService,
    CheckKind,
    SeatCheck,
    SeatRecord,
    from_text,
    level_of,
    warranty_over,
)
from desk.health import words
from desk.i18n import _

MACHINE = ("pc", "pc_model", "pc_serial", "system", "processor", "memory_mb", "disk_mb", "desk_version")
HEADSET = ("headset", "headset_serial", "lines")
HEALTH = ("level", "faults", "checked_at", "self_check_level", "self_checked_at", "lost_s", "lost_at", "seen_at")
COLUMNS = ("seat", *MACHINE, *HEADSET, *HEALTH, "lost_from", *SERVICE)
assert {*COLUMNS, "seat_record_id"} == {field.name for field in fields(SeatRecord)}  # noqa: S101 - none is forgotten


def title(field: str) -> str:
    return {
        "seat": _("Seat"),
        "pc": _("PC"),
        "pc_model": _("Model"),
        "pc_serial": _("PC's serial number"),
        "system": _("Operating system"),
        "processor": _("Processor"),
        "memory_mb": _("Memory"),
        "disk_mb": _("Disk"),
        "desk_version": _("Version of Desk"),
        "headset": _("Headset"),
        "headset_serial": _("Headset's serial number"),
        "lines": _("Lines"),
        "level": _("Last check"),
        "faults": _("Faults"),
        "checked_at": _("Checked"),
        "self_check_level": _("Night self-check"),
        "self_checked_at": _("Self-checked"),
        "lost_s": _("Time lost"),
        "lost_from": _("Time lost is counted from"),
        "lost_at": _("Last lost"),
        "seen_at": _("Last seen"),
        "asset": _("Asset number"),
        "place": _("Place"),
        "bought_on": _("Bought"),
        "price": _("Price (yuan)"),
        "supplier": _("Supplier"),
        "warranty_until": _("Warranty until"),
        "notes": _("Service notes"),
        "retired": _("Out of service"),
    }[field]


def shown(record: SeatRecord, field: str, zone: tzinfo) -> str:
    """The value for people, "" where nothing is known."""
    value = getattr(record, field)
    match field:
        case "memory_mb" | "disk_mb":
            return f"{round(value / 1000)} GB" if value else ""
        case "level" | "self_check_level":
            found = level_of(value)
            return words.level(found) if found is not None else ""
        case "faults":
            return _(", ").join(words.title(name) for name in value)
        case "lost_s":
            return duration(value) if record.lost_from is not None else ""
        case "retired":
            return _("yes") if value else ""
        case _:
            return _plain(value, zone)


def _plain(value: object, zone: tzinfo) -> str:
    match value:
        case datetime():
            return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        case tuple():
            return _(", ").join(map(str, value))
        case _:
            return "" if value is None else str(value)


def duration(seconds: int) -> str:
    minutes = round(seconds / 60)
    if seconds and not minutes:
        return _("less than a minute")
    hours, rest = divmod(minutes, 60)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=rest) if hours else _("{n} min").format(n=rest)


def state(record: SeatRecord, today: date) -> tuple[Level, str]:
    """How a seat is, in a few words: the worse of its last check and its night's, else its warranty."""
    if record.retired:
        return Level.UNCHECKED, _("Out of service")
    levels = [level for name in (record.level, record.self_check_level) if (level := level_of(name)) is not None]
    worst = max(levels, default=Level.UNCHECKED)
    if worst >= Level.WARNING:
        failed = level_of(record.self_check_level) == worst and level_of(record.level) != worst
        return worst, _("Self-check failed") if failed else shown_faults(record) or words.level(worst)
    if warranty_over(record, today):
        return Level.WARNING, _("Warranty is over")
    return worst, words.level(worst)


def shown_faults(record: SeatRecord) -> str:
    return _(", ").join(words.title(name) for name in record.faults[:3])


def check_line(check: SeatCheck, zone: tzinfo) -> str:
    level = level_of(check.level)
    kind = _("Night self-check") if check.kind is CheckKind.SELF_CHECK else _("Check of the seat")
    when = check.at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return f"{when}  {kind}: {words.level(level) if level is not None else check.level}"


def findings_of(check: SeatCheck) -> list[Finding]:
    """The worst first; what only a newer version can read is left out."""
    found = [finding for text in check.findings if (finding := from_text(text)) is not None]
    return sorted(found, key=lambda one: -one.level)


def refusal(error: BadService) -> str:
    reasons = {
        "day": _("a day, as in 2026-03-05"),
        "price": _("an amount in yuan, as in 4599 or 4599.50"),
        "long": _("this is too long"),
        "field": _("nobody can write this field"),
    }
    name = title(error.field) if error.field in COLUMNS else error.field
    return f"{name}: {reasons[error.why]}"


def table(records: Iterable[SeatRecord], zone: tzinfo) -> list[Sequence[str]]:
    """The head and a line per seat, for a spreadsheet: what begins like a formula is made text."""
    head = [title(field) for field in COLUMNS]
    return [head, *([_as_text(shown(record, field, zone)) for field in COLUMNS] for record in records)]


def _as_text(value: str) -> str:
    return f"'{value}" if value[:1] in "=+-@\t\r" and value else value
