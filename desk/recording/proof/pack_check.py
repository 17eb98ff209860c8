"""Checking an evidence pack by its bytes: all of the file against its own hash, and each thing in it against the seal.
Its page does the same; but this sees every byte. That the hotline made it, only a change log can say: `sha256` is what
stands there. Any thread; the whole file in memory."""

import base64
import binascii
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from desk.domain.seal import Seal, seal_hash, span_hashes
from desk.recording.proof import pack_page
from desk.recording.proof.content import check_content
from desk.recording.proof.findings import Finding, What


@dataclass(frozen=True, slots=True)
class PackFound:
    """`sha256`: of the file. `call_id`, `seal_hash`: of the seal in it, "" where they cannot be read."""

    findings: tuple[Finding, ...]
    sha256: str = ""
    call_id: str = ""
    seal_hash: str = ""


class _Damaged(Exception):
    """Nothing more can be checked in it."""


def check_pack(file: Path) -> PackFound:
    """Raises nothing that a file may cause."""
    try:
        untrusted = file.read_bytes()
    except OSError as error:
        return PackFound((Finding(What.UNREADABLE, file.name, str(error)),))
    whole = hashlib.sha256(untrusted).hexdigest()
    own = pack_page.blanked(untrusted)
    blocks = {name: pack_page.block_of(untrusted, name) for name in pack_page.BLOCKS}
    if own is None and not any(blocks.values()):
        return PackFound((Finding(What.NO_PACK, file.name, "no place for its hash"),), whole)
    findings = []
    if own is None or pack_page.own_hash(own[0]) != own[1]:
        findings.append(Finding(What.PACK_CHANGED, file.name))
    findings += [
        Finding(What.PACK_BLOCK_CHANGED, file.name, name) for name in _changed({k: v or "" for k, v in blocks.items()})
    ]
    return PackFound(tuple(findings), whole, *_whose(blocks["seal"] or ""))


def _changed(blocks: dict[str, str]) -> Iterator[str]:
    """Names of what is not as it was sealed or exported."""
    try:
        head, facts, sealed = (_json(blocks[name]) for name in ("head", "facts", "seal"))
        seal = _seal(sealed)
        audio, manifest = _bytes(blocks["audio"]), _bytes(blocks["manifest"])
        own, spans = seal_hash(seal), tuple(span_hashes(seal.manifest_sha256, [audio], seal.span_bytes))
    except (_Damaged, ValueError) as error:  # also half a character, and what is no hexadecimal
        yield f"it cannot be read ({str(error)[:120]})"
        return
    if head.get("facts") != pack_page.sha256(blocks["facts"]):
        yield "facts"
    if head.get("audio") != hashlib.sha256(audio).hexdigest() or len(audio) != seal.audio_bytes:
        yield "audio"
    if hashlib.sha256(manifest).hexdigest() != seal.manifest_sha256:
        yield "manifest"
    if spans != seal.spans:
        yield "spans"
    told = (
        sealed.get("hash"),
        _in(facts, "recording", "seal_hash"),
        _in(facts, "call", "call_id"),
        _in(facts, "neighbours", "before"),
    )
    if told != (own, own, seal.call_id, seal.previous):
        yield "seal"
    for what, detail in check_content(io.BytesIO(audio), seal, decode=True):
        yield f"{what.value} {detail}".strip()


def _in(untrusted_facts: dict[str, Any], name: str, field: str) -> object:
    found = untrusted_facts.get(name)
    return found.get(field) if isinstance(found, dict) else None


def _whose(untrusted_seal: str) -> tuple[str, str]:
    """Call and seal hash, the latter counted and not as it stands there."""
    try:
        seal = _seal(_json(untrusted_seal))
        return seal.call_id, seal_hash(seal)
    except (_Damaged, ValueError):
        return "", ""


def _seal(untrusted_block: dict[str, Any]) -> Seal:
    seal = msgspec.convert(untrusted_block.get("seal"), Seal)
    if seal.span_bytes < 1:
        raise _Damaged("no spans")
    return seal


def _json(untrusted_text: str) -> dict[str, Any]:
    try:
        found = json.loads(untrusted_text)
    except (ValueError, RecursionError) as error:
        raise _Damaged(str(error)) from error
    if not isinstance(found, dict):
        raise _Damaged("no object")
    return found


def _bytes(untrusted_text: str) -> bytes:
    try:
        return base64.b64decode(untrusted_text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _Damaged(str(error)) from error
