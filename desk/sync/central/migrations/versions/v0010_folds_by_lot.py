"""What is pushed together is ordered and folded together: one trigger per statement, not one per entity and row.

Order: the lock is taken before the first row, once; each row then gets its estate and its number under it, as before.
Rows: all changes of a statement are checked and laid over each other in their order, and each entity's row is written
once. A function per entity keeps PostgreSQL's plan of it, so that a single change costs no more than before.
Waiting: a session that finds the order taken makes its plans meanwhile (a new one needs longer for them than for its
changes), and then queues in one of a few lanes before the order itself: what the server walks through when it looks for
deadlocks grows faster than the square of a queue's length.

What is refused, and by which code, is what steps 0001 and 0005 refuse. The functions that are no triggers are called by
those that are, which have set `search_path` and are the schema's owner."""

from alembic import op

from desk.sync.central.migrations.entities import make_fold

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_LANES = 32

# The fields of an entity are read with every change of it: kept as they are, not compressed.
_FIELDS = """
ALTER TABLE desk.entity SET (toast_tuple_target = 8160);
UPDATE desk.entity SET fields = fields || '{}';
"""

# The kinds that come next are likely those that came last.
_OPEN = f"""
CREATE FUNCTION desk.get_ready() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    kind text;
BEGIN
    PERFORM desk.estate_named('', '', '{{"household_id": "", "estate_id": ""}}');
    PERFORM desk.fold_lot('{{}}', '{{}}', '{{}}', '{{}}');
    FOR kind IN SELECT DISTINCT late.entity
        FROM (SELECT c.entity FROM desk.change AS c ORDER BY c.seq DESC LIMIT 20) AS late
    LOOP
        EXECUTE format('SELECT desk.%I($1, $2)', 'fold_' || kind) USING '{{}}'::text[], '{{}}'::jsonb[];
    END LOOP;
END $$;

CREATE FUNCTION desk.open_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off SET enable_sort = on AS $$
BEGIN
    IF NOT coalesce((SELECT a.active FROM desk.account AS a WHERE a.role = session_user),
        pg_has_role(session_user, 'desk_unlimited', 'member')) THEN
        RAISE EXCEPTION 'the role % does not work here', session_user USING ERRCODE = '28000';
    END IF;
    IF NOT pg_try_advisory_xact_lock(1684370283) THEN
        PERFORM desk.get_ready();
        PERFORM pg_advisory_xact_lock(1684370300 + pg_backend_pid() % {_LANES});
        PERFORM pg_advisory_xact_lock(1684370283);
    END IF;
    RETURN NULL;
END $$;
"""  # noqa: S608

# The limit is counted row by row, so that one statement with very many rows ends at it.
_ORDER = """
CREATE OR REPLACE FUNCTION desk.order_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine record;
BEGIN
    SELECT a.agent, a.kind, a.estates, a.writes_per_hour,
        (SELECT c.estate FROM desk.change AS c
            WHERE c.entity = NEW.entity AND c.entity_id = NEW.entity_id LIMIT 1) AS estate,
        EXISTS (SELECT FROM desk.account AS o WHERE o.agent = NEW.agent) AS somebody_s
    INTO mine FROM (SELECT) AS one LEFT JOIN desk.account AS a ON a.role = session_user;
    IF mine.somebody_s AND NEW.agent IS DISTINCT FROM mine.agent AND mine.kind IN ('seat', 'admin') IS NOT TRUE
        AND NOT desk.may_carry(NEW.agent) THEN
        RAISE EXCEPTION 'only % can bring what % has done', quote_literal(NEW.agent), quote_literal(NEW.agent)
            USING ERRCODE = 'DK011';
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
    NEW.estate := coalesce(mine.estate, nullif(desk.estate_named(NEW.entity, NEW.entity_id, NEW.patch), ''),
        CASE cardinality(mine.estates) WHEN 1 THEN mine.estates[1] END, '');
    IF NEW.estate <> '' AND NOT NEW.estate = ANY (mine.estates) THEN
        RAISE EXCEPTION 'this % is of an estate that is not yours', NEW.entity USING ERRCODE = 'DK012';
    END IF;
    NEW.seq := nextval('desk.change_seq');
    NEW.author := session_user;
    NEW.received_at := clock_timestamp();
    RETURN NEW;
END $$;
"""

# What a field may hold: one rule, which PostgreSQL puts into the statements that ask it. The casts refuse what only
# looks like a number or a moment, with codes of their own.
_HOLDS = r"""
CREATE FUNCTION desk.field_holds(kind text, value jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN kind IS NULL THEN false WHEN value = 'null' THEN true ELSE CASE kind
        WHEN 'text' THEN jsonb_typeof(value) = 'string'
        WHEN 'boolean' THEN jsonb_typeof(value) = 'boolean'
        WHEN 'bigint' THEN CASE WHEN jsonb_typeof(value) = 'number' AND value #>> '{}' ~ '^-?[0-9]+$'
            THEN (value #>> '{}')::bigint IS NOT NULL ELSE false END
        WHEN 'timestamptz' THEN CASE WHEN jsonb_typeof(value) = 'string'
            AND value #>> '{}' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$'
            THEN (value #>> '{}')::timestamptz IS NOT NULL ELSE false END
        WHEN 'jsonb' THEN jsonb_typeof(value) = 'array'
            AND NOT jsonb_path_exists(value, 'strict $[*] ? (@.type() != "string")')
        ELSE false
    END END
$$;
"""

