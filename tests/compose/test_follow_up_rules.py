"""What makes follow-ups due is loaded for the first change of a ticket, and for no other."""

from desk.compose.follow_up_rules import LateFollowingUp
from desk.usecases.fakes import FakeStore
from desk.usecases.ports import ChangeLog
from tests.making import change


def test_only_a_ticket_loads_what_makes_follow_ups_due() -> None:
    store = FakeStore()
    wrapped: list[ChangeLog] = []

    def wrap(log: ChangeLog) -> ChangeLog:
        wrapped.append(log)
        return log

    log = LateFollowingUp(store, wrap)
    log.append([change("stay", "s1", {"agent": "1001"})])
    assert not wrapped
    for ticket_id in ("t1", "t2"):
        log.append([change("stay", "s1", {"agent": "1002"}), change("ticket", ticket_id, {"stage": "open"})])
    assert len(wrapped) == 1
    assert [one.entity for one in store.changes] == ["stay", "stay", "ticket", "stay", "ticket"]
