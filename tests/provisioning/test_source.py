"""Where a company's file is: folders and addresses do the same as the one in memory, through a proxy, too."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from desk.provisioning.refusals import Refused
from desk.provisioning.source import FakeSource, FolderSource, Source, UrlSource, source_of
from tests.provisioning.company import Company, Pc
from tests.proxies import OwnPage, https_behind_a_proxy, refused_tunnels
from tests.telephony.certificates import new_ca


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_words: object) -> None:
        """Not into the test's output."""


class Proxy(BaseHTTPRequestHandler):
    """Knows the pages of one folder, whatever host is asked for; remembers who was."""

    folder: Path
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        file = self.folder / self.path.rpartition("/")[2]
        if "enrolment" in self.path:
            file = self.folder / "enrolment" / file.name
        if not file.exists():
            self.send_error(404)
            return
        data = file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_words: object) -> None:
        """Not into the test's output."""


class Cut(Proxy):
    """Promises all and sends half."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"half")


@contextmanager
def served(handler: object) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=["folder", "address", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Source]:
    files = {"company.toml": b"one", "company.toml.minisig": b"two", "enrolment/a b.seal": b"three"}
    (tmp_path / "enrolment").mkdir()
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    if request.param == "folder":
        yield source_of(str(tmp_path))
    elif request.param == "memory":
        yield FakeSource(files)
    else:
        with served(partial(Quiet, directory=str(tmp_path))) as url:
            yield source_of(url)


def test_what_is_there_is_read_and_what_is_not_is_none(place: Source) -> None:
    assert place.read("company.toml", 100) == b"one"
    assert place.read("company.toml.minisig", 100) == b"two"
    assert place.read("enrolment/a b.seal", 100) == b"three"
    assert place.read("enrolment/none", 100) is None


def test_what_is_too_long_is_not_taken(place: Source) -> None:
    assert place.read("company.toml", 3) == b"one"
    with pytest.raises(Refused) as told:
        place.read("company.toml", 2)
    assert told.value.why == "away"


def test_what_is_not_there_cannot_be_taken_where_it_can_be_known(place: Source) -> None:
    taken = place.take("enrolment/a b.seal", "enrolment/mine")
    assert taken
    if not isinstance(place, UrlSource):
        assert place.read("enrolment/mine", 100) == b"three"
        assert not place.take("enrolment/a b.seal", "enrolment/mine")
        place.put("enrolment/new", b"4")
        place.remove("enrolment/mine")
        assert (place.read("enrolment/new", 9), place.read("enrolment/mine", 9)) == (b"4", None)


def test_it_is_named_as_it_can_be_given_again(place: Source) -> None:
    if not isinstance(place, FakeSource):
        assert source_of(place.shown).read("company.toml.minisig", 9) == b"two"


def test_a_file_may_be_called_as_it_likes(tmp_path: Path) -> None:
    (tmp_path / "阳光.toml").write_bytes(b"x")
    (tmp_path / "阳光.toml.minisig").write_bytes(b"y")
    source = source_of(str(tmp_path / "阳光.toml"))
    assert isinstance(source, FolderSource)
    assert (source.read("company.toml", 9), source.read("company.toml.minisig", 9)) == (b"x", b"y")
    assert source_of((tmp_path / "阳光.toml").as_uri()).read("company.toml", 9) == b"x"


@pytest.mark.parametrize("text", ["ftp://host/x", "https://", "http://u:p@host/", "https://[broken/"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises((Refused, ValueError)):
        source_of(text)


def test_a_place_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with served(Quiet) as url:
        pass  # gone again
    for text in (url, str(tmp_path / "none" / "company.toml")):
        with pytest.raises(Refused) as told:
            source_of(text).read("company.toml", 9)
        assert told.value.why == "away"


def test_half_an_answer_is_none() -> None:
    with served(Cut) as url, pytest.raises(Refused, match="cannot be read"):
        source_of(url).read("company.toml", 2000)


def test_a_seat_behind_a_proxy_is_enrolled(company: Company, pc: Pc, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host of the address does not exist: only the proxy can have answered."""
    handler = type("Here", (Proxy,), {"folder": company.folder, "asked": []})
    with served(handler) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.delenv("no_proxy", raising=False)
        done = pc.enrol(company.code(), source_of("http://it.example.invalid/desk/"))
    assert (done.seat, done.marked) == ("S01", False)
    assert "http://it.example.invalid/desk/company.toml" in handler.asked  # type: ignore[attr-defined]
    state = pc.accepting.state()
    assert state is not None
    assert state.source == "http://it.example.invalid/desk/company.toml"


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """From now on this computer has that proxy."""
    with refused_tunnels():
        yield lambda proxy: _behind(monkeypatch, proxy)


def _behind(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, proxy)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_a_seat_is_enrolled_over_https_through_the_companys_proxy(
    company: Company, pc: Pc, behind: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """First it has not got the proxy's password, and the code can be used afterwards."""
    ca = new_ca(tmp_path / "ca")
    monkeypatch.setenv("SSL_CERT_FILE", str(ca.certificate))  # as in the system's store
    code, before = company.code(), pc.everything()
    source = source_of("https://it.example.invalid/")
    with https_behind_a_proxy(company.folder, ca.server("it", "DNS:it.example.invalid"), "seat:pw") as (port, tunnels):
        behind(f"http://127.0.0.1:{port}")
        with pytest.raises(Refused, match="wants a name and a password") as told:
            pc.enrol(code, source)
        assert (told.value.why, pc.everything(), tunnels) == ("away", before, [])
        behind(f"http://seat:pw@127.0.0.1:{port}")
        assert pc.enrol(code, source).seat == "S01"
        assert set(tunnels) == {"it.example.invalid:443"}


def test_a_network_that_answers_with_its_own_page_enrols_nobody(
    company: Company, pc: Pc, behind: Callable[[str], None]
) -> None:
    code, before = company.code(), pc.everything()
    with served(OwnPage) as portal:
        behind(portal)
        with pytest.raises(Refused):
            pc.enrol(code, source_of("http://it.example.invalid/desk/"))
    assert pc.everything() == before
    assert pc.keyring.get("sip:8001@pbx.example.com") is None
    assert pc.enrol(code, company.source).seat == "S01"
