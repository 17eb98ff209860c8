"""A support bundle: one `tar.xz` of texts, at most `MOST_BYTES` with its seal. `report.json` says what was found and
what the seat is, `timeline.txt` is for reading, `notes.jsonl` and `log/` for looking closer.

Where it would be too large the oldest of what there is most of goes, and the report says how much is left. What is
inside is masked by whoever made it; here nothing is added. `members` opens one that anybody may have made: age says who
may read it, and not who wrote it.

Pure functions over bytes; worker threads and the command line, up to a second of processor time."""

import io
import json
import lzma
import re
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from desk.support.notes import Note

MOST_BYTES = 2_000_000
_FOR_THE_SEAL = 10_000  # age's head for many recipients, and 16 bytes every 64 KiB
_PRESET = 2
_MANY = frozenset({"sip", "media", "quality", "log"})
_LEAST = 0.01
_MOST_OPENED = 64_000_000
_MOST_MEMBERS = 100
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Material:
    """`report`: what stands in report.json. `logs`: role -> lines; `crashes`: name -> text."""

    report: Mapping[str, Any]
    notes: Sequence[Note] = ()
    logs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    crashes: Mapping[str, str] = field(default_factory=dict)


class NoBundle(Exception):
    """These bytes are no support bundle, or one that is damaged."""


def pack(material: Material, most_bytes: int = MOST_BYTES) -> bytes:
    """The bundle before it is sealed; with the seal it is no longer than `most_bytes`."""
    room, kept = most_bytes - _FOR_THE_SEAL, 1.0
    while True:
        packed = _packed(_newest(material, kept), kept)
        if len(packed) <= room or kept < _LEAST:
            return packed
        kept *= 0.85 * room / len(packed)


def members(untrusted_packed: bytes) -> dict[str, str]:
    """Name -> text of all that is in it. Raises `NoBundle`."""
    found: dict[str, str] = {}
    try:
        plain = lzma.LZMADecompressor(memlimit=200_000_000).decompress(untrusted_packed, max_length=_MOST_OPENED)
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.isreg() else None
                if stream is None or not _is_name(member.name) or len(found) == _MOST_MEMBERS:
                    raise NoBundle("it holds what no bundle has")
                found[member.name] = stream.read().decode("utf-8", "replace")
    except (lzma.LZMAError, tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise NoBundle(str(error)) from error
    if "report.json" not in found:
        raise NoBundle("it has no report")
    return found


def timeline(notes: Sequence[Note]) -> str:
    """One line a note; of a SIP message its first."""
    return "".join(f"{_clock(note.at)}  {note.role:<5}  {note.kind:<10}  {_said(note)}\n" for note in notes)


def _packed(material: Material, kept: float) -> bytes:
    report = {"schema": SCHEMA, **material.report, "kept_percent": round(100 * kept)}
    files = {
        "report.json": json.dumps(report, ensure_ascii=False, indent=1, default=str) + "\n",
        "timeline.txt": timeline(material.notes),
        "sip.txt": "".join(_message(note) for note in material.notes if note.kind == "sip"),
        "notes.jsonl": "".join(_line(note) for note in material.notes),
        **{f"log/{role}.jsonl": "".join(f"{line}\n" for line in lines) for role, lines in material.logs.items()},
        **{f"crash/{name}": text for name, text in material.crashes.items()},
    }
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, text in files.items():
            data = text.encode("utf-8", "replace")
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o600
            archive.addfile(info, io.BytesIO(data))
    return lzma.compress(plain.getvalue(), preset=_PRESET)


def _newest(material: Material, share: float) -> Material:
    """So much of what there is most of: the lines of the logs, SIP and figures; of the rest all."""
    many = [note for note in material.notes if note.kind in _MANY]
    gone = set(map(id, many[: round(len(many) * (1 - share))]))
    logs = {role: lines[round(len(lines) * (1 - share)) :] for role, lines in material.logs.items()}
    return replace(material, notes=[note for note in material.notes if id(note) not in gone], logs=logs)


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03}"


def _said(note: Note) -> str:
    if note.kind == "sip":
        first, *headers = str(note.fields.get("text", "")).split("\n")
        which = (line.partition(": ")[2] for line in headers if line.startswith(("cseq: ", "call-id: ")))
        return " ".join((">" if note.fields.get("out") else "<", first, *which))
    return " ".join(f"{name}={_plain(value)}" for name, value in note.fields.items() if value not in (None, ""))


def _plain(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text.replace("\n", " | ")


def _message(note: Note) -> str:
    arrow = ">>> sent" if note.fields.get("out") else "<<< received"
    return f"{arrow} {_clock(note.at)}\n{note.fields.get('text', '')}\n\n"


def _line(note: Note) -> str:
    said = {name: value for name, value in note.fields.items() if (note.kind, name) != ("sip", "text")}
    fields = {"at": note.at.isoformat(), "role": note.role, "kind": note.kind, "fields": said}
    return json.dumps(fields, ensure_ascii=False, default=str) + "\n"


def _is_name(name: str) -> bool:
    """One of ours, which cannot lead anywhere else."""
    return re.fullmatch(r"(?:(?:log|crash)/)?[A-Za-z0-9_-][A-Za-z0-9._-]*", name) is not None
