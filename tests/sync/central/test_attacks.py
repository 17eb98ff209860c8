"""Somebody of the hotline sits down with psql, knows the schema, and wants more than the job. Each attack is refused by
the server itself, leaves everything as it was, and stands in the audit by name."""

# ruff: noqa: S608 - statements are what this is about

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from desk.sync.central import admin, audit
from desk.sync.central.people import READS_PER_HOUR
from tests.sync.central.attack_scene import PASSWORD, READS, ROW_TABLES, WRITES, Scene, append, attack_scene

RIGHT, CLAIM, ESTATE, SENSITIVE, SIZE, LIMIT, TWICE = "42501", "DK011", "DK012", "DK013", "DK014", "53400", "23505"
SERVICE, SUPERVISED, ITS_AUTHOR = "DK015", "DK016", "DK017"


def change(
    entity: str, entity_id: str, patch: str, *, agent: str = "session_user", more: str = "", values: str = ""
) -> str:
    return (
        f"INSERT INTO desk.change (change_id, entity, entity_id, at, agent, seat, patch{more})"
        f" VALUES (gen_random_uuid(), '{entity}', '{entity_id}', now(), {agent}, 'S01', '{patch}'{values});"
    )


ATTACKS: dict[str, tuple[str, str, str]] = {
    # forging an author
    "sign as a colleague": ("1001", change("ticket", "t9", '{"stage": "closed"}', agent="'1002'"), CLAIM),
    "set the author": ("1001", change("person", "p9", "{}", more=", author", values=", '1002'"), RIGHT),
    "set the place in the order": ("1001", change("person", "p9", "{}", more=", seq", values=", 1"), RIGHT),
    "set when it arrived": ("1001", change("person", "p9", "{}", more=", received_at", values=", now()"), RIGHT),
    "set the estate": ("1001", change("person", "p9", "{}", more=", estate", values=", 'e2'"), RIGHT),
    "become a colleague": ("1001", 'SET SESSION AUTHORIZATION "1002";', RIGHT),
    "take a colleague's role": ("1001", 'SET ROLE "1002";', RIGHT),
    "a supervisor signs as an agent": ("2001", change("ticket", "t9", "{}", agent="'1001'"), CLAIM),
    "sign as nobody in particular": ("1001", change("ticket", "t9", "{}", agent="'1010'"), CLAIM),
    "sign as a seat": ("1001", change("ticket", "t9", "{}", agent="'S01'"), CLAIM),
    "sign as an import": ("1001", change("person", "p-e1", '{"name": "x"}', agent="'import.nc'"), CLAIM),
    # editing and deleting history
    "edit the log": ("1001", "UPDATE desk.change SET reason = 'x';", RIGHT),
    "delete from the log": ("1001", "DELETE FROM desk.change;", RIGHT),
    "empty the log": ("2001", "TRUNCATE desk.change;", RIGHT),
    "drop the log": ("3001", "DROP TABLE desk.change;", RIGHT),
    "switch the triggers off": ("3001", "ALTER TABLE desk.change DISABLE TRIGGER ALL;", RIGHT),
    "play a replica": ("3001", "SET session_replication_role = replica;", RIGHT),
    "edit a row": ("1001", "UPDATE desk.ticket SET stage = 'closed';", RIGHT),
    "delete a row": ("3001", "DELETE FROM desk.person;", RIGHT),
    "put a row in by hand": ("1001", "INSERT INTO desk.person (person_id) VALUES ('p9');", RIGHT),
    "merge into a row": (
        "1001",
        "MERGE INTO desk.person p USING (SELECT 1) x ON true WHEN MATCHED THEN UPDATE SET name = 'x';",
        RIGHT,
    ),
    "a rule that swallows changes": (
        "1001",
        "CREATE RULE gone AS ON INSERT TO desk.change DO INSTEAD NOTHING;",
        RIGHT,
    ),
    "a trigger of one's own": (
        "1001",
        "CREATE TRIGGER mine BEFORE INSERT ON desk.change EXECUTE FUNCTION desk.order_change();",
        RIGHT,
    ),
    "fold by hand": ("1001", "SELECT desk.fold_person('{p-e1}', '{\"{}\"}');", RIGHT),
    "fold a lot by hand": ("1001", "SELECT desk.fold_lot('{person}', '{p-e1}', '{\"{}\"}', '{e1}');", RIGHT),
    "wait for the order by hand": ("1001", "SELECT desk.get_ready();", RIGHT),
    "clear the audit": ("3001", "DELETE FROM desk.audit;", RIGHT),
    "write into the audit": ("3001", "INSERT INTO desk.audit (what) VALUES ('nothing');", RIGHT),
    "turn the numbering back": ("1001", "SELECT setval('desk.change_seq', 1);", RIGHT),
    # another estate
    "write into another estate's ticket": ("1001", change("ticket", "t-e2", '{"stage": "closed"}'), ESTATE),
    "file a ticket at another estate's household": ("1001", change("ticket", "t9", '{"household_id": "h-e2"}'), ESTATE),
    "a new estate": ("1001", change("estate", "e9", '{"name": "mine"}'), ESTATE),
    "answer another estate's recording": ("2001", change("recording", "c-e2", '{"kept": "missing"}'), ESTATE),
    "switch row security off": ("1001", "SET row_security = off; SELECT * FROM desk.person;", RIGHT),
    "change a policy": ("1001", "ALTER POLICY all_of_it ON desk.person TO PUBLIC;", RIGHT),
    "see who else is there": ("1001", "SELECT * FROM desk.account;", RIGHT),
    # sensitive tags
    "write a sensitive tag": ("1001", change("sensitive_tag", "s9", '{"tag": "vip"}'), SENSITIVE),
    # the seat register
    "write what a seat has cost": ("1001", change("seat_record", "seat9", '{"price": "1.00"}'), SERVICE),
    "a seat writes what it has cost": ("S01", change("seat_record", "seat9", '{"retired": true}'), SERVICE),
    "what a seat has cost, in the supervisor's name": (
        "S01",
        change("seat_record", "seat9", '{"price": "1.00"}', agent="'2001'"),
        ITS_AUTHOR,
    ),
    # what only supervisors write
    "make oneself a supervisor": ("1001", change("staff", "s-1001", '{"duty": "supervisor"}'), SUPERVISED),
    "make oneself a supervisor anew": (
        "1001",
        change("staff", "s9", '{"number": "1001", "name": "x", "duty": "supervisor", "active": true}'),
        SUPERVISED,
    ),
    "un-make the supervisor": ("1001", change("staff", "s-2001", '{"duty": "agent"}'), SUPERVISED),
    "lock a colleague out": ("1001", change("staff", "s-1005", '{"active": false}'), SUPERVISED),
    "redirect a handler's telephone": ("1001", change("staff", "s-h1", '{"phone": "13800000000"}'), SUPERVISED),
    "take a handler's number": ("1001", change("staff", "s-h1", '{"number": "1001"}'), SUPERVISED),
    "in the name of somebody without an account": (
        "1001",
        change("staff", "s-1001", '{"duty": "supervisor"}', agent="'9999'"),
        ITS_AUTHOR,
    ),
    "in the name of an import": (
        "1001",
        change("staff", "s-1001", '{"duty": "supervisor"}', agent="'import.nc'"),
        ITS_AUTHOR,
    ),
    "in the supervisor's name": (
        "1001",
        change("staff", "s-1001", '{"duty": "supervisor"}', agent="'2001'"),
        ITS_AUTHOR,
    ),
    "with the seat's password, in the supervisor's name": (
        "S01",
        change("staff", "s-1001", '{"duty": "supervisor"}', agent="'2001'"),
        ITS_AUTHOR,
    ),
    "with the seat's password, in the name of somebody without an account": (
        "S01",
        change("staff", "s-1001", '{"duty": "supervisor"}', agent="'9999'"),
        ITS_AUTHOR,
    ),
    "with the seat's password, in the name of a supervisor who is out": (
        "S01",
        change("staff", "s-1001", '{"duty": "supervisor"}', agent="'2009'"),
        ITS_AUTHOR,
    ),
    "with the seat's password, the supervisor's step of a warning": (
        "S01",
        change("warning", "early-e1", '{"step": "closed"}', agent="'2001'"),
        ITS_AUTHOR,
    ),
    "in one statement with something harmless": (
        "1001",
        (
            "INSERT INTO desk.change (change_id, entity, entity_id, at, agent, seat, patch) VALUES"
            " (gen_random_uuid(), 'person', 'p-e1', now(), session_user, 'S01', '{}'),"
            " (gen_random_uuid(), 'staff', 's-1001', now(), session_user, 'S01', '{\"duty\": \"supervisor\"}');"
        ),
        SUPERVISED,
    ),
    "a seat makes its agent a supervisor": (
        "S01",
        change("staff", "s-1001", '{"duty": "supervisor"}', agent="'1001'"),
        SUPERVISED,
    ),
    "a seat writes the staff list": ("S01", change("staff", "s-1001", '{"duty": "supervisor"}'), SUPERVISED),
    "a believed seat makes its agent a supervisor": (
        "S02",
        change("staff", "s-1001", '{"duty": "supervisor"}', agent="'1001'"),
        SUPERVISED,
    ),
    "say that a backup was restored": ("S01", "UPDATE desk.centre SET restored_until = 'infinity';", RIGHT),
    "change who may write": ("1001", "DELETE FROM desk.supervised;", RIGHT),
    "roster oneself": ("1001", change("duty_turn", "d9", '{"who": "1001"}'), SUPERVISED),
    "lift a legal hold": ("1001", change("recording", "c-e1", '{"legal_hold": false}'), SUPERVISED),
    "say that a recording is deleted": (
        "1001",
        change("recording", "c-e1", '{"deleted_at": "2026-11-21T20:22:18.000000Z", "deleted_why": "x"}'),
        SUPERVISED,
    ),
    "say it of one that is deleted: it is not": (
        "1001",
        change("recording", "c-e1", '{"deleted_by": "x"}'),
        SUPERVISED,
    ),
    "put another file in a recording's place": ("1001", change("recording", "c-e1", '{"file": "y"}'), SUPERVISED),
    "say that there is no recording": ("1001", change("recording", "c-e1", '{"kept": "missing"}'), SUPERVISED),
    "have an area's messages": ("1001", change("building", "b-e1", '{"area_assistant_id": "s-1001"}'), SUPERVISED),
    **{
        f"an early warning: {step}": ("1001", change("warning", "early-e1", f'{{"step": "{step}"}}'), SUPERVISED)
        for step in ("reviewed", "returned", "closed", "unsatisfied", "escalated", "withdrawn")
    },
    "score oneself": ("1001", change("score", "sc9", '{"points_x10": 1000}'), SUPERVISED),
    # raising one's own rights
    "grant oneself a group": ("1001", 'GRANT desk_admin TO "1001";', RIGHT),
    "grant oneself all estates": ("1001", 'GRANT desk_unlimited TO "1001";', RIGHT),
    "an admin grants": ("3001", 'GRANT desk_unlimited TO "1001";', RIGHT),
    "take another group": ("1001", "SET ROLE desk_admin;", RIGHT),
    "take the list without limits": ("1001", "SET ROLE desk_unlimited;", RIGHT),
    "become superuser": ("1001", 'ALTER ROLE "1001" SUPERUSER;', RIGHT),
    "make a role": ("1001", "CREATE ROLE mine IN ROLE desk_admin;", RIGHT),
    "more connections": ("1001", 'ALTER ROLE "1001" CONNECTION LIMIT -1;', RIGHT),
    "a longer password": ("1001", "ALTER ROLE \"1001\" VALID UNTIL 'infinity';", RIGHT),
    "another's password": ("1001", "ALTER ROLE \"1002\" PASSWORD 'mine';", RIGHT),
    "all estates in one's account": ("1001", "UPDATE desk.account SET estates = NULL;", RIGHT),
    "no limits in one's account": ("2001", "UPDATE desk.account SET reads_per_hour = NULL;", RIGHT),
    "a function as the owner": (
        "1001",
        "CREATE FUNCTION desk.mine() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
        RIGHT,
    ),
    "an extension": ("1001", "CREATE EXTENSION dblink;", RIGHT),
    "a program on the server": ("3001", "COPY desk.estate TO PROGRAM 'cat';", RIGHT),
    "a file of the server": ("3001", "SELECT pg_read_file('pg_hba.conf');", RIGHT),
    "the server's settings": ("1001", "ALTER SYSTEM SET ssl = off;", RIGHT),
    "no more log": ("1001", "SET log_min_messages = panic;", RIGHT),
    "no more log of statements": ("1001", "SET log_min_error_statement = panic;", RIGHT),
    # flooding and standing in the way
    "a change of a megabyte": (
        "1001",
        change("ticket", "t9", "{}").replace("'{}'", "jsonb_build_object('description', repeat('x', 1000000))"),
        SIZE,
    ),
    "keep the lock of the order": ("1001", "SELECT pg_advisory_lock(1684370283);", RIGHT),
    "lock the log": ("1001", "BEGIN; LOCK TABLE desk.change IN ACCESS EXCLUSIVE MODE;", RIGHT),
    # one's own counters
    "turn one's counter back": ("1003", "SELECT setval('desk_shown.\"1003\"', 1);", RIGHT),
    "begin one's counter anew": ("1003", 'ALTER SEQUENCE desk_shown."1003" RESTART;', RIGHT),
    "count by hand": ("1003", "SELECT desk.count_up('desk_shown', 1000000);", RIGHT),
    # a reader
    "a reader appends": ("r1", change("person", "p9", "{}"), RIGHT),
}


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with attack_scene() as made:
        yield made


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused_changes_nothing_and_is_in_the_audit(scene: Scene, attack: str) -> None:
    who, statement, code = ATTACKS[attack]
    before = scene.all_there_is()
    answer = scene.psql(who, statement)
    assert answer.code == code, answer
    assert scene.all_there_is() == before
    assert scene.audited(who, code, statement.rstrip(";").rpartition("; ")[2]).where == "127.0.0.1"


