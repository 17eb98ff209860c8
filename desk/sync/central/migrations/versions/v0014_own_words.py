"""What step 0012 shows of the index of calls, and step 0013 lets agents write, narrowed to what was meant.

A word of the index is shown to whoever sees some estates only where it stands in a call of theirs: a row without a bit
would tell that somewhere else there is such a word, and words are pieces of names, texts and numbers."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Counted last: a row that is not shown costs nobody anything.
_SEEN = """
CREATE OR REPLACE VIEW desk.search_seen WITH (security_barrier) AS
    SELECT p.word, p.block, p.bits & own.bits AS bits
    FROM desk.search_piece AS p CROSS JOIN LATERAL (
        SELECT bit_or(y.bits) AS bits FROM desk.search_piece AS y
        WHERE y.block = p.block AND y.word = ANY (ARRAY(SELECT 'y:' || md5(e) FROM unnest(desk.my_estates()) AS e))
    ) AS own
    WHERE CASE WHEN own.bits IS NULL OR bit_count(p.bits & own.bits) = 0 THEN false
        WHEN (SELECT desk.is_counted()) AND starts_with(p.word, '#:') THEN desk.shown() ELSE true END;
"""


def upgrade() -> None:
    for statements in (_SEEN,):
        op.get_bind().exec_driver_sql(statements)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
