"""Early warnings as they are put together: the company's ladder, the ticket's priority, the message, the seat store;
and the worker that settles two steps."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from desk.compose.clock import new_id, now
from desk.compose.moves import move_ticket
from desk.compose.notify import notifying
from desk.compose.policies import Policies
from desk.compose.warning_rules import LadderRules, warning_settler
from desk.compose.warnings import warning_uses
from desk.domain.changes import Patch
from desk.domain.early_warnings import WarningStep
from desk.domain.identity import TicketId
from desk.domain.ladder import LadderMove
from desk.domain.tickets import Priority
from desk.domain.warning_moves import WarningFacts
from desk.secrets import FakeSecrets
from desk.settings import Settings
from desk.settings.values import ChannelSettings, NotifyRuleSettings, NotifySettings, PoliciesSettings, SeatSettings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.messages import SqlMessages
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.texts import ShippedTexts
from desk.ui.after.warnings.parts import WarningUses
from desk.usecases.estate_map import EstateMap
from tests.making import ticket

FACTS = WarningFacts("13800138000", "5栋", "漏水三天", "去看过", "没人回话", "要找媒体")
LADDER = """
[clock]
review = "45 min"
[post.supervisor]
who = ["2001"]
[post.leaders]
name = "刘总"
"""
MISTAKEN = LADDER + "end = 1\n"


def put_together(store: Store, folder: Path, ladder: str) -> tuple[WarningUses, Policies]:
    (folder / "ladder.toml").write_text(ladder, encoding="utf-8")
    rule = NotifyRuleSettings(warning="raised", template="warning", channel="短信", to="turn")
    settings = Settings(
        data_dir=folder / "data",
        runtime_dir=folder / "run",
        seat=SeatSettings(language="zh_CN"),
        policies=PoliciesSettings(folder=str(folder)),
        channels=(ChannelSettings(name="短信", sends=False),),
        notify=NotifySettings(rules=(rule,)),
    )
    plain, categories = SqlChangeLog(store), ShippedTexts().categories()
    author = SeatAuthor("S01", lambda: "1001", now, new_id, plain.base_seq)
    staff: Patch = {"number": "2001", "name": "王班长", "duty": "supervisor", "phone": "13920010000", "active": True}
    plain.append([author.change("staff", "s1", staff), replace(ticket("t1"), at=now())])
    policies = Policies(settings, None)
    log = notifying(settings, store, plain, author, categories)
    moves = move_ticket(settings, store, log, author, lambda: "1001", categories, policies, SqlTickets(store))
    estate_map = EstateMap(SqlResidents(store))
    rules = LadderRules(policies.folders, estate_map.estate_name, policies.keep)
    rules.remarks(store)  # as a window that starts does
    return warning_uses(settings, store, log, author, lambda: "1001", estate_map, categories, rules.of, moves), policies


def test_a_raised_warning_has_the_companys_clock_its_message_and_an_urgent_ticket(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    uses, policies = put_together(store, tmp_path, LADDER)
    assert not [told for told in policies.troubles() if "ladder" in told]
    warning = uses.raising.raise_(TicketId("t1"), FACTS, now())
    assert warning.due_at - warning.raised_at == timedelta(minutes=45)
    assert warning.turn == "2001"
    (message,) = SqlMessages(store).of_ticket(TicketId("t1"))
    assert message.recipient == "+8613920010000"
    assert "漏水三天" in message.text
    row = SqlTickets(store).get(TicketId("t1"))
    assert row is not None
    assert (row.priority, row.warning_id) == (Priority.URGENT, warning.warning_id)
    store.close()


def test_a_ladder_that_cannot_be_used_is_told_and_the_shipped_one_holds(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    uses, policies = put_together(store, tmp_path, MISTAKEN)
    (told,) = [told for told in policies.troubles() if "ladder" in told]
    assert "ladder.toml:8:" in told
    warning = uses.raising.raise_(TicketId("t1"), FACTS, now())
    assert warning.due_at - warning.raised_at == timedelta(hours=1)
    assert uses.reading.all().open[0].turn.name == ""
    store.close()


def test_an_estate_with_a_ladder_of_its_own_has_its_clocks_posts_and_messages(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    own = tmp_path / "文德花园"
    own.mkdir()
    (own / "ladder.toml").write_text(
        '[clock]\nreview = "40 min"\n[post.supervisor]\nwho = ["2002"]\n', encoding="utf-8"
    )
    uses, _policies = put_together(store, tmp_path, LADDER)
    log = SqlChangeLog(store)
    author = SeatAuthor("S01", lambda: "1001", now, new_id, log.base_seq)
    staff: Patch = {"number": "2002", "name": "李班长", "duty": "supervisor", "phone": "13920010002", "active": True}
    there = [author.change("staff", "s2", staff)]
    for estate_id, name in (("e1", "阳光花园"), ("e2", "文德花园")):
        building: Patch = {"estate_id": estate_id, "code": "5", "name": "5栋", "phase": "", "area": ""}
        there += [
            author.change("estate", estate_id, {"name": name}),
            author.change("building", f"b-{estate_id}", building),
            replace(ticket(f"t-{estate_id}"), at=now()),
            author.change("ticket", f"t-{estate_id}", {"building_id": f"b-{estate_id}"}),
        ]
    log.append(there)
    usual, own_ones = (uses.raising.raise_(TicketId(f"t-{estate}"), FACTS, now()) for estate in ("e1", "e2"))
    assert (usual.due_at - usual.raised_at, usual.turn) == (timedelta(minutes=45), "2001")
    assert (own_ones.due_at - own_ones.raised_at, own_ones.turn) == (timedelta(minutes=40), "2002")
    (message,) = SqlMessages(store).of_ticket(TicketId("t-e2"))
    assert message.recipient == "+8613920010002"
    store.close()


def test_posts_that_nobody_holds_are_told_for_every_estate(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    own = tmp_path / "文德花园"
    own.mkdir()
    (own / "ladder.toml").write_text('[post.supervisor]\nwho = ["9999"]\n', encoding="utf-8")
    _uses, policies = put_together(store, tmp_path, LADDER)
    told = LadderRules(policies.folders, str, policies.keep).remarks(store)
    assert [sentence for sentence in told if "9999" in sentence]
    assert not [sentence for sentence in told if "2001" in sentence]
    store.close()


def test_what_one_seat_has_stepped_alone_is_left_alone_by_the_settler(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    uses, _policies = put_together(store, tmp_path, LADDER)
    warning = uses.raising.raise_(TicketId("t1"), FACTS, now())
    told: list[None] = []
    assert not warning_settler(store, "S01", now, new_id, lambda: told.append(None)).work_once()
    assert told == []
    row = uses.reading.of_ticket(TicketId("t1"))
    assert row is not None
    assert row.line.warning.step is WarningStep.RAISED
    assert set(row.allowed) >= {LadderMove.REVIEW, LadderMove.RETURN}
    assert row.line.warning == warning
    store.close()
