"""Who may do and see what: people, estates, tags that not everybody may read, and how much anybody may read or write.

Accounts: one row per database role that works here (`desk.account`), kept by `desk central user`. A role without one is
let in only if it is in `desk_unlimited`, which is also what lets a role pass by all that is checked row by row below.
Estates: a change belongs to the estate that its entity was first seen in, or to none (''). The order trigger works it
out, after the lock, from the entity's earlier changes, else from what the patch names, else from its author's only
estate; it never changes again, so that nobody's view of an entity is half of it.
Row-level security: a role is in `desk_limited`, whose rows are looked at one by one, or in `desk_unlimited`, whose are
not. The policies only ever add, and what they ask is the session's user: with `SET ROLE` one sees less, never more.
Limits: how much was read cannot be counted in a table, since a reader may roll back; sequences do not roll back. The
upper bits of an account's sequence are the hour, the lower 32 are the count."""

from alembic import op

from desk.sync.central.migrations.entities import (
    FLAG,
    NUMBER,
    TEXT,
    TIME,
    add_entity,
    add_fields,
    guard_table,
    make_fold,
)
from desk.sync.central.migrations.from_before import PRESENT_ESTATES, PRESENT_PEOPLE

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


_SENSITIVE_TAG = {"subject": TEXT, "subject_id": TEXT, "tag": TEXT, "ended": FLAG}
_MESSAGE = {
    "channel": TEXT,
    "recipient": TEXT,
    "template": TEXT,
    "text": TEXT,
    "dedupe_key": TEXT,
    "made_at": TIME,
    "delivery": TEXT,
    "ticket_id": TEXT,
    "not_before": TIME,
    "tries": NUMBER,
    "tried_at": TIME,
    "sent_at": TIME,
    "why": TEXT,
    "channel_id": TEXT,
}

_GROUPS = """
DO $$
DECLARE
    group_name text;
BEGIN
    FOREACH group_name IN ARRAY ARRAY['desk_seat', 'desk_sensitive', 'desk_limited', 'desk_unlimited'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = group_name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', group_name);
        END IF;
    END LOOP;
    IF NOT pg_has_role('desk_seat', 'desk_agent', 'member') THEN
        GRANT desk_agent TO desk_seat;
    END IF;
END $$;
"""

_ACCOUNTS = """
CREATE TABLE desk.account (
    role text PRIMARY KEY CHECK (role <> ''),
    agent text NOT NULL UNIQUE CHECK (agent <> ''),
    name text NOT NULL DEFAULT '',
    kind text NOT NULL CHECK (kind IN ('reader', 'agent', 'supervisor', 'admin', 'seat')),
    estates text[] CHECK (array_position(estates, NULL) IS NULL AND NOT '' = ANY (estates)),
    sensitive boolean NOT NULL DEFAULT false,
    carries boolean NOT NULL DEFAULT false,
    active boolean NOT NULL DEFAULT true,
    reads_per_hour integer CHECK (reads_per_hour >= 0),
    writes_per_hour integer CHECK (writes_per_hour >= 0),
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    disabled_at timestamptz
);
COMMENT ON COLUMN desk.account.agent IS 'the work number that this role signs with';
COMMENT ON COLUMN desk.account.estates IS 'NULL: all of them';
COMMENT ON COLUMN desk.account.carries IS 'may bring the changes of people who have an account of their own';
CREATE TABLE desk.audit (
    audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    who text NOT NULL DEFAULT session_user,
    what text NOT NULL,
    whom text NOT NULL DEFAULT '',
    detail text NOT NULL DEFAULT ''
);
CREATE SCHEMA desk_shown;
CREATE SCHEMA desk_written;
REVOKE ALL ON SCHEMA desk_shown, desk_written FROM PUBLIC;
"""

