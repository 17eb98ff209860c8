"""Words of dispatching, and what the panel shows of a proposal."""

from dataclasses import replace

import pytest

from desk.domain.attempts import Attempt, Outcome, Purpose
from desk.domain.dispatching import Pursuit, Step
from desk.domain.identity import TaskId
from desk.domain.moves import Refusal
from desk.domain.replies import Said
from desk.domain.routes import Part
from desk.domain.tasks import Task, TaskStage
from desk.domain.working_time import CHINA
from desk.domain.workload import Workload
from desk.ui.after.dispatch import words
from desk.ui.after.dispatch.presenter import act, matching, present
from desk.ui.after.dispatch.words import TAKEN_DOWN, Heard
from desk.usecases.answer_for_handler import Answered, Result
from desk.usecases.find_handler import Choice, Proposal, RouteTrouble, Why
from tests.usecases.conftest import NOW
from tests.usecases.dispatching import LEAD, MATE, PLUMBER, TICKET

TASK = Task(TaskId("k1"), TICKET.ticket_id, "水龙头", TaskStage.DISPATCHED, NOW, "1001", handler_id=PLUMBER.staff_id)
CHOICES = (
    Choice(PLUMBER, Part.HANDLER, False, Workload(3, 1, 1, 0, 2)),
    Choice(MATE, Part.BACKUP, True, Workload()),
    Choice(replace(LEAD, phone=""), Part.LEAD, False, Workload()),
)
FIRST = Proposal(CHOICES, NOW)


def sent(stage: TaskStage = TaskStage.DISPATCHED, pursuit: Pursuit | None = None, **more: object) -> Proposal:
    task = replace(TASK, stage=stage, **more)  # type: ignore[arg-type]
    return replace(FIRST, task=task, tasks=(task,), pursuit=pursuit or Pursuit(Step.CALL, PLUMBER.staff_id))


def title(proposal: Proposal, *, new: bool = False) -> str:
    return present(proposal, NOW, CHINA, new=new).title


def test_every_value_has_words() -> None:
    assert all(words.heard(one) for one in Heard)
    assert all(words.part(one) for one in Part)
    assert all(words.trouble(RouteTrouble(why)) for why in Why)
    for result in Result:
        for said in Said:
            assert words.answered(Answered(result, said, ("n",), "赵师傅", refusal=Refusal.IS_SUSPENDED))
    assert set(TAKEN_DOWN) == set(TaskStage)
    assert all(len(answers) <= 9 for answers in TAKEN_DOWN.values())  # a digit each
    assert {one.said for one in Heard if one.said} == set(Said)


def test_what_the_first_key_does_is_said_in_its_words() -> None:
    plumber, _mate, lead = present(FIRST, NOW, CHINA).lines
    first = present(FIRST, NOW, CHINA)
    assert act(first, plumber) == "Send to 赵师傅 and call"
    assert act(first, lead) == "Send to 李主管"  # has no number
    assert act(first, None) == ""
    holding = present(sent(), NOW, CHINA)
    assert act(holding, plumber) == "Call 赵师傅"
    assert act(holding, holding.lines[1]) == "Give to 钱师傅 and call"
    assert act(holding, lead) == "Give to 李主管"
    assert act(replace(holding, holder=lead.staff_id), lead) == "李主管 has no number"


@pytest.mark.parametrize(
    ("proposal", "expected"),
    [
        (FIRST, "Dispatch"),
        (sent(), "赵师傅 has not accepted yet"),
        (
            sent(pursuit=Pursuit(Step.CALL_NEXT, MATE.staff_id, 3)),
            "赵师傅 was not reached in 3 tries: 钱师傅 stands in",
        ),
        (
            sent(pursuit=Pursuit(Step.NOBODY_LEFT, None, 1)),
            "赵师傅 was not reached in 1 try; everybody was tried: decide who takes it",
        ),
        (sent(TaskStage.RETURNED, reason="是电的问题"), "Returned: 是电的问题. Who takes it?"),
        (sent(TaskStage.ACCEPTED), "With 赵师傅: Accepted"),
        (sent(TaskStage.DONE), "Done"),
    ],
)
def test_the_title_says_how_things_stand(proposal: Proposal, expected: str) -> None:
    assert title(proposal) == expected


def test_one_more_task_begins_with_the_route_s_handler() -> None:
    view = present(sent(TaskStage.ACCEPTED), NOW, CHINA, new=True)
    assert (view.title, view.holder, view.heard) == ("One more task", None, ())
    assert view.preferred == PLUMBER.staff_id


def test_whoever_gave_it_back_is_not_chosen_again() -> None:
    assert present(sent(TaskStage.RETURNED, Pursuit(Step.ANSWERED)), NOW, CHINA).preferred == MATE.staff_id


def test_a_line_says_what_they_have_on_hand_and_nothing_for_nothing() -> None:
    plumber, mate, _lead = present(FIRST, NOW, CHINA).lines
    assert (plumber.counts, plumber.late) == (("3", "1", "1", "2"), True)
    assert mate.counts == ("", "", "", "")
    assert mate.spoken == "钱师傅, Backup, on duty"
    assert plumber.spoken == "赵师傅, Handler, On hand 3, Unaccepted 1, Overdue 1, Done today 2"


def test_names_are_found_by_characters_pinyin_and_initials() -> None:
    lines = present(FIRST, NOW, CHINA).lines
    for typed in ("钱", "qian", "qsf"):
        assert [line.name for line in matching(lines, typed)] == ["钱师傅"]
    assert matching(lines, "") == lines


def test_the_last_tries_stand_below_the_newest_first() -> None:
    tries = tuple(
        Attempt(f"a{n}", Purpose.DISPATCH, NOW, "1001", outcome, task_id=TASK.task_id, staff_id=PLUMBER.staff_id)
        for n, outcome in enumerate((Outcome.OFF, Outcome.BUSY, Outcome.NO_ANSWER, Outcome.LATER))
    )
    tries = (*tries[:3], replace(tries[3], next_at=NOW))
    view = present(replace(sent(), attempts=tries), NOW, CHINA)
    assert view.tries[0] == "09:30 赵师傅: asked to be called later, again at 09:30"
    assert len(view.tries) == 3


def test_a_route_s_trouble_names_its_file_and_line() -> None:
    trouble = RouteTrouble(Why.LEFT, "H0001", "/etc/desk/policies/routes.toml", 5)
    assert words.trouble(trouble) == "The route names H0001, who has left (routes.toml, line 5)"
