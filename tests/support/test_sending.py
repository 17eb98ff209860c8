"""Bundles go where the settings say, once, when no call runs; and nowhere where they say nothing."""

import http.server
import ssl
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desk.compose.support import sender_of
from desk.recording.files import write_new
from desk.settings import Settings
from desk.settings.values import SupportSettings
from desk.support.sending import Sender, into_folder, to_address
from desk.support.shelf import Shelf, Shelved
from tests.support.making import NOW
from tests.telephony.certificates import new_ca


class Hour:
    """A clock that is put forward."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "support", 10, write_new)
    for second in range(2):
        when = NOW + timedelta(seconds=second)
        made.put(Shelved(f"S01-{second}.deskbundle", when, "nothing"), b"sealed %d" % second)
    return made


def test_without_a_setting_there_is_no_sender(tmp_path: Path) -> None:
    assert sender_of(Settings(data_dir=tmp_path), lambda: False) is None
    set_ = Settings(data_dir=tmp_path, support=SupportSettings(upload=str(tmp_path)))
    assert sender_of(set_, lambda: False) is not None


def test_each_is_brought_once_the_oldest_first(tmp_path: Path, shelf: Shelf) -> None:
    brought: list[str] = []
    sender = Sender(shelf, lambda name, _sealed: brought.append(name), lambda: False, Hour())
    while sender.work_once():
        pass
    assert brought == ["S01-0.deskbundle", "S01-1.deskbundle"]
    assert all(one.sent_at for one in shelf.listed())
    shelf.put(Shelved("S01-1.deskbundle", NOW + timedelta(seconds=1), "nothing"), b"with a line of the agent's")
    assert sender.work_once()
    assert brought[2:] == ["S01-1.deskbundle"]


def test_a_folder_has_them_whole(tmp_path: Path, shelf: Shelf) -> None:
    share = tmp_path / "share"
    share.mkdir()
    sender = Sender(shelf, into_folder(share, write_new), lambda: False, Hour())
    while sender.work_once():
        pass
    assert {file.name: file.read_bytes() for file in share.iterdir()} == {
        "S01-0.deskbundle": b"sealed 0",
        "S01-1.deskbundle": b"sealed 1",
    }


def test_a_share_that_is_away_is_tried_again_later_and_later(tmp_path: Path, shelf: Shelf) -> None:
    hour, share = Hour(), tmp_path / "share"
    sender = Sender(shelf, into_folder(share, write_new), lambda: False, hour)
    assert not sender.work_once()
    assert not share.exists()
    share.mkdir()
    assert not sender.work_once()  # not at once
    hour.now += timedelta(seconds=31)
    assert sender.work_once()
    share.joinpath("S01-0.deskbundle").unlink()
    assert sender.work_once()


def test_nothing_is_brought_while_a_call_runs(shelf: Shelf) -> None:
    brought: list[str] = []
    calls = [True]
    sender = Sender(shelf, lambda name, _sealed: brought.append(name), lambda: calls[0], Hour())
    assert not sender.work_once()
    assert not brought
    calls[0] = False
    assert sender.work_once()


class _Server(http.server.ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: dict[str, bytes] = {}
        self.code = 201


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.code < 300:
            self.server.taken[self.path] = body
        self.send_response(self.server.code)
        if self.server.code in (301, 307):
            self.send_header("Location", "https://example.com/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[_Server, str]]:
    """With a certificate that this system trusts."""
    folder = tmp_path / "ca"
    folder.mkdir()
    authority = new_ca(folder)
    certificate, key = authority.server()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    made = _Server()
    made.socket = context.wrap_socket(made.socket, server_side=True)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield made, f"https://127.0.0.1:{made.server_address[1]}/desk/"
    made.shutdown()
    made.server_close()
    thread.join(20)


def test_an_address_is_sent_them_by_put(server: tuple[_Server, str], shelf: Shelf) -> None:
    taken, url = server
    sender = Sender(shelf, to_address(url), lambda: False, Hour())
    while sender.work_once():
        pass
    assert taken.taken == {"/desk/S01-0.deskbundle": b"sealed 0", "/desk/S01-1.deskbundle": b"sealed 1"}


@pytest.mark.parametrize("code", [307, 403, 500])
def test_what_is_not_taken_is_not_marked_as_sent(code: int, server: tuple[_Server, str], shelf: Shelf) -> None:
    refusing, url = server
    refusing.code = code
    assert not Sender(shelf, to_address(url), lambda: False, Hour()).work_once()
    assert not any(one.sent_at for one in shelf.listed())


def test_a_server_that_nobody_vouches_for_gets_nothing(
    server: tuple[_Server, str], shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, url = server
    monkeypatch.delenv("SSL_CERT_FILE")
    assert not Sender(shelf, to_address(url), lambda: False, Hour()).work_once()
    assert not taken.taken
