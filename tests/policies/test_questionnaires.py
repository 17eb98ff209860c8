"""Questionnaires from files: those that are shipped can be walked, a mistake is told with its line, and a company's own
takes the place of the shipped one."""

from pathlib import Path

import pytest

from desk.domain.follow_ups import FollowUpKind
from desk.domain.questionnaires import (
    Answer,
    Ask,
    Questionnaire,
    following,
    open_ask,
    questionnaire_for,
    result,
)
from desk.domain.tickets import Kind
from desk.policies.files import PolicyError, PolicyFolders
from desk.policies.questionnaires import read_questionnaire, read_questionnaires
from desk.resources import resources_dir

SHIPPED = resources_dir() / "policies"
GOOD = """\
id = "closing"
version = "1"
title = "T"
follow_up = "closing"

[[ask]]
id = "solved"
text = "solved?"
answer = "yes_no"
means = "solved"
jump = [{ on = ["yes"], to = "end" }]

[[ask]]
id = "left"
text = "what is left?"
answer = "text"
"""


def written(folder: Path, text: str, name: str = "q") -> Path:
    (folder / "questionnaires").mkdir(parents=True, exist_ok=True)
    file = folder / "questionnaires" / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    return file


def refused(folder: Path, old: str, new: str) -> PolicyError:
    assert old in GOOD
    with pytest.raises(PolicyError) as error:
        read_questionnaire(written(folder, GOOD.replace(old, new, 1)))
    return error.value


@pytest.fixture(scope="module")
def shipped() -> tuple[Questionnaire, ...]:
    found = read_questionnaires(PolicyFolders(SHIPPED))
    assert found.troubles == ()
    return found.value


def test_there_is_one_for_each_follow_up_and_kind(shipped: tuple[Questionnaire, ...]) -> None:
    for kind in Kind:
        assert questionnaire_for(shipped, FollowUpKind.CLOSING, kind) is not None
    for follow_up in FollowUpKind:
        assert questionnaire_for(shipped, follow_up, None) is not None
    complaint = questionnaire_for(shipped, FollowUpKind.CLOSING, Kind.COMPLAINT)
    assert complaint is not None
    assert complaint.questionnaire_id == "complaint_closing"


def test_every_way_through_those_that_are_shipped_ends(shipped: tuple[Questionnaire, ...]) -> None:
    for paper in shipped:
        waiting: list[tuple[Ask, tuple[str, ...]]] = [(paper.asks[0], (paper.asks[0].ask_id,))]
        ends = 0
        while waiting:
            ask, way = waiting.pop()
            for answer in ask.answers:
                after = following(paper, ask, answer)
                ends += after is None
                if after is not None:
                    assert after.ask_id not in way
                    waiting.append((after, (*way, after.ask_id)))
        assert ends > 0


def test_those_that_are_shipped_say_whether_it_is_solved_and_give_a_score(shipped: tuple[Questionnaire, ...]) -> None:
    for paper in shipped:
        answers: dict[str, str] = {}
        while (ask := open_ask(paper, answers)) is not None:
            answers[ask.ask_id] = "said" if ask.answer is Answer.TEXT else ask.answers[0]
        said = result(paper, answers)
        if paper.follow_up is FollowUpKind.CLOSING:
            assert (said.solved, said.satisfied) == (True, True)
        assert said.score is not None


def test_a_good_one_is_read(tmp_path: Path) -> None:
    made = read_questionnaire(written(tmp_path, GOOD))
    assert [ask.ask_id for ask in made.asks] == ["solved", "left"]


def test_one_that_never_ends_is_refused_with_the_line_of_the_step_back(tmp_path: Path) -> None:
    error = refused(tmp_path, 'answer = "text"', 'answer = "text"\nthen = "solved"')
    assert (error.line, error.reason) == (17, "the questions come round again and never end: solved → left → solved")


def test_a_jump_back_is_told_where_the_jump_stands(tmp_path: Path) -> None:
    again = '\n[[ask.jump]]\non = [""]\nto = "left"\n'
    error = refused(tmp_path, 'answer = "text"\n', f'answer = "text"\nneeded = false\n{again}')
    assert (error.line, error.reason) == (21, "the questions come round again and never end: left → left")


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('to = "end"', 'to = "nowhere"', 11, "there is no question 'nowhere'"),
        ('jump = [{ on = ["yes"], to = "end" }]', 'then = "end"', 14, "no answer ever leads to the question 'left'"),
        ('on = ["yes"]', 'on = ["maybe"]', 11, "not an answer of this question: maybe"),
        ('id = "left"', 'id = "solved"', 14, "this id stands twice"),
        ('id = "left"', 'id = "end"', 14, "an id is 1 to 32 small letters"),
        ('text = "solved?"', 'text = " "', 8, "it is empty"),
        ('answer = "yes_no"', 'answer = "choice"', 6, "has choices"),
        ('answer = "yes_no"', 'answer = "perhaps"', 9, "wrong kind of value"),
        ('answer = "text"', 'answer = "text"\nweight = 2', 17, "a text has no points"),
        ('answer = "text"', 'answer = "text"\nmeans = "solved"', 17, "neither yes nor no"),
        ('means = "solved"', 'means = "solved"\nyes = ["sure"]', 11, "not an answer of this question: sure"),
        ('title = "T"', 'title = "T"\ncolour = "red"', 4, "there is nothing called 'colour' here"),
        ('version = "1"', 'version = ""', 2, "it is empty"),
        ('id = "closing"', 'id = "Closing!"', 1, "an id is 1 to 32 small letters"),
        ('title = "T"', 'title = "T', 3, "not TOML"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    error = refused(tmp_path, old, new)
    assert reason in error.reason
    assert error.line == line


def test_a_companys_own_takes_the_place_of_the_shipped_one_with_its_id(tmp_path: Path) -> None:
    own = GOOD.replace('id = "closing"', 'id = "repair_closing"', 1).replace(
        'title = "T"', 'title = "T"\nkinds = ["repair"]'
    )
    written(tmp_path, own)
    found = read_questionnaires(PolicyFolders(SHIPPED, tmp_path))
    chosen = questionnaire_for(found.value, FollowUpKind.CLOSING, Kind.REPAIR)
    assert chosen is not None
    assert (chosen.title, found.troubles) == ("T", ())
    assert questionnaire_for(found.value, FollowUpKind.CLOSING, Kind.COMPLAINT) is not None


def test_a_broken_one_changes_nothing_and_is_told(tmp_path: Path, shipped: tuple[Questionnaire, ...]) -> None:
    written(tmp_path, GOOD.replace('to = "end"', 'to = "solved"'), "bad")
    written(tmp_path, GOOD, "good")
    written(tmp_path, GOOD, "good_again")
    found = read_questionnaires(PolicyFolders(SHIPPED, tmp_path))
    assert {one.questionnaire_id for one in found.value} == {one.questionnaire_id for one in shipped} | {"closing"}
    assert [(trouble.file.name, trouble.line) for trouble in found.troubles] == [
        ("bad.toml", 11),
        ("good_again.toml", 1),
    ]
