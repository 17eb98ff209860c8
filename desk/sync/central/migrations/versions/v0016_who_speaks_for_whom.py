"""A seat's word for those who have nobody else to bring what they write.

What only supervisors write is brought by its author's own connection. Of somebody who has no account there is none, so
that step 0014 let it wait for ever where people sign in from the list and nobody had thought of `carries`: a legal
hold that the other seats never heard of. A seat's own role brings it now, where the staff list says that its author
supervises. Whoever has an account brings their own as before; one that is closed counts as long as the account of any
supervisor is open, since a hotline without such a one goes by its list.

The first staff list, which names no supervisor yet, a seat brings where no supervisor and no admin has an open account.
A seat with `carries` speaks besides for those who have one (a seat that signs in from the list, in a hotline where
others sign in with a password).

After a restore the seats give back what the backup did not know, and of many authors nobody signs in any more. IT says
so (`desk central restored`): until then a seat's role speaks for every supervisor."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_RESTORED = """
ALTER TABLE desk.centre ADD restored_until timestamptz;
COMMENT ON COLUMN desk.centre.restored_until IS
    'until then seats bring what any supervisor wrote: a backup was restored';
"""
_BELIEVED = """
CREATE OR REPLACE FUNCTION desk.believed(who text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM desk.account AS mine WHERE mine.role = session_user AND (
        mine.carries AND EXISTS (SELECT FROM desk.account AS a
            WHERE a.agent = who AND a.active AND a.kind IN ('supervisor', 'admin'))
        OR mine.kind = 'seat' AND NOT EXISTS (SELECT FROM desk.account AS a
                WHERE a.agent = who AND (a.active OR NOT mine.carries AND EXISTS (
                    SELECT FROM desk.account AS o WHERE o.active AND o.kind = 'supervisor')))
            AND (EXISTS (SELECT FROM desk.staff AS s WHERE s.number = who AND s.duty = 'supervisor' AND s.active)
                OR NOT EXISTS (SELECT FROM desk.staff AS s WHERE s.duty = 'supervisor')
                    AND (mine.carries OR NOT EXISTS (SELECT FROM desk.account AS o
                        WHERE o.active AND o.kind IN ('supervisor', 'admin'))))
        OR mine.kind = 'seat' AND EXISTS (SELECT FROM desk.centre AS c WHERE c.restored_until > clock_timestamp())
            AND NOT EXISTS (SELECT FROM desk.account AS a
                WHERE a.agent = who AND a.kind NOT IN ('supervisor', 'admin'))))
$$;
"""


def upgrade() -> None:
    op.execute(_RESTORED)
    op.execute(_BELIEVED)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
