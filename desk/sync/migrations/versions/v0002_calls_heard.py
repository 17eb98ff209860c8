"""Calls tell where they were transferred to, and how they were heard.

The call's row gets columns, its fold a statement that knows them, and the list of what a change may hold the new
fields. Changes that hold them were refused before, so that none is in the log yet and no row has to be made anew."""

import json

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FIELDS = {
    "transferred_to": "text",
    "codec": "text",
    "mos_mean_x100": "bigint",
    "mos_worst_x100": "bigint",
    "mos_worst_at": "timestamptz",
    "loss_permille": "bigint",
    "jitter_ms": "bigint",
    "round_trip_ms": "bigint",
    "diagnosis": "text",
}

# As in step 0001, with all of the columns that there are by now.
_FOLD = """
CREATE OR REPLACE FUNCTION desk.fold_call() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO desk."call" SELECT folded.* FROM jsonb_populate_record(
        (SELECT present FROM desk."call" AS present WHERE present.call_id = NEW.entity_id),
        NEW.patch || jsonb_build_object('call_id', NEW.entity_id)
    ) AS folded
    ON CONFLICT (call_id) DO UPDATE SET ({columns}) = ROW ({new_values});
    RETURN NULL;
END $$;
"""


def upgrade() -> None:
    database = op.get_bind()
    for field, kind in _FIELDS.items():
        op.execute(f'ALTER TABLE desk."call" ADD COLUMN "{field}" {kind}')
    database.exec_driver_sql(
        "UPDATE desk.entity SET fields = fields || %s::jsonb WHERE name = 'call'", (json.dumps(_FIELDS),)
    )
    fields: dict[str, str] = database.exec_driver_sql("SELECT fields FROM desk.entity WHERE name = 'call'").scalar_one()
    named = [f'"{field}"' for field in fields]
    op.execute(_FOLD.format(columns=", ".join(named), new_values=", ".join(f"excluded.{name}" for name in named)))


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
