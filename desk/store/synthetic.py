"""Synthetic changes: a whole row of the centre as one change, which a store that is filled anew holds instead of the
row's history. Never sent. Known by their id: a UUIDv8 (RFC 9562 section 5.8) made from what they are of, so that the
same row is the same change however often it is taken. Everything else has a UUID of another version.

The ids of one entity's rows lie together and in the order of the rows' own ids, as a fill brings them: four million
ids in any order would have the store write a page of its log for every one of them."""

import hashlib
import re
import zlib

from desk.domain.identity import ChangeId

NOT_SYNTHETIC = "substr(change_id, 15, 1) <> '8'"  # for SQL
_IS_HEX = re.compile(r"[0-9a-f]{11}").match


def synthetic_id(entity: str, entity_id: str) -> ChangeId:
    told = entity_id[:13].replace("-", "")[:11]
    place = told if _IS_HEX(told) else entity_id.encode()[:6].ljust(6, b"\0").hex()[:11]
    kind = zlib.crc32(entity.encode()) & 0xFFFF
    rest = hashlib.sha256(f"{entity}\0{entity_id}".encode()).hexdigest()
    variant = "89ab"[int(rest[0], 16) & 3]
    return ChangeId(f"{kind:04x}{place[:4]}-{place[4:8]}-8{place[8:11]}-{variant}{rest[1:4]}-{rest[4:16]}")


def is_synthetic(change_id: str) -> bool:
    return change_id[14:15] == "8"