@pytest.mark.parametrize("who", ["1001", "2001", "r1"])
def test_rows_of_another_estate_are_not_there(scene: Scene, who: str) -> None:
    answer = scene.psql(who, "".join(f"SELECT DISTINCT '{t}', estate FROM desk.\"{t}\";" for t in ROW_TABLES))
    assert (answer.out.splitlines(), answer.code) == ([f"{table}|e1" for table in ROW_TABLES], "")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT DISTINCT estate FROM desk.change;",
        "SELECT DISTINCT estate FROM desk.change WHERE patch::text LIKE '%e2%' OR estate = 'e1';",
        "BEGIN; SET LOCAL search_path = desk; SELECT DISTINCT estate FROM change; ROLLBACK;",
        "COPY (SELECT DISTINCT estate FROM desk.change) TO STDOUT;",
    ],
)
def test_the_log_of_another_estate_is_not_there(scene: Scene, statement: str) -> None:
    assert {line for line in scene.psql("1001", statement).out.splitlines() if line in ("e1", "e2")} == {"e1"}
    assert sorted(scene.psql("1005", "SELECT DISTINCT estate FROM desk.change;").out.split()) == ["e1", "e2"]


def test_a_group_s_role_shows_less_and_never_more(scene: Scene) -> None:
    counts = "".join(f'SELECT count(*) FROM desk."{table}";' for table in (*ROW_TABLES, "change"))
    assert set(scene.psql("1001", f"SET ROLE desk_agent; {counts}").out.splitlines()) == {"SET", "0"}


