"""The centre's figures, status, metrics and advice, over a real PostgreSQL."""

import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from desk.compose.central_status import run_metrics, run_status, server_of
from desk.demo.postgres import PrivatePostgres
from desk.settings.values import CentralSettings, Settings
from desk.sync.central import metrics, status
from desk.sync.central.admin import CentralAdminError, Owner
from desk.sync.central.advice import OLD_AUDIT, advise
from desk.sync.central.figures import (
    ArchiveFigures,
    Figures,
    MessageFigures,
    ReplicaFigures,
    SeatFigures,
    TableFigures,
    read_from,
)
from tests import making
from tests.sync.conftest import PASSWORD, Seat
from tests.sync.outside.messages import made, message

SEAT = SeatFigures("S01", "1001", "0.1.0", "10.0.0.7", 3.0, 0, 0, 0, 12, 1000, 0)
TABLE = TableFigures("change", 1 << 30, 2_000_000, 0, 0, None, datetime(2026, 11, 1, tzinfo=UTC))
WELL = Figures(
    schema="0007",
    server="15.9",
    database_bytes=3 << 30,
    head=2_000_000,
    changes_hour=100,
    changes_day=2_000,
    first_change_at=datetime(2025, 11, 1, tzinfo=UTC),
    freeze_age=1_000_000,
    connections=40,
    most_connections=200,
    seats=(SEAT,),
    messages=MessageFigures(0, 0, 0, 0),
    audit_day=(),
    tables=(TABLE,),
    archive=ArchiveFigures(True, 60.0, 0, False),
    replicas=(),
)


@pytest.fixture
def owner(server: PrivatePostgres, database: str) -> Owner:
    return Owner(server.admin_url(database))


def tell(central: Callable[..., object], seat: str, **told: object) -> None:
    """As a seat's exchange does."""
    connection = central("1001")
    store, token = str(uuid4()), str(uuid4())
    hello = {"store_id": store, "token": None, "next_token": token, "seat": seat, "program": "0.1.0", "cursor": 0}
    assert connection.execute("SELECT desk.hello(%s::jsonb)", (json.dumps(hello),)).fetchone()[0]["verdict"] == "ok"  # type: ignore[attr-defined]
    state = {"cursor": 0, "unsent": 0, "refused": 0, "lag_ms": 5, "filled_permille": 1000} | told
    connection.execute(  # type: ignore[attr-defined]
        "SELECT desk.seat_tells(%s::jsonb)", (json.dumps({"store_id": store, "token": token} | state),)
    )


def test_the_figures_are_those_of_the_log_the_seats_and_the_messages(
    owner: Owner, central: Callable[..., object], make_seat: Callable[..., Seat]
) -> None:
    seat = make_seat("S01")
    seat.log.append([making.ticket(f"t{number}") for number in range(7)])
    overdue = message("late", made_at=datetime(2026, 1, 1, tzinfo=UTC))
    failed = message("failed", made_at=datetime.now(UTC))
    seat.log.append([made(overdue), made(failed)])
    seat.log.append([making.change("message", failed.message_id, {"delivery": "failed", "why": "x"})])
    seat.exchange()
    tell(central, "S07", unsent=3, refused=2, cursor=4)
    figures = read_from(owner)
    assert (figures.head, figures.changes_hour, figures.changes_day) == (10, 10, 10)
    assert figures.messages == MessageFigures(waiting=1, overdue=1, failed=1, dropped=0)
    assert figures.seats is not None
    seen = next(each for each in figures.seats if each.seat == "S07")
    assert (seen.role, seen.program, seen.behind, seen.unsent, seen.refused, seen.away) == (
        "1001",
        "0.1.0",
        6,
        3,
        2,
        False,
    )
    assert {table.name for table in figures.tables} >= {"change", "ticket", "person", "message"}


def test_what_came_when_is_found_without_reading_the_log(
    owner: Owner, server: PrivatePostgres, database: str, make_seat: Callable[..., Seat]
) -> None:
    seat = make_seat("S01")
    seat.log.append([making.ticket(f"t{number}") for number in range(100)])
    seat.exchange()
    server.sql(
        "ALTER TABLE desk.change DISABLE TRIGGER USER;"
        " UPDATE desk.change SET received_at = now() - (101 - seq) * interval '10 min';",
        database,
    )
    figures = read_from(owner)
    assert (figures.changes_hour, figures.changes_day) == (5, 100)


