"""The certificate of a web server, asked the way that everything else goes there: named while it holds, ends or is
refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.domain.health import Finding, Level
from desk.health.https_certificate import look
from tests.proxies import OwnPage, https_behind_a_proxy, serving
from tests.telephony.certificates import Ca, new_ca

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Ca:
    return new_ca(tmp_path_factory.mktemp("ca"))


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


def found(ca: Ca, name: str, days: int, *, known: bool = True, now: datetime = NOW) -> Finding:
    with serving(OwnPage, ca.server(name, days=days)) as port:
        (one,) = look("x", f"https://localhost:{port}/desk", str(ca.certificate) if known else "", now, 21)
    return one


def test_the_days_that_it_has_left_are_told(ca: Ca) -> None:
    assert (found(ca, "long", 200).level, found(ca, "soon", 5).level) == (Level.OK, Level.WARNING)
    assert found(ca, "later", 200, now=NOW + timedelta(days=190)).level is Level.WARNING
    assert found(ca, "again", 200).figures["days_left"] in (199, 200)


def test_one_that_is_not_accepted_is_wrong_with_its_reason(ca: Ca) -> None:
    over, strange = found(ca, "over", -1), found(ca, "strange", 200, known=False)
    assert (over.level, "expired" in over.why) == (Level.WRONG, True)
    assert (strange.level, "unable to get local issuer" in strange.why) == (Level.WRONG, True)
    assert "ca_file" in strange.remedy
    with serving(OwnPage) as port:  # no TLS at all
        (plain,) = look("x", f"https://localhost:{port}/", "", NOW, 21)
    assert plain.level is Level.WRONG
    (lost,) = look("x", f"https://localhost:{port}/", "/nowhere/ca.pem", NOW, 21)
    assert "ca_file cannot be read" in lost.why


@pytest.mark.parametrize("address", ["", "/srv/desk", "http://localhost/", "https://127.0.0.1:1/", "https://[broken/"])
def test_what_is_no_web_server_or_does_not_answer_is_somebody_elses_finding(address: str) -> None:
    assert look("x", address, "", NOW, 21) == ()


@pytest.mark.parametrize(("wants", "given"), [("", ""), ("王:p@ss", "%E7%8E%8B:p%40ss@")])
def test_the_companys_proxy_is_gone_through(
    ca: Ca, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wants: str, given: str
) -> None:
    known = ca.server("behind", "DNS:it.example.invalid", days=40)
    with https_behind_a_proxy(tmp_path, known, wants) as (port, tunnels):
        monkeypatch.setenv("https_proxy", f"http://{given}127.0.0.1:{port}")
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        (one,) = look("x", "https://it.example.invalid/desk", str(ca.certificate), NOW, 21)
    assert (one.level, tunnels) == (Level.OK, ["it.example.invalid:443"])
