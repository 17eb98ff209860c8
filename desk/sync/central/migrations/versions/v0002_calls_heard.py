"""Calls tell where they were transferred to, and how they were heard.

The call's row gets columns, its fold a statement that knows them, and the list of what a change may hold the new
fields. Changes that hold them were refused before, so that none is in the log yet and no row has to be made anew."""

from desk.sync.central.migrations.entities import NUMBER, TEXT, TIME, add_fields

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FIELDS = {
    "transferred_to": TEXT,
    "codec": TEXT,
    "mos_mean_x100": NUMBER,
    "mos_worst_x100": NUMBER,
    "mos_worst_at": TIME,
    "loss_permille": NUMBER,
    "jitter_ms": NUMBER,
    "round_trip_ms": NUMBER,
    "diagnosis": TEXT,
}


def upgrade() -> None:
    add_fields("call", _FIELDS)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
