"""What a gateway hands in, over a real store."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk import exit_codes
from desk.cli.notify import ANSWERS
from desk.compose.replies import answer_text, take_answer, take_reply
from desk.compose.reply_links import ENTRY
from desk.domain.identity import StaffId, TaskId
from desk.domain.patches import patch_of
from desk.domain.replies import Said
from desk.domain.reply_links import ReplyLink, sign
from desk.domain.tasks import Task, TaskStage
from desk.domain.tickets import Stage
from desk.secrets import FakeSecrets
from desk.settings import LineSettings, SeatSettings, Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.history import SqlHistories
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.store.tickets import SqlTickets
from desk.usecases.answer_for_handler import Answered, Result
from tests.making import new_id
from tests.usecases.conftest import NOW
from tests.usecases.dispatching import PLUMBER, SECRET, TICKET

TASK = Task(
    TaskId("01900000-0000-7000-8000-00000000e001"),
    TICKET.ticket_id,
    "水龙头",
    TaskStage.DISPATCHED,
    NOW,
    "1001",
    handler_id=PLUMBER.staff_id,
    due_at=NOW + timedelta(hours=4),
)


@pytest.fixture
def secrets() -> FakeSecrets:
    made = FakeSecrets()
    made.set(ENTRY, SECRET.decode())
    return made


@pytest.fixture
def settings(tmp_path: Path, secrets: FakeSecrets) -> Settings:
    settings = Settings(
        seat=SeatSettings(name="GW1"),
        lines=(LineSettings(area_code="0755"),),
        data_dir=tmp_path,
        runtime_dir=tmp_path / "run",
    )
    store = Store.open(settings.store_file, secrets)
    log = SqlChangeLog(store)
    author = SeatAuthor("S01", lambda: "1001", lambda: NOW, new_id, log.base_seq)
    ticket = patch_of(TICKET, "ticket_id") | {"stage": Stage.DISPATCHED.value, "handler_id": PLUMBER.staff_id}
    log.append(
        [
            author.change("staff", PLUMBER.staff_id, patch_of(PLUMBER, "staff_id")),
            author.change("ticket", TICKET.ticket_id, ticket),
            author.change("task", TASK.task_id, patch_of(TASK, "task_id")),
        ]
    )
    store.close()
    return settings


def task_now(settings: Settings, secrets: FakeSecrets) -> tuple[Task, list[str]]:
    store = Store.open(settings.store_file, secrets)
    try:
        task = SqlTasks(store).get(TASK.task_id)
        ticket = SqlTickets(store).get(TICKET.ticket_id)
        assert task is not None
        assert ticket is not None
        authors = [change.author for change in SqlHistories(store).of("task", TASK.task_id)]
        return task, authors
    finally:
        store.close()


def test_a_keyword_is_written_in_the_seat_s_name_and_answered_in_one_line(
    settings: Settings, secrets: FakeSecrets
) -> None:
    said: list[str] = []
    code = take_reply(settings, "+8613800138001", f"1 {TICKET.number}", said.append, lambda: secrets)
    task, authors = task_now(settings, secrets)
    assert (code, task.stage, task.via) == (exit_codes.OK, TaskStage.ACCEPTED, "keyword")
    assert authors == ["1001", "GW1"]
    (line,) = said
    assert json.loads(line) == {
        "taken": True,
        "result": "done",
        "said": "accept",
        "numbers": [TICKET.number],
        "why": "",
        "text": f"{TICKET.number}: accepted, thank you.",
    }


def test_what_is_not_understood_is_said_back_and_is_a_fault_of_the_call(
    settings: Settings, secrets: FakeSecrets
) -> None:
    said: list[str] = []
    assert take_reply(settings, "13800138001", "在路上", said.append, lambda: secrets) == exit_codes.FAULT
    assert json.loads(said[0])["text"].startswith("Not understood.")
    assert task_now(settings, secrets)[0].stage is TaskStage.DISPATCHED


def test_a_link_is_read_with_the_company_s_secret(settings: Settings, secrets: FakeSecrets) -> None:
    said: list[str] = []
    until = datetime.now(UTC) + timedelta(hours=1)
    token = sign(ReplyLink(TASK.task_id, StaffId(PLUMBER.staff_id), until), SECRET)
    assert take_answer(settings, token, Said.RETURN, "不在本片区", said.append, lambda: secrets) == exit_codes.OK
    task = task_now(settings, secrets)[0]
    assert (task.stage, task.reason, task.via) == (TaskStage.RETURNED, "不在本片区", "link")
    secrets.delete(ENTRY)
    assert take_answer(settings, token, Said.ACCEPT, "", said.append, lambda: secrets) == exit_codes.FAULT
    assert json.loads(said[1])["result"] == "bad_link"


def test_every_result_has_something_to_say_and_the_command_knows_every_answer() -> None:
    for result in Result:
        for said in Said:
            assert answer_text(Answered(result, said, (TICKET.number,)))
    assert set(ANSWERS) == {said.value for said in Said}
