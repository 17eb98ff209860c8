"""What step 0012 shows of the index of calls, and step 0013 lets people write, narrowed to what was meant.

Index: a word is shown to whoever sees some estates only where it stands in a call of theirs: a row without a bit would
tell that somewhere else there is such a word, and words are pieces of names, texts and numbers.

Supervised: that a recording is deleted, whom messages of an area reach, and the steps of an early warning that end or
turn it. What a seat writes by itself (a recording that retention has deleted) its own role goes on writing.

Seats: the password of a seat's role lies in the keyring of the PC's account, so that whoever works there could sign
with it as anybody. What only supervisors write it therefore brings no more, unless its account says so (`carries`: a
hotline whose people have no accounts). Such a change waits for its author's own connection: DK017 says that somebody
else may bring it, where DK016 says that nobody may. Seats that are there go on as before where no supervisor has an
account.

Limits: a row of the register counts as twenty, so that an hour's limit is a caller's number each time and no estate's
register; what somebody has searched for counts where it holds a number.

Names: an agent signs with their own, and brings besides what the seats have written that said hello over their role. A
name without an account is nobody's to sign with but a seat's, a supervisor's and an admin's role.

Staff: the people who work here are of no estate, whoever wrote them down first.

Seats tell what is wrong with them, by name; those of the version before tell nothing of it."""

import json
from collections.abc import Sequence

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

# Entity -> its fields that only supervisors and admins write, beside those of step 0013.
_FIELDS: dict[str, tuple[str, ...]] = {
    "recording": ("deleted_at", "deleted_by", "deleted_why"),
    "building": ("area_assistant_id",),
    "warning": ("step",),
}
_BY_SEATS: dict[str, tuple[str, ...]] = {"recording": ("deleted_at", "deleted_by", "deleted_why")}
_ONLY_VALUES: dict[str, tuple[str, ...]] = {
    "warning": ("reviewed", "returned", "closed", "unsatisfied", "escalated", "withdrawn")
}

_TABLE = """
ALTER TABLE desk.supervised ADD by_seats jsonb NOT NULL DEFAULT '[]', ADD only_values jsonb;
COMMENT ON COLUMN desk.supervised.by_seats IS 'of the fields, what a seat''s own role writes, too';
COMMENT ON COLUMN desk.supervised.only_values IS
    'of the one field only these values, and only where the thing has never held them; NULL: all';
"""
_KNOWN = """
INSERT INTO desk.supervised AS s (entity, fields, by_seats, only_values) VALUES (%s, %s, %s, %s)
    ON CONFLICT (entity) DO UPDATE SET fields = s.fields || excluded.fields, by_seats = excluded.by_seats
"""

# An empty field that was always empty is nobody's word: an import that makes a building says so of its assistant. A
# step that the warning stood at before is written again by who takes back their own, and by the rule that settles two.
_IS_SUPERVISED = """
CREATE FUNCTION desk.is_supervised(kind text, id text, patch jsonb) RETURNS boolean LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    rule desk.supervised;
    field text;
    is_seat CONSTANT boolean := EXISTS (SELECT FROM desk.account AS a WHERE a.role = session_user AND a.kind = 'seat');
BEGIN
    SELECT * INTO rule FROM desk.supervised AS s WHERE s.entity = kind;
    IF rule.fields = '[]' THEN
        RETURN true;
    END IF;
    FOR field IN SELECT jsonb_array_elements_text(rule.fields) LOOP
        CONTINUE WHEN NOT patch ? field OR is_seat AND rule.by_seats ? field;
        IF rule.only_values IS NULL THEN
            CONTINUE WHEN coalesce(patch ->> field, '') = '' AND NOT EXISTS (SELECT FROM desk.change AS c
                WHERE c.entity = kind AND c.entity_id = id AND c.patch ->> field <> '');
        ELSE
            CONTINUE WHEN NOT coalesce(rule.only_values ? (patch ->> field), false) OR EXISTS (
                SELECT FROM desk.change AS c
                WHERE c.entity = kind AND c.entity_id = id AND c.patch ->> field = is_supervised.patch ->> field);
        END IF;
        RETURN true;
    END LOOP;
    RETURN false;
END $$;
REVOKE ALL ON FUNCTION desk.is_supervised(text, text, jsonb) FROM PUBLIC;
"""