# All of them ask who the session is, never whose rights it uses just now.
_WHO = """
CREATE FUNCTION desk.may_work() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT a.active FROM desk.account AS a WHERE a.role = session_user),
        pg_has_role(session_user, 'desk_unlimited', 'member'))
$$;
CREATE FUNCTION desk.sees_all() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT a.active AND a.estates IS NULL FROM desk.account AS a WHERE a.role = session_user),
        pg_has_role(session_user, 'desk_unlimited', 'member'))
$$;
CREATE FUNCTION desk.my_estates() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT CASE WHEN a.active THEN coalesce(a.estates, '{}') || '{""}' ELSE '{}' END
        FROM desk.account AS a WHERE a.role = session_user), '{}')
$$;
CREATE FUNCTION desk.sees_sensitive() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT desk.may_work() AND (pg_has_role(session_user, 'desk_sensitive', 'member')
        OR pg_has_role(session_user, 'desk_supervisor', 'member') OR pg_has_role(session_user, 'desk_admin', 'member'))
$$;
CREATE FUNCTION desk.rights_stamp() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN desk.sees_all() THEN 'all' ELSE md5(array_to_string(ARRAY(
        SELECT unnest(desk.my_estates()) ORDER BY 1), '/')) END
        || CASE WHEN desk.sees_sensitive() THEN ' and sensitive' ELSE '' END
$$;
CREATE FUNCTION desk.may_carry(claim text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT NOT EXISTS (SELECT FROM desk.account AS a
            WHERE a.agent = claim AND a.kind <> 'seat' AND a.role <> session_user)
        OR coalesce((SELECT a.carries OR a.kind IN ('seat', 'admin') FROM desk.account AS a
            WHERE a.role = session_user), pg_has_role(session_user, 'desk_seat', 'member')
            OR pg_has_role(session_user, 'desk_admin', 'member'))
$$;
CREATE FUNCTION desk.carried(claims text[]) RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(claim), '{}') FROM unnest(claims) AS claim WHERE desk.may_carry(claim)
$$;
CREATE FUNCTION desk.whoami() RETURNS TABLE (role text, agent text, name text, kind text, estates text[],
    sensitive boolean, active boolean, rights text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT session_user::text, coalesce(a.agent, session_user), coalesce(a.name, ''), coalesce(a.kind, ''), a.estates,
        desk.sees_sensitive(), desk.may_work(), desk.rights_stamp()
    FROM (SELECT) AS one LEFT JOIN desk.account AS a ON a.role = session_user
$$;
"""

_LIMITS = """
CREATE FUNCTION desk.count_up(place text, most integer) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    counter CONSTANT regclass := format('%s.%I', place, session_user)::regclass;
    hour CONSTANT bigint := floor(extract(epoch FROM clock_timestamp()) / 3600);
    reached bigint := nextval(counter);
BEGIN
    IF reached >> 32 <> hour THEN
        reached := setval(counter, (hour << 32) | 1);
    END IF;
    RETURN (reached & 4294967295) <= most;
END $$;

CREATE FUNCTION desk.is_counted() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM desk.account AS a WHERE a.role = session_user AND a.reads_per_hour IS NOT NULL)
$$;
CREATE FUNCTION desk.shown() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    most CONSTANT integer := (SELECT a.reads_per_hour FROM desk.account AS a WHERE a.role = session_user);
BEGIN
    IF most IS NOT NULL AND NOT desk.count_up('desk_shown', most) THEN
        RAISE EXCEPTION 'more than % rows with telephone numbers in an hour', most USING ERRCODE = '53400',
            HINT = 'A seat is filled with a role of its own: desk central user add S01 --kind seat';
    END IF;
    RETURN true;
END $$;
"""

_ESTATE = """
CREATE FUNCTION desk.estate_named(kind text, id text, patch jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found_estate text := patch ->> 'estate_id';
    other record;
BEGIN
    IF kind = 'estate' THEN
        RETURN id;
    END IF;
    IF found_estate <> '' THEN
        RETURN found_estate;
    END IF;
    IF kind NOT IN ('recording', 'call') AND NOT patch ?| ARRAY['household_id', 'building_id', 'public_area_id',
        'person_id', 'ticket_id', 'call_id', 'joined_to', 'subject_id'] THEN
        RETURN '';
    END IF;
    FOR other IN SELECT * FROM (VALUES
        ('household', patch ->> 'household_id'), ('building', patch ->> 'building_id'),
        ('public_area', patch ->> 'public_area_id'), ('person', patch ->> 'person_id'),
        ('ticket', patch ->> 'ticket_id'), ('call', patch ->> 'call_id'), ('ticket', patch ->> 'joined_to'),
        (patch ->> 'subject', patch ->> 'subject_id'),
        ('call', CASE kind WHEN 'recording' THEN id END), ('recording', CASE kind WHEN 'call' THEN id END)
    ) AS named (kind, id) WHERE named.id <> '' LOOP
        SELECT c.estate INTO found_estate FROM desk.change AS c
            WHERE c.entity = other.kind AND c.entity_id = other.id LIMIT 1;
        IF found_estate <> '' THEN
            RETURN found_estate;
        END IF;
    END LOOP;
    RETURN '';
END $$;
"""

