"""Articles found, written and retired; questions owned, answered, told."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desk.domain.identity import CallId, TicketId
from desk.domain.knowledge import QuestionState
from desk.usecases.ask import Asked, KnowledgePolicy, QuestionReason, QuestionRefused
from desk.usecases.fakes import FakeStore
from desk.usecases.knowledge import ArticleReason, ArticleRefused, ArticleText, ShippedArticle
from tests.usecases.floor import MORNING, Floor, floor_in

TAP = ArticleText("水龙头漏水", "先关角阀。", ("关角阀", "登记报修"), ("repair.water.tap",), ("龙头", "滴水"))
WATER = ArticleText("停水了怎么办", "先看有没有停水通知。", categories=("repair.water",), words=("没水",))
REPAIR = ArticleText("报修须知", "告诉住户上门时间。", categories=("repair",))
DEPOSIT = ArticleText("装修押金退还", "验收合格后退还。", words=("押金", "保证金"))


@pytest.fixture(params=["in memory", "in the seat store"])
def floor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Floor]:
    with floor_in(request.param, tmp_path) as floor:
        yield floor


def titles(floor: Floor, category: str, text: str = "") -> list[str]:
    return [article.title for article in floor.knowledge().helping(category, text)]


def test_what_is_written_for_the_leaf_comes_before_its_branch_and_its_kind(floor: Floor) -> None:
    for content in (REPAIR, DEPOSIT, WATER, TAP):
        floor.knowledge().write(content, "1001")
    assert titles(floor, "repair.water.tap") == ["水龙头漏水", "停水了怎么办", "报修须知"]
    assert titles(floor, "repair.power.trip") == ["报修须知"]


def test_words_of_the_description_find_it_before_a_category_is_chosen(floor: Floor) -> None:
    for content in (REPAIR, DEPOSIT, WATER, TAP):
        floor.knowledge().write(content, "1001")
    assert titles(floor, "", "我想问一下押金什么时候退") == ["装修押金退还"]
    assert titles(floor, "") == []


def test_an_article_of_one_estate_is_shown_there_only(floor: Floor) -> None:
    floor.knowledge().write(ArticleText("东区停车", "走东门。", categories=("repair",), estate_id="e1"), "1001")  # type: ignore[arg-type]
    knowledge = floor.knowledge()
    assert not knowledge.helping("repair.water.tap", estate_id="e2")  # type: ignore[arg-type]
    assert knowledge.helping("repair.water.tap", estate_id="e1")  # type: ignore[arg-type]
    assert knowledge.helping("repair.water.tap")


@pytest.mark.parametrize("typed", ["龙头", "shuilongtou", "slt", "漏水", "关角阀", "龙头 漏水"])
def test_it_is_found_by_characters_pinyin_and_initials(floor: Floor, typed: str) -> None:
    floor.knowledge().write(TAP, "1001")
    floor.knowledge().write(DEPOSIT, "1001")
    assert [article.title for article in floor.knowledge().search(typed)] == ["水龙头漏水"]


def test_what_is_typed_is_never_taken_as_syntax(floor: Floor) -> None:
    floor.knowledge().write(TAP, "1001")
    for typed in ('"', "a* OR (", "title:水", "NEAR(", "^", "-水"):
        floor.knowledge().search(typed)
        floor.knowledge().helping("repair.water.tap", typed)


def test_an_edit_keeps_the_article_and_is_found_by_its_new_words(floor: Floor) -> None:
    before = floor.knowledge().write(DEPOSIT, "1001")
    floor.later(minutes=1)
    floor.knowledge().write(ArticleText("装修保证金", "验收合格后退还。"), "3001", before)
    after = floor.knowledge().get(before.article_id)
    assert after is not None
    assert (after.title, after.updated_by) == ("装修保证金", "3001")
    assert not floor.knowledge().search("押金")
    assert floor.knowledge().search("保证金")


def test_nobody_overwrites_what_somebody_else_has_written_meanwhile(floor: Floor) -> None:
    before = floor.knowledge().write(TAP, "1001")
    floor.later(minutes=1)
    floor.knowledge().write(ArticleText("水龙头漏水", "换垫片。"), "3001", before)
    with pytest.raises(ArticleRefused) as refused:
        floor.knowledge().write(ArticleText("水龙头漏水", "打电话。"), "1001", before)
    assert refused.value.reasons == {"text": ArticleReason.MOVED}


def test_an_article_without_title_or_content_is_refused_field_by_field(floor: Floor) -> None:
    with pytest.raises(ArticleRefused) as refused:
        floor.knowledge().write(ArticleText(" ", "", (" ",), ("nothing.like.it",)), "1001")
    assert refused.value.reasons == {
        "title": ArticleReason.MISSING,
        "text": ArticleReason.MISSING,
        "categories": ArticleReason.UNKNOWN,
    }


def test_a_retired_article_is_not_found_and_can_come_back(floor: Floor) -> None:
    article = floor.knowledge().write(TAP, "1001")
    floor.knowledge().retire(article.article_id, "过时")
    assert not titles(floor, "repair.water.tap")
    assert not floor.knowledge().search("龙头")
    floor.knowledge().retire(article.article_id, "", retired=False)
    assert floor.knowledge().search("龙头")


def test_shipped_articles_are_taken_in_once_and_what_was_edited_stays(floor: Floor) -> None:
    shipped = [ShippedArticle("tap", TAP), ShippedArticle("water", WATER)]
    assert floor.knowledge().take_in(shipped) == 2
    tap = floor.knowledge().search("龙头")[0]
    floor.later(minutes=1)
    floor.knowledge().write(ArticleText("水龙头漏水", "本项目统一换芯。"), "3001", tap)
    assert floor.knowledge().take_in(shipped) == 0
    edited = floor.knowledge().get(tap.article_id)
    assert edited is not None
    assert edited.text == "本项目统一换芯。"


def test_a_question_has_an_owner_and_a_day(floor: Floor) -> None:
    question = floor.ask().ask(Asked("充电桩什么时候装？", "repair.water.tap", "13800138000", "王女士"), "1001")
    assert (question.owner, question.due_at) == ("3001", MORNING + timedelta(hours=24))
    assert [q.question_id for q in floor.ask().read("3001").open] == [question.question_id]
    assert not floor.ask().read("1001").open


@pytest.mark.parametrize(
    ("policy", "owner"),
    [
        (KnowledgePolicy(owners=(("repair.water", "2001"), ("repair", "1002"))), "2001"),
        (KnowledgePolicy(owners=(("repair.power", "2001"),), owner="1002"), "1002"),
        (KnowledgePolicy(owners=(("repair", "1009"),)), "3001"),  # has left: nobody's question is left to nobody
    ],
)
def test_the_owner_follows_from_the_category(floor: Floor, policy: KnowledgePolicy, owner: str) -> None:
    assert floor.ask(policy).ask(Asked("问题", "repair.water.tap"), "1001").owner == owner


def test_without_any_supervisor_it_is_whoever_asks(floor: Floor) -> None:
    floor.staff = floor.staff[:2]
    assert floor.ask().ask(Asked("问题"), "1001").owner == "1001"


def test_an_answer_becomes_an_article_and_is_found_by_the_next_who_asks(floor: Floor) -> None:
    asked = Asked("充电桩什么时候安装", "repair.water.tap", ticket_id=TicketId("t1"))
    question = floor.ask().ask(asked, "1001")
    answered = floor.ask().answer(question.question_id, "明年三月，先装 20 个。", "3001")
    assert answered.state is QuestionState.ANSWERED
    assert titles(floor, "", "充电桩要等到什么时候") == ["充电桩什么时候安装"]
    assert [q.question_id for q in floor.ask().read().to_tell] == [question.question_id]
    floor.ask().told(question.question_id, "1001", CallId("c9"))
    if isinstance(floor.log, FakeStore):
        tied = [(one.entity_id, one.patch) for one in floor.log.changes if one.entity == "call"]
        assert tied == [("c9", {"ticket_id": "t1"})]  # it stands on the ticket's page
    kept = floor.ask().get(question.question_id)
    assert kept is not None
    assert (kept.state, kept.told_at, kept.article_id) == (QuestionState.TOLD, floor.now, answered.article_id)
    assert not floor.ask().read().to_tell


def test_an_answer_may_be_worded_otherwise_for_the_article(floor: Floor) -> None:
    question = floor.ask().ask(Asked("充电桩？"), "1001")
    floor.ask().answer(question.question_id, "明年三月。", "3001", ArticleText("充电桩计划", "三月开装。"))
    assert [article.title for article in floor.knowledge().search("充电桩")] == ["充电桩计划"]


def test_an_article_that_cannot_be_leaves_the_question_open(floor: Floor) -> None:
    question = floor.ask().ask(Asked("充电桩？"), "1001")
    with pytest.raises(ArticleRefused):
        floor.ask().answer(question.question_id, "明年三月。", "3001", ArticleText("", "三月开装。"))
    assert floor.ask().read().open


def test_what_cannot_be_is_told_why(floor: Floor) -> None:
    ask = floor.ask()
    question = ask.ask(Asked("充电桩？"), "1001")
    name = question.question_id
    wrong: list[tuple[Callable[[], object], QuestionReason]] = [
        (lambda: ask.ask(Asked("  "), "1001"), QuestionReason.TEXT_MISSING),
        (lambda: ask.answer(name, " ", "3001"), QuestionReason.ANSWER_MISSING),
        (lambda: ask.told(name, "1001"), QuestionReason.NOT_ANSWERED),
        (lambda: ask.drop(name, ""), QuestionReason.REASON_MISSING),
        (lambda: ask.hand_to(name, "周离职"), QuestionReason.NO_SUCH_PERSON),
        (lambda: ask.answer("nothing", "x", "3001"), QuestionReason.UNKNOWN),
    ]
    for done, why in wrong:
        with pytest.raises(QuestionRefused) as refused:
            done()
        assert refused.value.why is why


def test_two_answers_to_one_question_are_one(floor: Floor) -> None:
    question = floor.ask().ask(Asked("充电桩？"), "1001")
    floor.ask().answer(question.question_id, "明年三月。", "3001")
    with pytest.raises(QuestionRefused) as refused:
        floor.ask().answer(question.question_id, "不知道。", "1002")
    assert refused.value.why is QuestionReason.ANSWERED


def test_a_question_goes_to_somebody_else_and_its_clock_runs_on(floor: Floor) -> None:
    question = floor.ask().ask(Asked("充电桩？"), "1001")
    floor.later(hours=3)
    handed = floor.ask().hand_to(question.question_id, "孙师傅")
    assert (handed.owner, handed.due_at) == ("2001", question.due_at)
    assert floor.ask().read("2001").open


def test_a_question_nobody_needs_answered_is_dropped_with_a_reason(floor: Floor) -> None:
    question = floor.ask().ask(Asked("充电桩？"), "1001")
    floor.ask().drop(question.question_id, "住户已搬走")
    assert not floor.ask().read().open
    assert floor.questions.closed(MORNING, 5)[0].reason == "住户已搬走"


def test_an_answer_that_nobody_can_be_told_goes_to_somebody_else_or_is_dropped(floor: Floor) -> None:
    ask, answered = floor.ask(), QuestionState.ANSWERED
    name = ask.ask(Asked("充电桩？"), "1001").question_id
    ask.answer(name, "明年三月。", "3001")
    with pytest.raises(QuestionRefused) as refused:  # it was open still, as they saw it
        ask.drop(name, "不需要")
    assert refused.value.why is QuestionReason.ANSWERED
    assert ask.hand_to(name, "孙师傅", answered).asked_by == "2001"
    assert [one.question_id for one in floor.questions.to_tell("2001")] == [name]
    with pytest.raises(QuestionRefused) as refused:
        ask.drop(name, " ", answered)
    assert refused.value.why is QuestionReason.REASON_MISSING
    ask.drop(name, "号码无法接通，三次未接", answered)
    assert not ask.read().to_tell
    with pytest.raises(QuestionRefused) as refused:
        ask.drop(name, "再次", answered)
    assert refused.value.why is QuestionReason.OVER
