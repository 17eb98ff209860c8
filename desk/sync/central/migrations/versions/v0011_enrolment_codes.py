"""Which enrolment code a seat was enrolled with, and at which computer.

Seats read the folder with the sealed codes from a share that they may write to, or by http, where they may not; a code
can be marked as used there only in the first case. The centre is common to all seats, so it is marked here: of a code
it knows a hash, of which nobody can make the code or find its sealed file.

A second computer with the same code is told, and it is written down once; both go on, because a seat that was enrolled
twice by mistake is somebody's telephone. A PC that was wiped and enrolled again with its own code is the same one by
its name."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_FIELDS = """
ALTER TABLE desk.seat
    ADD enrolled_code text NOT NULL DEFAULT '' CHECK (enrolled_code ~ '^([0-9a-f]{64})?$'),
    ADD enrolled_on text NOT NULL DEFAULT '' CHECK (length(enrolled_on) <= 120),
    ADD enrolled_at timestamptz;
CREATE INDEX ON desk.seat (enrolled_code) WHERE enrolled_code <> '';
GRANT SELECT (enrolled_code, enrolled_on, enrolled_at) ON desk.seat TO desk_supervisor, desk_admin;
"""

# One at a time for a code, so that of two that come in the same moment one is the first.
_TOLD = """
CREATE FUNCTION desk.seat_enrolled(told jsonb) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine desk.seat;
    other desk.seat;
    code CONSTANT text := coalesce(told ->> 'code', '');
    computer CONSTANT text := left(coalesce(told ->> 'computer', ''), 120);
    is_news boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(1684370283, hashtext(code));
    SELECT * INTO mine FROM desk.seat AS s
        WHERE s.store_id = (told ->> 'store_id')::uuid AND s.token = (told ->> 'token')::uuid FOR UPDATE;
    IF NOT FOUND OR code = '' THEN
        RETURN '';
    END IF;
    is_news := (mine.enrolled_code, mine.enrolled_on) IS DISTINCT FROM (code, computer);
    IF is_news THEN
        UPDATE desk.seat AS s SET enrolled_code = code, enrolled_on = computer, enrolled_at = clock_timestamp()
            WHERE s.store_id = mine.store_id RETURNING * INTO mine;
    END IF;
    SELECT * INTO other FROM desk.seat AS s
        WHERE s.enrolled_code = code AND lower(s.enrolled_on) <> lower(computer)
            AND (s.enrolled_at, s.store_id) < (mine.enrolled_at, mine.store_id)
        ORDER BY s.enrolled_at, s.store_id LIMIT 1;
    IF NOT FOUND THEN
        RETURN '';
    END IF;
    IF is_news THEN
        INSERT INTO desk.audit (what, whom, detail) VALUES ('code used twice', mine.seat,
            concat_ws(' ', computer, host(inet_client_addr()), 'after', other.enrolled_on));
    END IF;
    RETURN concat_ws(' ', other.enrolled_on, other.seat, to_char(other.enrolled_at, 'YYYY-MM-DD'));
END $$;
REVOKE ALL ON FUNCTION desk.seat_enrolled(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk.seat_enrolled(jsonb) TO desk_reader, desk_agent, desk_supervisor, desk_admin;
"""


def upgrade() -> None:
    for statements in (_FIELDS, _TOLD):
        op.get_bind().exec_driver_sql(statements)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