# Of somebody without an account the staff list says who supervises, as since step 0013.
_BELIEVED = """
CREATE FUNCTION desk.believed(who text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM desk.account AS mine WHERE mine.role = session_user AND mine.carries AND (
        EXISTS (SELECT FROM desk.account AS a
            WHERE a.agent = who AND a.active AND a.kind IN ('supervisor', 'admin'))
        OR mine.kind = 'seat' AND NOT EXISTS (SELECT FROM desk.account AS a WHERE a.agent = who)
            AND (EXISTS (SELECT FROM desk.staff AS s WHERE s.number = who AND s.duty = 'supervisor' AND s.active)
                OR NOT EXISTS (SELECT FROM desk.staff AS s WHERE s.duty = 'supervisor'))))
$$;
CREATE OR REPLACE FUNCTION desk.supervises(who text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT mine.kind IS NULL OR mine.kind IN ('supervisor', 'admin') OR desk.believed(who)
    FROM (SELECT) AS one LEFT JOIN desk.account AS mine ON mine.role = session_user
$$;
CREATE FUNCTION desk.another_may_bring(who text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT NOT EXISTS (SELECT FROM desk.account AS a
        WHERE a.agent = who AND (a.role = session_user OR a.kind NOT IN ('supervisor', 'admin', 'seat')))
$$;
CREATE OR REPLACE FUNCTION desk.keep_supervised() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF desk.is_supervised(NEW.entity, NEW.entity_id, NEW.patch) AND NOT desk.supervises(NEW.agent) THEN
        IF desk.another_may_bring(NEW.agent) THEN
            RAISE EXCEPTION 'this of a % is brought by who wrote it', NEW.entity USING ERRCODE = 'DK017';
        END IF;
        RAISE EXCEPTION 'this of a % is written by supervisors and admins', NEW.entity USING ERRCODE = 'DK016';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION desk.keep_service_data() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.patch ?| ARRAY[{service}] AND NOT (pg_has_role(session_user, 'desk_supervisor', 'member')
        OR pg_has_role(session_user, 'desk_admin', 'member') OR desk.believed(NEW.agent)) THEN
        IF desk.another_may_bring(NEW.agent) THEN
            RAISE EXCEPTION 'purchase and service data are brought by who wrote them' USING ERRCODE = 'DK017';
        END IF;
        RAISE EXCEPTION 'purchase and service data are written by supervisors and admins' USING ERRCODE = 'DK015';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION desk.believed(text), desk.another_may_bring(text) FROM PUBLIC;
UPDATE desk.account SET carries = true WHERE kind = 'seat'
    AND NOT EXISTS (SELECT FROM desk.account AS a WHERE a.kind = 'supervisor' AND a.active);
DROP TRIGGER a_supervised ON desk.change;
"""
_SERVICE = ("asset", "place", "bought_on", "price", "supplier", "warranty_until", "notes", "retired")  # of step 0009
_SUPERVISED = """
CREATE TRIGGER a_supervised BEFORE INSERT ON desk.change FOR EACH ROW WHEN (NEW.entity IN ({entities}))
    EXECUTE FUNCTION desk.keep_supervised();
"""

