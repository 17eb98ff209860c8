"""The link between the processes, over real sockets: order, loss, return, and leaving nothing behind."""

import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import wire
from desk.link.sockets import LinkBusy, LinkClient, LinkDown, LinkServer, Peer, address_for, token_of
from tests.link.scene import TOKEN, WAIT_S, Heard, Served, assert_dropped, descriptors, is_up, wait_for


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    one = Served(tmp_path)
    yield one
    one.close()


def test_messages_travel_both_ways_in_order(served: Served) -> None:
    client, heard = served.client()
    heard.until(is_up)
    for number in range(500):
        client.send(wire.Pushed((str(number),)))
    got = served.messages.until(lambda items: len(items) == 500)
    assert [m.entities for _role, m in got] == [(str(n),) for n in range(500)]

    peer: Peer = served.joined.items[0]
    assert (peer.role, peer.pid) == ("ui", os.getpid())
    for number in range(500):
        peer.send(wire.Pushed((str(number),)))
    got = heard.until(lambda items: len(items) == 501)
    assert [m.entities for _kind, m in got[1:]] == [(str(n),) for n in range(500)]


def test_published_messages_reach_everyone(served: Served) -> None:
    heards = [served.client(role)[1] for role in ("ui", "sync", "tool")]
    served.joined.until(lambda items: len(items) == 3)
    assert wait_for(lambda: len(served.server.peers) == 3)
    served.server.publish(wire.SpoolClosed("c1"))
    for heard in heards:
        heard.until(lambda items: ("message", wire.SpoolClosed("c1")) in items)


def test_what_is_said_on_join_comes_first(tmp_path: Path) -> None:
    server = LinkServer(
        address_for(tmp_path, "phone"), TOKEN, "phone", on_join=lambda peer: peer.send(wire.Ready("snapshot"))
    )
    server.start()
    stop = threading.Event()

    def chatter() -> None:
        while not stop.is_set():
            server.publish(wire.Ready("event"))

    talking = threading.Thread(target=chatter)
    talking.start()
    try:
        for _ in range(10):
            heard = Heard()
            client = LinkClient(address_for(tmp_path, "phone"), TOKEN, "ui", on_message=heard.add)
            client.start()
            assert heard.until(bool)[0] == wire.Ready("snapshot")
            client.close()
    finally:
        stop.set()
        talking.join()
        server.close()


def test_send_while_down_is_refused_and_not_kept(tmp_path: Path) -> None:
    address = address_for(tmp_path, "phone")
    up, messages = threading.Event(), Heard()
    client = LinkClient(address, TOKEN, "ui", on_up=up.set)
    client.start()
    with pytest.raises(LinkDown):
        client.send(wire.Ready("late"))
    assert client.try_send(wire.Ready("late")) is False
    server = LinkServer(address, TOKEN, "phone", on_message=lambda _peer, message: messages.add(message))
    server.start()
    assert up.wait(WAIT_S)
    client.send(wire.Ready("now"))
    assert messages.until(bool) == [wire.Ready("now")]
    client.close()
    server.close()
    assert client.try_send(wire.Ready("after")) is False


def test_client_attaches_again_when_the_server_is_replaced(served: Served) -> None:
    client, heard = served.client()
    heard.until(is_up)
    for times in (1, 2, 3):
        served.server.close()
        heard.until_count(("down", None), times)
        served.server = served.make()
        served.server.start()
        heard.until_count(("up", None), times + 1)
    kinds = [kind for kind, _ in heard.items]
    assert kinds == ["up", "down"] * 3 + ["up"]
    client.send(wire.Ready("again"))
    served.messages.until(lambda items: ("ui", wire.Ready("again")) in items)


def test_what_was_sent_before_close_arrives(served: Served) -> None:
    client, heard = served.client("tool")
    heard.until(is_up)
    for number in range(200):
        client.send(wire.Pushed((str(number),)))
    client.close()
    served.messages.until(lambda items: len(items) == 200)
    served.left.until(lambda items: len(items) == 1)


def test_every_join_has_its_leave(served: Served) -> None:
    for _ in range(5):
        client, heard = served.client()
        heard.until(is_up)
        client.close()
    served.left.until(lambda items: len(items) == 5)
    assert set(served.joined.items) == set(served.left.items)  # each has a thread of its own, and so its own time
    assert served.server.peers == ()


