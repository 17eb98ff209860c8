"""A call is found by the people and the homes of its tickets, too: it is tied to whoever rang, and what it was about
may be a neighbour's home, or somebody whose ticket it was put right to be.

The words are those of `desk.domain.call_words`. What the index holds already gets the words that it lacks: those of
tickets that are of somebody else than their call is. No index is made of changes meanwhile: an older step's words would
be put beside these."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_BLOCK, _BITS = 15_360, 16_384  # as in step 0004

_ALONE = "SELECT pg_advisory_xact_lock(1684370284)"  # of `desk.index_calls`

_PERSON = "CREATE INDEX ON desk.ticket (person_id)"

_TICKET_WORDS = """
CREATE OR REPLACE FUNCTION desk.ticket_words(given desk.ticket) RETURNS SETOF text LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN NEXT 'q:' || given.kind;
    RETURN QUERY SELECT left('c:' || substr(given.category, 1, place), 64)
        FROM generate_series(1, length(given.category)) AS place
        WHERE place = length(given.category) OR substr(given.category, place, 1) = '.';
    RETURN QUERY SELECT left('t:' || beginning, 64) FROM unnest(ARRAY[left(given.number, 4), left(given.number, 6),
        left(given.number, 8), split_part(given.number, '-', 1)]) AS beginning WHERE beginning IS NOT NULL;
    IF given.number LIKE '%-%-%' THEN
        RETURN NEXT left('z:' || split_part(given.number, '-', 2), 64);
    END IF;
    RETURN QUERY SELECT desk.search_pieces('x', desk.search_text(coalesce(given.description, '') || E'\\n'
        || coalesce(given.place_text, '') || E'\\n' || coalesce(given.caller_name, '')));
    RETURN QUERY SELECT left('b:' || building, 64) FROM unnest(ARRAY[given.building_id,
        (SELECT home.building_id FROM desk.household AS home WHERE home.household_id = given.household_id)]) AS building
        WHERE building IS NOT NULL;
    RETURN QUERY SELECT desk.search_key('u', given.person_id);
    RETURN QUERY SELECT desk.search_key('w', given.household_id);
END $$;
"""

_PRESENT = f"""
INSERT INTO desk.search_piece AS p (word, block, bits)
    SELECT k.word, (n.number / {_BLOCK})::integer,
        bit_or(set_bit(repeat('0', {_BITS})::bit({_BITS}), mod(n.number, {_BLOCK})::integer, 1))
    FROM (
        SELECT c.call_id, c.person_id AS who, c.household_id AS home, t.person_id, t.household_id
        FROM desk.ticket AS t JOIN desk."call" AS c ON c.call_id = t.call_id
        UNION ALL
        SELECT c.call_id, c.person_id, c.household_id, t.person_id, t.household_id
        FROM desk.ticket AS t JOIN desk."call" AS c ON c.ticket_id = t.ticket_id
    ) AS f JOIN desk.search_call AS n USING (call_id) CROSS JOIN LATERAL (
        SELECT desk.search_key('u', f.person_id) WHERE f.person_id IS DISTINCT FROM f.who
        UNION ALL SELECT desk.search_key('w', f.household_id) WHERE f.household_id IS DISTINCT FROM f.home
    ) AS k (word)
    WHERE f.person_id IS DISTINCT FROM f.who OR f.household_id IS DISTINCT FROM f.home
    GROUP BY 1, 2
    ON CONFLICT (word, block) DO UPDATE SET bits = p.bits | excluded.bits WHERE p.bits | excluded.bits <> p.bits;
"""  # noqa: S608


def upgrade() -> None:
    for statement in (_ALONE, _PERSON, _TICKET_WORDS, _PRESENT):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
