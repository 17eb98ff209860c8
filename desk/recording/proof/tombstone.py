"""The note that retention leaves of a recording it deleted, checked: it is written as Desk writes it, speaks of this
very recording, and says what the change log says. A note of any other kind is no reason for audio not to be there.

Bytes and values, any thread."""

import hashlib
import json

import msgspec

from desk.domain.call_log import RecordingEntry
from desk.domain.identity import CallId
from desk.domain.seal import Seal
from desk.domain.times import from_text
from desk.usecases.retention import Tombstone


class TombstoneDamaged(ValueError):
    """This is no note on a deletion, or one that was changed, or another recording's."""


class _Json(msgspec.Struct, forbid_unknown_fields=True):
    call_id: str
    deleted_at: str
    deleted_by: str
    deleted_why: str
    sha256: str


_decoder = msgspec.json.Decoder(_Json)


def tombstone_bytes(tombstone: Tombstone) -> bytes:
    """As it lies in the vault."""
    return (json.dumps(tombstone.as_dict(), ensure_ascii=False, sort_keys=True) + "\n").encode()


def read_tombstone(untrusted_bytes: bytes, call_id: str, seal: Seal | None) -> Tombstone:
    """Of the recording with this name and seal (None: the seal cannot be read, which is told elsewhere). Raises
    `TombstoneDamaged`."""
    try:
        found = _decoder.decode(untrusted_bytes)
        at = from_text(found.deleted_at)
        tombstone = Tombstone(CallId(found.call_id), at, found.deleted_by, found.deleted_why, found.sha256)
        written = tombstone_bytes(tombstone)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        raise TombstoneDamaged(str(error)) from error
    if untrusted_bytes != written:
        raise TombstoneDamaged("it is not written as Desk writes it")
    if not (found.deleted_by and found.deleted_why):
        raise TombstoneDamaged("it does not say who deleted it, or why")
    if found.call_id != call_id:
        raise TombstoneDamaged(f"it is of another call: {found.call_id}")
    if seal is not None and found.sha256 != seal.sealed_sha256:
        raise TombstoneDamaged("it is of other audio: its SHA-256 is not the seal's")
    return tombstone


def digest(tombstone: Tombstone) -> str:
    return hashlib.sha256(tombstone_bytes(tombstone)).hexdigest()


def logged_digest(entry: RecordingEntry) -> str:
    """Of the note that goes with this entry; "" where the change log knows of no deletion."""
    if entry.deleted_at is None:
        return ""
    return digest(Tombstone(entry.call_id, entry.deleted_at, entry.deleted_by, entry.deleted_why, entry.sha256))