# What a field may hold: see step 0001, of which this is the next version. The lock comes before the estate is looked
# for, so that of two who name a new entity at once the later one sees the earlier one's.
_ORDER = r"""
CREATE OR REPLACE FUNCTION desk.order_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine desk.account;
    known desk.entity;
    given jsonb;
    stray text;
BEGIN
    SELECT * INTO mine FROM desk.account AS a WHERE a.role = session_user;
    IF NOT coalesce(mine.active, pg_has_role(session_user, 'desk_unlimited', 'member')) THEN
        RAISE EXCEPTION 'the role % does not work here', session_user USING ERRCODE = '28000';
    END IF;
    IF NEW.agent IS DISTINCT FROM mine.agent AND mine.kind IN ('seat', 'admin') IS NOT TRUE
        AND EXISTS (SELECT FROM desk.account AS a WHERE a.agent = NEW.agent) AND NOT desk.may_carry(NEW.agent) THEN
        RAISE EXCEPTION 'only % can bring what % has done', quote_literal(NEW.agent), quote_literal(NEW.agent)
            USING ERRCODE = 'DK011';
    END IF;
    SELECT * INTO known FROM desk.entity WHERE name = NEW.entity;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no entity is called %', quote_literal(NEW.entity) USING ERRCODE = 'DK001';
    END IF;
    IF NEW.patch ? known.id_field AND NEW.patch ->> known.id_field IS DISTINCT FROM NEW.entity_id THEN
        RAISE EXCEPTION 'the patch names another % than the change', NEW.entity USING ERRCODE = 'DK003';
    END IF;
    given := NEW.patch - known.id_field;
    SELECT key INTO stray FROM jsonb_each(given) AS e(key, value)
        WHERE value <> 'null' AND NOT CASE known.fields ->> key
            WHEN 'text' THEN jsonb_typeof(value) = 'string'
            WHEN 'boolean' THEN jsonb_typeof(value) = 'boolean'
            WHEN 'bigint' THEN jsonb_typeof(value) = 'number' AND value #>> '{}' ~ '^-?[0-9]+$'
            WHEN 'timestamptz' THEN jsonb_typeof(value) = 'string'
                AND value #>> '{}' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$'
            WHEN 'jsonb' THEN jsonb_typeof(value) = 'array'
                AND NOT jsonb_path_exists(value, 'strict $[*] ? (@.type() != "string")')
            ELSE false
        END OR NOT known.fields ? key LIMIT 1;
    IF FOUND THEN
        IF known.fields ? stray THEN
            RAISE EXCEPTION '%.% cannot hold %', NEW.entity, stray, given -> stray USING ERRCODE = 'DK004';
        END IF;
        RAISE EXCEPTION '% has no field %', NEW.entity, quote_literal(stray) USING ERRCODE = 'DK002';
    END IF;
    IF pg_column_size(NEW.patch) > 262144 OR length(NEW.reason) > 10000 OR length(NEW.agent) > 64
        OR length(NEW.seat) > 64 THEN
        RAISE EXCEPTION 'a change of this size is none that a seat makes' USING ERRCODE = 'DK014';
    END IF;
    IF NEW.entity = 'sensitive_tag' AND NOT desk.sees_sensitive() THEN
        RAISE EXCEPTION 'sensitive tags are written by those who may read them' USING ERRCODE = 'DK013';
    END IF;
    IF mine.writes_per_hour IS NOT NULL AND NOT desk.count_up('desk_written', mine.writes_per_hour) THEN
        RAISE EXCEPTION 'more than % changes in an hour', mine.writes_per_hour USING ERRCODE = '53400';
    END IF;
    PERFORM pg_advisory_xact_lock(1684370283);
    SELECT c.estate INTO NEW.estate FROM desk.change AS c
        WHERE c.entity = NEW.entity AND c.entity_id = NEW.entity_id LIMIT 1;
    IF NOT FOUND THEN
        NEW.estate := coalesce(nullif(desk.estate_named(NEW.entity, NEW.entity_id, NEW.patch), ''),
            CASE cardinality(mine.estates) WHEN 1 THEN mine.estates[1] END, '');
    END IF;
    IF mine.estates IS NOT NULL AND NEW.estate <> '' AND NOT NEW.estate = ANY (mine.estates) THEN
        RAISE EXCEPTION 'this % is of an estate that is not yours', NEW.entity USING ERRCODE = 'DK012';
    END IF;
    NEW.seq := nextval('desk.change_seq');
    NEW.author := session_user;
    NEW.received_at := clock_timestamp();
    RETURN NEW;
END $$;
"""

