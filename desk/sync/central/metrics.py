"""The centre's figures in Prometheus' text form (https://prometheus.io/docs/instrumenting/exposition_formats/, 0.0.4).
Names end in their unit; a seat is known by its name, and `program` is its version. No names of people, no phone
numbers. Pure functions."""

from collections.abc import Iterable

from desk.sync.central.figures import Figures, SeatFigures

Labels = dict[str, str]
Sample = tuple[Labels, float]
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def text(figures: Figures | None) -> str:
    """All metrics, each with its help; None: the centre could not be read, and `desk_central_up` says so."""
    if figures is None:
        return _metric("desk_central_up", "gauge", "whether the centre could be read", [({}, 0)])
    parts = [_metric("desk_central_up", "gauge", "whether the centre could be read", [({}, 1)])]
    parts += _general(figures)
    if figures.seats is not None:
        parts += _seats(figures.seats)
    if figures.messages is not None:
        counted = figures.messages
        parts.append(_gauge("desk_messages_waiting", "messages to people that are not sent yet", counted.waiting))
        parts.append(_gauge("desk_messages_overdue", "messages that should be out for an hour", counted.overdue))
        parts.append(_gauge("desk_messages_failed_1d", "messages given up, made in the last day", counted.failed))
        parts.append(_gauge("desk_messages_dropped_1d", "messages that came too late", counted.dropped))
    if figures.audit_day is not None:
        samples: list[Sample] = [({"what": what}, count) for what, count in figures.audit_day]
        parts.append(_metric("desk_audit_1d", "gauge", "entries of the audit in the last day", samples))
    return "".join(parts)


def _general(figures: Figures) -> list[str]:
    labels = {"schema": figures.schema, "postgresql": figures.server}
    archive = figures.archive
    parts = [
        _metric("desk_central_info", "gauge", "versions", [(labels, 1)]),
        _metric("desk_central_changes_total", "counter", "the log's newest number", [({}, figures.head)]),
        _gauge("desk_central_changes_1h", "changes that came in the last hour, about", figures.changes_hour),
        _gauge("desk_central_database_bytes", "size of the database", figures.database_bytes),
        _gauge("desk_central_freeze_age", "age of the oldest transaction number", figures.freeze_age),
        _gauge("desk_central_connections", "client connections of the server", figures.connections),
        _gauge("desk_central_connections_most", "how many it takes", figures.most_connections),
        _gauge("desk_central_archive_on", "whether the write-ahead log is archived", archive.on),
        _gauge("desk_central_archive_failing", "whether the last try to archive failed", archive.failing),
    ]
    if archive.last_s is not None:
        parts.append(_gauge("desk_central_archive_age_seconds", "since the last piece was archived", archive.last_s))
    tables = figures.tables
    replicas: list[Sample] = [({"replica": each.name}, each.behind_bytes) for each in figures.replicas]
    return [
        *parts,
        _metric("desk_table_bytes", "gauge", "size with indexes", [({"table": t.name}, t.bytes_all) for t in tables]),
        _metric("desk_table_rows", "gauge", "rows, estimated", [({"table": t.name}, t.rows) for t in tables]),
        _metric("desk_table_dead_rows", "gauge", "rows to vacuum", [({"table": t.name}, t.dead) for t in tables]),
        _metric("desk_replica_behind_bytes", "gauge", "not yet replayed by a replica", replicas),
    ]


def _seats(seats: Iterable[SeatFigures]) -> list[str]:
    """The newest store of each name: a wiped seat's old store would stay silent for ever."""
    newest: dict[str, SeatFigures] = {}
    for seat in sorted(seats, key=lambda each: each.silent_s, reverse=True):
        newest[seat.seat] = seat
    each = [newest[name] for name in sorted(newest)]
    labels = {seat.seat: {"seat": seat.seat, "program": seat.program} for seat in each}

    def of(name: str, what: str, values: Iterable[float]) -> str:
        return _metric(name, "gauge", what, [(labels[s.seat], v) for s, v in zip(each, values, strict=True)])

    return [
        of("desk_seat_silent_seconds", "since the seat last told how it stands", [s.silent_s for s in each]),
        of("desk_seat_behind_changes", "changes it has not taken yet", [s.behind for s in each]),
        of("desk_seat_unsent_changes", "changes it has not sent yet", [s.unsent for s in each]),
        of("desk_seat_refused_changes", "changes the centre would not take", [s.refused for s in each]),
        of("desk_seat_lag_seconds", "how long its oldest unsent change waits", [s.waits_s for s in each]),
        of("desk_seat_filled_ratio", "how much of a first fill is there", [s.filled_permille / 1000 for s in each]),
        of("desk_seat_troubles", "what is wrong with it, as it says itself", [len(s.troubles) for s in each]),
        of("desk_seat_old_program", "1 where a newer program is there", [int(s.is_old) for s in each]),
        of("desk_seat_copies", "times a copy of its store came", [s.copies for s in each]),
    ]


def _gauge(name: str, what: str, value: float) -> str:
    return _metric(name, "gauge", what, [({}, value)])


def _metric(name: str, kind: str, what: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP {name} {what}", f"# TYPE {name} {kind}"]
    for labels, value in samples:
        named = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        lines.append(f"{name}{{{named}}} {_number(value)}" if named else f"{name} {_number(value)}")
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))


def _escaped(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
