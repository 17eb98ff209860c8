"""The lines of the seat's logs and crash files of the last minutes, masked once more than the log itself does: whatever
in them is Chinese or quoted is data about somebody (`desk.support.masking`).

Reads the ends of files, a few megabytes at most. Worker threads and the command line."""

import json
import os
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desk.support.masking import masked, masked_trace

ROLES = ("launcher", "phone", "ui", "sync")
MOST_LINES = 2_000  # of each process
_MOST_READ = 3_000_000
_MOST_CRASHES, _MOST_CRASH_BYTES = 5, 60_000
_AS_THEY_ARE = frozenset({"at", "level", "logger", "process", "call_id", "ticket_id"})
_TRACES = frozenset({"error", "stack"})


def log_lines(log_dir: Path, since: datetime, until: datetime, known: Collection[str] = ()) -> dict[str, list[str]]:
    """Role -> its lines (JSON) between the two moments, the newest `MOST_LINES` of them, oldest first."""
    return {role: lines for role in ROLES if (lines := _of(log_dir / f"{role}.jsonl", since, until, known))}


def spans_of_call(log_dir: Path, call_id: str) -> tuple[datetime, datetime] | None:
    """From the first line of the phone's that names this call to the last; None where none does."""
    files = (log_dir / "phone.jsonl.1", log_dir / "phone.jsonl")
    naming = (line for file in files for line in _tail(file) if call_id in line)
    times = [at for line in naming if (at := _at(_parsed(line))) is not None]
    return (min(times), max(times)) if times else None


def crash_files(crash_dir: Path, since: datetime, known: Collection[str] = ()) -> dict[str, str]:
    """Name -> text of the crash files since then, shown to the agent or not, the newest few."""
    found = sorted((*crash_dir.glob("*.txt"), *crash_dir.glob("seen/*.txt")), key=_written_at, reverse=True)
    kept = {}
    for file in found[:_MOST_CRASHES]:
        if _written_at(file) < since.timestamp() or not (text := _text(file)):
            continue
        kept[file.name] = masked_trace(text, known)
    return kept


def _of(file: Path, since: datetime, until: datetime, known: Collection[str]) -> list[str]:
    lines = [*_tail(file.with_name(f"{file.name}.1")), *_tail(file)]
    kept: list[str] = []
    for line in reversed(lines):
        fields = _parsed(line)
        at = _at(fields)
        if at is None or at > until:
            continue
        if at < since or len(kept) == MOST_LINES:
            break
        kept.append(json.dumps(_masked(fields, known), ensure_ascii=False))
    kept.reverse()
    return kept


def _masked(fields: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    return {masked(name): _value(name, value, known) for name, value in fields.items()}


def _value(name: str, value: Any, known: Collection[str]) -> Any:
    if value is None or isinstance(value, bool | int | float) or (name in _AS_THEY_ARE and isinstance(value, str)):
        return value
    if isinstance(value, dict):
        return {masked(str(key), known): _value(str(key), one, known) for key, one in value.items()}
    if isinstance(value, list):
        return [_value(name, one, known) for one in value]
    return masked_trace(str(value), known) if name in _TRACES else masked(str(value), known)


def _tail(file: Path) -> Iterator[str]:
    """The last lines of it, whole ones."""
    try:
        with file.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - _MOST_READ))
            data = stream.read(_MOST_READ)
    except OSError:
        return
    lines = data.split(b"\n")
    for line in lines[1 if size > _MOST_READ else 0 :]:
        yield line.decode("utf-8", "replace")


def _parsed(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:  # the last one of a process that was killed
        return {}
    return found if isinstance(found, dict) else {}


def _at(fields: Mapping[str, Any]) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(fields.get("at")))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(_MOST_CRASH_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _written_at(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