def test_a_function_that_talks_does_not_tell_what_is_hidden(scene: Scene) -> None:
    """A function of one's own, cheap enough to be asked first, would see every row, if the policy came later."""
    statements = (
        "CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS"
        " $$ BEGIN RAISE NOTICE 'saw %', $1; RETURN true; END $$;"
        " SELECT name FROM desk.person WHERE pg_temp.tell(name);"
    )
    answer = scene.psql("1001", statements)
    assert "saw resident of e1" in answer.said
    assert "resident of e2" not in answer.said + answer.out


def test_statistics_do_not_tell_what_is_hidden(scene: Scene) -> None:
    scene.server.sql("ANALYZE desk.person; ANALYZE desk.number;", "desk")
    answer = scene.psql("1001", "SELECT count(*) FROM pg_stats WHERE schemaname = 'desk' AND tablename = 'person';")
    assert answer.out == "0"


@pytest.mark.parametrize(("who", "tags"), [("1001", "0"), ("1002", "0"), ("r1", "0"), ("S01", "0")])
def test_sensitive_tags_are_not_there_without_the_right(scene: Scene, who: str, tags: str) -> None:
    for query in (
        "SELECT count(*) FROM desk.sensitive_tag;",
        "SELECT count(*) FROM desk.change WHERE entity = 'sensitive_tag';",
    ):
        assert scene.psql(who, query).out == tags


