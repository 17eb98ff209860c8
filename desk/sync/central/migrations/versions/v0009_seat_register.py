"""The seat register: what each seat is, how it is, what was paid for it.

Who may read what not everybody may (`desk.sees_sensitive`: supervisors, admins, whoever was given it) sees all seats;
any other role the records that it has brought, which are those of the seats it has worked at. What was bought and what
it cost is written by supervisors and admins alone. The policies restrict what the others allow, so that neither the
log nor the rows show more."""

from alembic import op

from desk.sync.central.migrations.entities import FLAG, LIST, NUMBER, TEXT, TIME, add_entity

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SERVICE = ("asset", "place", "bought_on", "price", "supplier", "warranty_until", "notes", "retired")
_RECORD: dict[str, str] = {
    "seat": TEXT,
    "pc": TEXT,
    "pc_model": TEXT,
    "pc_serial": TEXT,
    "system": TEXT,
    "processor": TEXT,
    "memory_mb": NUMBER,
    "disk_mb": NUMBER,
    "desk_version": TEXT,
    "headset": TEXT,
    "headset_serial": TEXT,
    "lines": LIST,
    "seen_at": TIME,
    "checked_at": TIME,
    "level": TEXT,
    "faults": LIST,
    "lost_s": NUMBER,
    "lost_from": TIME,
    "lost_at": TIME,
    "self_checked_at": TIME,
    "self_check_level": TEXT,
    "asset": TEXT,
    "place": TEXT,
    "bought_on": TEXT,
    "price": TEXT,
    "supplier": TEXT,
    "warranty_until": TEXT,
    "notes": TEXT,
    "retired": FLAG,
}
_CHECK: dict[str, str] = {
    "seat_record_id": TEXT,
    "seat": TEXT,
    "kind": TEXT,
    "at": TIME,
    "level": TEXT,
    "findings": LIST,
}

_BROUGHT = """
CREATE FUNCTION desk.brought(kind text, id text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM desk.change AS c
        WHERE c.entity = kind AND c.entity_id = id AND c.author = session_user)
$$;
REVOKE ALL ON FUNCTION desk.brought(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk.brought(text, text) TO desk_reader, desk_agent, desk_supervisor, desk_admin;
"""

_READING = """
CREATE POLICY seats_of_others ON desk.change AS RESTRICTIVE FOR SELECT TO desk_limited, desk_unlimited
    USING (entity NOT IN ('seat_record', 'seat_check') OR author = session_user
        OR (SELECT desk.sees_sensitive()) OR desk.brought(entity, entity_id));
CREATE POLICY seats_of_others ON desk.seat_record AS RESTRICTIVE FOR SELECT TO desk_limited, desk_unlimited
    USING ((SELECT desk.sees_sensitive()) OR desk.brought('seat_record', seat_record_id));
CREATE POLICY seats_of_others ON desk.seat_check AS RESTRICTIVE FOR SELECT TO desk_limited, desk_unlimited
    USING ((SELECT desk.sees_sensitive()) OR desk.brought('seat_check', seat_check_id));
"""

# Before the order is given: whoever is refused has held up nobody. Who may carry what a supervisor has written is the
# order's own question.
_WRITING = """
CREATE FUNCTION desk.keep_service_data() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.patch ?| ARRAY[{service}] AND NOT (pg_has_role(session_user, 'desk_supervisor', 'member')
        OR pg_has_role(session_user, 'desk_admin', 'member')
        OR EXISTS (SELECT FROM desk.account AS a
            WHERE a.agent = NEW.agent AND a.active AND a.kind IN ('supervisor', 'admin'))) THEN
        RAISE EXCEPTION 'purchase and service data are written by supervisors and admins' USING ERRCODE = 'DK015';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION desk.keep_service_data() FROM PUBLIC;
CREATE TRIGGER a_service_data BEFORE INSERT ON desk.change FOR EACH ROW WHEN (NEW.entity = 'seat_record')
    EXECUTE FUNCTION desk.keep_service_data();
"""

# A seat is of no estate, whoever happened to sit there first: after the order trigger, by its name.
_NO_ESTATE = """
CREATE FUNCTION desk.of_no_estate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.estate := '';
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION desk.of_no_estate() FROM PUBLIC;
CREATE TRIGGER z_no_estate BEFORE INSERT ON desk.change FOR EACH ROW
    WHEN (NEW.entity IN ('seat_record', 'seat_check')) EXECUTE FUNCTION desk.of_no_estate();
"""


def upgrade() -> None:
    add_entity("seat_record", "seat_record_id", _RECORD)
    add_entity("seat_check", "seat_check_id", _CHECK)
    op.execute("CREATE INDEX ON desk.seat_check (seat_record_id, at)")
    op.execute(_BROUGHT)
    op.execute(_READING)
    op.execute(_NO_ESTATE)
    op.execute(_WRITING.format(service=", ".join(f"'{field}'" for field in _SERVICE)))


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
