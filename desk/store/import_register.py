"""The register as an import of residents reads it: many homes at a time with everybody in them, and what the same
source has said of each before, from the change log. See `desk.usecases.import_ports.ImportRegister`. Any thread."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from desk.domain.changes import FieldValue, Patch
from desk.domain.estate import Building, Estate
from desk.domain.import_plan import Known, KnownHome
from desk.store.entities import ENTITIES, Kind, patch_from_text
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.usecases.import_ports import HomeKey

_IDS = "(SELECT value FROM json_each(:ids))"
_HOMES = text(
    "SELECT h.* FROM json_each(:homes) j CROSS JOIN household h ON h.building_id = j.value ->> 0"
    " AND h.unit = j.value ->> 1 AND h.room = j.value ->> 2"
)
_MEMBERS = text(f"SELECT * FROM membership WHERE household_id IN {_IDS}")  # noqa: S608
_PEOPLE = text(f"SELECT * FROM person WHERE person_id IN {_IDS}")  # noqa: S608
_NUMBERS_OF_PEOPLE = text(f"SELECT * FROM number WHERE person_id IN {_IDS}")  # noqa: S608
_NUMBERS_OF_HOMES = text(f"SELECT * FROM number WHERE household_id IS NOT NULL AND household_id IN {_IDS}")  # noqa: S608
_TAGS = text(f"SELECT * FROM sensitive_tag WHERE subject_id IN {_IDS}")  # noqa: S608
_SAID = text(
    "SELECT c.entity_id, c.patch FROM json_each(:ids) j CROSS JOIN change c ON c.entity_id = j.value"
    " WHERE c.author = :source ORDER BY c.central_seq IS NULL, c.central_seq, c.change_id"
)
_HOMES_IN = text(
    "SELECT household_id FROM household WHERE building_id = :building AND household_id > :after"
    " ORDER BY household_id LIMIT :limit"
)
_MEMBERS_TOLD = text(
    "SELECT m.*, p.name AS told_name, h.place_code AS told_place FROM membership m"  # noqa: S608
    " JOIN household h ON h.household_id = m.household_id LEFT JOIN person p ON p.person_id = m.person_id"
    f" WHERE m.household_id IN {_IDS} AND NOT coalesce(m.ended, 0)"
)


class SqlImportRegister:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._residents = SqlResidents(store)

    def estates(self) -> Sequence[Estate]:
        return self._residents.estates()

    def buildings(self) -> Sequence[Building]:
        return self._residents.buildings()

    def homes(self, keys: Sequence[HomeKey], person_ids: Sequence[str], source: str) -> dict[HomeKey, KnownHome]:
        with self._store.read() as connection:
            homes = {
                (row["building_id"], row["unit"], row["room"]): row
                for row in _rows(connection, _HOMES, homes=_text(keys))
            }
            home_ids = _text(row["household_id"] for row in homes.values())
            members = _rows(connection, _MEMBERS, ids=home_ids)
            ids = _text(dict.fromkeys([*(row["person_id"] for row in members if row["person_id"]), *person_ids]))
            people = _rows(connection, _PEOPLE, ids=ids)
            known_ids = _text(row["person_id"] for row in people)
            numbers = [
                *_rows(connection, _NUMBERS_OF_PEOPLE, ids=known_ids),
                *_rows(connection, _NUMBERS_OF_HOMES, ids=home_ids),
            ]
            tags = [
                *_rows(connection, _TAGS, ids=known_ids),
                *_rows(connection, _TAGS, ids=home_ids),
            ]
            said = _said(
                connection,
                source,
                [
                    *(row["membership_id"] for row in members),
                    *(row["person_id"] for row in people),
                    *(row["number_id"] for row in numbers),
                    *(row["sensitive_tag_id"] for row in tags),
                ],
            )
        found_people = {row["person_id"]: _known("person", row, said) for row in people}
        by_owner: dict[str, list[Known]] = defaultdict(list)
        for row in numbers:
            by_owner[row["person_id"] or row["household_id"]].append(_known("number", row, said))
        by_subject: dict[str, list[Known]] = defaultdict(list)
        for row in tags:
            by_subject[row["subject_id"]].append(_known("sensitive_tag", row, said))
        by_home: dict[str, list[Known]] = defaultdict(list)
        for row in members:
            by_home[row["household_id"]].append(_known("membership", row, said))
        return {
            key: KnownHome(
                _known("household", homes[key], said) if key in homes else None,
                by_home.get(homes[key]["household_id"], ()) if key in homes else (),
                found_people,
                by_owner,
                by_subject,
            )
            for key in keys
        }

    def households_in(self, building_id: str, after: str, limit: int) -> Sequence[str]:
        given = {"building": building_id, "after": after, "limit": limit}
        with self._store.read() as connection:
            return list(connection.execute(_HOMES_IN, given).scalars())

    def members_of(self, household_ids: Sequence[str], source: str) -> Sequence[tuple[Known, str]]:
        with self._store.read() as connection:
            members = _rows(connection, _MEMBERS_TOLD, ids=_text(household_ids))
            said = _said(connection, source, [row["membership_id"] for row in members])
        return [
            (_known("membership", row, said), f"{row['told_place'] or ''} {row['told_name'] or ''}".strip())
            for row in members
        ]


_Row = dict[str, Any]


def _of_kind(kind: Kind) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(column for column, found in entity.kinds.items() if found is kind)
        for name, entity in ENTITIES.items()
    }


_FLAGS, _LISTS = _of_kind(Kind.FLAG), _of_kind(Kind.LIST)


def _rows(connection: Connection, query: Any, **given: str) -> list[_Row]:
    return [dict(row) for row in connection.execute(query, given).mappings()]


def _said(connection: Connection, source: str, ids: Sequence[str]) -> dict[str, Patch]:
    """The fold of what this source has said of each."""
    found: dict[str, dict[str, FieldValue]] = defaultdict(dict)
    for entity_id, patch in connection.execute(_SAID, {"ids": _text(ids), "source": source}):
        found[entity_id].update(patch_from_text(patch))
    return dict(found)


def _known(name: str, row: _Row, said: dict[str, Patch]) -> Known:
    entity_id = row[ENTITIES[name].id_field]
    for column in _FLAGS[name]:
        if row[column] is not None:
            row[column] = bool(row[column])
    for column in _LISTS[name]:
        if row[column] is not None:
            row[column] = msgspec.json.decode(row[column])
    return Known(entity_id, row, said.get(entity_id, {}))


def _text(values: Iterable[object]) -> str:
    return msgspec.json.encode(list(values)).decode()
