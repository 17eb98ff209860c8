"""What a centre of before step 0005 is given by it: accounts for the people who work there, and estates for all that it
holds. Used by that step only; it leaves the temporary table `desk_estates` to it, until the commit."""

# Whoever worked here before goes on as before: all estates, no limits, and the changes of others with their own.
PRESENT_PEOPLE = """
INSERT INTO desk.account (role, agent, kind, sensitive, carries)
SELECT r.rolname, r.rolname, CASE WHEN pg_has_role(r.oid, 'desk_admin', 'member') THEN 'admin'
        WHEN pg_has_role(r.oid, 'desk_supervisor', 'member') THEN 'supervisor'
        WHEN pg_has_role(r.oid, 'desk_agent', 'member') THEN 'agent' ELSE 'reader' END,
    pg_has_role(r.oid, 'desk_supervisor', 'member') OR pg_has_role(r.oid, 'desk_admin', 'member'), true
FROM pg_roles r
WHERE r.rolcanlogin AND NOT r.rolsuper AND r.rolname <> current_user
    AND EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid
        AND g.rolname IN ('desk_reader', 'desk_agent', 'desk_supervisor', 'desk_admin'));
DO $$
DECLARE
    present text;
BEGIN
    FOR present IN SELECT role FROM desk.account LOOP
        EXECUTE format('GRANT desk_unlimited TO %I', present);
    END LOOP;
END $$;
"""

# In the order in which one leads to the next.
PRESENT_ESTATES = """
CREATE TEMPORARY TABLE desk_estates (entity text, entity_id text, estate text, PRIMARY KEY (entity, entity_id))
    ON COMMIT DROP;
INSERT INTO desk_estates SELECT 'estate', estate_id, estate_id FROM desk.estate;
INSERT INTO desk_estates SELECT 'building', building_id, estate_id FROM desk.building WHERE estate_id <> '';
INSERT INTO desk_estates SELECT 'household', household_id, estate_id FROM desk.household WHERE estate_id <> '';
INSERT INTO desk_estates SELECT 'public_area', public_area_id, estate_id FROM desk.public_area WHERE estate_id <> '';
INSERT INTO desk_estates SELECT 'notice', notice_id, estate_id FROM desk.notice WHERE estate_id <> '';
INSERT INTO desk_estates SELECT 'membership', m.membership_id, e.estate FROM desk.membership m
    JOIN desk_estates e ON e.entity = 'household' AND e.entity_id = m.household_id;
INSERT INTO desk_estates SELECT 'person', m.person_id, min(e.estate) FROM desk.membership m
    JOIN desk_estates e ON e.entity = 'household' AND e.entity_id = m.household_id
    WHERE m.person_id <> '' GROUP BY m.person_id HAVING count(DISTINCT e.estate) = 1;
INSERT INTO desk_estates SELECT DISTINCT ON (n.number_id) 'number', n.number_id, e.estate FROM desk.number n
    JOIN desk_estates e ON (e.entity = 'household' AND e.entity_id = n.household_id)
        OR (e.entity = 'person' AND e.entity_id = n.person_id) ORDER BY n.number_id, e.entity;
INSERT INTO desk_estates SELECT DISTINCT ON (t.ticket_id) 'ticket', t.ticket_id, e.estate FROM desk.ticket t
    JOIN desk_estates e ON (e.entity = 'household' AND e.entity_id = t.household_id)
        OR (e.entity = 'building' AND e.entity_id = t.building_id)
        OR (e.entity = 'public_area' AND e.entity_id = t.public_area_id)
        OR (e.entity = 'person' AND e.entity_id = t.person_id) ORDER BY t.ticket_id, e.entity DESC;
INSERT INTO desk_estates SELECT DISTINCT ON (c.call_id) 'call', c.call_id, e.estate FROM desk."call" c
    JOIN desk_estates e ON (e.entity = 'household' AND e.entity_id = c.household_id)
        OR (e.entity = 'person' AND e.entity_id = c.person_id)
        OR (e.entity = 'ticket' AND e.entity_id = c.ticket_id) ORDER BY c.call_id, e.entity;
INSERT INTO desk_estates SELECT 'recording', r.call_id, e.estate FROM desk.recording r
    JOIN desk_estates e ON e.entity = 'call' AND e.entity_id = r.call_id;
INSERT INTO desk_estates SELECT 'listening', l.listening_id, e.estate FROM desk.listening l
    JOIN desk_estates e ON e.entity = 'call' AND e.entity_id = l.call_id;
INSERT INTO desk_estates SELECT 'comment', l.comment_id, e.estate FROM desk.comment l
    JOIN desk_estates e ON e.entity = 'call' AND e.entity_id = l.call_id;
INSERT INTO desk_estates SELECT 'score', l.score_id, e.estate FROM desk.score l
    JOIN desk_estates e ON e.entity = 'call' AND e.entity_id = l.call_id;
INSERT INTO desk_estates SELECT 'sample', l.sample_id, e.estate FROM desk.sample l
    JOIN desk_estates e ON e.entity = 'call' AND e.entity_id = l.call_id;
ANALYZE desk_estates;
UPDATE desk.change c SET estate = e.estate FROM desk_estates e
    WHERE e.entity = c.entity AND e.entity_id = c.entity_id;
"""
