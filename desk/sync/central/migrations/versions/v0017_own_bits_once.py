"""Whoever sees some estates only is answered a whole question at once, for the price of reading once which calls are
theirs.

The view `desk.search_seen` (steps 0012 and 0014) puts the own calls together anew for every piece that it shows, which
at ten million calls cost more than the answer itself. `desk.search_own` does it once for each block, and only the bits
of calls that have all that is asked leave the server. That is less than the view shows; digits are counted alike. Seats
of before go on with the view."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_BITS = 16_384  # as in step 0004

# Of these blocks the own calls that have a word of each part, and none of those that stand under a negative part. Which
# calls are one's own is read last, of blocks only in which there is something left. Blocks are neighbours mostly, which
# lie side by side in the index; `listed` NULL: all from first to last.
_ANSWER = """
        RETURN QUERY
        WITH of_part AS (
            SELECT a.part, p.block, bit_or(p.bits) AS bits
            FROM unnest(words, parts) AS a (word, part)
            CROSS JOIN LATERAL (SELECT s.word, s.block, s.bits FROM desk.search_piece AS s
                WHERE s.word = a.word AND {of_word} OFFSET 0) AS p
            WHERE CASE WHEN counted AND starts_with(p.word, '#:')
                    AND (SELECT bit_count(p.bits & bit_or(o.bits)) > 0 FROM desk.search_piece AS o
                        WHERE o.word = ANY (mine) AND o.block = p.block)
                THEN desk.shown() ELSE true END
            GROUP BY 1, 2
        ), together AS MATERIALIZED (
            SELECT t.block, t.bits FROM (
                SELECT e.block, bit_and(CASE WHEN e.part < 0 THEN ~e.bits ELSE e.bits END) AS bits
                FROM of_part AS e GROUP BY 1 HAVING count(*) FILTER (WHERE e.part > 0) = wanted OFFSET 0) AS t
            WHERE wanted = 0 OR bit_count(t.bits) > 0
        ), own AS MATERIALIZED (
            SELECT y.block, bit_or(y.bits) AS bits FROM desk.search_piece AS y
            WHERE y.word = ANY (mine) AND {of_own}
                AND (wanted = 0 OR y.block IN (SELECT t.block FROM together AS t)) GROUP BY 1
        ), found AS MATERIALIZED (
            SELECT o.block, o.bits & coalesce(t.bits, o.bits) AS bits
            FROM own AS o LEFT JOIN together AS t USING (block)
        )
        SELECT f.block, f.bits FROM found AS f WHERE bit_count(f.bits) > 0;
"""


def _answer(condition: str) -> str:
    return _ANSWER.format(of_own=condition.format("y"), of_word=condition.format("s"))


_OWN = f"""
CREATE FUNCTION desk.search_own(words text[], parts integer[], first integer, last integer, listed integer[])
RETURNS TABLE (block integer, bits bit({_BITS}))
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    mine CONSTANT text[] := ARRAY(SELECT 'y:' || md5(e) FROM unnest(desk.my_estates()) AS e);
    counted CONSTANT boolean := desk.is_counted();
    wanted CONSTANT bigint := (SELECT count(DISTINCT part) FROM unnest(parts) AS a (part) WHERE part > 0);
BEGIN
    IF listed IS NULL THEN
{_answer("{}.block BETWEEN first AND last")}
    ELSE
{_answer("{}.block = ANY (listed)")}
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
