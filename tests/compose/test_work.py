"""What the window is given for its work lists."""

from datetime import UTC, datetime
from typing import Any

from desk.compose.work import codes_of, tries_of
from desk.domain.attempts import Outcome
from desk.domain.identity import CallId
from desk.domain.what_next import Errand, What
from desk.domain.work_lists import WorkItem
from desk.texts import ShippedTexts

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def test_a_word_stands_for_the_matters_that_are_called_so() -> None:
    codes = codes_of(ShippedTexts().categories(), "zh_CN")
    assert "repair.water.tap" in codes("水龙头") or "repair.water" in codes("水龙头")
    assert codes("没有这样的事项") == []


def test_a_word_that_is_in_many_names_stands_for_few_codes() -> None:
    found = codes_of(ShippedTexts().categories(), "zh_CN")("水")
    assert 0 < len(found) <= 12
    assert not any(one.startswith(f"{above}.") for one in found for above in found)  # a branch stands for its leaves


class SpyFollowUps:
    def __init__(self) -> None:
        self.done: list[tuple[Any, ...]] = []

    def paper(self, follow_up_id: str) -> str:
        return f"paper {follow_up_id}"

    def for_ticket(self, ticket_id: str) -> str:
        return f"for {ticket_id}"

    def tried(self, *given: Any) -> None:
        self.done.append(given)


def test_a_follow_up_s_try_goes_where_its_tries_are_counted() -> None:
    spy: Any = SpyFollowUps()
    tried = tries_of(lambda: spy)
    tried(WorkItem(What.FOLLOW_UP, "f1", Errand.FOLLOW_UP, NOW, ""), Outcome.BUSY, "", None, None)
    tried(WorkItem(What.TICKET, "t1", Errand.FOLLOW_UP, NOW, ""), Outcome.OFF, "关机", NOW, CallId("c1"))
    assert spy.done == [("paper f1", Outcome.BUSY, "", None, None), ("for t1", Outcome.OFF, "关机", NOW, "c1")]
