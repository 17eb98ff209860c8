"""Recordings are sealed and kept in a vault; who listened, remarked and scored is on record.

New columns for recordings and tickets, and four new entities. As in step 0002, what was refused before is in no log
yet, so that no row has to be made anew."""

import json

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TEXT, _TIME, _FLAG, _NUMBER, _LIST = "text", "timestamptz", "boolean", "bigint", "jsonb"

_NEW_FIELDS: dict[str, dict[str, str]] = {
    "ticket": {"typed": _LIST},
    "recording": {
        "codec": _TEXT,
        "size_bytes": _NUMBER,
        "spans": _LIST,
        "chain": _TEXT,
        "chain_place": _NUMBER,
        "seal_hash": _TEXT,
        "vaulted_at": _TIME,
        "caller_first_ms": _NUMBER,
        "agent_first_ms": _NUMBER,
        "caller_talk_ms": _NUMBER,
        "agent_talk_ms": _NUMBER,
        "both_talk_ms": _NUMBER,
        "longest_silence_ms": _NUMBER,
        "long_silences": _LIST,
        "hold_count": _NUMBER,
        "hold_ms": _NUMBER,
        "paused_ms": _NUMBER,
        "caller_silent": _FLAG,
        "agent_silent": _FLAG,
        "legal_hold": _FLAG,
        "legal_hold_by": _TEXT,
        "legal_hold_why": _TEXT,
        "deleted_at": _TIME,
        "deleted_by": _TEXT,
        "deleted_why": _TEXT,
    },
}

_NEW_ENTITIES: dict[str, tuple[str, dict[str, str]]] = {
    "listening": (
        "listening_id",
        {
            "access": _TEXT,
            "who": _TEXT,
            "seat": _TEXT,
            "at": _TIME,
            "call_id": _TEXT,
            "detail": _TEXT,
            "from_ms": _NUMBER,
            "until_ms": _NUMBER,
        },
    ),
    "comment": (
        "comment_id",
        {
            "call_id": _TEXT,
            "at_ms": _NUMBER,
            "text": _TEXT,
            "author": _TEXT,
            "written_at": _TIME,
            "removed": _FLAG,
        },
    ),
    "score": (
        "score_id",
        {
            "call_id": _TEXT,
            "agent": _TEXT,
            "sheet": _TEXT,
            "sheet_version": _TEXT,
            "scored_by": _TEXT,
            "scored_at": _TIME,
            "state": _TEXT,
            "points_x10": _NUMBER,
            "answers": _LIST,
            "fatal": _LIST,
            "remarks": _TEXT,
            "second_of": _TEXT,
            "sample_id": _TEXT,
            "seen_at": _TIME,
            "reply": _TEXT,
            "replied_at": _TIME,
        },
    ),
    "sample": (
        "sample_id",
        {
            "call_id": _TEXT,
            "agent": _TEXT,
            "rule": _TEXT,
            "period": _TEXT,
            "drawn_at": _TIME,
            "drawn_by": _TEXT,
            "dropped": _FLAG,
        },
    ),
}

_INDEXES = """
CREATE INDEX ON desk.listening (call_id);
CREATE INDEX ON desk.listening (at);
CREATE INDEX ON desk.comment (call_id);
CREATE INDEX ON desk.score (call_id);
CREATE INDEX ON desk.score (agent, scored_at);
CREATE INDEX ON desk.sample (period, agent);
GRANT SELECT ON desk.listening, desk.comment, desk.score, desk.sample
    TO desk_reader, desk_agent, desk_supervisor, desk_admin;
"""

# As in step 0001.
_FOLD = """
CREATE OR REPLACE FUNCTION desk.fold_{name}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO desk."{name}" SELECT folded.* FROM jsonb_populate_record(
        (SELECT present FROM desk."{name}" AS present WHERE present.{id_field} = NEW.entity_id),
        NEW.patch || jsonb_build_object('{id_field}', NEW.entity_id)
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


def upgrade() -> None:
    database = op.get_bind()
    for name, fields in _NEW_FIELDS.items():
        for field, kind in fields.items():
            op.execute(f'ALTER TABLE desk."{name}" ADD COLUMN "{field}" {kind}')
        database.exec_driver_sql(
            "UPDATE desk.entity SET fields = fields || %s::jsonb WHERE name = %s", (json.dumps(fields), name)
        )
        _fold(name)
    for name, (id_field, fields) in _NEW_ENTITIES.items():
        columns = ", ".join(f'"{field}" {kind}' for field, kind in fields.items())
        op.execute(f'CREATE TABLE desk."{name}" ("{id_field}" text PRIMARY KEY, {columns})')
        database.exec_driver_sql("INSERT INTO desk.entity VALUES (%s, %s, %s)", (name, id_field, json.dumps(fields)))
        _fold(name)
        op.execute(_TRIGGER.format(name=name))
    op.execute(_INDEXES)


def _fold(name: str) -> None:
    """Make the fold of this entity for all the columns that it has by now."""
    id_field, fields = (
        op.get_bind().exec_driver_sql("SELECT id_field, fields FROM desk.entity WHERE name = %s", (name,)).one()
    )
    named = [f'"{field}"' for field in fields]
    new_values = ", ".join(f"excluded.{field}" for field in named)
    op.execute(_FOLD.format(name=name, id_field=id_field, columns=", ".join(named), new_values=new_values))


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
