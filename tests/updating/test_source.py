"""Where a channel lies: a folder, a web server and the double behave the same; a web server through a proxy, too."""

import ssl
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from desk.updating.channel import ChannelRefused, Seen, believed
from desk.updating.source import BLOCK, FakeSource, FolderSource, Source, SourceAway, WebSource, source_of
from tests.proxies import OwnPage, https_behind_a_proxy, refused_tunnels
from tests.proxies import serving as serving_for_a_while
from tests.telephony.certificates import new_ca
from tests.updating.bundles import open_keys

BIG = bytes(range(256)) * 1024  # four blocks
FILES = {"channel.toml": b"serial = 1\n", "desk-1.tar.xz": BIG}


class _Quiet(SimpleHTTPRequestHandler):
    """Python's own knows no ranges."""

    def log_message(self, *_given: object) -> None:
        return


class _Ranging(_Quiet):
    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        wanted = self.headers.get("Range")
        if not wanted or not file.is_file():
            super().do_GET()
            return
        data, start = file.read_bytes(), int(wanted.removeprefix("bytes=").rstrip("-"))
        if start >= len(data):
            self.send_error(416)
            return
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        self.wfile.write(data[start:])


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Who only wanted the beginning has gone."""


def serving(handler: Callable[..., BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


@pytest.fixture(params=["folder", "web", "web without ranges", "double"])
def source(request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    monkeypatch.setenv("no_proxy", "*")
    if request.param == "folder":
        yield FolderSource(folder)
    elif request.param == "double":
        yield FakeSource(dict(FILES))
    else:
        handler = _Ranging if request.param == "web" else _Quiet
        server = serving(partial(handler, directory=str(folder)))
        yield WebSource(f"http://127.0.0.1:{server.server_port}/", timeout_s=10)
        server.shutdown()
        server.server_close()


def test_a_small_file_comes_whole(source: Source) -> None:
    assert source.small("channel.toml", 1000) == FILES["channel.toml"]


def test_of_a_file_that_is_too_large_only_the_beginning_comes(source: Source) -> None:
    assert source.small("desk-1.tar.xz", 10) == BIG[:11]


@pytest.mark.parametrize("offset", [0, 1, BLOCK, len(BIG) - 1, len(BIG)])
def test_a_file_comes_from_where_it_is_asked_for(source: Source, offset: int) -> None:
    assert b"".join(source.blocks("desk-1.tar.xz", offset)) == BIG[offset:]


def test_what_is_not_there_is_told_in_a_sentence(source: Source) -> None:
    with pytest.raises(SourceAway, match="update channel"):
        list(source.blocks("nothing", 0))


def test_a_server_that_is_away_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(SourceAway, match="cannot be reached now"):
        WebSource("http://127.0.0.1:1", timeout_s=2).small("channel.toml", 10)


def test_the_proxy_of_the_computer_is_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Proxy(_Quiet):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.path = "/" + self.path.rpartition("/")[2]
            super().do_GET()

    server = serving(partial(Proxy, directory=str(folder)))
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert WebSource("http://updates.example.com/desk").small("channel.toml", 100) == FILES["channel.toml"]
    assert asked == ["http://updates.example.com/desk/channel.toml"]
    server.shutdown()
    server.server_close()


def test_an_authority_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceAway, match="ca_file"):
        source_of("https://updates.example.com/desk", str(tmp_path / "none.pem"))


def test_a_server_is_believed_for_its_certificate_alone(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    company = new_ca(tmp_path_factory.mktemp("company"))
    certificate, key = company.server()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = serving(partial(_Ranging, directory=str(folder)))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    url = f"https://127.0.0.1:{server.server_port}"
    with pytest.raises(SourceAway, match="CERTIFICATE_VERIFY_FAILED"):
        source_of(url).small("channel.toml", 100)
    assert source_of(url, str(company.certificate)).small("channel.toml", 100) == FILES["channel.toml"]
    server.shutdown()
    server.server_close()


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """From now on this computer has that proxy."""

    def use(proxy: str) -> None:
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, proxy)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)

    with refused_tunnels():
        yield use


@pytest.mark.parametrize("wants", ["", "seat:p%40ss"])
def test_https_goes_through_the_proxys_tunnel_and_the_certificate_is_the_far_ends(
    wants: str, folder: Path, behind: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory
) -> None:
    ca = new_ca(tmp_path_factory.mktemp("ca"))
    known = ca.server("it", "DNS:it.example.invalid")
    with https_behind_a_proxy(folder, known, wants.replace("%40", "@")) as (port, tunnels):
        behind(f"http://{wants + '@' if wants else ''}127.0.0.1:{port}")
        source = source_of("https://it.example.invalid/desk/..", str(ca.certificate))
        assert source.small("channel.toml", 100) == FILES["channel.toml"]
        assert b"".join(source.blocks("desk-1.tar.xz", BLOCK)) == BIG[BLOCK:]
        assert set(tunnels) == {"it.example.invalid:443"}
        with pytest.raises(SourceAway, match="CERTIFICATE_VERIFY_FAILED"):
            WebSource("https://it.example.invalid/").small("channel.toml", 100)


@pytest.mark.parametrize("given", ["", "seat:wrong@"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_password_is_told_with_what_to_do(
    scheme: str, given: str, folder: Path, behind: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory
) -> None:
    known = new_ca(tmp_path_factory.mktemp("ca")).server()
    with https_behind_a_proxy(folder, known, "seat:secret") as (port, tunnels):
        behind(f"http://{given}127.0.0.1:{port}")
        with pytest.raises(SourceAway, match="proxy wants a name and a password: https_proxy=") as told:
            WebSource(f"{scheme}://it.example.invalid/").small("channel.toml", 100)
    assert "wrong" not in str(told.value)
    assert tunnels == []


def test_a_network_that_answers_with_its_own_page_is_no_channel(behind: Callable[[str], None]) -> None:
    with serving_for_a_while(OwnPage) as port:
        behind(f"http://127.0.0.1:{port}")
        page = WebSource("http://it.example.invalid/").small("channel.toml", 100)
    with pytest.raises(ChannelRefused, match="not signed"):
        believed(page, page, [open_keys().public], Seen())