@pytest.mark.parametrize(("who", "tags"), [("2001", "1"), ("3001", "2"), ("1005", "2")])
def test_sensitive_tags_are_there_with_it_and_of_one_s_estates(scene: Scene, who: str, tags: str) -> None:
    assert scene.psql(who, "SELECT count(*) FROM desk.sensitive_tag;").out == tags
    assert scene.psql(who, "SELECT count(*) FROM desk.change WHERE entity = 'sensitive_tag';").out == tags


SEATS = "SELECT coalesce(string_agg(seat, ',' ORDER BY seat), '') FROM desk.seat_record;"
SEATS_LOGGED = "SELECT count(DISTINCT entity_id) FROM desk.change WHERE entity IN ('seat_record', 'seat_check');"


def test_agents_see_the_seats_they_have_worked_at_and_supervisors_all(scene: Scene) -> None:
    """A seat is of no estate, whoever sat there first."""
    for who, seat in (("1001", "S01"), ("1002", "S02")):
        scene.psql(who, change("seat_record", f"seat-{seat}", f'{{"seat": "{seat}", "pc": "PC"}}'))
        scene.psql(who, change("seat_check", f"check-{seat}", f'{{"seat": "{seat}", "level": "ok"}}'))
    assert scene.psql("2001", change("seat_record", "seat-S02", '{"price": "4599.00"}')).code == ""
    assert scene.psql("1002", "SELECT price FROM desk.seat_record;").out == "4599.00"
    shown = {who: scene.psql(who, SEATS + SEATS_LOGGED).out.split() for who in ("1001", "1002", "1004", "r1", "S01")}
    assert shown == {"1001": ["S01", "2"], "1002": ["S02", "2"], "1004": ["0"], "r1": ["0"], "S01": ["0"]}
    for who in ("2001", "3001", "1005"):
        assert scene.psql(who, SEATS + SEATS_LOGGED).out.split() == ["S01,S02", "4"]
    assert scene.psql("3001", "SELECT DISTINCT estate FROM desk.seat_record;").out == ""
    priced = "SELECT author FROM desk.change WHERE entity_id = 'seat-S02' AND patch ? 'price';"
    assert [scene.psql(who, priced).out for who in ("1002", "1001")] == ["2001", ""]  # of one's own seat, all of it
    # an agent of another estate who sits down there later goes on with the same record
    assert scene.psql("1001", change("seat_record", "seat-S02", '{"pc": "PC2"}')).code == ""


