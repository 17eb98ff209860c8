"""Seats: which are there, how far they have come, and what a new one is filled with.

Every store that exchanges with the centre has a row in `desk.seat`, known by the store's own id and by a token that
changes at each hello: two copies of one store cannot both know the newest token, so the second one is told. Nothing
can be written into that table but through the functions here, and a store that is not known as itself changes nothing.

The epoch is not stored, because a restored backup would bring it back: it is read from the server itself, and differs
when the database was restored into another one or to another point in time. Where it does not (the files of yesterday
copied back), the seat's last change that the centre is known to have had is not there any more; `stands` says so."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE desk.centre (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    oldest_program text NOT NULL DEFAULT '0.1',
    newest_program text NOT NULL DEFAULT ''
);
INSERT INTO desk.centre DEFAULT VALUES;
CREATE TABLE desk.seat (
    store_id uuid PRIMARY KEY,
    seat text NOT NULL CHECK (length(seat) BETWEEN 1 AND 64),
    token uuid NOT NULL,
    role text NOT NULL,
    program text NOT NULL CHECK (length(program) <= 64),
    store_schema bigint NOT NULL DEFAULT 0,
    address inet,
    first_seen timestamptz NOT NULL,
    hello_at timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    cursor bigint NOT NULL DEFAULT 0,
    unsent bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    lag_ms bigint NOT NULL DEFAULT 0,
    filled_permille bigint NOT NULL DEFAULT 1000,
    copies bigint NOT NULL DEFAULT 0,
    copied_at timestamptz
);
CREATE INDEX ON desk.seat (seat);
CREATE INDEX ON desk.ticket (ticket_id) WHERE closed_at IS NULL;
"""

_VERSIONS = """
CREATE FUNCTION desk.version_parts(given text) RETURNS integer[] LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_to_array(substring(given FROM '^[0-9]{1,6}(?:[.][0-9]{1,6})*'), '.')::integer[]
$$;
CREATE FUNCTION desk.epoch() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT md5(concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
        (SELECT timeline_id FROM pg_control_checkpoint()),
        (SELECT oid FROM pg_database WHERE datname = current_database())))
$$;
"""

