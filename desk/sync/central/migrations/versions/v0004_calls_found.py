"""Calls are found by any fields together, among ten millions.

The same index as the seat store's (`desk.store.call_blocks`): for each word and each block of 15,360 calls one row of
bits, compressed. The words are those of `desk.domain.call_words`, made here in SQL; a test holds the two together.

It is brought up by whoever calls `desk.index_calls`: it takes the changes after those it has taken, in their order,
which is the order of commits; so nothing is written beside the log when a change is made, and none can be passed over.
It runs as the schema's owner, one at a time: people may set it going, and can write nothing into the index."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BLOCK, _CHUNK = 15_360, 1_024
# Bits of a piece: more than a block has, because PostgreSQL compresses no row below some 2,030 bytes, and most pieces
# are nearly empty.
_BITS = 16_384

_LENGTHS_S = (
    *(0, 5, 10, 15, 20, 30, 40, 50, 60, 75, 90, 105, 120, 135, 150, 180, 210, 240, 270, 300, 330, 360, 420, 480, 540),
    *(600, 720, 900, 1080, 1200, 1500, 1800, 2400, 3000, 3600, 5400, 7200),
)
_SECONDS = 1_800
_HOLDS_S = (
    *(1, 5, 10, 15, 20, 30, 45, 60, 75, 90, 105, 120, 150, 180, 200, 220, 240, 270, 300, 330, 360, 400, 420, 450, 480),
    *(540, 600, 720, 900, 1200, 1800),
)
_SILENCES_S = (1, 2, 3, 5, 8, 10, 12, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 75, 90, 105, 120, 150, 180, 240, 300)
_SCORES = tuple(range(1, 101))
_MOS_X100 = tuple(range(100, 460, 10))
_DIAGNOSES = (
    *("none", "microphone_dead", "far_side_silent", "headset_underruns", "network_loss", "network_jitter"),
    *("network_delay", "exchange_codec", "microphone_quiet"),
)
_OUTCOMES = (
    *("answered", "abandoned", "rejected", "unanswered", "failed", "interrupted", "transferred", "forwarded"),
    "missed",
)
_STATE_WORDS = (
    *(f"d:{name}" for name in ("incoming", "outgoing")),
    *(f"o:{name}" for name in _OUTCOMES),
    *(f"g:{name}" for name in _DIAGNOSES),
    *(f"r:{name}" for name in ("kept", "missing", "deleted")),
    *(f"l:{step}" for step in _LENGTHS_S),
    *(f"h:{step}" for step in _HOLDS_S),
    *(f"s:{step}" for step in _SILENCES_S),
    *(f"p:{step}" for step in _SCORES),
    *(f"m:{step}" for step in _MOS_X100),
    *("scored", "legal"),
)
_WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + chr(0x3000) + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NARROW = "".join(chr(code) for code in range(0x21, 0x7F)).lower() + " abcdefghijklmnopqrstuvwxyz"


def _list(numbers: tuple[int, ...]) -> str:
    return "'{" + ",".join(map(str, numbers)) + "}'::integer[]"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace(":", "\\:") + "'"


_TABLES = f"""
CREATE TABLE desk.search_piece (word text, block integer, bits bit({_BITS}) NOT NULL, PRIMARY KEY (word, block))
    WITH (toast_tuple_target = 128);
ALTER TABLE desk.search_piece ALTER COLUMN bits SET STORAGE MAIN;
CREATE TABLE desk.search_call (
    number bigint PRIMARY KEY, call_id text NOT NULL UNIQUE, offered_at timestamptz NOT NULL);