def test_an_admin_reads_them_too_and_an_agent_only_what_is_an_agents(server: PrivatePostgres, database: str) -> None:
    def as_role(role: str) -> Figures:
        return read_from(Owner(f"postgresql://{role}@127.0.0.1:{server.port}/{database}", PASSWORD, server.ca_file))

    assert as_role("admin").seats == ()
    agents = as_role("1001")
    assert agents.seats is None
    assert any("desk_admin" in line for line in status.lines(agents))


def test_status_says_what_is_wrong_and_fails_where_a_person_is_needed(
    server: PrivatePostgres, database: str, central: Callable[..., object]
) -> None:
    settings = Settings(central=CentralSettings(url=server.admin_url(database)))
    said: list[str] = []
    tell(central, "S05")  # an older program says nothing of troubles
    assert run_status(settings, "", as_json=False, say=said.append) == 0
    tell(central, "S06", troubles=["store_full"])
    assert run_status(settings, "", as_json=False, say=said.append) == 1
    assert any(line.startswith("  S06") and line.endswith("store_full") for line in said)
    tell(central, "S07", refused=2)
    assert run_status(settings, "", as_json=False, say=said.append) == 1
    assert any(line.startswith("  S07") and "2 changes refused" in line for line in said)
    said.clear()
    run_status(settings, "", as_json=True, say=said.append)
    assert json.loads(said[0])["seats"][2]["refused"] == 2


def test_advice_says_what_may_go_and_what_may_not(owner: Owner, english: None) -> None:
    big = [replace(TABLE, name=name, rows=3_000_000) for name in ("audit", "message", "ticket")]
    told = advise(replace(WELL, tables=tuple(big)))
    assert [(one.what.split(" ", 3)[:3], one.do.split(" ")[0]) for one in told] == [
        (["The", "audit", "holds"], "DELETE"),
        (["message", "holds", "3000000"], "docs/growth.md"),
    ]
    assert advise(replace(WELL, tables=tuple(replace(one, rows=900_000) for one in big))) == []
    with owner.connect() as connection:  # what is advised can be done, and takes nothing younger
        connection.execute("INSERT INTO desk.audit (at, what) VALUES (now() - interval '2 years', 'x'), (now(), 'y')")
        connection.execute(OLD_AUDIT)
        assert connection.execute("SELECT what FROM desk.audit WHERE what IN ('x', 'y')").fetchall() == [("y",)]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "here, in step"),
        ({"behind": 7}, "here, 7 changes behind"),
        ({"behind": 1_001}, "here, ! 1001 changes behind"),
        ({"behind": 5_000, "silent_s": 7_200.0}, "away for 2 h, 5000 changes behind"),
        ({"unsent": 3, "lag_ms": 600_000, "silent_s": 30.0}, "in step  ! 3 changes not sent, the oldest for 10 min"),
        ({"unsent": 3, "lag_ms": 600_000, "silent_s": 86_400.0}, "3 changes not sent, the oldest for 24 h"),
        ({"troubles": ("line_deaf", "store_full")}, "in step  ! line_deaf, store_full"),
        ({"newest_program": "0.1.1"}, "in step  ! an old program, 0.1.1 is there"),
        ({"newest_program": "0.1.0"}, "here, in step"),
        ({"newest_program": "dev"}, "here, in step"),
        ({"lag_ms": 600_000}, "here, in step"),  # an older program's: how long a round took
    ],
)
def test_status_says_of_each_seat_how_far_behind_it_is_and_how_long_its_changes_wait(
    told: dict[str, float], said: str, english: None
) -> None:
    figures = replace(WELL, seats=(replace(SEAT, **told),))  # type: ignore[arg-type]
    [line] = [line for line in status.lines(figures) if line.startswith("  S01")]
    assert said in line


# https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md
_SAMPLE = re.compile(r'[a-z_0-9]+(\{[a-z_]+="(?:[^"\\\n]|\\.)*"(,[a-z_]+="(?:[^"\\\n]|\\.)*")*\})? -?[0-9.e+-]+')


