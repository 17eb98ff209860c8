"""What only supervisors and admins may write, said in one table; and whose numbers are counted when they are read.

Who works at the hotline, with which duty and under which telephone, is what rights and messages go by, so that nobody
writes it of themselves: `desk.supervised` names it, and the little else that is a supervisor's word. A seat that
carries a supervisor's changes goes on carrying them. Who may carry whose changes is the order's own question.

Accounts say who a supervisor is. Of somebody without one the staff list says so, and of a seat alone is that believed:
an agent may put any name without an account under a change. A role without an account, which only the owner lets in
(`desk_unlimited`), is the owner's own.

An import signs as "import." and its list's name, and the next one takes what stands under that for its own word. An
agent is no import.

Rows of what came after the call (step 0008) show telephone numbers, too. They count where a number stands in them."""

import json

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Entity -> its fields that only supervisors and admins write; none named: all of it.
_SUPERVISED: dict[str, tuple[str, ...]] = {
    "staff": (),
    "duty_turn": (),
    "recording": ("legal_hold", "legal_hold_by", "legal_hold_why"),
    "score": ("agent", "sheet", "scored_by", "scored_at", "state", "points_x10", "answers", "fatal", "remarks"),
}
# Entity -> its field with a telephone number.
_NUMBER_OF = {
    "attempt": "number",
    "promise": "number",
    "follow_up": "number",
    "question": "number",
    "warning": "caller_number",
}

_TABLE = """
CREATE TABLE desk.supervised (entity text PRIMARY KEY REFERENCES desk.entity (name), fields jsonb NOT NULL);
COMMENT ON TABLE desk.supervised IS 'what only supervisors and admins may write; no field named: all of it';
GRANT SELECT ON desk.supervised TO desk_reader, desk_agent, desk_supervisor, desk_admin;
"""

_SUPERVISES = """
CREATE FUNCTION desk.supervises(who text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT mine.kind IS NULL OR mine.kind IN ('supervisor', 'admin')
        OR EXISTS (SELECT FROM desk.account AS a
            WHERE a.agent = who AND a.active AND a.kind IN ('supervisor', 'admin'))
        OR mine.kind = 'seat' AND NOT EXISTS (SELECT FROM desk.account AS a WHERE a.agent = who)
            AND (EXISTS (SELECT FROM desk.staff AS s WHERE s.number = who AND s.duty = 'supervisor' AND s.active)
                OR NOT EXISTS (SELECT FROM desk.staff AS s WHERE s.duty = 'supervisor'))
    FROM (SELECT) AS one LEFT JOIN desk.account AS mine ON mine.role = session_user
$$;
REVOKE ALL ON FUNCTION desk.supervises(text) FROM PUBLIC;
"""

# Before the order is given: whoever is refused has held up nobody.
_WRITING = """
CREATE FUNCTION desk.keep_supervised() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    named CONSTANT jsonb := (SELECT s.fields FROM desk.supervised AS s WHERE s.entity = NEW.entity);
BEGIN
    IF (named = '[]' OR NEW.patch ?| ARRAY(SELECT jsonb_array_elements_text(named)))
        AND NOT desk.supervises(NEW.agent) THEN
        RAISE EXCEPTION 'this of a % is written by supervisors and admins', NEW.entity USING ERRCODE = 'DK016';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION desk.keep_supervised() FROM PUBLIC;
CREATE TRIGGER a_supervised BEFORE INSERT ON desk.change FOR EACH ROW WHEN (NEW.entity IN ({entities}))
    EXECUTE FUNCTION desk.keep_supervised();
"""

# Asked before a push, too (`desk.carried`): what may not be brought waits for a seat's or a supervisor's connection.
_IMPORTS = """
CREATE OR REPLACE FUNCTION desk.may_carry(claim text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT NOT EXISTS (SELECT FROM desk.account AS a
            WHERE a.agent = claim AND a.kind <> 'seat' AND a.role <> session_user
                OR a.role = session_user AND a.kind = 'agent' AND claim LIKE 'import.%')
        OR coalesce((SELECT a.carries OR a.kind IN ('seat', 'admin') FROM desk.account AS a
            WHERE a.role = session_user), pg_has_role(session_user, 'desk_seat', 'member')
            OR pg_has_role(session_user, 'desk_admin', 'member'))
$$;
CREATE FUNCTION desk.keep_imports() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT desk.may_carry(NEW.agent) THEN
        RAISE EXCEPTION 'an agent is no import' USING ERRCODE = 'DK011';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION desk.keep_imports() FROM PUBLIC;
CREATE TRIGGER b_imports BEFORE INSERT ON desk.change FOR EACH ROW WHEN (NEW.agent LIKE 'import.%')
    EXECUTE FUNCTION desk.keep_imports();
"""

_COUNTED_ROWS = """
DROP POLICY one_s_own ON desk."{name}";
CREATE POLICY one_s_own ON desk."{name}" FOR SELECT TO desk_limited
    USING (((SELECT desk.sees_all()) OR estate = ANY ((SELECT desk.my_estates())::text[]))
        AND CASE WHEN (SELECT desk.is_counted()) AND "{field}" <> '' THEN desk.shown() ELSE true END);
"""
_COUNTED_CHANGES = """
DROP POLICY one_s_own ON desk.change;
CREATE POLICY one_s_own ON desk.change FOR SELECT TO desk_limited
    USING (((SELECT desk.sees_all()) OR estate = ANY ((SELECT desk.my_estates())::text[]))
        AND (entity <> 'sensitive_tag' OR (SELECT desk.sees_sensitive()))
        AND CASE WHEN (SELECT desk.is_counted()) AND author <> session_user
            AND (entity IN ('number', 'call', 'ticket', 'message') OR {numbered}) THEN desk.shown() ELSE true END);
"""


def upgrade() -> None:
    op.execute(_TABLE)
    for entity, fields in _SUPERVISED.items():
        op.get_bind().exec_driver_sql("INSERT INTO desk.supervised VALUES (%s, %s)", (entity, json.dumps(fields)))
    op.execute(_SUPERVISES)
    entities = ", ".join(f"'{entity}'" for entity in _SUPERVISED)
    op.execute(_WRITING.format(entities=entities))
    op.execute(_IMPORTS)
    for name, field in _NUMBER_OF.items():
        op.execute(_COUNTED_ROWS.format(name=name, field=field))
    numbered = " OR ".join(f"entity = '{name}' AND patch ->> '{field}' <> ''" for name, field in _NUMBER_OF.items())
    op.execute(_COUNTED_CHANGES.format(numbered=numbered))


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