def test_what_a_supervisor_has_written_comes_over_their_own_connection(scene: Scene) -> None:
    """A seat brings it of those who have an account where its own says so."""
    for entity, entity_id, patch in (
        ("seat_record", "seat-S03", '{"seat": "S03", "price": "1.00"}'),
        ("staff", "s-h1", '{"phone": "8001"}'),
        ("recording", "c-e1", '{"legal_hold": true, "legal_hold_by": "2001"}'),
        ("warning", "early-e1", '{"step": "reviewed"}'),
    ):
        made = change(entity, entity_id, patch, agent="'2001'")
        assert [scene.psql(who, made).code for who in ("S01", "2001", "S02")] == [ITS_AUTHOR, "", ""], entity
        assert scene.psql("1001", made).code in (CLAIM, ITS_AUTHOR)


def test_of_who_has_no_account_the_staff_list_says_whether_they_supervise(scene: Scene) -> None:
    def written(who: str, agent: str) -> str:
        return scene.psql(who, change("staff", "s-h1", '{"phone": "8001"}', agent=f"'{agent}'")).code

    assert written("3001", "import.nc") == ""
    listed = change("staff", "s-9001", '{"number": "9001", "duty": "supervisor", "active": true}')
    assert scene.psql("3001", listed).code == ""
    assert [written(who, "9001") for who in ("S02", "S01", "1001")] == ["", "", ITS_AUTHOR]
    assert [written(who, "9002") for who in ("S02", "S01")] == [ITS_AUTHOR, ITS_AUTHOR]
    assert scene.psql("3001", change("staff", "s-9001", '{"active": false}')).code == ""
    assert written("S02", "9001") == ITS_AUTHOR


def test_an_agent_goes_on_answering_scores_and_sealing_recordings(scene: Scene) -> None:
    """A seat without a role of its own brings them by its agents' connections."""
    for entity, entity_id, patch in (
        ("score", "c-e1", '{"reply": "x"}'),
        ("recording", "c-own", '{"kept": "kept", "file": "y", "sha256": "1"}'),
        ("recording", "c-own", '{"file": "z", "sha256": "2"}'),  # sealed again: the vault does not have it yet
        ("recording", "c-own", '{"vaulted_at": "2026-11-21T20:22:18.000000Z"}'),
        ("recording", "c-own", '{"kept": "kept", "file": "z"}'),
        ("building", "b-new", '{"estate_id": "e1", "area": "north", "area_assistant_id": null}'),
    ):
        assert scene.psql("1001", change(entity, entity_id, patch)).code == "", patch
    assert scene.psql("1001", change("recording", "c-own", '{"file": "y"}')).code == SUPERVISED
    deleted = '{"deleted_at": "2026-11-21T20:22:18.000000Z", "deleted_by": "automatic", "deleted_why": "365 days"}'
    assert [scene.psql(who, change("recording", "c-own", deleted)).code for who in ("1001", "S01")] == [SUPERVISED, ""]


def test_agents_step_early_warnings_and_take_their_own_steps_back(scene: Scene) -> None:
    def steps(who: str, *those: str) -> list[str]:
        return [scene.psql(who, change("warning", "early", f'{{"step": "{step}"}}')).code for step in those]

    assert steps("1001", "raised", "closed") == ["", SUPERVISED]
    assert steps("2001", "returned") == [""]
    assert steps("1001", "raised", "returned", "raised") == [""] * 3  # written better, taken back, and once more
    assert steps("2001", "reviewed") == [""]
    assert steps("1001", "acted", "guided", "fed_back", "unsatisfied") == ["", "", "", SUPERVISED]


BULK = {
    "what came after calls": "SELECT number FROM desk.attempt;",
    "the log of it": "SELECT patch FROM desk.change WHERE entity = 'warning';",
    "the register": "SELECT raw FROM desk.number;",
    "the log of the register": "SELECT patch FROM desk.change WHERE entity = 'number';",
    "the whole log": "COPY (SELECT * FROM desk.change) TO STDOUT;",
    "a guess that reads it all": "SELECT number_id FROM desk.number WHERE raw LIKE '139%';",
    "only how many": "SELECT count(*) FROM desk.number;",
    "one by one": "DO $$ BEGIN FOR i IN 0..59 LOOP PERFORM raw FROM desk.number WHERE number_id = 'n' || i;"
    " END LOOP; END $$;",
}


@pytest.mark.parametrize("way", BULK)
def test_numbers_in_bulk_are_refused_and_in_the_audit(scene: Scene, way: str) -> None:
    scene.people.reset("1003", PASSWORD)
    answer = scene.psql("1003", BULK[way])
    assert answer.code == LIMIT
    assert answer.out.count("139") <= READS
    scene.audited("1003", LIMIT, BULK[way])
    assert int(scene.psql("S01", "SELECT count(*) FROM desk.number;").out) >= 62  # a seat is filled with all of it


def test_what_was_read_and_rolled_back_counts(scene: Scene) -> None:
    scene.people.reset("1003", PASSWORD)
    piece = f"BEGIN; SELECT number FROM desk.attempt ORDER BY attempt_id LIMIT {READS // 2}; ROLLBACK;"
    answers = [scene.psql("1003", piece) for _time in range(4)]
    shown = [sum(line[0].isdigit() for line in answer.out.splitlines()) for answer in answers]
    assert sum(shown) <= READS
    assert answers[-1].code == LIMIT
    assert scene.psql("1003", "SELECT count(*) FROM desk.household;").out == "2"  # the rest of the job goes on


