"""The seat register as rows and a sheet. No Qt; pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from desk.domain.health import Finding, Level
from desk.domain.seat_register import SERVICE, SeatCheck, SeatRecord
from desk.health import seat_sheet
from desk.i18n import _, ngettext
from desk.ui.rows_presenter import Chip, Row, short_time

_TONES = {Level.OK: "go", Level.UNCHECKED: "", Level.WARNING: "warn", Level.WRONG: "danger"}
CHECKS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Fact:
    title: str
    value: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """`left`: what the machine is; `right`: how it is, and what people wrote. `grave`: of the newest check."""

    title: str
    chips: tuple[Chip, ...]
    left: tuple[Fact, ...]
    right: tuple[Fact, ...]
    grave: tuple[Finding, ...]
    checks: str


def row(record: SeatRecord, now: datetime, zone: tzinfo) -> Row:
    level, state = seat_sheet.state(record, now.astimezone(zone).date())
    seen = short_time(record.seen_at, now, zone) if record.seen_at is not None else ""
    machine = record.pc_model or record.pc
    return Row(record.seat, _(" · ").join(filter(None, (state, machine))), seen, target(record), _TONES[level])


def target(record: SeatRecord) -> str:
    return f"seat:{record.seat_record_id}"


def sheet(record: SeatRecord, checks: Sequence[SeatCheck], now: datetime, zone: tzinfo) -> Sheet:
    level, state = seat_sheet.state(record, now.astimezone(zone).date())
    title = f"{record.seat}  {record.place}".strip()
    own = ("place",) if record.place else ()  # it stands in the title
    service = [field for field in SERVICE if field not in own]
    newest = seat_sheet.findings_of(checks[0]) if checks else []
    lines = [seat_sheet.check_line(check, zone) for check in checks[:CHECKS_SHOWN]]
    return Sheet(
        title,
        (Chip(state, _TONES[level]),),
        _facts(record, (*seat_sheet.MACHINE, *seat_sheet.HEADSET), zone),
        _facts(record, (*seat_sheet.HEALTH, *service), zone),
        tuple(one for one in newest if one.level >= Level.WARNING),
        "\n".join(lines),
    )


def _facts(record: SeatRecord, fields: Sequence[str], zone: tzinfo) -> tuple[Fact, ...]:
    """Of what is not known, nothing."""
    shown = ((seat_sheet.title(field), seat_sheet.shown(record, field, zone)) for field in fields)
    return tuple(Fact(title, value) for title, value in shown if value)


def summary(records: Sequence[SeatRecord], now: datetime, zone: tzinfo) -> str:
    """All of them in a line."""
    serving = [record for record in records if not record.retired]
    today = now.astimezone(zone).date()
    bad = sum(seat_sheet.state(record, today)[0] >= Level.WARNING for record in serving)
    said = ngettext("{n} seat", "{n} seats", len(serving)).format(n=len(serving))
    if not bad:
        return said
    look = ngettext("{n} to be looked at", "{n} to be looked at", bad).format(n=bad)
    return _("{seats}, {bad}").format(seats=said, bad=look)
