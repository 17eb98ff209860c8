"""The phone over PJSIP in a process of its own, baresip at the far end: the same suite that the fake passes."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from desk.demo.baresip import Baresip
from desk.demo.processes import free_port, wait_until
from desk.domain.commands import Command
from desk.domain.snapshots import PhoneSnapshot
from tests.telephony.driver import Driver, phone
from tests.telephony.phone_contract import PhoneContract, Scene

_Message = TypeVar("_Message")


class PjScene:
    def __init__(self, driver: Driver, desk_uri: str, telephones: dict[str, Baresip]) -> None:
        self._driver, self._desk_uri, self._telephones = driver, desk_uri, telephones
        self.far_target = telephones["a"].uri

    def do(self, command: Command) -> None:
        self._driver.do(command)

    def mark(self) -> int:
        return self._driver.mark()

    def wait(self, kind: type[_Message], timeout_s: float = 20.0, after: int = 0, **fields: Any) -> _Message:
        return self._driver.wait(kind, timeout_s, after, **fields)

    def names(self, after: int = 0) -> list[str]:
        return self._driver.names(after)

    def snapshot(self) -> PhoneSnapshot:
        return self._driver.snapshot()

    def far_calls(self, who: str) -> None:
        self._telephones[who].dial(self._desk_uri)

    def far_ends(self, who: str) -> None:
        self._telephones[who].hang_up()

    def far_accepts(self, who: str) -> None:
        self._telephones[who].accept()

    def far_refuses(self, who: str) -> None:
        self._telephones[who].hang_up()

    def far_presses(self, who: str, digit: str) -> None:
        self._telephones[who].send_digit(digit)

    def far_heard_digit(self, who: str, digit: str) -> bool:
        log = self._telephones[who].folder / "baresip.log"
        return bool(
            wait_until("the digit", lambda: f"received event: '{digit}'" in log.read_text("utf-8", "replace"), 5)
        )


@pytest.fixture(scope="module")
def far_and_near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PjScene]:
    folder: Path = tmp_path_factory.mktemp("pj")
    port = free_port(socket.SOCK_DGRAM)
    with (
        Baresip(folder / "a", "a", "127.0.0.1") as a,
        Baresip(folder / "b", "b", "127.0.0.1") as b,
        phone(folder / "phone", {"kind": "direct", "port": port}, env=os.environ) as driver,
    ):
        yield PjScene(driver, f"sip:desk@127.0.0.1:{port}", {"a": a, "b": b})


class TestPjPhone(PhoneContract):
    @pytest.fixture
    def scene(self, far_and_near: PjScene) -> Scene:
        assert far_and_near.snapshot().calls == ()
        return far_and_near
