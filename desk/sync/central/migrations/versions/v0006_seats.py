"""Seats: which are there, how far they have come, and what a new one is filled with."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