# A seat without a role of its own brings its recordings by its agents' connections, and seals one again that was lost
# before the vault had it. What somebody else has brought, or the vault has, no agent says anything else of.
_RECORDINGS = """
CREATE FUNCTION desk.keep_recordings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM desk.account AS a WHERE a.role = session_user AND a.kind = 'agent')
        AND EXISTS (SELECT FROM desk.recording AS r WHERE r.call_id = NEW.entity_id AND r.file <> ''
            AND (NEW.patch ->> 'file' <> r.file OR NEW.patch ->> 'sha256' <> r.sha256 OR NEW.patch ->> 'kept' <> r.kept)
            AND (r.vaulted_at IS NOT NULL OR NOT desk.brought('recording', NEW.entity_id))) THEN
        RAISE EXCEPTION 'which file a recording is, is said by the seat that sealed it' USING ERRCODE = 'DK016';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION desk.keep_recordings() FROM PUBLIC;
CREATE TRIGGER a_recordings BEFORE INSERT ON desk.change FOR EACH ROW
    WHEN (NEW.entity = 'recording' AND NEW.patch ?| ARRAY['file', 'sha256', 'kept'])
    EXECUTE FUNCTION desk.keep_recordings();
"""

_REGISTER = 20  # a number of the register counts as so many rows
_SHOWN = """
CREATE FUNCTION desk.shown(rows integer) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    FOR row IN 1 .. rows LOOP
        PERFORM desk.shown();
    END LOOP;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION desk.shown(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk.shown(integer) TO desk_reader, desk_agent, desk_supervisor, desk_admin;
"""
_COUNTED_ROWS = """
DROP POLICY one_s_own ON desk."{name}";
CREATE POLICY one_s_own ON desk."{name}" FOR SELECT TO desk_limited
    USING (((SELECT desk.sees_all()) OR estate = ANY ((SELECT desk.my_estates())::text[]))
        AND CASE WHEN (SELECT desk.is_counted()) AND {counts} THEN desk.shown({rows}) ELSE true END);
"""
_SEARCHED = "{text} ~ '[0-9]([ -]*[0-9]){{6}}'"
# As in step 0013, and what step 0014 counts otherwise.
_COUNTED_CHANGES = """
DROP POLICY one_s_own ON desk.change;
CREATE POLICY one_s_own ON desk.change FOR SELECT TO desk_limited
    USING (((SELECT desk.sees_all()) OR estate = ANY ((SELECT desk.my_estates())::text[]))
        AND (entity <> 'sensitive_tag' OR (SELECT desk.sees_sensitive()))
        AND CASE WHEN (SELECT desk.is_counted()) AND author <> session_user
            AND (entity IN ('number', 'call', 'ticket', 'message') OR {numbered} OR entity = 'listening' AND {searched})
            THEN desk.shown(CASE entity WHEN 'number' THEN {register} ELSE 1 END) ELSE true END);
"""
_NUMBER_OF = {
    "attempt": "number",
    "promise": "number",
    "follow_up": "number",
    "question": "number",
    "warning": "caller_number",
}

# The order of step 0010; only whose name is asked about is another.
_NAMES = """
CREATE OR REPLACE FUNCTION desk.may_carry(claim text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN mine.carries OR mine.kind IN ('seat', 'admin') OR mine.agent = claim THEN true
        WHEN mine.kind IS NULL AND (pg_has_role(session_user, 'desk_seat', 'member')
            OR pg_has_role(session_user, 'desk_admin', 'member')) THEN true
        WHEN EXISTS (SELECT FROM desk.account AS a
            WHERE a.agent = claim AND a.kind <> 'seat' AND a.role <> session_user) THEN false
        WHEN mine.kind = 'agent' THEN EXISTS (SELECT FROM desk.seat AS s WHERE s.seat = claim AND s.role = session_user)
        ELSE true END
    FROM (SELECT) AS one LEFT JOIN desk.account AS mine ON mine.role = session_user
$$;
DROP TRIGGER b_imports ON desk.change;
DROP FUNCTION desk.keep_imports();
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
    IF (mine.somebody_s OR mine.kind = 'agent') AND NEW.agent IS DISTINCT FROM mine.agent
        AND mine.kind IN ('seat', 'admin') IS NOT TRUE AND NOT desk.may_carry(NEW.agent) THEN
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

# Whoever could not see them has passed over their changes, and would not hear of them again: those that had an estate
# are told once more, as they stand. Past the triggers, since nothing of them is another but who may see it.
_STAFF = """
DROP TRIGGER z_no_estate ON desk.change;
CREATE TRIGGER z_no_estate BEFORE INSERT ON desk.change FOR EACH ROW
    WHEN (NEW.entity IN ('seat_record', 'seat_check', 'staff')) EXECUTE FUNCTION desk.of_no_estate();
