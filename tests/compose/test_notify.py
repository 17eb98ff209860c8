"""From the form to the gateway: rules, the change log, the sending worker and a webhook, as they are put together."""

import json
import re
from pathlib import Path

import pytest

from desk.cli import main
from desk.compose.clock import new_id, now
from desk.compose.notify import notifying
from desk.compose.sending import sender_of, try_channel
from desk.domain.drafts import Draft, Intake
from desk.domain.messages import Delivery
from desk.domain.tickets import Kind, Place
from desk.secrets import FakeSecrets
from desk.settings import Settings, load
from desk.settings.values import ChannelSettings, NotifyRuleSettings, NotifySettings
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.messages import SqlMessages
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.texts import ShippedTexts
from desk.usecases.estate_map import EstateMap
from desk.usecases.file_ticket import FileTicket
from desk.usecases.read_ticket import ReadTicket
from tests.sync.outside.receiver import receiver

MANUAL = Path(__file__).parents[2] / "docs" / "notifying.md"
INTAKE = Intake(
    kind=Kind.REPAIR,
    category="repair.water.tap",
    place=Place("5栋2单元203"),
    description="漏水",
    contact_number="13800138000",
)


def settings_with(url: str, tmp_path: Path) -> Settings:
    rule = NotifyRuleSettings(when="registered", template="registered", channel="短信")
    return Settings(
        data_dir=tmp_path / "data",
        runtime_dir=tmp_path / "run",
        channels=(ChannelSettings(name="短信", url=url, quiet=False), ChannelSettings(name="群", sends=False)),
        notify=NotifySettings(hotline="【阳光物业】", rules=(rule,)),
    )


def test_a_filed_ticket_reaches_the_gateway_and_its_page_says_so(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    secrets = FakeSecrets({"channel:短信": "geheim"})
    with receiver() as state:
        settings = settings_with(f"{state.url}/send", tmp_path)
        log, tickets = SqlChangeLog(store), SqlTickets(store)
        author = SeatAuthor("S01", lambda: "1001", now, new_id, log.base_seq)
        categories = ShippedTexts().categories()
        file = FileTicket(notifying(settings, store, log, author, categories), author, tickets, now, "S01", categories)
        filed = file.file(Draft(new_id(), "1001", now(), now(), INTAKE))
        told: list[str] = []
        sender = sender_of(settings, secrets, store, None, lambda: False, lambda: told.append("changed"))
        assert sender is not None
        while sender.work_once():
            pass
    (got,) = state.got
    body = json.loads(got.body)
    assert body["recipient"] == "+8613800138000"
    assert filed.number in body["text"]
    assert "水龙头漏水" in body["text"]
    residents = SqlResidents(store)
    page = ReadTicket(tickets, SqlCallLog(store), residents, EstateMap(residents), SqlMessages(store)).read(
        filed.ticket_id
    )
    assert page is not None
    assert [message.delivery for message in page.messages] == [Delivery.SENT]
    assert told == ["changed"]
    with store.read() as connection:
        authors = connection.exec_driver_sql("SELECT author FROM change WHERE entity = 'message' ORDER BY change_id")
        assert [row[0] for row in authors] == ["1001", "S01"]  # the agent made it, the machine sent it
    store.close()


def test_a_seat_without_rules_and_channels_tells_nobody(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    log = SqlChangeLog(store)
    author = SeatAuthor("S01", lambda: "1001", now, new_id, log.base_seq)
    assert notifying(Settings(), store, log, author, ShippedTexts().categories()) is log
    assert sender_of(Settings(), FakeSecrets(), store, None, lambda: False, lambda: None) is None
    store.close()


def test_a_channel_is_tried_by_command(tmp_path: Path) -> None:
    said: list[str] = []
    with receiver() as state:
        settings, secrets = settings_with(state.url, tmp_path), FakeSecrets({"channel:短信": "geheim"})
        assert try_channel(settings, secrets, "短信", "13800138000", said.append) == 0
        state.answers.append((403, b'{"why": "no signature"}', {}))
        assert try_channel(settings, secrets, "短信", "13800138000", said.append) != 0
        assert "HTTP 403: no signature" in said[-1]
        assert try_channel(settings, FakeSecrets(), "短信", "", said.append) != 0
        assert "desk secret set channel:短信" in said[-1]
        assert len(state.got) == 2
    for name in ("群", "nobody"):
        assert try_channel(settings, secrets, name, "", said.append) != 0
        assert said[-1].endswith("短信.")


def test_the_manuals_settings_can_be_used(tmp_path: Path) -> None:
    (example,) = re.findall(r"## Settings\n.*?```toml\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "settings.toml"
    file.write_text(example, encoding="utf-8")
    settings = load(file)
    assert [channel.name for channel in settings.channels] == ["短信", "维修群"]
    assert len(settings.notify.rules) == 3
    own = tmp_path / "own.toml"
    template = re.findall(r"## Templates\n.*?```toml\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)[0]
    own.write_text(template, encoding="utf-8")
    replaced = ShippedTexts().messages(own)["registered"]
    assert replaced.fill({"caller": "王女士"}).startswith("王女士您好")


@pytest.mark.parametrize("port", ["x:y", "0", "70000", ""])
def test_a_port_that_is_none_is_a_mistake_of_the_command_line(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["central", "metrics", "--listen", port])
    assert "no port" in capsys.readouterr().err