# Every patch is checked for itself, since of what is laid over each other a later value hides an earlier one.
_LOT = """
CREATE AGGREGATE desk.laid_over(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}');

CREATE FUNCTION desk.fold_lot(kinds text[], ids text[], patches jsonb[], estates text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    lot record;
BEGIN
    FOR lot IN
        SELECT whole.entity, array_agg(whole.entity_id) AS ids, bool_and(whole.fits) AS fits, array_agg(whole.patch
            || jsonb_build_object(coalesce(whole.id_field, ''), whole.entity_id, 'estate', whole.estate)) AS patches
        FROM (
            SELECT m.entity, m.entity_id, known.id_field, min(m.estate) AS estate,
                desk.laid_over(m.patch ORDER BY m.place) AS patch,
                bool_and(known.name IS NOT NULL AND NOT EXISTS (
                    SELECT FROM jsonb_each(m.patch) AS e (key, value) WHERE NOT CASE key WHEN known.id_field
                        THEN value #>> '{}' IS NOT DISTINCT FROM m.entity_id
                        ELSE desk.field_holds(known.fields ->> key, value) END)) AS fits
            FROM unnest(kinds, ids, patches, estates) WITH ORDINALITY AS m (entity, entity_id, patch, estate, place)
            LEFT JOIN desk.entity AS known ON known.name = m.entity
            GROUP BY m.entity, m.entity_id, known.id_field
        ) AS whole GROUP BY whole.entity
    LOOP
        IF NOT lot.fits THEN
            PERFORM desk.refuse_lot(kinds, ids, patches);
        END IF;
        EXECUTE format('SELECT desk.%I($1, $2)', 'fold_' || lot.entity) USING lot.ids, lot.patches;
    END LOOP;
END $$;
"""

# Says what is wrong with the first one that is.
_REFUSE = """
CREATE FUNCTION desk.refuse_lot(kinds text[], ids text[], patches jsonb[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    made record;
    known desk.entity;
    field record;
BEGIN
    FOR made IN SELECT * FROM unnest(kinds, ids, patches) AS m (entity, entity_id, patch) LOOP
        SELECT * INTO known FROM desk.entity WHERE name = made.entity;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no entity is called %', quote_literal(made.entity) USING ERRCODE = 'DK001';
        END IF;
        IF made.patch ? known.id_field AND made.patch ->> known.id_field IS DISTINCT FROM made.entity_id THEN
            RAISE EXCEPTION 'the patch names another % than the change', made.entity USING ERRCODE = 'DK003';
        END IF;
        FOR field IN SELECT * FROM jsonb_each(made.patch - known.id_field) LOOP
            IF NOT known.fields ? field.key THEN
                RAISE EXCEPTION '% has no field %', made.entity, quote_literal(field.key) USING ERRCODE = 'DK002';
            ELSIF NOT desk.field_holds(known.fields ->> field.key, field.value) THEN
                RAISE EXCEPTION '%.% cannot hold %', made.entity, field.key, field.value USING ERRCODE = 'DK004';
            END IF;
        END LOOP;
    END LOOP;
    RAISE EXCEPTION 'a change does not fit' USING ERRCODE = 'DK004';
END $$;
"""

# Plans for any lot, since one for this lot would be made anew each time. What a role has set for its own questions (its
# reads are counted, so it does without sorting) would make them take seconds.
_FOLD = """
CREATE FUNCTION desk.fold_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off SET enable_sort = on AS $$
DECLARE
    lot record;
BEGIN
    SELECT array_agg(m.entity ORDER BY m.seq) AS kinds, array_agg(m.entity_id ORDER BY m.seq) AS ids,
        array_agg(m.patch ORDER BY m.seq) AS patches, array_agg(m.estate ORDER BY m.seq) AS estates
    INTO lot FROM made AS m;
    IF lot.kinds IS NOT NULL THEN
        PERFORM desk.fold_lot(lot.kinds, lot.ids, lot.patches, lot.estates);
        PERFORM pg_notify('desk_change', '');
    END IF;
    RETURN NULL;
END $$;
"""

_TRIGGERS = """
DROP TRIGGER notify_change ON desk.change;
DROP FUNCTION desk.notify_change();
CREATE TRIGGER open_order BEFORE INSERT ON desk.change FOR EACH STATEMENT EXECUTE FUNCTION desk.open_order();
CREATE TRIGGER fold_changes AFTER INSERT ON desk.change REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION desk.fold_changes();
"""

_RIGHTS = """
REVOKE ALL ON FUNCTION desk.get_ready(), desk.open_order(), desk.field_holds(text, jsonb), desk.laid_over(jsonb),
    desk.fold_lot(text[], text[], jsonb[], text[]), desk.refuse_lot(text[], text[], jsonb[]), desk.fold_changes()
    FROM PUBLIC;
"""


def upgrade() -> None:
    for statements in (_FIELDS, _OPEN, _ORDER, _HOLDS, _LOT, _REFUSE, _FOLD):
        op.execute(statements)
    for name in op.get_bind().exec_driver_sql("SELECT name FROM desk.entity ORDER BY name").scalars().all():
        op.execute(f"DROP TRIGGER fold_{name} ON desk.change")
        op.execute(f"DROP FUNCTION desk.fold_{name}()")
        make_fold(name)
    for statements in (_TRIGGERS, _RIGHTS):
        op.execute(statements)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