ALTER TABLE desk.change DISABLE TRIGGER USER;
INSERT INTO desk.change (seq, change_id, entity, entity_id, at, author, agent, seat, patch, reason, base_seq,
        received_at, estate)
    SELECT nextval('desk.change_seq'), gen_random_uuid(), 'staff', s.staff_id, now(), session_user, '', '',
        jsonb_strip_nulls(to_jsonb(s)) - 'staff_id' - 'estate', 'of no estate', desk.head(), clock_timestamp(), ''
    FROM desk.staff AS s WHERE s.estate <> '' ORDER BY s.staff_id;
UPDATE desk.change SET estate = '' WHERE entity = 'staff' AND estate <> '';
UPDATE desk.staff SET estate = '' WHERE estate <> '';
ALTER TABLE desk.change ENABLE TRIGGER USER;
"""

_TROUBLES = """
ALTER TABLE desk.seat ADD troubles jsonb NOT NULL DEFAULT '[]';
GRANT SELECT (troubles) ON desk.seat TO desk_supervisor, desk_admin;
CREATE OR REPLACE FUNCTION desk.seat_tells(told jsonb) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine desk.seat;
BEGIN
    UPDATE desk.seat AS s SET last_seen = clock_timestamp(), cursor = (told ->> 'cursor')::bigint,
        unsent = (told ->> 'unsent')::bigint, refused = (told ->> 'refused')::bigint,
        lag_ms = (told ->> 'lag_ms')::bigint, filled_permille = (told ->> 'filled_permille')::bigint,
        troubles = CASE WHEN jsonb_typeof(told -> 'troubles') = 'array' AND pg_column_size(told -> 'troubles') < 2000
            THEN told -> 'troubles' ELSE '[]' END
        WHERE s.store_id = (told ->> 'store_id')::uuid AND s.token = (told ->> 'token')::uuid
        RETURNING * INTO mine;
    RETURN jsonb_build_object('known', FOUND, 'twin', coalesce(desk.twin_of(mine), ''),
        'may_work', desk.may_work(), 'rights', desk.rights_stamp());
END $$;
"""


def upgrade() -> None:
    connection = op.get_bind()
    op.execute(_SEEN)
    op.execute(_TABLE)
    for entity, fields in _FIELDS.items():
        only = json.dumps(_ONLY_VALUES[entity]) if entity in _ONLY_VALUES else None
        given = (entity, json.dumps(fields), json.dumps(_BY_SEATS.get(entity, ())), only)
        connection.exec_driver_sql(_KNOWN, given)
    op.execute(_IS_SUPERVISED)
    op.execute(_BELIEVED.format(service=_in_sql(_SERVICE)))
    entities = connection.exec_driver_sql("SELECT entity FROM desk.supervised ORDER BY 1").scalars().all()
    op.execute(_SUPERVISED.format(entities=_in_sql(entities)))
    op.execute(_RECORDINGS)
    op.execute(_SHOWN)
    op.execute(_COUNTED_ROWS.format(name="number", counts="true", rows=_REGISTER))
    op.execute(_COUNTED_ROWS.format(name="listening", counts=_SEARCHED.format(text="detail"), rows=1))
    numbered = " OR ".join(f"entity = '{name}' AND patch ->> '{field}' <> ''" for name, field in _NUMBER_OF.items())
    searched = _SEARCHED.format(text="patch ->> 'detail'")
    op.execute(_COUNTED_CHANGES.format(numbered=numbered, searched=searched, register=_REGISTER))
    op.execute(_NAMES)
    op.execute(_STAFF)
    op.execute(_TROUBLES)


def _in_sql(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
