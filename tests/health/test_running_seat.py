"""The seat that runs is asked over its links, and what it tells is put together."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desk import wire
from desk.domain import commands, events
from desk.domain.events import HeadsetState, LineState, LineStatus
from desk.domain.identity import CallId
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble, Wrong
from desk.health import running_seat
from desk.link.addresses import TOKEN_VARIABLE, address_for, write_token
from desk.link.sockets import LinkServer, Peer

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
STARTING = LineState("热线", LineStatus.STARTING, NOW)
DEAF = LineState("热线", LineStatus.DEAF, NOW, 403, "Forbidden")
REFUSED = Wrong(Trouble.WRONG_PASSWORD, NOW, "403 Forbidden")


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)


class Phone:
    """Tells its snapshot, and later what comes of the line; answers a call of itself with `answer`."""

    def __init__(self, answer: object = None) -> None:
        self.answer, self.asked = answer, list[Any]()

    def joined(self, peer: Peer) -> None:
        peer.send(PhoneSnapshot((STARTING,), HeadsetState(microphone_in_use="Mic")))
        threading.Timer(0.2, self._later, (peer,)).start()

    def _later(self, peer: Peer) -> None:
        for message in (
            events.LineChanged(DEAF),
            events.TroubleRaised(REFUSED),
            events.LevelsMeasured(NOW, -30.0, -100.0),
            events.LevelsMeasured(NOW, -20.0, -100.0),
        ):
            peer.send(message)

    def told(self, peer: Peer, message: Any) -> None:
        self.asked.append(message)
        if isinstance(message, commands.CheckSelf) and self.answer is not None:
            peer.send(self.answer)


@contextmanager
def served(folder: Path, phone: Phone | None) -> Iterator[None]:
    write_token(folder, bytes(32))

    def of_sync(peer: Peer) -> None:
        for message in (wire.CentralState(True, True, 3), wire.RecordingsState(1), wire.StoreCare()):
            peer.send(message)

    with ExitStack() as stack:
        servers = [
            LinkServer(address_for(folder, "launcher"), bytes(32), "launcher"),
            LinkServer(address_for(folder, "sync"), bytes(32), "sync", on_join=of_sync),
        ]
        if phone is not None:
            address = address_for(folder, "phone")
            servers.append(LinkServer(address, bytes(32), "phone", on_join=phone.joined, on_message=phone.told))
        for server in servers:
            server.start()
            stack.callback(server.close)
        yield


def test_where_none_runs_nobody_is_asked(tmp_path: Path) -> None:
    assert running_seat.ask(tmp_path / "run") is None
    write_token(tmp_path / "run", bytes(32))  # of one that was killed
    assert running_seat.ask(tmp_path / "run") is None


def test_a_line_that_is_just_registering_is_waited_for(tmp_path: Path) -> None:
    phone = Phone()
    with served(tmp_path / "run", phone):
        seat = running_seat.ask(tmp_path / "run", listen_s=0.1)
    assert seat is not None
    assert seat.attached == {"launcher", "phone", "sync"}
    assert seat.phone is not None
    assert seat.phone.lines == (DEAF,)
    assert not seat.in_call
    assert seat.central == wire.CentralState(True, True, 3)
    assert seat.recordings == wire.RecordingsState(1)
    assert phone.asked == [commands.WatchLevels(on=True)]


def test_the_loudest_of_what_was_heard_counts(tmp_path: Path) -> None:
    with served(tmp_path / "run", Phone()):
        seat = running_seat.ask(tmp_path / "run", listen_s=1.0)
    assert seat is not None
    assert seat.levels is not None
    assert seat.levels.microphone_dbfs == -20.0
    assert seat.phone is not None
    assert seat.phone.wrongs == (REFUSED,)


def test_a_phone_that_is_away_is_missed(tmp_path: Path) -> None:
    with served(tmp_path / "run", None):
        seat = running_seat.ask(tmp_path / "run", listen_s=0.1)
    assert seat is not None
    assert seat.attached == {"launcher", "sync"}
    assert seat.phone is None


@pytest.mark.parametrize(
    "answer", [events.SelfChecked(CallId("c1"), 200, own=True), events.CommandRefused("CheckSelf", "not_now")]
)
def test_the_phone_is_asked_to_call_itself(tmp_path: Path, answer: object) -> None:
    with served(tmp_path / "run", Phone(answer)):
        assert running_seat.call_itself(tmp_path / "run", commands.CheckSelf("1001", "热线")) == answer
    assert running_seat.call_itself(tmp_path / "nobody", commands.CheckSelf("1001", "热线")) is None
