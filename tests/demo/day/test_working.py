"""What an agent of the day does between calls, at a seat without a centre."""

from datetime import UTC, datetime
from pathlib import Path

from desk.demo.day.agenda import Agenda
from desk.demo.day.outside import Handlers, Residents
from desk.demo.day.working import Working
from desk.demo.day.workplace import Workplace, day_settings
from desk.domain.identity import StaffId, TaskId, TicketId
from desk.domain.tasks import Task, TaskStage
from desk.domain.times import to_text
from desk.sync.central.access import CentralAccess

NOW = datetime(2026, 11, 9, 2, tzinfo=UTC)


def test_nobody_stood_in_where_it_was_refused(tmp_path: Path) -> None:
    seat = Workplace(
        day_settings("S01", tmp_path / "S01"), CentralAccess("127.0.0.1", 9, "desk", "s", lambda: "", None)
    )
    try:
        working = Working(Agenda(NOW), Handlers(1), Residents(1), "9001")
        task = Task(TaskId("t"), TicketId("t1"), "修水龙头", TaskStage.DISPATCHED, NOW, "1001")
        ticket = {"number": "20261109-S01-001", "kind": "repair", "category": "repair.water.tap", "priority": "normal"}
        ticket |= {"stage": "registered", "description": "漏水", "registered_at": to_text(NOW), "registered_by": "1001"}
        seat.log.append([seat.machine.change("ticket", "t1", {**ticket, "seat": "S01"})])
        working.stand_in(seat, task, StaffId("h2"))
        assert working.done["stood in"] == 0
        assert sum(working.refused.values()) == 1
    finally:
        seat.close()