# `stands`: the centre has, at its place, the last change that the seat knows. Where not, a backup was restored, and the
# order goes on above everything that the seat knows: what it offers again gets another place than it had, so that
# every other seat that knew it there finds out, too.
# `twin`: another store of the same name that has been heard since this one was first, so that a wiped seat, whose old
# store is silent, is none.
_HELLO = """
CREATE FUNCTION desk.twin_of(mine desk.seat) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws(' ', s.role, host(s.address)) FROM desk.seat AS s
    WHERE s.seat = mine.seat AND s.store_id <> mine.store_id AND s.last_seen > mine.first_seen
        AND s.last_seen > clock_timestamp() - interval '150 s'
    ORDER BY s.last_seen DESC LIMIT 1
$$;

CREATE FUNCTION desk.hello(told jsonb) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    rules desk.centre;
    mine desk.seat;
    given uuid := (told ->> 'store_id')::uuid;
    verdict text := 'ok';
    head record;
    top CONSTANT bigint := coalesce((told ->> 'top')::bigint, 0);
    stands boolean;
    moment timestamptz := clock_timestamp();
BEGIN
    SELECT * INTO rules FROM desk.centre;
    IF NOT desk.may_work() THEN
        verdict := 'disabled';
    ELSIF desk.version_parts(told ->> 'program') < desk.version_parts(rules.oldest_program) THEN
        verdict := 'too_old';
    END IF;
    SELECT c.seq, c.change_id INTO head FROM desk.change AS c ORDER BY c.seq DESC LIMIT 1;
    stands := top = 0 OR EXISTS (SELECT FROM desk.change AS c
        WHERE c.seq = top AND c.change_id = (told ->> 'top_id')::uuid);
    IF verdict = 'ok' AND NOT stands AND top <= coalesce(head.seq, 0) + 1000000000 THEN
        PERFORM pg_advisory_xact_lock(1684370283);
        PERFORM setval('desk.change_seq', greatest(top, nextval('desk.change_seq')));
        INSERT INTO desk.audit (what, whom, detail) VALUES ('backup restored', told ->> 'seat',
            format('knows %s, the centre %s', top, coalesce(head.seq, 0)));
    END IF;
    SELECT * INTO mine FROM desk.seat AS s WHERE s.store_id = given FOR UPDATE;
    IF FOUND AND mine.token IS DISTINCT FROM (told ->> 'token')::uuid
        AND mine.token IS DISTINCT FROM (told ->> 'next_token')::uuid THEN
        UPDATE desk.seat AS s SET copies = s.copies + 1, copied_at = moment WHERE s.store_id = given;
        INSERT INTO desk.audit (what, whom, detail) VALUES ('store copied', mine.seat,
            concat_ws(' ', given, host(inet_client_addr())));
        RETURN jsonb_build_object('verdict', CASE verdict WHEN 'ok' THEN 'copied' ELSE verdict END,
            'epoch', desk.epoch(), 'stands', stands,
            'oldest_program', rules.oldest_program, 'newest_program', rules.newest_program);
    END IF;
    INSERT INTO desk.seat AS s (store_id, seat, token, role, program, store_schema, address, first_seen, hello_at,
            last_seen, cursor)
        VALUES (given, told ->> 'seat', (told ->> 'next_token')::uuid, session_user, told ->> 'program',
            coalesce((told ->> 'store_schema')::bigint, 0), inet_client_addr(), moment, moment, moment,
            coalesce((told ->> 'cursor')::bigint, 0))
        ON CONFLICT (store_id) DO UPDATE SET seat = excluded.seat, token = excluded.token, role = excluded.role,
            program = excluded.program, store_schema = excluded.store_schema, address = excluded.address,
            hello_at = moment, last_seen = moment, cursor = excluded.cursor
        RETURNING * INTO mine;
    RETURN jsonb_build_object(
        'verdict', verdict,
        'oldest_program', rules.oldest_program,
        'newest_program', rules.newest_program,
        'schema', (SELECT version_num FROM desk.alembic_version LIMIT 1),
        'epoch', desk.epoch(),
        'head', coalesce(head.seq, 0),
        'head_id', head.change_id,
        'rights', desk.rights_stamp(),
        'stands', stands,
        'twin', coalesce(desk.twin_of(mine), '')
    );
END $$;

CREATE FUNCTION desk.head() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$ SELECT coalesce(max(seq), 0) FROM desk.change $$;

CREATE FUNCTION desk.standing(seqs bigint[], ids uuid[]) RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(c.seq), '{}') FROM unnest(seqs, ids) AS held (seq, change_id)
    JOIN desk.change AS c ON c.seq = held.seq AND c.change_id = held.change_id
$$;

CREATE FUNCTION desk.seat_tells(told jsonb) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine desk.seat;
BEGIN
    UPDATE desk.seat AS s SET last_seen = clock_timestamp(), cursor = (told ->> 'cursor')::bigint,
        unsent = (told ->> 'unsent')::bigint, refused = (told ->> 'refused')::bigint,
        lag_ms = (told ->> 'lag_ms')::bigint, filled_permille = (told ->> 'filled_permille')::bigint
        WHERE s.store_id = (told ->> 'store_id')::uuid AND s.token = (told ->> 'token')::uuid
        RETURNING * INTO mine;
    RETURN jsonb_build_object('known', FOUND, 'twin', coalesce(desk.twin_of(mine), ''),
        'may_work', desk.may_work(), 'rights', desk.rights_stamp());
END $$;
"""

_RIGHTS = """
REVOKE ALL ON FUNCTION desk.version_parts(text), desk.epoch(), desk.twin_of(desk.seat), desk.hello(jsonb),
    desk.standing(bigint[], uuid[]), desk.head(), desk.seat_tells(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk.hello(jsonb), desk.standing(bigint[], uuid[]), desk.head(), desk.seat_tells(jsonb)
    TO desk_reader, desk_agent, desk_supervisor, desk_admin;
GRANT SELECT (store_id, seat, role, program, store_schema, address, first_seen, hello_at, last_seen, cursor, unsent,
    refused, lag_ms, filled_permille, copies, copied_at) ON desk.seat TO desk_supervisor, desk_admin;
GRANT SELECT ON desk.centre TO desk_reader, desk_agent, desk_supervisor, desk_admin;
"""


def upgrade() -> None:
    for statements in (_TABLES, _VERSIONS, _HELLO, _RIGHTS):
        op.get_bind().exec_driver_sql(statements)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
