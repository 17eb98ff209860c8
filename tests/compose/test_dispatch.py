"""How dispatching is put together: routes by estate, links, messages to handlers."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

from desk.compose.clock import new_id, take_time_from
from desk.compose.dispatch_rules import DispatchRules
from desk.compose.policies import Policies
from desk.compose.reply_links import ENTRY, ReplySecret, link_maker
from desk.compose.window import Life, window_parts
from desk.demo.data import generate
from desk.demo.routes import write_routes
from desk.domain.attempts import Outcome
from desk.domain.drafts import Draft, Intake
from desk.domain.identity import TaskId
from desk.domain.replies import Said
from desk.domain.reply_links import read
from desk.domain.routes import Register
from desk.domain.tasks import TaskStage
from desk.domain.tickets import Kind, Place
from desk.secrets import FakeSecrets
from desk.settings import SeatSettings, Settings
from desk.settings.values import ChannelSettings, NotifyRuleSettings, NotifySettings, PoliciesSettings
from desk.store.change_log import SqlChangeLog
from desk.store.messages import SqlMessages
from desk.store.store import Store
from desk.usecases.dispatch import Order, Tried
from desk.usecases.ports import KeyringWeak
from tests.ui.real_window import NobodyThere
from tests.usecases.conftest import NOW
from tests.usecases.dispatching import PLUMBER, SECRET

BASE = "https://desk.example.com/r/"
TASK = TaskId("01900000-0000-7000-8000-00000000e001")


def settings(folder: Path, **more: object) -> Settings:
    made = Settings(data_dir=folder, runtime_dir=folder, policies=PoliciesSettings(folder=str(folder / "policies")))
    return replace(made, **more)  # type: ignore[arg-type]


def write(file: Path, handler: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"[[route]]\nhandler = '{handler}'\n", encoding="utf-8")


def test_an_estate_with_a_folder_of_its_own_has_its_own_routes(tmp_path: Path) -> None:
    write(tmp_path / "policies" / "routes.toml", "H0001")
    write(tmp_path / "policies" / "文德花园" / "routes.toml", "H0007")
    rules = DispatchRules(Policies(settings(tmp_path), None))
    tables = {estate: rules.table(estate) for estate in ("", "文德花园", "别处", "../policies", "..")}
    assert {estate: table.routes[0].handler for estate, table in tables.items()} == {
        "": "H0001",
        "文德花园": "H0007",
        "别处": "H0001",
        "../policies": "H0001",
        "..": "H0001",
    }
    assert rules.policy("文德花园").tries == 3


def test_a_table_that_cannot_be_used_is_among_the_troubles_at_start(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "routes.toml").write_text("[backups]\nH1 = 'H2'\nH2 = 'H1'\n", encoding="utf-8")
    policies = Policies(settings(tmp_path), None)
    rules = DispatchRules(policies)
    told = [trouble for trouble in policies.troubles() if "routes.toml:3: these backups go in a circle" in trouble]
    assert len(told) == 1
    assert rules.table("").routes == ()


def test_who_has_left_is_told_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "policies" / "routes.toml"
    write(file, "H0001")
    register = Register(frozenset(), frozenset({"H0001"}), frozenset(), frozenset())
    assert DispatchRules(Policies(settings(tmp_path), None)).remarks(register) == (
        f"{file}:1: H0001 has left; name somebody else",
    )


def test_an_estates_own_table_is_held_against_the_staff_list_before_its_first_ticket(tmp_path: Path) -> None:
    write(tmp_path / "policies" / "routes.toml", "H0001")
    file = tmp_path / "policies" / "文德花园" / "routes.toml"
    write(file, "H0007")
    broken = tmp_path / "policies" / "别处" / "routes.toml"
    write(broken, "'")
    register = Register(frozenset({"H0001"}), frozenset({"H0007"}), frozenset(), frozenset())
    policies = Policies(settings(tmp_path), None)
    assert DispatchRules(policies).remarks(register) == (f"{file}:1: H0007 has left; name somebody else",)
    assert [told for told in policies.troubles() if str(broken) in told]


def test_a_link_is_made_where_there_is_an_address_and_a_secret(tmp_path: Path) -> None:
    secrets = FakeSecrets()
    secrets.set(ENTRY, f"{SECRET.decode()}\n")
    here = settings(tmp_path, notify=NotifySettings(link=BASE))

    def link(of: Settings, secret: ReplySecret) -> str:
        return link_maker(of, secret, timedelta(hours=72), lambda: NOW)(TASK, PLUMBER.staff_id)

    made = link(here, ReplySecret(lambda: secrets))
    assert read(made.removeprefix(BASE), SECRET, NOW).until == NOW + timedelta(hours=72)
    assert link(settings(tmp_path), ReplySecret(lambda: secrets)) == ""
    secrets.set(ENTRY, "too short")
    assert link(here, ReplySecret(lambda: secrets)) == ""
    assert link(here, ReplySecret(FakeSecrets)) == ""


def test_a_seat_without_a_keyring_makes_messages_without_links(tmp_path: Path) -> None:
    def weak() -> FakeSecrets:
        raise KeyringWeak("none")

    assert ReplySecret(weak).get() == b""


def test_a_seat_dispatches_by_the_sample_routes_tells_the_handler_and_takes_the_answer_down(tmp_path: Path) -> None:
    write_routes(tmp_path / "policies")
    rule = NotifyRuleSettings(when="dispatched", template="dispatched_task", channel="sms", to="handler")
    here = settings(
        tmp_path,
        seat=SeatSettings(name="S01", agent="1001"),
        channels=(ChannelSettings(name="sms", kind="webhook", url="https://sms.example.com/"),),
        notify=NotifySettings(rules=(rule,)),
    )
    store = Store.open(here.store_file, FakeSecrets())
    take_time_from(lambda: NOW)  # a Monday morning
    try:
        SqlChangeLog(store).append_bulk(generate(10, 1, NOW))
        parts = window_parts(here, store, NobodyThere(), Life(lambda: None, lambda: None, Event()))
        assert parts.dispatch is not None
        dispatch = parts.dispatch().dispatch
        draft = Draft(new_id(), "1001", NOW, NOW, Intake(Kind.REPAIR, "repair.water.tap", description="漏水"))
        intake = replace(draft.intake, place=Place("5栋2单元203"), contact_number="13800138000", read_back_at=NOW)
        filed = parts.file_ticket.file(replace(draft, intake=intake))
        proposal = dispatch.propose(filed.ticket_id)
        assert proposal.troubles == ()
        assert [one.staff.number for one in proposal.choices[:3]] == ["H0001", "H0002", "9001"]
        sent = dispatch.send(filed.ticket_id, Order())
        (message,) = SqlMessages(store).of_ticket(filed.ticket_id)
        assert f"回复“1 {filed.number}”接单" in message.text
        tried = Tried(filed.ticket_id, sent.task.task_id, proposal.choices[0].staff.staff_id, Outcome.REACHED)
        answered = dispatch.answered(tried, Said.ACCEPT)
        assert answered.taken
        assert answered.task is not None
        assert answered.task.stage is TaskStage.ACCEPTED
    finally:
        take_time_from(None)
        store.close()
