"""Messages to people outside: who sends which.

A message is sent by one seat at a time: it claims the message here first, for `lease`. A seat that dies after that
loses its claim when the lease is over, and another one sends: at least once, and twice only after a death in between.
The seat that made a message may send it without asking while the centre is away and has not seen it; so the others
leave it alone for `grace` after it has arrived, longer than a try takes."""

from alembic import op

from desk.sync.central.migrations.entities import FLAG, LIST, add_fields

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_CLAIM = """
CREATE TABLE desk.message_claim (
    message_id text PRIMARY KEY,
    seat text NOT NULL,
    role text NOT NULL,
    claimed_at timestamptz NOT NULL,
    until timestamptz NOT NULL
);
CREATE INDEX ON desk.message (delivery, made_at);
CREATE INDEX ON desk.message (ticket_id);

CREATE FUNCTION desk.claim_message(wanted text, claimant text, lease interval DEFAULT '5 minutes',
    grace interval DEFAULT '20 seconds') RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    present desk.message;
    first desk.change;
    holder text;
BEGIN
    IF NOT desk.may_work() THEN
        RAISE EXCEPTION 'this account sends no messages' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO present FROM desk.message WHERE message_id = wanted;
    SELECT * INTO first FROM desk.change WHERE entity = 'message' AND entity_id = wanted ORDER BY seq LIMIT 1;
    IF present IS NULL OR NOT (desk.sees_all() OR first.estate = ANY (desk.my_estates())) THEN
        RETURN 'unknown';
    END IF;
    IF coalesce(present.delivery, 'waiting') <> 'waiting' THEN
        RETURN 'done';
    END IF;
    IF first.seat <> claimant AND first.received_at > clock_timestamp() - least(grace, '1 hour') THEN
        RETURN 'other';
    END IF;
    INSERT INTO desk.message_claim AS held VALUES (wanted, left(claimant, 64), session_user, clock_timestamp(),
        clock_timestamp() + least(lease, '1 hour'))
    ON CONFLICT (message_id) DO UPDATE SET seat = excluded.seat, role = excluded.role,
        claimed_at = excluded.claimed_at, until = excluded.until
        WHERE held.until < clock_timestamp() OR held.seat = excluded.seat
    RETURNING seat INTO holder;
    IF holder IS NULL THEN
        RETURN 'other';
    END IF;
    DELETE FROM desk.message_claim WHERE until < clock_timestamp() - interval '30 days' AND random() < 0.01;
    RETURN 'mine';
END $$;
REVOKE ALL ON FUNCTION desk.claim_message(text, text, interval, interval) FROM PUBLIC;
"""

# Whoever may append changes may send messages; a group that is not there is none.
_RIGHTS = """
DO $$
DECLARE
    group_name text;
BEGIN
    FOR group_name IN SELECT rolname FROM pg_roles
        WHERE rolname IN ('desk_agent', 'desk_supervisor', 'desk_admin', 'desk_seat') LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION desk.claim_message(text, text, interval, interval) TO %I',
            group_name);
    END LOOP;
END $$;
"""


def upgrade() -> None:
    add_fields("message", {"fields": LIST, "at_any_hour": FLAG})
    op.execute(_CLAIM)
    op.execute(_RIGHTS)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
