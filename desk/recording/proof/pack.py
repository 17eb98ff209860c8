"""Making an evidence pack: the opened recording, its seal and all that is known of the call become one html file (see
`pack_page`). What goes in is proven on the way: the audio span by span, the manifest against the seal.

In memory until `write`: an hour of Opus makes 20 MB, of FLAC some 150. Any thread but the ui's."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Protocol

import av

from desk.domain.call_log import RecordingEntry
from desk.domain.changes import Change, FieldValue
from desk.domain.evidence import Evidence
from desk.domain.patches import field_value
from desk.domain.seal import Seal
from desk.domain.times import to_text
from desk.recording.playing.waveform import Waveform, waveform
from desk.recording.proof import pack_page
from desk.recording.proof.new_file import NewFile
from desk.recording.sealing.encode import MANIFEST_TAG, EncodeError, manifest_of
from desk.recording.sealing.seal_file import SealFile
from desk.usecases.recording_ports import AudioStream, Progress, RecordingAway, StreamBroken

BARS = 1_200  # per channel; the page is no wider
_BLOCK = 256 * 1024
_READ_SHARE = 0.8  # of the work: the rest is text


class SealedSource(Protocol):
    """`desk.recording.playing.stream.SealedOpener`, as far as a pack needs it."""

    def seal_of(self, entry: RecordingEntry) -> SealFile: ...

    def open(self, entry: RecordingEntry) -> AudioStream: ...


@dataclass(frozen=True, slots=True)
class HtmlPack:
    """Implements `recording_ports.Pack`."""

    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def write(self, target: Path) -> None:
        with NewFile(target) as part:
            part.write_bytes(self.content)


class HtmlPacks:
    """Implements `recording_ports.PackMaker`. `words`: what people read for a code in a field (of a category)."""

    def __init__(self, sealed: SealedSource, words: Mapping[str, str] | None = None) -> None:
        self._sealed, self._words = sealed, dict(words or {})

    def make(self, evidence: Evidence, progress: Progress) -> HtmlPack:
        """Raises what `Opener.open` raises, `StreamBroken` for a recording that is not what was sealed, and what
        `progress` raises. A recording from before there were seals is `RecordingAway`: nothing would prove it."""
        if not evidence.recording.seal_hash:
            raise RecordingAway(f"{evidence.recording.file} was never sealed")
        sealed = self._sealed.seal_of(evidence.recording)
        audio = self._read(evidence.recording, progress)
        manifest = _manifest(audio, sealed)
        facts = _facts(evidence, sealed.seal, waveform(audio), self._words)
        blocks = {
            "facts": pack_page.json_block(facts),
            "seal": pack_page.json_block({"seal": _plain(sealed.seal), "hash": sealed.hash}),
            "manifest": pack_page.base64_block(manifest),
            "audio": pack_page.base64_block(audio),
        }
        head = {
            "format": pack_page.FORMAT,
            "facts": pack_page.sha256(blocks["facts"]),
            "audio": hashlib.sha256(audio).hexdigest(),
        }
        return HtmlPack(pack_page.page(blocks | {"head": pack_page.json_block(head)}))

    def _read(self, entry: RecordingEntry, progress: Progress) -> bytes:
        stream = self._sealed.open(entry)
        content = bytearray()
        try:
            while block := stream.read(_BLOCK):
                content += block
                progress(_READ_SHARE * len(content) / max(1, stream.size))
        finally:
            stream.close()
        return bytes(content)


def _manifest(audio: bytes, sealed: SealFile) -> bytes:
    try:
        with av.open(io.BytesIO(audio), "r") as container:
            comments = {**container.metadata, **container.streams.audio[0].metadata}
        manifest = manifest_of({name.upper(): text for name, text in comments.items()}.get(MANIFEST_TAG, ""))
    except (av.error.FFmpegError, IndexError, EncodeError) as error:
        raise StreamBroken(f"the recording holds no manifest: {error}") from error
    if hashlib.sha256(manifest).hexdigest() != sealed.seal.manifest_sha256:
        raise StreamBroken("the manifest inside is not the one that was sealed")
    return manifest


def _facts(evidence: Evidence, seal: Seal, bars: Waveform, words: Mapping[str, str]) -> dict[str, Any]:
    """The hash of the recording before it is the seal's own: this seat's log need not reach back as far."""
    recording = evidence.recording
    return {
        "made_at": to_text(evidence.made_at),
        "made_by": evidence.made_by,
        "seat": evidence.seat,
        "call": _plain(evidence.call),
        "recording": {"seal_hash": recording.seal_hash, "file": recording.file, "legal_hold": recording.legal_hold},
        "tickets": [
            {"ticket": _plain(story.ticket), "own": story.own, "changes": _history(story.changes)}
            for story in evidence.tickets
        ],
        "call_changes": _history(evidence.call_changes),
        "recording_changes": _history(evidence.recording_changes),
        "comments": [_plain(comment) for comment in evidence.comments],
        "listenings": [_plain(listening) for listening in evidence.listenings],
        "neighbours": {"before": seal.previous, "after": evidence.neighbours.after},
        "names": {code: words[code] for code in _codes(evidence) if code in words} | dict(evidence.names),
        "masked": evidence.masked,
        "marks": [_mark(text) for text in recording.marks],
        "bars": pack_page.base64_block(_bars(bars.caller) + _bars(bars.agent)),
    }


def _codes(evidence: Evidence) -> set[str]:
    """Categories that stand anywhere in it."""
    stories = evidence.tickets
    changed = {str(change.patch.get("category")) for story in stories for change in story.changes}
    return changed | {story.ticket.category for story in stories}


def _history(changes: tuple[Change, ...]) -> list[dict[str, Any]]:
    """Each change with what stood in the same fields of the same thing before."""
    rows: dict[tuple[str, str], dict[str, FieldValue]] = {}
    told: list[dict[str, Any]] = []
    for change in changes:
        before = rows.setdefault((change.entity, change.entity_id), {})
        altered = [
            {"name": name, "from": before.get(name), "to": value}
            for name, value in change.patch.items()
            if before.get(name) != value and not (name not in before and value in (None, "", [], {}))
        ]
        before.update(change.patch)
        if altered or change.reason:
            told.append(
                {
                    "thing": change.entity,
                    "at": to_text(change.at),
                    "author": change.author,
                    "seat": change.seat,
                    "reason": change.reason,
                    "fields": altered,
                }
            )
    return told


def _plain(value: Any) -> dict[str, Any]:
    return {f.name: field_value(getattr(value, f.name)) for f in fields(value)}


def _mark(text: str) -> dict[str, Any]:
    """ "12.340 held": seconds, name, detail."""
    seconds, _, rest = text.partition(" ")
    name, _, detail = rest.partition(" ")
    try:
        return {"ms": int(float(seconds) * 1000), "name": name, "detail": detail}
    except ValueError:
        return {"ms": 0, "name": text, "detail": ""}


def _bars(loudest: tuple[float, ...]) -> bytes:
    """`BARS` of them, 0-255, each the loudest of those that fall into it."""
    count = len(loudest)
    places = [
        (count * n // BARS, max(count * (n + 1) // BARS, count * n // BARS + 1)) for n in range(BARS if count else 0)
    ]
    return bytes(min(255, round(max(loudest[start:end]) * 255)) for start, end in places)
