"""A whole seat calls itself through a real exchange, when it is asked to as IT does: what is found, what stands in the
register afterwards, and that nothing of it stands among the hotline's calls."""

import os
import subprocess

import pytest

from desk.demo.processes import wait_until
from desk.domain.health import Level
from desk.domain.seat_register import CheckKind, from_text
from desk.store.calls import SqlCallLog
from desk.store.seats import SqlSeats
from tests.end2end import kept
from tests.end2end.ground import START_S, Ground

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]


def test_a_seat_checks_itself_and_no_call_of_it_is_left(ground: Ground) -> None:
    with ground.seat(on_screen=False) as seat:
        seat.start()
        seat.wait_step("line registered", START_S, role="phone")

        def checked() -> bool:
            done = subprocess.run(
                seat.command("seats", "check"),
                env={**os.environ, **seat.env},
                text=True,
                capture_output=True,
                timeout=200,
                check=False,
            )
            said = done.stdout + done.stderr
            assert done.returncode == 0 or "没有运行坐席" in said, said  # its background service is not there yet
            return done.returncode == 0

        wait_until("the seat has checked itself", checked, START_S)
        shown = [line.get("message") for line in seat.log_lines("ui")]
        assert "call_shown" not in shown
        with kept.store(seat) as store:
            own = next(one for one in SqlSeats(store, lambda: "").all() if one.seat == seat.name)
            (check, *_older) = SqlSeats(store, lambda: "").checks(own.seat_record_id)
            assert (own.self_check_level, check.kind) == ("ok", CheckKind.SELF_CHECK)
            assert own.pc
            assert own.desk_version
            found = {one.check: one for text in check.findings if (one := from_text(text)) is not None}
            wanted = ("call", "quality", "said", "heard", "pop", "recording", "ticket")
            assert {name: one.level for name, one in found.items()} == {
                f"self_check.{name}": Level.OK for name in wanted
            }
            assert not [one for one in SqlCallLog(store).recent(50) if one.seat == seat.name]
        assert list((seat.data_dir / "spool").glob("*.jsonl")) == []
        assert list((seat.data_dir / "sealed").glob("*.age")) == []
