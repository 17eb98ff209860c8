"""Whoever sees some estates only is shown all words of a question at once, for the price of reading once which calls
are theirs.

The view `desk.search_seen` (steps 0012 and 0014) puts the own calls together anew for every piece that it shows, which
at ten million calls cost more than the answer itself. `desk.search_own` does it once for each block of a question, and
of words that are alternatives only what they have together leaves the server. It shows no more than the view does, and
digits are counted alike; seats of before go on with the view."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_BITS = 16_384  # as in step 0004

# `parts`: to which part of the question each word belongs; a part's words are alternatives. The blocks are neighbours
# mostly, which lie side by side in the index; `listed` NULL: all from first to last.
_PIECES = """
        RETURN QUERY
        WITH own AS MATERIALIZED (
            SELECT y.block, bit_or(y.bits) AS bits FROM desk.search_piece AS y
            WHERE y.word = ANY (mine) AND {there} GROUP BY 1
        ), found AS MATERIALIZED (
            SELECT a.part, p.block, bit_or(p.bits & own.bits) AS bits
            FROM unnest(words, parts) AS a (word, part)
            JOIN LATERAL (SELECT s.word, s.block, s.bits FROM desk.search_piece AS s
                WHERE s.word = a.word AND {there_too}) AS p ON true
            JOIN own ON own.block = p.block
            WHERE CASE WHEN counted AND starts_with(p.word, '#:') AND bit_count(p.bits & own.bits) > 0
                THEN desk.shown() ELSE true END
            GROUP BY 1, 2
        )
        SELECT f.part, f.block, f.bits FROM found AS f;
"""


def _pieces(condition: str) -> str:
    return _PIECES.format(there=condition.format("y"), there_too=condition.format("s"))


_OWN = f"""
CREATE FUNCTION desk.search_own(words text[], parts integer[], first integer, last integer, listed integer[])
RETURNS TABLE (part integer, block integer, bits bit({_BITS}))
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    mine CONSTANT text[] := ARRAY(SELECT 'y:' || md5(e) FROM unnest(desk.my_estates()) AS e);
    counted CONSTANT boolean := desk.is_counted();
BEGIN
    IF listed IS NULL THEN
{_pieces("{}.block BETWEEN first AND last")}
    ELSE
{_pieces("{}.block = ANY (listed)")}
    END IF;
END $$;
REVOKE ALL ON FUNCTION desk.search_own(text[], integer[], integer, integer, integer[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk.search_own(text[], integer[], integer, integer, integer[])
    TO desk_reader, desk_agent, desk_supervisor, desk_admin;
"""  # noqa: S608


def upgrade() -> None:
    op.get_bind().exec_driver_sql(_OWN)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
