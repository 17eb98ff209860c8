"""The change log, the rows it makes, and who may do what.

Order: a trigger takes one lock per transaction before it numbers a change, and the lock is held until the commit.
So sequence order is commit order, and a reader that has seen change N has seen every change below N: a cursor can
never skip one that committed late.
Rows: a second trigger folds each change into its entity's row. Changes are inserted in the order of the fold, so the
last value of a field is simply the one written last.
Rights: people may read, and insert changes. The triggers run as the schema's owner (SECURITY DEFINER); who wrote a
change is the session's role, whatever the change claims (its claim is kept as `agent`)."""

from alembic import op

from desk.sync.central.migrations.entities import FLAG, LIST, NUMBER, TEXT, TIME, add_entity

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# entity -> (id, {field: type}); the seat's side of it is the domain's dataclasses, and a test holds the two together.
_ENTITIES: dict[str, tuple[str, dict[str, str]]] = {
    "estate": ("estate_id", {"name": TEXT}),
    "building": (
        "building_id",
        {"estate_id": TEXT, "code": TEXT, "name": TEXT, "phase": TEXT, "area": TEXT, "area_assistant_id": TEXT},
    ),
    "household": (
        "household_id",
        {
            "estate_id": TEXT,
            "building_id": TEXT,
            "unit": TEXT,
            "room": TEXT,
            "place_code": TEXT,
            "tags": LIST,
            "notes": TEXT,
        },
    ),
    "public_area": ("public_area_id", {"estate_id": TEXT, "name": TEXT, "building_id": TEXT}),
    "person": ("person_id", {"name": TEXT, "tags": LIST, "notes": TEXT}),
    "membership": (
        "membership_id",
        {"household_id": TEXT, "person_id": TEXT, "role": TEXT, "ended": FLAG},
    ),
    "number": (
        "number_id",
        {
            "raw": TEXT,
            "lookup_key": TEXT,
            "person_id": TEXT,
            "household_id": TEXT,
            "label": TEXT,
            "ended": FLAG,
        },
    ),
    "staff": (
        "staff_id",
        {"number": TEXT, "name": TEXT, "duty": TEXT, "phone": TEXT, "active": FLAG},
    ),
    "notice": (
        "notice_id",
        {
            "estate_id": TEXT,
            "title": TEXT,
            "text": TEXT,
            "start": TIME,
            "until": TIME,
            "building_ids": LIST,
        },
    ),
    "ticket": (
        "ticket_id",
        {
            "number": TEXT,
            "kind": TEXT,
            "category": TEXT,
            "priority": TEXT,
            "stage": TEXT,
            "description": TEXT,
            "registered_at": TIME,
            "registered_by": TEXT,
            "seat": TEXT,
            "place_text": TEXT,
            "household_id": TEXT,
            "building_id": TEXT,
            "public_area_id": TEXT,
            "person_id": TEXT,
            "caller_name": TEXT,
            "contact_number": TEXT,
            "appointment_start": TIME,
            "appointment_until": TIME,
            "call_id": TEXT,
            "joined_to": TEXT,
            "handler_id": TEXT,
            "closed_at": TIME,
        },
    ),
    "call": (
        "call_id",
        {
            "line": TEXT,
            "direction": TEXT,
            "number": TEXT,
            "lookup_key": TEXT,
            "display_name": TEXT,
            "diversion": TEXT,
            "offered_at": TIME,
            "seat": TEXT,
            "agent": TEXT,
            "outcome": TEXT,
            "answered_at": TIME,
            "ended_at": TIME,
            "cause": NUMBER,
            "reason": TEXT,
            "person_id": TEXT,
            "household_id": TEXT,
            "ticket_id": TEXT,
        },
    ),
    "recording": (
        "call_id",
        {
            "kept": TEXT,
            "why": TEXT,
            "file": TEXT,
            "sha256": TEXT,
            "length_ms": NUMBER,
            "interrupted": FLAG,
            "marks": LIST,
        },
    ),
}

