"""Entities of the central schema: their tables, the functions that fold changes into them, and the policies that say
whose rows are whose. Used by the steps.

From step 0005 on every table has the column `estate` (no field of the entity: no patch can hold it), which the fold
takes from the change; steps before it know none. From step 0010 on a fold is no trigger of its own: it is given all
patches of a statement at once. The same functions make both."""

import json
from collections.abc import Mapping

from alembic import op

TEXT, TIME, FLAG, NUMBER, LIST = "text", "timestamptz", "boolean", "bigint", "jsonb"
Fields = Mapping[str, str]

# One function per entity, so that PostgreSQL keeps its plan (0.09 ms a change; 0.16 when the statement is made anew for
# each). The row that is there is the record's base, and the patch is laid over it.
_FOLD = """
CREATE OR REPLACE FUNCTION desk.fold_{name}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO desk."{name}" SELECT folded.* FROM jsonb_populate_record(
        (SELECT present FROM desk."{name}" AS present WHERE present.{id_field} = NEW.entity_id),
        NEW.patch || jsonb_build_object({set_by_us})
    ) AS folded
    ON CONFLICT ({id_field}) DO UPDATE SET ({columns}) = ROW ({new_values});
    RETURN NULL;
END $$;
"""
_TRIGGER = """
REVOKE ALL ON FUNCTION desk.fold_{name}() FROM PUBLIC;
CREATE TRIGGER fold_{name} AFTER INSERT ON desk.change FOR EACH ROW WHEN (NEW.entity = '{name}')
    EXECUTE FUNCTION desk.fold_{name}();
"""
# Each of `ids` once, with all of its patch: the caller has laid what came for it over each other.
_FOLD_LOT = """
CREATE OR REPLACE FUNCTION desk.fold_{name}(ids text[], patches jsonb[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO desk."{name}" SELECT folded.* FROM unnest(ids, patches) AS lot (id, patch), jsonb_populate_record(
        (SELECT present FROM desk."{name}" AS present WHERE present.{id_field} = lot.id), lot.patch) AS folded
    ON CONFLICT ({id_field}) DO UPDATE SET ({columns}) = ROW ({new_values});
END $$;
REVOKE ALL ON FUNCTION desk.fold_{name}(text[], jsonb[]) FROM PUBLIC;
"""
# `(SELECT ...)` is asked once a statement; `shown` counts each row that shows a telephone number.
_GUARD = """
ALTER TABLE desk."{name}" ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_of_it ON desk."{name}" FOR SELECT TO desk_unlimited USING ({special});
CREATE POLICY one_s_own ON desk."{name}" FOR SELECT TO desk_limited
    USING (((SELECT desk.sees_all()) OR estate = ANY ((SELECT desk.my_estates())::text[])) AND {special} AND {counted});
"""
_WITH_NUMBERS = ("number", "call", "ticket", "message")
_READ = 'GRANT SELECT ON desk."{name}" TO desk_reader, desk_agent, desk_supervisor, desk_admin'


def add_entity(name: str, id_field: str, fields: Fields) -> None:
    """A new entity: its table, its fold, and that everybody may read it who may see its estate."""
    columns = ", ".join(f'"{field}" {kind}' for field, kind in fields.items())
    if _estates_are_known():
        columns += ", estate text NOT NULL DEFAULT ''"
    op.execute(f'CREATE TABLE desk."{name}" ("{id_field}" text PRIMARY KEY, {columns})')
    op.get_bind().exec_driver_sql("INSERT INTO desk.entity VALUES (%s, %s, %s)", (name, id_field, json.dumps(fields)))
    make_fold(name)
    if not _lots_are_folded():
        op.execute(_TRIGGER.format(name=name))
    op.execute(_READ.format(name=name))
    if _estates_are_known():
        guard_table(name)


def guard_table(name: str) -> None:
    """Row-level security by estate for the rows of this entity."""
    special = "(SELECT desk.sees_sensitive())" if name == "sensitive_tag" else "true"
    counted = (
        "CASE WHEN (SELECT desk.is_counted()) THEN desk.shown() ELSE true END" if name in _WITH_NUMBERS else "true"
    )
    op.execute(_GUARD.format(name=name, special=special, counted=counted))


def add_fields(name: str, fields: Fields) -> None:
    """New fields of an entity. What was refused before is in no log yet, so that no row has to be made anew."""
    for field, kind in fields.items():
        op.execute(f'ALTER TABLE desk."{name}" ADD COLUMN "{field}" {kind}')
    op.get_bind().exec_driver_sql(
        "UPDATE desk.entity SET fields = fields || %s::jsonb WHERE name = %s", (json.dumps(fields), name)
    )
    make_fold(name)


def make_fold(name: str) -> None:
    """The fold of this entity for all the columns that it has by now."""
    id_field, fields = (
        op.get_bind().exec_driver_sql("SELECT id_field, fields FROM desk.entity WHERE name = %s", (name,)).one()
    )
    named = [f'"{field}"' for field in fields]
    new_values = ", ".join(f"excluded.{field}" for field in named)
    if _lots_are_folded():
        op.execute(_FOLD_LOT.format(name=name, id_field=id_field, columns=", ".join(named), new_values=new_values))
        return
    set_by_us = f"'{id_field}', NEW.entity_id" + (", 'estate', NEW.estate" if _estates_are_known() else "")
    op.execute(
        _FOLD.format(name=name, id_field=id_field, set_by_us=set_by_us, columns=", ".join(named), new_values=new_values)
    )


def _estates_are_known() -> bool:
    query = "SELECT FROM pg_attribute WHERE attrelid = 'desk.change'::regclass AND attname = 'estate'"
    return op.get_bind().exec_driver_sql(query).first() is not None


def _lots_are_folded() -> bool:
    query = "SELECT to_regprocedure('desk.fold_changes()') IS NOT NULL"
    return bool(op.get_bind().exec_driver_sql(query).scalar_one())