def samples(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in text.splitlines():
        if not line.startswith("# "):
            assert _SAMPLE.fullmatch(line), line
            name, _space, value = line.rpartition(" ")
            assert name not in found
            found[name] = float(value)
    return found


def test_metrics_are_well_formed_and_true() -> None:
    odd = replace(SEAT, seat='S"\\\n9', unsent=4, lag_ms=250, silent_s=1.0)
    old = replace(SEAT, silent_s=900.0, unsent=99)
    found = samples(metrics.text(replace(WELL, seats=(SEAT, old, odd), audit_day=(("store copied", 2),))))
    assert found["desk_central_up"] == 1
    assert found['desk_central_info{schema="0007",postgresql="15.9"}'] == 1
    assert found['desk_seat_unsent_changes{seat="S01",program="0.1.0"}'] == 0  # of the newest store
    assert found['desk_seat_unsent_changes{seat="S\\"\\\\\\n9",program="0.1.0"}'] == 4
    assert found['desk_seat_lag_seconds{seat="S\\"\\\\\\n9",program="0.1.0"}'] == 1.25
    assert found['desk_audit_1d{what="store copied"}'] == 2
    assert found['desk_table_bytes{table="change"}'] == 1 << 30
    assert samples(metrics.text(None)) == {"desk_central_up": 0}


def test_metrics_go_into_a_file_whole_and_say_when_the_centre_is_away(
    server: PrivatePostgres, database: str, tmp_path: Path
) -> None:
    settings, file = Settings(), tmp_path / "desk.prom"
    assert run_metrics(settings, server.admin_url(database), file, None, print) == 0
    assert samples(file.read_text())["desk_central_up"] == 1
    assert run_metrics(settings, server.admin_url("nowhere"), file, None, print) != 0
    assert samples(file.read_text()) == {"desk_central_up": 0}
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(CentralAdminError):
        run_metrics(settings, server.admin_url("nowhere"), None, None, print)


def test_metrics_are_served(owner: Owner) -> None:
    with server_of(owner, ("127.0.0.1", 0)) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            url = f"http://127.0.0.1:{serving.server_address[1]}"
            with urllib.request.urlopen(f"{url}/metrics", timeout=30) as answer:  # noqa: S310
                assert answer.headers["Content-Type"] == metrics.CONTENT_TYPE
                assert samples(answer.read().decode())["desk_central_up"] == 1
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(f"{url}/etc/passwd", timeout=30)  # noqa: S310
        finally:
            serving.shutdown()
            thread.join()


def test_where_all_is_well_there_is_no_advice() -> None:
    assert advise(WELL) == []
    assert status.healthy(WELL)


@pytest.mark.parametrize(
    ("figures", "said", "do"),
    [
        (replace(WELL, archive=ArchiveFigures(False, None, 0, False)), "not archived", "docs/restore.md"),
        (replace(WELL, archive=ArchiveFigures(True, 60.0, 3, True)), "Archiving fails", "pg_stat_archiver"),
        (replace(WELL, archive=ArchiveFigures(True, 7200.0, 0, False)), "for 2 h", "archive_timeout"),
        (replace(WELL, freeze_age=700_000_000), "700000000", "FREEZE"),
        (replace(WELL, tables=(replace(TABLE, dead=900_000),)), "31%", 'VACUUM (ANALYZE) desk."change"'),
        (replace(WELL, tables=(replace(TABLE, analyzed_at=None),)), "never analysed", "ANALYZE"),
        (
            replace(WELL, tables=(replace(TABLE, inserted_since_vacuum=1_500_000),)),
            "1500000 rows",
            "insert_scale_factor",
        ),
        (replace(WELL, tables=(replace(TABLE, rows=60_000_000, bytes_all=60 << 30),)), "a year", "docs/growth.md"),
        (replace(WELL, connections=170), "170 of 200", "docs/growth.md"),
    ],
)
def test_each_piece_of_advice_says_what_is_so_and_what_to_do(figures: Figures, said: str, do: str) -> None:
    (advice,) = advise(figures)
    assert said in advice.what
    assert do in advice.do
    assert any(said in line for line in status.lines(figures))


def test_the_commands_of_the_advice_are_postgresqls(server: PrivatePostgres, database: str) -> None:
    for figures in (
        replace(WELL, tables=(replace(TABLE, dead=900_000),)),
        replace(WELL, tables=(replace(TABLE, analyzed_at=None),)),
        replace(WELL, tables=(replace(TABLE, inserted_since_vacuum=1_500_000),)),
        replace(WELL, freeze_age=700_000_000),
        replace(WELL, archive=ArchiveFigures(True, 7200.0, 0, False)),
    ):
        server.sql(advise(figures)[0].do, database)


def test_every_metric_of_the_manuals_alerts_is_there() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bdesk_[a-z0-9_]+", manual.split("```yaml")[1].split("```")[0]))
    everything = metrics.text(replace(WELL, replicas=(ReplicaFigures("report", 5),)))
    assert named <= {name.partition("{")[0] for name in samples(everything)}
    assert len(named) > 10
