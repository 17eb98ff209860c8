"""What IT should look at, from the figures: what has grown, what is not looked after, what is not backed up. Each piece
of advice says what is so, and the command that mends it. Pure functions."""

from dataclasses import dataclass

from desk.domain.troubles import Trouble
from desk.i18n import _
from desk.sync.central.figures import Figures, TableFigures

GIB = 1 << 30
BIG_ROWS = 1_000_000  # a table of so many rows wants settings of its own
DEAD_SHARE = 0.2
UNVACUUMED_SHARE = 0.2
FREEZE_AGE = 500_000_000  # of 2,000,000,000
PARTITION_ROWS = 50_000_000
POOL_SHARE = 0.8
STALE_ARCHIVE_S = 3_600.0
OLD_AUDIT = "DELETE FROM desk.audit WHERE at < now() - interval '1 year';"
_FOLDED = ("message", "seat_check", "state_span", "listening")  # grow by themselves, whatever residents do


@dataclass(frozen=True, slots=True)
class Advice:
    """`do`: a command of psql or a page of the manual, "" where there is nothing to type."""

    what: str
    do: str = ""


def advise(figures: Figures) -> list[Advice]:
    """Gravest first; [] where all is well."""
    return [
        *_codes(figures),
        *_awaited(figures),
        *_backup(figures),
        *_freeze(figures),
        *_vacuum(figures),
        *_room(figures),
        *_retention(figures),
        *_connections(figures),
    ]


def _codes(figures: Figures) -> list[Advice]:
    return [
        Advice(
            _("One enrolment code was used at several computers: {computers}.").format(computers=computers),
            "desk provision codes; docs/provisioning.md",
        )
        for computers in figures.codes_twice
    ]


def _awaited(figures: Figures) -> list[Advice]:
    seats = sorted({seat.seat for seat in figures.seats or () if Trouble.AUTHOR_AWAITED.value in seat.troubles})
    if not seats:
        return []
    return [
        Advice(
            _(
                "What somebody wrote waits at {seats} for them to sign in there with their password; where people sign "
                "in from the list, close their account or make the seat's role --for-supervisors."
            ).format(seats=", ".join(seats)),
            "docs/central.md, author_awaited",
        )
    ]


def _backup(figures: Figures) -> list[Advice]:
    archive = figures.archive
    if not archive.on:
        return [
            Advice(
                _("The write-ahead log is not archived: when the disk fails, all since the last dump is lost there."),
                "docs/restore.md",
            )
        ]
    if archive.failing:
        return [
            Advice(
                _("Archiving fails; the server keeps what is not archived until its disk is full."), "pg_stat_archiver"
            )
        ]
    if archive.last_s is not None and archive.last_s > STALE_ARCHIVE_S and figures.changes_hour:
        return [
            Advice(
                _("Nothing was archived for {hours:.0f} h although there are changes.").format(
                    hours=archive.last_s / 3600
                ),
                "ALTER SYSTEM SET archive_timeout = '5min';",
            )
        ]
    return []


def _freeze(figures: Figures) -> list[Advice]:
    if figures.freeze_age < FREEZE_AGE:
        return []
    return [
        Advice(
            _(
                "Transaction numbers are {age} old: autovacuum does not keep up, and the server stops at two billions."
            ).format(age=figures.freeze_age),
            "VACUUM (FREEZE);",
        )
    ]


def _vacuum(figures: Figures) -> list[Advice]:
    found: list[Advice] = []
    for table in figures.tables:
        if table.rows < BIG_ROWS / 100:
            continue
        if table.dead > table.rows * DEAD_SHARE:
            found.append(
                Advice(
                    _("{table}: {share:.0%} of its rows are dead.").format(
                        table=table.name, share=table.dead / (table.rows + table.dead)
                    ),
                    f'VACUUM (ANALYZE) desk."{table.name}";',
                )
            )
        elif table.analyzed_at is None:
            found.append(
                Advice(
                    _("{table} was never analysed: questions may be planned badly.").format(table=table.name),
                    f'ANALYZE desk."{table.name}";',
                )
            )
        elif table.inserted_since_vacuum > max(table.rows * UNVACUUMED_SHARE, BIG_ROWS):
            found.append(
                Advice(
                    _("{table}: {count} rows were added since it was last vacuumed.").format(
                        table=table.name, count=table.inserted_since_vacuum
                    ),
                    f'ALTER TABLE desk."{table.name}" SET (autovacuum_vacuum_insert_scale_factor = 0.02);',
                )
            )
    return found


def _room(figures: Figures) -> list[Advice]:
    """The log is kept for ever: it is the company's memory. How big it will be, and what to do then."""
    change = next((table for table in figures.tables if table.name == "change"), None)
    if change is None or change.rows < PARTITION_ROWS:
        return []
    a_year = figures.changes_day * 365 * bytes_a_row(change)
    return [
        Advice(
            _("The log holds {rows} changes and grows by about {size:.0f} GB a year.").format(
                rows=change.rows, size=a_year / GIB
            ),
            "docs/growth.md",
        )
    ]


def _retention(figures: Figures) -> list[Advice]:
    """What may go, and what grows although it looks as if it might: rows are the fold of the log and stay with it."""
    found: list[Advice] = []
    for table in figures.tables:
        if table.rows < BIG_ROWS:
            continue
        size = f"{table.bytes_all / GIB:.1f}"
        if table.name == "audit":
            found.append(
                Advice(
                    _(
                        "The audit holds {rows} entries ({size} GB); what is older than your rules ask for may go."
                    ).format(rows=table.rows, size=size),
                    OLD_AUDIT,
                )
            )
        elif table.name in _FOLDED:
            found.append(
                Advice(
                    _(
                        "{table} holds {rows} rows ({size} GB). They are of the log and stay: plan the disk for them."
                    ).format(table=table.name, rows=table.rows, size=size),
                    "docs/growth.md",
                )
            )
    return found


def _connections(figures: Figures) -> list[Advice]:
    if figures.connections < figures.most_connections * POOL_SHARE:
        return []
    return [
        Advice(
            _("{used} of {most} connections are taken; a seat takes two to four.").format(
                used=figures.connections, most=figures.most_connections
            ),
            "docs/growth.md",
        )
    ]


def bytes_a_row(table: TableFigures) -> float:
    return table.bytes_all / table.rows if table.rows else 0.0
