"""Several lines at once, at two real Kamailios: each with its own registrar, codecs and encryption, each call by the
right one, and backups while a registrar is away."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.demo.baresip import Baresip
from desk.demo.kamailio import Kamailio
from desk.demo.processes import free_port
from desk.domain import commands, events
from desk.domain.calls import TurnedAway
from desk.domain.events import LineStatus
from desk.domain.identity import CallId
from desk.domain.snapshots import PhoneSnapshot
from tests.telephony.driver import Driver, phone
from tests.telephony.raw_sip import RawCaller
from tests.telephony.test_line import wait_reached

USERS = {"desk": "secret", "far": "secret2"}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Kamailio, Kamailio]]:
    with (
        Kamailio(tmp_path_factory.mktemp("one"), USERS) as one,
        Kamailio(tmp_path_factory.mktemp("two"), USERS) as two,
    ):
        yield one, two


def line(label: str, address: str, **more: object) -> dict[str, object]:
    base = {"label": label, "kind": "registered", "user": "desk", "registrar": address, "port": 0, "retry_s": 1}
    return {**base, **more}


def wait_registered(driver: Driver, label: str, registrar: str = "") -> None:
    def there(state: events.LineState) -> bool:
        fits = not registrar or state.registrar == registrar
        return state.label == label and state.status is LineStatus.REGISTERED and fits

    if not any(there(state) for state in driver.wait(PhoneSnapshot).lines):
        driver.wait(events.LineChanged, 20.0, matches=lambda changed: there(changed.state))


def codecs_of(answer: bytes) -> list[bytes]:
    numbers = re.search(rb"^m=audio \d+ \S+ ([\d ]+)\r$", answer, re.MULTILINE)
    assert numbers is not None
    mapped = dict(re.findall(rb"^a=rtpmap:(\d+) ([^/]+)/", answer, re.MULTILINE))
    return [mapped[number] for number in numbers[1].split()]


def test_calls_come_and_go_by_the_right_line(tmp_path: Path, two: tuple[Kamailio, Kamailio]) -> None:
    lines = [line("热线", two[0].address), line("分机", two[1].address, transport="tcp")]
    with (
        phone(tmp_path / "phone", lines, password="secret") as driver,
        Baresip(tmp_path / "far", "far", two[1].address, "secret2") as far,
        RawCaller(two[0].port) as first,
        RawCaller(two[1].port) as second,
    ):
        wait_registered(driver, "热线")
        wait_registered(driver, "分机")
        for caller, label in ((first, "热线"), (second, "分机"), (first, "热线")):
            mark = driver.mark()
            caller.invite(b"<sip:10086@127.0.0.1>")
            assert driver.wait(events.CallOffered, after=mark).line == label
            caller.cancel()
            driver.wait(events.CallEnded, after=mark)
        driver.do(commands.Dial(f"sip:far@{two[1].address}", "分机"))
        assert driver.wait(events.CallDialled).line == "分机"
        far.wait_event("CALL_INCOMING")
        far.hang_up()
        driver.wait(events.CallEnded, matches=lambda ended: ended.cause in (486, 603))


def test_each_line_speaks_its_own_codecs_and_refuses_what_it_cannot(tmp_path: Path) -> None:
    ports = [free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM)]
    lines = [
        {"label": "热线", "kind": "direct", "port": ports[0], "codecs": ["PCMA"]},
        {"label": "中继", "kind": "direct", "port": ports[1], "codecs": ["PCMU", "G722"]},
    ]
    offered = b"m=audio 9 RTP/AVP 9 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
    expected = [[b"PCMA", b"telephone-event"], [b"G722", b"PCMU", b"telephone-event"]]
    with phone(tmp_path / "phone", lines) as driver:
        for port, codecs in zip(ports, expected, strict=True):
            with RawCaller(port) as caller:
                mark = driver.mark()
                caller.invite(b"<sip:10086@127.0.0.1>", media=offered)
                driver.do(commands.Answer(driver.wait(events.CallOffered, after=mark).call_id))
                answer = caller.wait_answer(200)
                assert set(codecs_of(answer)) <= set(codecs)
                assert codecs_of(answer)[0] in codecs[:2]
                caller.acknowledge(answer)
                driver.do(commands.HangUp(driver.wait(events.CallAnswered, after=mark).call_id))
                driver.wait(events.CallEnded, after=mark)
        with RawCaller(ports[0]) as caller:
            mark = driver.mark()
            caller.invite(b"<sip:10086@127.0.0.1>", media=b"m=audio 9 RTP/AVP 0 9\r\n")
            caller.wait_answer(488)
            assert not driver.wait(events.CallOffered, after=mark).rings


def test_what_is_offered_is_the_lines_own_in_its_order(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        far.bind(("127.0.0.1", 0))
        far.settimeout(5.0)
        lines = [
            {"label": "热线", "kind": "direct", "port": 0, "codecs": ["PCMA", "G722"]},
            {"label": "中继", "kind": "direct", "port": 0, "codecs": ["PCMU"]},
        ]
        with phone(tmp_path / "phone", lines) as driver:
            for label, codecs in (("热线", [b"PCMA", b"G722"]), ("中继", [b"PCMU"])):
                mark = driver.mark()
                driver.do(commands.Dial(f"sip:far@127.0.0.1:{far.getsockname()[1]}", label))
                dialled = driver.wait(events.CallDialled, after=mark)
                while not (invite := far.recv(65536)).startswith(b"INVITE"):
                    pass
                assert codecs_of(invite) == [*codecs, b"telephone-event"]
                driver.do(commands.HangUp(dialled.call_id))
                driver.wait(events.CallEnded, 40.0, after=mark)


@pytest.mark.parametrize(
    ("srtp", "far_encryption", "comes", "goes"),
    [
        ("required", "srtp-mand", "encrypted", "encrypted"),
        ("required", "", "refused", "refused"),
        ("optional", "srtp", "encrypted", "encrypted"),
        ("optional", "srtp-mand", "encrypted", "refused"),  # "optional" offers RTP/AVP, which such a peer refuses
        ("optional", "", "plain", "plain"),
        ("off", "", "plain", "plain"),
        ("off", "srtp-mand", "refused", "refused"),
    ],
)
def test_encryption_off_optional_and_required_both_ways(
    tmp_path: Path, srtp: str, far_encryption: str, comes: str, goes: str
) -> None:
    port = free_port(socket.SOCK_DGRAM)
    log = tmp_path / "phone" / "sip.log"
    with (
        phone(tmp_path / "phone", {"kind": "direct", "port": port, "srtp": srtp}, sip_log=True) as driver,
        Baresip(tmp_path / "far", "far", "127.0.0.1", encryption=far_encryption, answers=True) as far,
    ):
        far.dial(f"sip:desk@127.0.0.1:{port}")
        if comes == "refused":
            assert "488" in far.wait_event("CALL_CLOSED")["param"]
            turned_away = driver.wait(events.CallEnded)
            assert turned_away.reason == (TurnedAway.NOT_ENCRYPTED.value if srtp == "required" else "")
            assert not driver.wait(events.CallOffered, call_id=turned_away.call_id).rings
        else:
            offered = driver.wait(events.CallOffered)
            driver.do(commands.Answer(offered.call_id))
            _end(driver, offered.call_id)
            assert _agreed(log) == comes
        mark = driver.mark()
        driver.do(commands.Dial(far.uri))
        dialled = driver.wait(events.CallDialled, after=mark)
        if goes == "refused":
            assert driver.wait(events.CallEnded, after=mark).cause == 488
        else:
            _end(driver, dialled.call_id)
            assert _agreed(log) == goes


def _agreed(log: Path) -> str:
    """What the last answer with an SDP says of the audio."""
    answers = [part for part in log.read_bytes().split(b"SIP/2.0 200 OK")[1:] if b"m=audio" in part[:3000]]
    return "encrypted" if b"a=crypto:" in answers[-1][:3000] else "plain"


def _end(driver: Driver, call_id: CallId) -> None:
    driver.wait(events.CallAnswered, call_id=call_id)
    driver.do(commands.HangUp(call_id))
    driver.wait(events.CallEnded, call_id=call_id)


def test_a_backup_serves_while_the_first_registrar_is_away(tmp_path: Path, two: tuple[Kamailio, Kamailio]) -> None:
    first = Kamailio(tmp_path / "first", USERS)
    settings = line("热线", first.address, backups=[two[0].address])
    with (
        phone(tmp_path / "phone", settings, password="secret") as driver,
        RawCaller(first.port) as by_first,
        RawCaller(two[0].port) as by_backup,
    ):
        wait_registered(driver, "热线", two[0].address)
        wait_reached(driver, by_backup)
        mark = driver.mark()
        first.start()
        try:
            driver.wait(
                events.LineChanged, 20.0, after=mark, matches=lambda changed: changed.state.registrar == first.address
            )
            wait_reached(driver, by_first)
            by_backup.invite(b"<sip:10086@127.0.0.1>")  # the other registration has been taken back
            by_backup.wait_answer(480)
            states = [m.state.status for m in driver.messages[mark:] if isinstance(m, events.LineChanged)]
            assert LineStatus.DEAF not in states
        finally:
            first.kill()
