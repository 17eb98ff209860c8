from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.identity import TaskId, TicketId
from desk.domain.replies import Reply, Said, at_place, meant, read_reply
from desk.domain.tasks import Task, TaskStage
from tests.making import START

NUMBER = "20261122-S01-003"


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("1 20261122-S01-003", Reply(Said.ACCEPT, NUMBER)),
        ("１　20261122-s01-003。", Reply(Said.ACCEPT, NUMBER)),
        ("1,20261122-S01-003", Reply(Said.ACCEPT, NUMBER)),
        ("收到20261122-S01-003", Reply(Said.ACCEPT, NUMBER)),
        ("1", Reply(Said.ACCEPT)),
        ("OK", Reply(Said.ACCEPT)),
        ("1 003", Reply(Said.ACCEPT, "003")),
        ("2 20261122-S01-003 不是水工的活", Reply(Said.RETURN, NUMBER, "不是水工的活")),
        ("反单 20261122-S01-003：屋里没人，约明天", Reply(Said.RETURN, NUMBER, "屋里没人,约明天")),
        ("3 20261122-S01-003", Reply(Said.START, NUMBER)),
        ("4 20261122-S01-003 等配件，后天到", Reply(Said.REPORT, NUMBER, "等配件,后天到")),
        ("修好了 003", Reply(Said.DONE, "003")),
        ("5 20261122-分店-003 换了阀芯", Reply(Said.DONE, "", "20261122-分店-003 换了阀芯")),
        ("5 203 修好了", Reply(Said.DONE, "203", "修好了")),
        ("5 203室，修好了", Reply(Said.DONE, "203", "修好了")),
        ("修好了 5栋2单元203", Reply(Said.DONE, "", "", "5栋2单元203")),
        ("1 5号楼", Reply(Said.ACCEPT, "", "", "5号楼")),
        ("5 5-2-203 换了阀芯", Reply(Said.DONE, "", "换了阀芯", "5-2-203")),
        ("4 22号到货", Reply(Said.REPORT, "", "22号到货")),
        ("4 要等1-2天", Reply(Said.REPORT, "", "要等1-2天")),
        ("done 20261122-S01-2-0103 new washer", Reply(Said.DONE, "20261122-S01-2-0103", "new washer")),
    ],
)
def test_what_people_type_is_understood(text: str, reply: Reply) -> None:
    assert read_reply(text) == reply


@pytest.mark.parametrize("text", ["", " ", "20261122-S01-003", "12号楼", "1栋漏水", "谁派的", "okay then", "11", "100"])
def test_what_begins_with_no_keyword_is_no_answer(text: str) -> None:
    assert read_reply(text) is None


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    reply = read_reply(text)
    assert reply is None or len(reply.text) <= 500


TASK = Task(TaskId("k1"), TicketId("t1"), "", TaskStage.DISPATCHED, START, "1001")
ACCEPTED = replace(TASK, task_id=TaskId("k2"), stage=TaskStage.ACCEPTED)
OPEN = [(NUMBER, TASK), ("20261122-S02-004", ACCEPTED)]


def test_an_answer_without_a_number_is_about_the_one_task_that_can_take_it() -> None:
    assert meant(Said.ACCEPT, "", OPEN) == [TASK]
    assert meant(Said.REPORT, "", OPEN) == [ACCEPTED]
    assert meant(Said.DONE, "", OPEN) == [TASK, ACCEPTED]  # cannot be told: they are asked for the number


def test_a_number_names_its_ticket_whole_or_by_its_end() -> None:
    assert meant(Said.ACCEPT, NUMBER, OPEN) == [TASK]
    assert meant(Said.DONE, "004", OPEN) == [ACCEPTED]
    assert meant(Said.ACCEPT, "004", OPEN) == [ACCEPTED]  # accepted already: said so, and not taken for another
    assert meant(Said.ACCEPT, "009", OPEN) == []
    assert meant(Said.DONE, "003", [*OPEN, ("20261121-S01-003", ACCEPTED)]) == [TASK, ACCEPTED]


def test_a_place_is_told_by_its_figures_in_their_order() -> None:
    places = [("一期5栋2单元203", TASK), ("12栋1单元203", ACCEPTED), ("２号楼大堂", ACCEPTED)]
    assert at_place(Said.DONE, "5-203", places) == [TASK]
    assert at_place(Said.DONE, "203", places) == [TASK, ACCEPTED]
    assert at_place(Said.ACCEPT, "0203", places) == [TASK]
    assert at_place(Said.DONE, "2号楼", places) == [TASK, ACCEPTED]  # of 5栋 it is the entrance: they are asked
    assert (
        at_place(Said.DONE, "3", places)
        == at_place(Said.DONE, "203栋5", places)
        == at_place(Said.DONE, "", places)
        == []
    )
