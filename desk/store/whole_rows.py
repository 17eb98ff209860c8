"""Rows as the centre has them, taken without their history. In the caller's transaction; see `desk.store.filling`."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from desk.domain.changes import Patch
from desk.store import conflict_index
from desk.store.entities import ENTITIES, patch_to_text, to_columns
from desk.store.rows import INSERT_CHANGE, Key, Known, history_of, upsert_rows, write_rows
from desk.store.search_tables import touch
from desk.store.synthetic import synthetic_id

_NO_TIME = "1970-01-01T00:00:00.000000Z"
_FORGET = "DELETE FROM change WHERE change_id = ?"


def write_whole_rows(connection: Connection, entity: str, whole: Mapping[str, Patch], seq: int, fresh: bool) -> None:
    """Rows of an entity (id -> fields that are not empty), each as one synthetic change at this place in the order.
    `fresh`: the log holds nothing of an earlier fill, only perhaps of this one."""
    ids = {entity_id: synthetic_id(entity, entity_id) for entity_id in whole}
    if not fresh:
        connection.exec_driver_sql(_FORGET, [(one,) for one in ids.values()])
    history = {key[1]: known for key, known in history_of(connection, set(whole)).items() if key[0] == entity}
    known_here = ENTITIES.get(entity)  # else a newer centre's: kept in the log until we know it
    empty: Patch = dict.fromkeys(known_here.kinds) if known_here else {}
    made: list[tuple[Any, ...]] = []
    folded: list[tuple[Any, ...]] = []
    met: dict[Key, dict[str, Known]] = {}
    for entity_id, given in whole.items():
        change_id, known = ids[entity_id], history.get(entity_id)
        if known is not None and change_id in known:
            continue  # taken before in this fill: what came after it is in the log
        patch = {**empty, **given} if known else given  # what the centre has emptied is not to stay as it was
        made.append((change_id, entity, entity_id, _NO_TIME, "", "", patch_to_text(patch), "", seq, seq, ""))
        if known:
            known[change_id] = Known(change_id, patch, seq, "", "", seq)
            met[(entity, entity_id)] = known
        elif known_here:
            folded.append(to_columns(known_here, entity_id, patch))
    if made:
        connection.exec_driver_sql(INSERT_CHANGE, made)
    if met:
        write_rows(connection, met)
        conflict_index.keep(connection, {key: known.values() for key, known in met.items()})
    if folded:
        upsert_rows(connection, entity, folded)
    touch(connection, [(entity, entity_id) for entity_id in whole])
