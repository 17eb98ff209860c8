"""Everything that may come in over the link and must cost only the connection that sent it."""

import os
import socket
import struct
from collections.abc import Iterator
from multiprocessing.connection import Client, answer_challenge, deliver_challenge
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk import wire
from desk.link import channel
from desk.link.sockets import FRAME_LIMIT, LinkClient, LinkServer, address_for
from tests.link.scene import TOKEN, WAIT_S, Served, assert_dropped, is_up, wait_for


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    one = Served(tmp_path)
    yield one
    one.close()


def authenticated(served: Served) -> Any:
    """A connection that knows the token, before its Hello."""
    connection = Client(served.address)
    answer_challenge(connection, TOKEN)
    deliver_challenge(connection, TOKEN)
    return connection


def test_wrong_token_is_refused_and_logged(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    client, heard = served.client("stranger", token=bytes(32))
    assert wait_for(lambda: "AuthenticationError" in caplog.text)
    assert client.try_send(wire.Ready("x")) is False
    assert heard.items == []
    assert served.joined.items == []
    client.close()
    served.assert_others_are_served("ui")


def test_client_refuses_a_server_that_lacks_the_token(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    address = address_for(tmp_path, "phone")
    server = LinkServer(address, b"x" * 32, "phone")
    server.start()
    client = LinkClient(address, TOKEN, "ui")
    client.start()
    assert wait_for(lambda: caplog.text.count("AuthenticationError") >= 2)
    assert not client.up
    client.close()
    server.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(untrusted=st.binary(max_size=2000))
def test_arbitrary_bytes_never_reach_anybody(served: Served, untrusted: bytes) -> None:
    with served.raw() as one:
        one.sendall(untrusted)
        one.shutdown(socket.SHUT_WR)
        assert_dropped(one)
    assert served.messages.items == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    untrusted=st.one_of(
        st.binary(max_size=300),
        st.tuples(st.integers(), st.text(max_size=20), st.dictionaries(st.text(max_size=5), st.integers(0, 9))).map(
            lambda parts: msgspec.msgpack.encode((parts[0] % 3, *parts[1:]))
        ),
        st.sampled_from(sorted(wire.TYPES)).map(lambda name: msgspec.msgpack.encode((wire.PROTOCOL, name, {}))),
    )
)
def test_arbitrary_frames_never_kill_the_server(served: Served, untrusted: bytes) -> None:
    connection = authenticated(served)
    connection.send_bytes(wire.encode(wire.Hello("fuzz", 1)))
    connection.send_bytes(untrusted)
    connection.close()
    joins = len(served.joined.items)
    served.left.until(lambda items: len(items) >= joins)


def test_after_all_that_garbage_others_are_served(served: Served) -> None:
    for untrusted in (b"", b"\0" * 400, b"\xff" * 400, b"GET / HTTP/1.1\r\n\r\n", os.urandom(5000)):
        with served.raw() as one:
            one.sendall(untrusted)
    served.assert_others_are_served("ui")


@pytest.mark.parametrize(
    ("frame", "logged"),
    [
        (wire.encode(wire.Ready("x")), "not Hello"),
        (
            msgspec.msgpack.encode((wire.PROTOCOL + 1, "Hello", {"role": "ui", "pid": 1})),
            f"protocol {wire.PROTOCOL + 1}",
        ),
        (msgspec.msgpack.encode((wire.PROTOCOL, "Format", {})), "no message is called"),
        (b"\xc1", "WireError"),
        (b"", "WireError"),
    ],
    ids=["no-hello", "other-protocol", "unknown-type", "no-msgpack", "empty"],
)
def test_wrong_first_message_is_refused(
    served: Served, caplog: pytest.LogCaptureFixture, frame: bytes, logged: str
) -> None:
    connection = authenticated(served)
    connection.send_bytes(frame)
    assert wait_for(lambda: logged in caplog.text)
    with pytest.raises(EOFError):
        connection.recv_bytes()
    connection.close()
    assert served.joined.items == []
    served.assert_others_are_served("ui")


def test_unknown_message_drops_only_its_sender(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    bystander, heard = served.client("sync")
    heard.until(is_up)
    connection = authenticated(served)
    connection.send_bytes(wire.encode(wire.Hello("ui", 7)))
    wire.decode(connection.recv_bytes())
    connection.send_bytes(msgspec.msgpack.encode((wire.PROTOCOL, "Format", {})))
    left = served.left.until(bool)
    assert left[0].pid == 7
    assert "no message is called" in caplog.text
    connection.close()
    bystander.send(wire.Ready("sync"))
    served.messages.until(lambda items: ("sync", wire.Ready("sync")) in items)
    heard.until(lambda items: len(items) > 1)
    assert heard.items == [("up", None), ("message", wire.StrangerRefused("phone"))]


def test_those_attached_hear_of_strangers_and_not_of_each(served: Served) -> None:
    _bystander, heard = served.client("ui")
    heard.until(is_up)
    for _n in range(3):
        connection = authenticated(served)
        connection.send_bytes(wire.encode(wire.Hello("ui", 7)))
        wire.decode(connection.recv_bytes())
        connection.send_bytes(b"garbage")
        connection.close()
    served.left.until(lambda items: len(items) == 3)
    heard.until(lambda items: ("message", wire.StrangerRefused("phone")) in items)
    assert [what for what, _value in heard.items].count("message") == 1


def test_oversize_frame_is_refused_unread(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    connection = authenticated(served)
    connection.send_bytes(wire.encode(wire.Hello("ui", 7)))
    wire.decode(connection.recv_bytes())
    os.write(connection.fileno(), struct.pack("!i", FRAME_LIMIT + 1) + b"x" * 100)
    served.left.until(bool)
    assert "bad message length" in caplog.text
    connection.close()
    served.assert_others_are_served("sync")


def test_our_own_oversize_message_is_a_bug(served: Served) -> None:
    client, heard = served.client()
    heard.until(is_up)
    with pytest.raises(ValueError, match="too big"):
        client.send(wire.Ready("x" * (FRAME_LIMIT + 1)))
    client.send(wire.Ready("fine"))
    served.messages.until(bool)


def test_half_a_message_then_silence_is_dropped(
    served: Served, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "FRAME_S", 1)
    connection = authenticated(served)
    connection.send_bytes(wire.encode(wire.Hello("ui", 7)))
    wire.decode(connection.recv_bytes())
    os.write(connection.fileno(), struct.pack("!i", 1000) + b"half")
    served.assert_others_are_served("sync")  # meanwhile
    served.left.until(lambda items: any(p.pid == 7 for p in items))
    assert "half a message" in caplog.text
    connection.close()


def test_mute_client_blocks_nobody_and_is_dropped(
    served: Served, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "HANDSHAKE_S", 0.5)
    mute = [served.raw() for _ in range(8)]
    served.assert_others_are_served("ui")
    for one in mute:
        assert_dropped(one)
    assert wait_for(lambda: caplog.text.count("silence where a message was due") == 8)


def test_client_says_hello_to_nobody_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is stuck before its greeting must not hold the client for ever."""
    monkeypatch.setattr(channel, "HANDSHAKE_S", 0.2)
    address = address_for(tmp_path, "phone")
    stuck = socket.socket(socket.AF_UNIX)
    stuck.bind(address)
    stuck.listen()
    client = LinkClient(address, TOKEN, "ui")
    client.start()
    stuck.settimeout(WAIT_S)
    for _ in range(2):  # it gives up on the first and tries again
        connection, _peer = stuck.accept()
        assert_dropped(connection)
    client.close()
    stuck.close()


def test_peer_that_does_not_read_is_dropped_and_others_are_not(served: Served) -> None:
    deaf = authenticated(served)
    deaf.send_bytes(wire.encode(wire.Hello("deaf", 7)))
    wire.decode(deaf.recv_bytes())
    _client, heard = served.client("ui")
    heard.until(is_up)
    assert wait_for(lambda: len(served.server.peers) == 2)
    big = wire.Ready("x" * 200_000)
    sent = 0
    while not served.left.items:
        served.server.publish(big)
        sent += 1
        heard.until_length(sent + 1)  # the other keeps up
        assert sent < 200
    assert served.left.items[0].pid == 7
    deaf.close()
    served.assert_others_are_served("sync")
