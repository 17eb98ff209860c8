"""Whoever sees some estates only finds the calls of these in the index of calls.

The bits of a word are those of all estates, so since step 0005 they were for those who see all, and others found
nothing but what goes by a number, a person or a home. Now each call is filed under its estate as well, and
`desk.search_seen` shows the bits of one's own estates alone: what it shows says no more than the calls themselves do.
A call's estate never changes, so its bits are only ever added to."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BLOCK, _BITS = 15_360, 16_384  # as in step 0004

# An estate by its hash: what a word can be is limited, what an estate is called is not.
_FILED = f"""
    SELECT 'y:' || md5(n.estate), (n.number / {_BLOCK})::integer,
        bit_or(set_bit(repeat('0', {_BITS})::bit({_BITS}), mod(n.number, {_BLOCK})::integer, 1))
    FROM {{calls}} AS n GROUP BY 1, 2
"""  # noqa: S608

_FIELD = """
ALTER TABLE desk.search_call ADD estate text NOT NULL DEFAULT '';
UPDATE desk.search_call AS n SET estate = c.estate FROM desk."call" AS c
    WHERE c.call_id = n.call_id AND c.estate <> '';
"""

_PRESENT = "INSERT INTO desk.search_piece (word, block, bits) " + _FILED.format(calls="desk.search_call")

_INDEX = f"""
CREATE FUNCTION desk.search_estate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT c.estate INTO NEW.estate FROM desk."call" AS c WHERE c.call_id = NEW.call_id;
    NEW.estate := coalesce(NEW.estate, '');
    RETURN NEW;
END $$;
CREATE FUNCTION desk.index_estates() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO desk.search_piece AS p (word, block, bits) {_FILED.format(calls="numbered")}
        ON CONFLICT (word, block) DO UPDATE SET bits = p.bits | excluded.bits WHERE p.bits | excluded.bits <> p.bits;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION desk.search_estate(), desk.index_estates() FROM PUBLIC;
CREATE TRIGGER search_estate BEFORE INSERT ON desk.search_call FOR EACH ROW EXECUTE FUNCTION desk.search_estate();
CREATE TRIGGER estates_of_new AFTER INSERT ON desk.search_call REFERENCING NEW TABLE AS numbered
    FOR EACH STATEMENT EXECUTE FUNCTION desk.index_estates();
CREATE TRIGGER estates_of_moved AFTER UPDATE ON desk.search_call REFERENCING NEW TABLE AS numbered
    FOR EACH STATEMENT EXECUTE FUNCTION desk.index_estates();
"""  # noqa: S608

# Words of digits are counted as in step 0005: a number can be put together of them.
_SEEN = """
DROP POLICY one_s_own ON desk.search_call;
CREATE POLICY one_s_own ON desk.search_call FOR SELECT TO desk_limited
    USING ((SELECT desk.sees_all()) OR estate = ANY ((SELECT desk.my_estates())::text[]));
CREATE VIEW desk.search_seen WITH (security_barrier) AS
    SELECT p.word, p.block, p.bits & own.bits AS bits
    FROM desk.search_piece AS p CROSS JOIN LATERAL (
        SELECT bit_or(y.bits) AS bits FROM desk.search_piece AS y
        WHERE y.block = p.block AND y.word = ANY (ARRAY(SELECT 'y:' || md5(e) FROM unnest(desk.my_estates()) AS e))
    ) AS own
    WHERE own.bits IS NOT NULL
        AND CASE WHEN (SELECT desk.is_counted()) AND starts_with(p.word, '#:') THEN desk.shown() ELSE true END;
GRANT SELECT ON desk.search_seen TO desk_reader, desk_agent, desk_supervisor, desk_admin;
"""


def upgrade() -> None:
    for statements in (_FIELD, _PRESENT, _INDEX, _SEEN):
        op.get_bind().exec_driver_sql(statements)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
