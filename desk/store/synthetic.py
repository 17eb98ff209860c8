"""Synthetic changes: a whole row of the centre as one change, which a store that is filled anew holds instead of the
row's history. Never sent. Known by their id: a UUIDv8 (RFC 9562 section 5.8) made from what they are of, so that the
same row is the same change however often it is taken. Everything else has a UUID of another version."""

import hashlib
import uuid

from desk.domain.identity import ChangeId

NOT_SYNTHETIC = "substr(change_id, 15, 1) <> '8'"  # for SQL


def synthetic_id(entity: str, entity_id: str) -> ChangeId:
    digest = hashlib.sha256(f"{entity}\0{entity_id}".encode()).digest()[:16]
    number = int.from_bytes(digest, "big")
    number = number & ~(0xF << 76) | (8 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    return ChangeId(str(uuid.UUID(int=number)))


def is_synthetic(change_id: str) -> bool:
    return change_id[14:15] == "8"