# Who appends and does not commit keeps all others waiting. A seat's own statements end within half a minute; somebody
# who holds the order for longer than a whole one is at a terminal. Seats that waited in vain call this. To end one
# of another role takes a superuser or pg_signal_backend; an owner that is neither lets them wait.
_FREE_ORDER = """
CREATE FUNCTION desk.free_order() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    holder record;
    ended integer := 0;
BEGIN
    FOR holder IN SELECT a.pid, a.usename, a.client_addr, a.application_name FROM pg_locks AS l
        JOIN pg_stat_activity AS a USING (pid) JOIN desk.account AS c ON c.role = a.usename
        WHERE l.locktype = 'advisory' AND l.granted AND (l.classid, l.objid, l.objsubid) = (0, 1684370283, 1)
            AND a.datname = current_database() AND c.kind IN ('agent', 'supervisor')
            AND a.xact_start < clock_timestamp() - interval '1 minute'
    LOOP
        PERFORM pg_terminate_backend(holder.pid);
        ended := ended + 1;
        INSERT INTO desk.audit (what, whom, detail) VALUES ('session ended that kept all seats waiting',
            holder.usename, concat_ws(' ', host(holder.client_addr), holder.application_name));
    END LOOP;
    RETURN ended;
EXCEPTION WHEN insufficient_privilege THEN
    RETURN 0;
END $$;
"""

_CHANGE_POLICIES = """
ALTER TABLE desk.change ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_of_it ON desk.change FOR SELECT TO desk_unlimited
    USING (entity <> 'sensitive_tag' OR (SELECT desk.sees_sensitive()));
CREATE POLICY one_s_own ON desk.change FOR SELECT TO desk_limited
    USING (((SELECT desk.sees_all()) OR estate = ANY ((SELECT desk.my_estates())::text[]))
        AND (entity <> 'sensitive_tag' OR (SELECT desk.sees_sensitive()))
        AND CASE WHEN (SELECT desk.is_counted()) AND entity IN ('number', 'call', 'ticket', 'message')
            AND author <> session_user THEN desk.shown() ELSE true END);
CREATE POLICY append ON desk.change FOR INSERT TO PUBLIC WITH CHECK (true);
"""

# The bits tell which calls there are, and their digits can be put together again.
_SEARCH_POLICIES = """
ALTER TABLE desk.search_piece ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_of_it ON desk.search_piece FOR SELECT TO desk_unlimited USING (true);
CREATE POLICY one_s_own ON desk.search_piece FOR SELECT TO desk_limited
    USING ((SELECT desk.sees_all())
        AND CASE WHEN (SELECT desk.is_counted()) AND word LIKE '#:%' THEN desk.shown() ELSE true END);
ALTER TABLE desk.search_call ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_of_it ON desk.search_call FOR SELECT TO desk_unlimited USING (true);
CREATE POLICY one_s_own ON desk.search_call FOR SELECT TO desk_limited USING ((SELECT desk.sees_all()));
"""

_RIGHTS = """
REVOKE ALL ON FUNCTION desk.may_work(), desk.sees_all(), desk.my_estates(), desk.sees_sensitive(),
    desk.rights_stamp(), desk.may_carry(text), desk.carried(text[]), desk.whoami(), desk.count_up(text, integer),
    desk.is_counted(), desk.shown(), desk.free_order(), desk.estate_named(text, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk.may_work(), desk.sees_all(), desk.my_estates(), desk.sees_sensitive(),
    desk.rights_stamp(), desk.may_carry(text), desk.carried(text[]), desk.whoami(),
    desk.is_counted(), desk.shown(), desk.free_order()
    TO desk_reader, desk_agent, desk_supervisor, desk_admin;
GRANT SELECT ON desk.account, desk.audit TO desk_supervisor, desk_admin;
"""


def upgrade() -> None:
    for statements in (_GROUPS, _ACCOUNTS, PRESENT_PEOPLE, _WHO, _LIMITS):
        op.execute(statements)
    op.execute("ALTER TABLE desk.change ADD COLUMN estate text NOT NULL DEFAULT ''")
    for statements in (_ESTATE, _ORDER, PRESENT_ESTATES):
        op.execute(statements)
    present = op.get_bind().exec_driver_sql("SELECT name, id_field FROM desk.entity ORDER BY name").all()
    for name, id_field in present:
        op.execute(f"ALTER TABLE desk.\"{name}\" ADD COLUMN estate text NOT NULL DEFAULT ''")
        op.execute(
            f'UPDATE desk."{name}" t SET estate = e.estate FROM desk_estates e'  # noqa: S608 - our own names
            f" WHERE e.entity = '{name}' AND e.entity_id = t.\"{id_field}\""
        )
        guard_table(name)
        make_fold(name)
    for statements in (_FREE_ORDER, _CHANGE_POLICIES, _SEARCH_POLICIES, _RIGHTS):
        op.execute(statements)
    add_fields("person", {"estate_id": TEXT})
    add_entity("sensitive_tag", "sensitive_tag_id", _SENSITIVE_TAG)
    add_entity("message", "message_id", _MESSAGE)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
