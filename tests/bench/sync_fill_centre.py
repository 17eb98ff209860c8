"""A central database with a big register: the sample estate's rows copied straight into the tables, because putting a
million people through the change log is measured elsewhere. The log has one change, so that there is a head."""

import random
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from desk.demo import data
from desk.domain.changes import FieldValue
from desk.store.entities import ENTITIES, Kind

SEED = 1
_HEAD = """
INSERT INTO desk.change (change_id, seq, entity, entity_id, at, author, agent, seat, patch, received_at)
SELECT %s, 4000000, 'estate', estate_id, now(), 'bench', 'bench', 'S00', '{}', now() FROM desk.estate LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Centre:
    """`keys`: lookup keys of the register, spread over it."""

    people: int
    rows: int
    keys: tuple[str, ...]


def make(url: str, households: int, say: Callable[[str], None]) -> Centre:
    """Rows come once per id from the sample estate, but for the history's, which are folded here."""
    counts: dict[str, int] = {}
    keys: list[str] = []
    chance = random.Random(SEED)
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        buffers: dict[str, list[tuple[str, Mapping[str, FieldValue]]]] = {}
        folded: dict[str, dict[str, dict[str, FieldValue]]] = {}
        for change in data.generate(households, SEED, datetime.now(UTC)):
            if change.entity in ("ticket", "call", "recording", "notice", "staff"):
                folded.setdefault(change.entity, {}).setdefault(change.entity_id, {}).update(change.patch)
                continue
            if change.entity == "number" and chance.random() < 0.001 and len(keys) < 5_000:
                keys.append(str(change.patch["lookup_key"]))
            buffer = buffers.setdefault(change.entity, [])
            buffer.append((change.entity_id, change.patch))
            if len(buffer) >= 50_000:
                counts[change.entity] = counts.get(change.entity, 0) + _copy(connection, change.entity, buffer)
                buffer.clear()
        for entity, buffer in buffers.items():
            counts[entity] = counts.get(entity, 0) + _copy(connection, entity, buffer)
        for entity, rows in folded.items():
            counts[entity] = counts.get(entity, 0) + _copy(connection, entity, list(rows.items()))
        connection.execute(_HEAD, (uuid.uuid4(),))
        connection.execute("SELECT setval('desk.change_seq', 4000000)")
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE")
    say(", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
    chance.shuffle(keys)
    return Centre(counts["person"], sum(counts.values()), tuple(keys))


def _copy(connection: psycopg.Connection[Any], name: str, rows: list[tuple[str, Mapping[str, FieldValue]]]) -> int:
    entity = ENTITIES[name]
    columns = ", ".join(f'"{column}"' for column in (entity.id_field, *entity.kinds))
    lists = {field for field, kind in entity.kinds.items() if kind is Kind.LIST}

    def values() -> Iterator[list[Any]]:
        for entity_id, patch in rows:
            row = [patch.get(field) for field in entity.kinds]
            yield [
                entity_id,
                *(Jsonb(v) if f in lists and v is not None else v for f, v in zip(entity.kinds, row, strict=True)),
            ]

    with connection.cursor() as cursor, cursor.copy(f'COPY desk."{name}" ({columns}) FROM STDIN'.encode()) as copy:
        for row in values():
            copy.write_row(row)
    return len(rows)