def test_receiver_that_fails_costs_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    address, heard = address_for(tmp_path, "phone"), Heard()

    def receive(peer: Peer, message: Any) -> None:
        if message == wire.Ready("bad"):
            raise RuntimeError("a bug")
        heard.add(message)

    server = LinkServer(address, TOKEN, "phone", on_message=receive)
    server.start()
    up = threading.Event()
    client = LinkClient(address, TOKEN, "ui", on_up=up.set)
    client.start()
    assert up.wait(WAIT_S)
    client.send(wire.Ready("bad"))
    client.send(wire.Ready("good"))
    assert heard.until(bool) == [wire.Ready("good")]
    assert "a receiver failed on Ready" in caplog.text
    client.close()
    server.close()


def test_send_from_a_callback_and_close_from_a_callback(tmp_path: Path) -> None:
    address, left = address_for(tmp_path, "phone"), threading.Event()
    server = LinkServer(
        address, TOKEN, "phone", on_message=lambda peer, m: peer.send(m), on_leave=lambda _peer: left.set()
    )
    server.start()
    heard = Heard()

    def hear_and_leave(message: Any) -> None:
        heard.add(message)
        client.close()

    client = LinkClient(
        address,
        TOKEN,
        "ui",
        on_message=hear_and_leave,
        on_up=lambda: client.send(wire.Ready("echo")),
    )
    client.start()
    assert heard.until(bool) == [wire.Ready("echo")]
    assert left.wait(WAIT_S)
    server.close()


def test_two_servers_of_one_address_are_refused(served: Served) -> None:
    with pytest.raises(LinkBusy):
        served.make().start()
    served.assert_others_are_served("ui")


def test_socket_left_by_a_killed_process_is_replaced(tmp_path: Path) -> None:
    address = address_for(tmp_path, "phone")
    left_behind = socket.socket(socket.AF_UNIX)
    left_behind.bind(address)
    left_behind.close()
    assert Path(address).exists()
    server = LinkServer(address, TOKEN, "phone")
    server.start()
    server.close()


def test_folder_is_for_this_user_alone(tmp_path: Path) -> None:
    runtime_dir = tmp_path / "run"
    runtime_dir.mkdir(mode=0o755)
    server = LinkServer(address_for(runtime_dir, "phone"), TOKEN, "phone")
    server.start()
    assert stat.S_IMODE(runtime_dir.stat().st_mode) == 0o700
    server.close()


def test_folder_that_is_a_link_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "real")
    with pytest.raises(LinkBusy):
        LinkServer(str(tmp_path / "run" / "phone.sock"), TOKEN, "phone").start()


@given(name=st.text("abc语言 /", max_size=200))
def test_addresses_are_short_and_differ(name: str) -> None:
    folder = Path("/x") / ("/" + name).strip("/")
    addresses = {address_for(folder, role) for role in ("phone", "sync", "launcher")}
    assert len(addresses) == 3
    assert all(len(os.fsencode(a)) < 100 for a in addresses)


def test_long_folder_still_serves(tmp_path: Path) -> None:
    runtime_dir = tmp_path / ("很长的文件夹" * 10)
    address = address_for(runtime_dir, "phone")
    server = LinkServer(address, TOKEN, "phone")
    server.start()
    up = threading.Event()
    client = LinkClient(address, TOKEN, "ui", on_up=up.set)
    client.start()
    assert up.wait(WAIT_S)
    client.close()
    server.close()
    Path(address).parent.rmdir()


def test_token_comes_from_the_environment_else_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESK_LINK_TOKEN", raising=False)
    with pytest.raises(LinkDown):
        token_of(tmp_path)
    (tmp_path / "token").write_text("00ff", encoding="ascii")
    assert token_of(tmp_path) == b"\x00\xff"
    monkeypatch.setenv("DESK_LINK_TOKEN", "aa55")
    assert token_of(tmp_path) == b"\xaa\x55"
    monkeypatch.setenv("DESK_LINK_TOKEN", "zz")
    with pytest.raises(LinkDown):
        token_of(tmp_path)


def test_no_thread_and_no_descriptor_is_left(tmp_path: Path) -> None:
    def round_trip() -> None:
        one = Served(tmp_path)
        _client, heard = one.client()
        heard.until(is_up)
        with one.raw() as raw:
            raw.sendall(b"garbage" * 10)
            assert_dropped(raw)
        one.close()

    round_trip()
    open_before = descriptors()
    threads = threading.active_count()
    for _ in range(5):
        round_trip()
    assert wait_for(lambda: descriptors() <= open_before)
    assert wait_for(lambda: threading.active_count() <= threads)


def test_a_temporary_folder_below_a_long_name_still_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where each person has one of their own, their name is in it."""
    long = tmp_path / ("用户" * 20)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    address = address_for(long / "run", "phone")
    server = LinkServer(address, TOKEN, "phone")
    server.start()
    server.close()
    Path(address).parent.rmdir()