CREATE TABLE desk.search_chunk (chunk integer PRIMARY KEY, first_s bigint NOT NULL, last_s bigint NOT NULL);
CREATE TABLE desk.search_state (seq bigint NOT NULL);
INSERT INTO desk.search_state VALUES (0);
CREATE INDEX ON desk.ticket (call_id);
CREATE INDEX ON desk."call" (person_id, offered_at);
CREATE INDEX ON desk."call" (household_id, offered_at);
"""  # noqa: S608

_TEXTS = f"""
CREATE FUNCTION desk.search_text(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT translate(given, {_quoted(_WIDE)}, {_quoted(_NARROW)}) $$;

CREATE FUNCTION desk.search_pieces(letter text, given text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    WITH pair AS (
        SELECT one, lead(one) OVER (ORDER BY place) AS two
        FROM unnest(string_to_array(given, NULL)) WITH ORDINALITY AS c (one, place)
    ), told AS (
        SELECT one, two, position(one IN E' \\t\\n\\r\\v\\f') = 0 AS said,
            two IS NOT NULL AND position(two IN E' \\t\\n\\r\\v\\f') = 0 AS joined FROM pair
    )
    SELECT letter || ':' || one FROM told WHERE said
    UNION SELECT letter || ':' || one || two FROM told WHERE said AND joined
$$;

CREATE FUNCTION desk.search_digits(given text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT '#:' || substr(given, place, 3) FROM generate_series(1, length(given) - 2) AS place
    WHERE substr(given, place, 3) ~ '^[0-9][0-9][0-9]$'
$$;

CREATE FUNCTION desk.search_key(letter text, given text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT unnest(ARRAY[letter || ':' || substr(md5(given), 1, 2), letter || '2:' || substr(md5(given), 3, 2)])
    WHERE given <> ''
$$;
"""  # noqa: S608

_WORDS = f"""
CREATE FUNCTION desk.call_words(id text) RETURNS SETOF text LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    entry desk."call";
    recorded desk.recording;
    taken desk.ticket;
    points bigint;
    length_s numeric;
BEGIN
    SELECT * INTO entry FROM desk."call" AS c WHERE c.call_id = id;
    IF NOT FOUND OR entry.offered_at IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT left(word, 64) FROM unnest(ARRAY['d:' || entry.direction, 'a:' || entry.agent,
        'e:' || entry.seat, 'o:' || entry.outcome, 'g:' || entry.diagnosis]) AS word WHERE word IS NOT NULL;
    length_s := greatest(0, floor(extract(epoch FROM entry.ended_at - entry.answered_at)));
    IF entry.ended_at IS NOT NULL AND entry.answered_at IS NOT NULL THEN
        RETURN QUERY SELECT 'l:' || step FROM unnest({_list(_LENGTHS_S)}) AS step WHERE step <= length_s;
        IF length_s < {_SECONDS} THEN
            RETURN NEXT 'v:' || length_s;
        END IF;
    END IF;
    RETURN QUERY SELECT 'm:' || step FROM unnest({_list(_MOS_X100)}) AS step WHERE step >= entry.mos_worst_x100;
    RETURN QUERY SELECT desk.search_key('k', entry.lookup_key);
    RETURN QUERY SELECT desk.search_key('u', entry.person_id);
    RETURN QUERY SELECT desk.search_key('w', entry.household_id);
    RETURN QUERY SELECT desk.search_digits(entry.number);
    RETURN QUERY SELECT desk.search_digits(entry.lookup_key);
    RETURN QUERY SELECT desk.search_pieces('n', desk.search_text(entry.display_name));
    RETURN QUERY SELECT left('b:' || home.building_id, 64) FROM desk.household AS home
        WHERE home.household_id = entry.household_id AND home.building_id IS NOT NULL;
    FOR taken IN SELECT * FROM desk.ticket AS t WHERE t.call_id = id
        UNION SELECT * FROM desk.ticket AS t WHERE t.ticket_id = entry.ticket_id
    LOOP
        RETURN QUERY SELECT desk.ticket_words(taken);
    END LOOP;
    SELECT * INTO recorded FROM desk.recording AS r WHERE r.call_id = id;
    IF FOUND THEN
        RETURN NEXT CASE WHEN recorded.deleted_at IS NOT NULL THEN 'r:deleted' WHEN recorded.kept = 'kept' THEN 'r:kept'
            ELSE 'r:missing' END;
        RETURN QUERY SELECT 'h:' || step FROM unnest({_list(_HOLDS_S)}) AS step WHERE step <= recorded.hold_ms / 1000;
        RETURN QUERY SELECT 's:' || step FROM unnest({_list(_SILENCES_S)}) AS step
            WHERE step <= recorded.longest_silence_ms / 1000;
        IF recorded.legal_hold THEN
            RETURN NEXT 'legal';
        END IF;
    END IF;
    SELECT s.points_x10 INTO points FROM desk.score AS s
        WHERE s.call_id = id AND s.state = 'final' AND s.points_x10 IS NOT NULL
        ORDER BY s.scored_at DESC, s.score_id COLLATE "C" DESC LIMIT 1;
    IF FOUND THEN
        RETURN NEXT 'scored';
        RETURN QUERY SELECT 'p:' || step FROM unnest({_list(_SCORES)}) AS step WHERE step <= points / 10;
    END IF;
END $$;
"""  # noqa: S608

_TICKET_WORDS = """
CREATE FUNCTION desk.ticket_words(given desk.ticket) RETURNS SETOF text LANGUAGE plpgsql STABLE
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
END $$;
"""

# The lock's number only has to be the same everywhere: that of the change log, and one.
_INDEX = f"""
CREATE FUNCTION desk.index_calls(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    empty CONSTANT bit({_BITS}) := repeat('0', {_BITS})::bit({_BITS});
    states CONSTANT text[] := '{{{",".join(_STATE_WORDS)}}}';
    until_seq bigint;
    taken integer;
    ids text[];
    tickets text[];
    scores text[];
    homes text[];
    known text[];
    next_number bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(1684370284) THEN
        RETURN -1;
    END IF;
    SELECT max(seq), count(*), array_agg(DISTINCT entity_id) FILTER (WHERE entity IN ('call', 'recording')),
        array_agg(DISTINCT entity_id) FILTER (WHERE entity = 'ticket'),
        array_agg(DISTINCT entity_id) FILTER (WHERE entity = 'score'),
        array_agg(DISTINCT entity_id) FILTER (WHERE entity = 'household')
    INTO until_seq, taken, ids, tickets, scores, homes
    FROM (SELECT c.seq, c.entity, c.entity_id FROM desk.change AS c
        WHERE c.seq > (SELECT s.seq FROM desk.search_state AS s) ORDER BY c.seq LIMIT most) AS late;
    IF taken = 0 THEN
        RETURN 0;
    END IF;
    SELECT array_agg(DISTINCT c.call_id) INTO ids FROM desk."call" AS c
    WHERE c.offered_at IS NOT NULL AND c.call_id IN (
        SELECT unnest(ids)
        UNION SELECT p.call_id FROM desk."call" AS p WHERE p.ticket_id = ANY (tickets)
        UNION SELECT t.call_id FROM desk.ticket AS t WHERE t.ticket_id = ANY (tickets)
        UNION SELECT s.call_id FROM desk.score AS s WHERE s.score_id = ANY (scores)
        UNION SELECT p.call_id FROM desk."call" AS p WHERE p.household_id = ANY (homes)
        UNION SELECT t.call_id FROM desk.ticket AS t WHERE t.household_id = ANY (homes)
        UNION SELECT p.call_id FROM desk."call" AS p JOIN desk.ticket AS t ON t.ticket_id = p.ticket_id
            WHERE t.household_id = ANY (homes));
    IF ids IS NOT NULL THEN
        SELECT array_agg(n.call_id) INTO known FROM desk.search_call AS n WHERE n.call_id = ANY (ids);
        SELECT coalesce(max(n.number) + 1, 0) INTO next_number FROM desk.search_call AS n;
        INSERT INTO desk.search_call AS n (number, call_id, offered_at)
            SELECT next_number + row_number() OVER (ORDER BY c.offered_at, c.call_id) - 1, c.call_id, c.offered_at
            FROM desk."call" AS c LEFT JOIN desk.search_call AS o USING (call_id)
            WHERE c.call_id = ANY (ids) AND c.offered_at IS DISTINCT FROM o.offered_at
            ON CONFLICT (call_id) DO UPDATE SET number = excluded.number, offered_at = excluded.offered_at;
        INSERT INTO desk.search_chunk AS h (chunk, first_s, last_s)
            SELECT n.number / {_CHUNK}, floor(extract(epoch FROM min(n.offered_at))),
                floor(extract(epoch FROM max(n.offered_at)))
            FROM desk.search_call AS n WHERE n.call_id = ANY (ids) GROUP BY 1
            ON CONFLICT (chunk) DO UPDATE SET first_s = least(h.first_s, excluded.first_s),
                last_s = greatest(h.last_s, excluded.last_s);
        UPDATE desk.search_piece AS p SET bits = p.bits & ~m.mask FROM (
            SELECT s.word, (n.number / {_BLOCK})::integer AS block,
                bit_or(set_bit(empty, (n.number % {_BLOCK})::integer, 1)) AS mask
            FROM desk.search_call AS n CROSS JOIN LATERAL (
                SELECT unnest(states) EXCEPT SELECT desk.call_words(n.call_id)) AS s (word)
            WHERE n.call_id = ANY (known) GROUP BY 1, 2
        ) AS m WHERE p.word = m.word AND p.block = m.block AND bit_count(p.bits & m.mask) > 0;
        INSERT INTO desk.search_piece AS p (word, block, bits)
            SELECT w.word, (n.number / {_BLOCK})::integer,
                bit_or(set_bit(empty, (n.number % {_BLOCK})::integer, 1))
            FROM desk.search_call AS n CROSS JOIN LATERAL desk.call_words(n.call_id) AS w (word)
            WHERE n.call_id = ANY (ids) AND w.word IS NOT NULL GROUP BY 1, 2
            ON CONFLICT (word, block) DO UPDATE SET bits = p.bits | excluded.bits
                WHERE p.bits | excluded.bits <> p.bits;
    END IF;
    UPDATE desk.search_state SET seq = until_seq;
    RETURN taken;
END $$;
"""  # noqa: S608

_RIGHTS = """
REVOKE ALL ON FUNCTION desk.search_text(text), desk.search_pieces(text, text), desk.search_digits(text),
    desk.search_key(text, text), desk.call_words(text), desk.ticket_words(desk.ticket), desk.index_calls(integer)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk.index_calls(integer) TO desk_reader, desk_agent, desk_supervisor, desk_admin;
GRANT SELECT ON desk.search_piece, desk.search_call, desk.search_chunk, desk.search_state
    TO desk_reader, desk_agent, desk_supervisor, desk_admin;
"""


def upgrade() -> None:
    for statements in (_TABLES, _TEXTS, _TICKET_WORDS, _WORDS, _INDEX, _RIGHTS):
        op.execute(statements)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