_INDEXES = """
CREATE INDEX ON desk.change (entity, entity_id);
CREATE INDEX ON desk.household (place_code);
CREATE INDEX ON desk.membership (person_id);
CREATE INDEX ON desk.membership (household_id);
CREATE INDEX ON desk.number (lookup_key);
CREATE INDEX ON desk.number (person_id);
CREATE INDEX ON desk.ticket (household_id, registered_at);
CREATE INDEX ON desk.ticket (building_id, registered_at);
CREATE INDEX ON desk.ticket (registered_at);
CREATE INDEX ON desk.call (lookup_key, offered_at);
CREATE INDEX ON desk.call (offered_at);
CREATE INDEX ON desk.call (ticket_id);
"""

# Roles belong to the whole server, so they may be there already.
_GROUPS = """
DO $$
DECLARE
    group_name text;
BEGIN
    FOREACH group_name IN ARRAY ARRAY['desk_reader', 'desk_agent', 'desk_supervisor', 'desk_admin'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = group_name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', group_name);
        END IF;
    END LOOP;
END $$;
"""

_CHANGE = """
CREATE TABLE desk.change (
    change_id uuid PRIMARY KEY,
    seq bigint NOT NULL UNIQUE,
    entity text NOT NULL,
    entity_id text NOT NULL CHECK (length(entity_id) BETWEEN 1 AND 64),
    at timestamptz NOT NULL,
    author text NOT NULL,
    agent text NOT NULL,
    seat text NOT NULL,
    patch jsonb NOT NULL CHECK (jsonb_typeof(patch) = 'object'),
    reason text NOT NULL DEFAULT '',
    base_seq bigint NOT NULL DEFAULT 0,
    received_at timestamptz NOT NULL
);
CREATE SEQUENCE desk.change_seq;
CREATE TABLE desk.entity (
    name text PRIMARY KEY,
    id_field text NOT NULL,
    fields jsonb NOT NULL
);
"""

# What a field may hold is what `check_patch` lets a seat write. PostgreSQL alone would take more ("yesterday" for a
# time, a number for a text), and the row here would differ from the row at the seats.
# The lock's number only has to be the same everywhere: "desk" as four letters.
_ORDER = r"""
CREATE FUNCTION desk.order_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known desk.entity;
    given jsonb;
    stray text;
BEGIN
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
    PERFORM pg_advisory_xact_lock(1684370283);
    NEW.seq := nextval('desk.change_seq');
    NEW.author := session_user;
    NEW.received_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER order_change BEFORE INSERT ON desk.change FOR EACH ROW EXECUTE FUNCTION desk.order_change();
"""

_NOTIFY = """
CREATE FUNCTION desk.notify_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('desk_change', '');
    RETURN NULL;
END $$;
CREATE TRIGGER notify_change AFTER INSERT ON desk.change FOR EACH STATEMENT EXECUTE FUNCTION desk.notify_change();
"""

_RIGHTS = """
REVOKE ALL ON SCHEMA desk FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA desk FROM PUBLIC;
GRANT USAGE ON SCHEMA desk TO desk_reader, desk_agent, desk_supervisor, desk_admin;
GRANT SELECT ON ALL TABLES IN SCHEMA desk TO desk_reader, desk_agent, desk_supervisor, desk_admin;
GRANT INSERT (change_id, entity, entity_id, at, agent, seat, patch, reason, base_seq) ON desk.change
    TO desk_agent, desk_supervisor, desk_admin;
"""


def upgrade() -> None:
    op.execute(_GROUPS)
    op.execute(_CHANGE)
    for name, (id_field, fields) in _ENTITIES.items():
        add_entity(name, id_field, fields)
    for statements in (_INDEXES, _ORDER, _NOTIFY, _RIGHTS):
        op.execute(statements)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