def test_what_somebody_has_searched_for_counts_where_it_is_a_number(scene: Scene) -> None:
    with scene.connect("3001") as chief, chief.transaction():
        for number in range(READS + 1):
            append(chief, "listening", f"l{number}", {"call_id": "c-e1", "detail": f"139 {number:04} 0000"})
            append(chief, "listening", f"why{number}", {"call_id": "c-e1", "detail": "no right, 2 tries"})
    for query in (
        "SELECT detail FROM desk.listening WHERE listening_id LIKE 'l%';",
        "SELECT patch FROM desk.change WHERE entity = 'listening';",
    ):
        scene.people.reset("1003", PASSWORD)
        assert scene.psql("1003", query).code == LIMIT
    scene.people.reset("1003", PASSWORD)
    one = "SELECT detail FROM desk.listening WHERE listening_id = 'why1';"
    assert {scene.psql("1003", one * READS * 2).code, scene.psql("1003", one).out} == {"", "no right, 2 tries"}


REAL = 12_000  # numbers of a register, and calls


@pytest.fixture(scope="module")
def real_size(scene: Scene) -> None:
    """As a hotline of some estates has them, and an account as it is made without another word."""
    made = (
        "INSERT INTO desk.change (change_id, entity, entity_id, at, agent, seat, patch) SELECT gen_random_uuid(),"
        " '{entity}', 'real' || n, now(), session_user, 'S01', jsonb_build_object('{field}', '137' || n + 10000000,"
        f" '{{home}}') FROM generate_series(1, {REAL}) n;"
    )
    for entity, field, home in (("number", "raw", "person_id', 'p-e1"), ("call", "number", "household_id', 'h-e1")):
        assert scene.psql("3001", made.format(entity=entity, field=field, home=home)).code == ""


