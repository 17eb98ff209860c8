"""The network under a line goes away and comes back, changes its address, or loses its server: in a network namespace
of the test's own, with a real Kamailio outside it and the phone inside, at the pace of every day."""

import re
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from desk.demo.kamailio import Kamailio
from desk.demo.processes import wait_until
from desk.domain import commands, events
from desk.domain.events import LineStatus
from desk.domain.snapshots import PhoneSnapshot
from tests.telephony.certificates import new_ca
from tests.telephony.driver import Driver, phone
from tests.telephony.namespace import Namespace, namespace, possible
from tests.telephony.raw_sip import RawCaller
from tests.telephony.test_line import line, wait_status

USERS = {"desk": "secret"}
BACK_S = 10.0
NOTICED_S = 15.0
RESTARTS = 50

needs_namespaces = pytest.mark.skipif(not possible(), reason="needs root, to make a network namespace")


@pytest.fixture
def net() -> Iterator[Namespace]:
    with namespace() as made:
        yield made


def wait_changed(driver: Driver, status: LineStatus, timeout_s: float, after: int) -> None:
    driver.wait(events.LineChanged, timeout_s, after, matches=lambda changed: changed.state.status is status)


@needs_namespaces
def test_a_direct_line_that_names_nobody_is_deaf_while_the_cable_is_out(tmp_path: Path, net: Namespace) -> None:
    settings = {"kind": "direct", "port": 0, "bind": ""}
    with phone(tmp_path / "phone", settings, prefix=net.prefix) as driver:
        wait_status(driver, LineStatus.DIRECT)
        for up, status in ((False, LineStatus.DEAF), (True, LineStatus.DIRECT)):
            mark = driver.mark()
            net.link(up=up)
            wait_changed(driver, status, NOTICED_S, mark)


@needs_namespaces
@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_a_link_that_was_down_is_registered_by_again_within_ten_seconds(
    tmp_path: Path, net: Namespace, transport: str
) -> None:
    ca = new_ca(tmp_path / "ca")
    with Kamailio(tmp_path / "pbx", USERS, certificate=ca.server(host=f"IP:{net.here}"), host=net.here) as server:
        port = server.tls_port if transport == "tls" else server.port
        trust = {"ca_file": str(ca.certificate)} if transport == "tls" else {}
        settings = line(f"{net.here}:{port}", transport=transport, bind="", retry_s=10, **trust)
        with phone(tmp_path / "phone", settings, password="secret", prefix=net.prefix, usual_pace=True) as driver:
            wait_status(driver, LineStatus.REGISTERED)
            mark = driver.mark()
            net.link(up=False)
            wait_changed(driver, LineStatus.DEAF, NOTICED_S, mark)
            mark = driver.mark()
            net.link(up=True)
            wait_changed(driver, LineStatus.REGISTERED, BACK_S, mark)


@needs_namespaces
@pytest.mark.parametrize("answers", [True, False])
def test_a_direct_line_knows_that_its_link_is_down(tmp_path: Path, net: Namespace, answers: bool) -> None:
    with Kamailio(tmp_path / "pbx", USERS, host=net.here) as server:
        far = server.address if answers else f"{net.here}:9"
        settings = {"kind": "direct", "port": 0, "bind": "", "registrar": far}
        with phone(tmp_path / "phone", settings, prefix=net.prefix, usual_pace=True) as driver:
            wait_status(driver, LineStatus.DIRECT)
            mark = driver.mark()
            net.link(up=False)
            wait_changed(driver, LineStatus.DEAF, NOTICED_S, mark)
            mark = driver.mark()
            net.link(up=True)
            wait_changed(driver, LineStatus.DIRECT, BACK_S, mark)


@needs_namespaces
def test_another_address_is_registered_at_once_and_the_call_goes_on(tmp_path: Path, net: Namespace) -> None:
    with Kamailio(tmp_path / "pbx", USERS, host=net.here) as server:
        settings = line(server.address, bind="", retry_s=10)
        with (
            phone(tmp_path / "phone", settings, password="secret", prefix=net.prefix, usual_pace=True) as driver,
            RawCaller(server.port, net.here) as caller,
        ):
            wait_status(driver, LineStatus.REGISTERED)
            caller.invite(b"<sip:10086@127.0.0.1>")
            offered = driver.wait(events.CallOffered)
            driver.do(commands.Answer(offered.call_id))
            answer = caller.wait_answer(200)
            assert net.there.encode() in answer
            caller.acknowledge(answer)
            driver.wait(events.CallAnswered)
            before, after = net.there, net.other_address()
            net.address_there(after, before)
            renewed = caller.wait_request(b"INVITE")
            assert re.search(rb"^c=IN IP4 %s\r$" % after.encode(), renewed, re.MULTILINE)
            assert re.search(rb"^Contact: <sip:desk@%s[:;>]" % after.encode(), renewed, re.MULTILINE | re.IGNORECASE)
            assert "CallEnded" not in driver.names()
            with RawCaller(server.port, net.here) as other:
                mark = driver.mark()

                def reached() -> bool:
                    other.invite(b"<sip:10010@127.0.0.1>")
                    return other.wait_answer(180, 408, 480, 500, 503).startswith(b"SIP/2.0 180 ")

                wait_until("a call to the new address", reached, BACK_S)
                driver.wait(events.CallOffered, after=mark)


def last_statuses(driver: Driver, after: int) -> dict[str, LineStatus]:
    return {m.state.label: m.state.status for m in driver.messages[after:] if isinstance(m, events.LineChanged)}


def test_fifty_restarts_of_the_registrar_leave_the_line_registered_and_nothing_behind(tmp_path: Path) -> None:
    ca = new_ca(tmp_path / "ca")
    with Kamailio(tmp_path / "pbx", {**USERS, "second": "secret"}, certificate=ca.server()) as server:
        lines = [
            line(server.address, label="udp"),
            line(
                f"localhost:{server.tls_port}",
                label="tls",
                user="second",
                transport="tls",
                ca_file=str(ca.certificate),
            ),
        ]

        def wait_for(driver: Driver, status: LineStatus, after: int, *labels: str) -> None:
            def there() -> bool:
                last = last_statuses(driver, after) if after else known_statuses(driver)
                return all(last.get(label) is status for label in labels)

            wait_until(f"{labels} {status.value}", there, 20.0)

        with phone(tmp_path / "phone", lines, password="secret", pace=[0.1, 0.1, 0.1]) as driver:
            wait_until("registered", lambda: _registered_at_first(driver), 20.0)
            used = []
            for restart in range(RESTARTS):
                labels = ("tls", "udp") if restart % 10 == 9 else ("tls",)  # SIP over UDP takes its time to repeat
                if restart > 0:
                    wait_for(driver, LineStatus.REGISTERED, 0, *labels)
                mark = driver.mark()
                server.kill()
                wait_for(driver, LineStatus.DEAF, mark, *labels)
                server.start()
                wait_for(driver, LineStatus.REGISTERED, mark, *labels)
                if restart in (9, RESTARTS - 1):
                    process = psutil.Process(driver.child.pid)
                    used.append((process.num_fds(), process.num_threads()))
            assert used[1][0] <= used[0][0] + 3
            assert used[1][1] <= used[0][1] + 1


def known_statuses(driver: Driver) -> dict[str, LineStatus]:
    """Of each line, whether or not it has changed since the phone told of itself."""
    return {one.label: one.status for one in driver.wait(PhoneSnapshot).lines} | last_statuses(driver, 0)


def _registered_at_first(driver: Driver) -> bool:
    return set(known_statuses(driver).values()) == {LineStatus.REGISTERED}