REAL_BULK = {
    "the register": ("SELECT raw FROM desk.number", READS_PER_HOUR // 20),
    "the log of the register": ("SELECT patch FROM desk.change WHERE entity = 'number'", READS_PER_HOUR // 20),
    "the calls": ("SELECT number FROM desk.call", READS_PER_HOUR),
}


@pytest.mark.usefixtures("real_size")
@pytest.mark.parametrize("way", REAL_BULK)
def test_a_real_register_is_not_read_in_an_hour_by_an_ordinary_account(scene: Scene, way: str) -> None:
    """Neither at once nor in pieces."""
    query, most = REAL_BULK[way]
    scene.people.reset("1006", PASSWORD)
    answer = scene.psql("1006", query + ";")
    assert (answer.out, answer.code) == ("", LIMIT)
    scene.audited("1006", LIMIT, query)
    scene.people.reset("1006", PASSWORD)
    shown = scene.psql("1006", f"{query} LIMIT {most // 2};" * 3)
    assert (len(shown.out.splitlines()), shown.code) == (2 * (most // 2), LIMIT)
    assert scene.psql("S01", "SELECT count(*) FROM desk.number;").code == ""


def test_a_day_s_job_is_far_below_the_limit_of_a_seat_s_pull(scene: Scene) -> None:
    """One's own changes are not counted, and a pull takes from the index only what it shows."""
    scene.people.reset("1003", PASSWORD)
    with scene.connect("1003") as agent:
        for number in range(READS):
            append(agent, "ticket", f"t-own-{number}", {"household_id": "h-e1"})
        head = agent.execute("SELECT max(seq) FROM desk.change WHERE author = session_user").fetchone()
        assert head is not None
        query = "SELECT seq, patch FROM desk.change WHERE seq > %s ORDER BY seq LIMIT 10"
        for after in range(int(str(head[0])) - READS, int(str(head[0])), 10):
            assert len(agent.execute(query, (after,)).fetchall()) == 10


def test_a_flood_of_changes_is_stopped_and_in_the_audit(scene: Scene) -> None:
    one = change("ticket", "t-flood", '{"description": "x"}')
    answer = scene.psql("1004", one * (WRITES + 5))
    assert answer.code == LIMIT
    assert scene.psql("1001", "SELECT count(*) FROM desk.change WHERE entity_id = 't-flood';").out == str(WRITES)
    scene.audited("1004", LIMIT, one)
    # One statement with all of them is no way round it, and nothing of it stays.
    scene.people.reset("1004", PASSWORD)
    many = one.replace("VALUES (", "SELECT ").replace(");", f" FROM generate_series(1, {WRITES + 1});")
    assert scene.psql("1004", many).code == LIMIT
    assert scene.psql("1001", "SELECT count(*) FROM desk.change WHERE entity_id = 't-flood';").out == str(WRITES)


def test_a_colleague_s_connections_cannot_be_cut(scene: Scene) -> None:
    with contextlib.closing(scene.connect("1005")) as other:
        cut = f"SELECT pg_terminate_backend({other.info.backend_pid});"
        assert scene.psql("1001", cut).code == RIGHT
        assert other.execute("SELECT 1").fetchone() == (1,)
        scene.audited("1001", RIGHT, "SELECT pg_terminate_backend(")


def test_a_flood_of_connections_is_stopped_and_in_the_audit(scene: Scene) -> None:
    scene.server.sql('ALTER ROLE "1004" CONNECTION LIMIT 2;')
    with contextlib.closing(scene.connect("1004")), contextlib.closing(scene.connect("1004")):
        assert "too many connections" in scene.psql("1004", "SELECT 1;").said
        scene.audited("1004", "53300", "")


def test_who_appends_and_never_commits_is_ended_and_in_the_audit(scene: Scene) -> None:
    made = scene.server.sql("SELECT pg_get_functiondef('desk.free_order'::regproc);", "desk")
    with contextlib.closing(scene.connect("1005")) as holder:
        holder.autocommit = False
        append(holder, "ticket", "t-held", {})
        assert scene.psql("S01", "SELECT desk.free_order();").out == "0"  # that may be a slow seat yet
        scene.server.sql(made.replace("'1 minute'", "'0 s'"), "desk")
        try:
            assert scene.psql("S01", "SELECT desk.free_order();").out == "1"
        finally:
            scene.server.sql(made, "desk")
        with pytest.raises(psycopg.OperationalError):
            holder.commit()
    entries, _why = audit.read(scene.owner, scene.began, "1005")
    assert any(entry.who == "S01" and "kept all seats waiting" in entry.what for entry in entries)
    assert scene.psql("3001", "SELECT count(*) FROM desk.change WHERE entity_id = 't-held';").out == "0"


def test_an_old_change_cannot_be_played_again(scene: Scene) -> None:
    row = scene.psql(
        "1001", "SELECT change_id FROM desk.change WHERE entity = 'ticket' AND entity_id = 't-e1' LIMIT 1;"
    )
    again = change("ticket", "t-e1", '{"stage": "registered"}').replace("gen_random_uuid()", f"'{row.out}'")
    before = scene.all_there_is()
    assert scene.psql("1001", again).code == TWICE
    scene.audited("1001", TWICE, again)
    quietly = again.replace(");", ") ON CONFLICT DO NOTHING;")
    assert (scene.psql("1001", quietly).code, scene.all_there_is()) == ("", before)
    # Under a new id it is a change of whoever plays it, and says so.
    assert scene.psql("1001", change("ticket", "t-e1", '{"stage": "registered"}')).code == ""
    last = "SELECT author, agent FROM desk.change ORDER BY seq DESC LIMIT 1;"
    assert scene.psql("2001", last).out == "1001|1001"


def test_a_disabled_account_is_out_and_its_tries_are_in_the_audit(scene: Scene) -> None:
    answer = scene.psql("1009", change("person", "p9", "{}"))
    assert "not permitted to log in" in answer.said
    scene.audited("1009", "28000", "")


def test_a_disabled_account_s_open_session_ends(scene: Scene) -> None:
    with contextlib.closing(scene.connect("1002")) as open_session:
        append(open_session, "ticket", "t-open", {"household_id": "h-e2"})
        scene.people.disable("1002")
        with pytest.raises(psycopg.Error):
            append(open_session, "ticket", "t-open", {"stage": "closed"})
    assert scene.psql("2001", "SELECT active FROM desk.account WHERE role = '1002';").out == "f"
    scene.people.enable("1002")
    assert scene.psql("1002", "SELECT count(*) FROM desk.ticket WHERE ticket_id = 't-open';").out == "1"


def test_a_session_that_outlives_its_account_writes_and_sees_nothing(scene: Scene) -> None:
    """As when the server could not end it: the account's row alone says no."""
    with contextlib.closing(scene.connect("1002")) as open_session:
        scene.server.sql("UPDATE desk.account SET active = false WHERE role = '1002';", "desk")
        try:
            with pytest.raises(psycopg.errors.InvalidAuthorizationSpecification):
                append(open_session, "ticket", "t-late", {})
            for table in (*ROW_TABLES, "change"):
                query = f'SELECT count(*) FROM desk."{table}"'
                assert open_session.execute(query.encode()).fetchone() == (0,)
        finally:
            scene.server.sql("UPDATE desk.account SET active = true WHERE role = '1002';", "desk")


def hello(seat: str) -> str:
    told = f'{{"store_id": "{uuid.uuid4()}", "next_token": "{uuid.uuid4()}", "seat": "{seat}", "program": "9"}}'
    return f"SELECT desk.hello('{told}') ->> 'verdict';"


def test_a_seat_brings_the_changes_of_people_and_a_person_only_their_own(scene: Scene) -> None:
    carried = change("ticket", "t-carried", '{"household_id": "h-e1"}', agent="'1001'")
    assert scene.psql("S01", carried).code == ""
    query = "SELECT author, agent, estate FROM desk.change WHERE entity_id = 't-carried' ORDER BY seq;"
    assert scene.psql("3001", query).out.splitlines() == ["S01|1001|e1"]
    for who in ("S01", "2001", "3001"):
        imported = change("ticket", "t-carried", '{"household_id": "h-e1"}', agent="'import.nc'")
        assert scene.psql(who, imported).code == ""
    claims = "SELECT desk.carried(ARRAY['1001', '1002', '1010', 'S01', 'S07', 'import.nc']);"
    assert scene.psql("1001", claims).out == "{1001}"
    assert scene.psql("2001", claims).out == "{1010,S01,S07,import.nc}"
    assert scene.psql("S01", claims).out == "{1001,1002,1010,S01,S07,import.nc}"


def test_an_agent_brings_what_the_seat_has_written_at_which_they_sit(scene: Scene) -> None:
    """A seat without a role of its own; who brought it stands beside it."""
    assert scene.psql("1005", hello("S07")).out == "ok"
    claims = "SELECT desk.carried(ARRAY['1005', '1002', '1010', 'S01', 'S07', 'import.nc']);"
    assert [scene.psql(who, claims).out for who in ("1005", "1001")] == ["{1005,S07}", "{}"]
    made = change("call", "c-machine", '{"household_id": "h-e1"}', agent="'S07'")
    assert [scene.psql(who, made).code for who in ("1005", "1001")] == ["", CLAIM]
    query = "SELECT author, agent FROM desk.change WHERE entity_id = 'c-machine';"
    assert scene.psql("3001", query).out == "1005|S07"
    assert scene.psql("1005", hello("1002")).out == "ok"
    assert scene.psql("1005", change("call", "c-machine", "{}", agent="'1002'")).code == CLAIM  # a person is no seat


def test_who_works_here_is_of_no_estate_whoever_wrote_it_down_first(scene: Scene) -> None:
    """By a supervisor of one estate, as all of the scene's are."""
    numbers = "SELECT count(*) FROM desk.staff WHERE number = '2001' AND estate = '';"
    logged = "SELECT count(*) > 0 FROM desk.change WHERE entity = 'staff' AND entity_id = 's-2001' AND estate = '';"
    assert [scene.psql(who, numbers + logged).out.split() for who in ("1001", "1002")] == [["1", "t"]] * 2


def test_who_has_one_estate_writes_into_it_and_who_has_two_says_which(scene: Scene) -> None:
    for who, estate in (("1001", "e1"), ("1005", ""), ("S01", "")):
        assert scene.psql(who, change("call", f"c-{who}", '{"number": "13800138000"}')).code == ""
        query = f"SELECT estate FROM desk.change WHERE entity_id = 'c-{who}';"
        assert scene.psql("3001", query).out == estate
    # Where an entity was first seen it stays, whoever names another estate later.
    assert scene.psql("S01", change("call", "c-1001", '{"household_id": "h-e2"}')).code == ""
    assert scene.psql("3001", "SELECT DISTINCT estate FROM desk.change WHERE entity_id = 'c-1001';").out == "e1"
    assert scene.psql("3001", "SELECT estate, household_id FROM desk.call WHERE call_id = 'c-1001';").out == "e1|h-e2"


def test_rights_that_change_change_the_stamp(scene: Scene) -> None:
    def stamp(who: str) -> str:
        return scene.psql(who, "SELECT desk.rights_stamp();").out

    assert (stamp("S01"), stamp("3001")) == ("all", "all and sensitive")
    before = stamp("1001")
    account = scene.people.account("1001")
    scene.people.change(replace(account, estates=("e1", "e2")))
    try:
        assert stamp("1001") not in ("", before)
        assert sorted(scene.psql("1001", "SELECT DISTINCT estate FROM desk.person;").out.split()) == ["e1", "e2"]
    finally:
        scene.people.change(account)
    assert stamp("1001") == before


def test_an_owner_reads_the_audit_with_the_documented_grants(scene: Scene) -> None:
    page = (Path(__file__).parents[3] / "docs" / "central.md").read_text(encoding="utf-8")
    granted = page[page.index("       GRANT pg_monitor") : page.index("END $$;") + len("END $$;")]
    scene.server.sql(f"CREATE ROLE desk_owner LOGIN PASSWORD '{PASSWORD}' IN ROLE desk_admin;")
    url = scene.server.url("desk").replace("//", "//desk_owner@")
    owner = admin.Owner(url, PASSWORD, scene.server.ca_file)
    assert audit.read(owner, scene.began)[1] != ""
    scene.server.sql(granted, "desk")
    entries, why = audit.read(owner, scene.began - timedelta(hours=1))
    assert why == ""
    assert {entry.code for entry in entries} >= {"", "42501"}


def test_what_was_done_to_accounts_is_in_the_audit(scene: Scene) -> None:
    entries, why = audit.read(scene.owner, scene.began - timedelta(hours=1), "1009")
    assert why == ""
    done = [entry.what for entry in entries if not entry.code]
    assert done[:2] == ["user added 1009", "user disabled 1009"]
