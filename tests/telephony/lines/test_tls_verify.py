"""What a line's TLS takes: versions, and whom it believes, by a handshake of both sides in memory."""

import ssl
from pathlib import Path

import pytest

from desk.domain.certificates import CertificateFault
from desk.telephony.lines.tls_verify import client_context, fault_of
from tests.telephony.certificates import Ca, new_ca


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Ca:
    return new_ca(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def server(ca: Ca) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*ca.server())
    context.set_ciphers("DEFAULT:@SECLEVEL=0")  # or it would speak nothing old itself
    return context


def agreed(client: ssl.SSLContext, server: ssl.SSLContext) -> str | None:
    """The version of TLS. Raises `ssl.SSLError`."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname="localhost")
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    open_ends = [ours, theirs]
    for _ in range(10):
        for end in tuple(open_ends):
            try:
                end.do_handshake()
                open_ends.remove(end)
            except ssl.SSLWantReadError:
                pass
    assert not open_ends
    return ours.version()


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_a_server_of_either_version_of_today_is_taken(ca: Ca, server: ssl.SSLContext, version: str) -> None:
    server.minimum_version = server.maximum_version = ssl.TLSVersion[version]
    assert agreed(client_context(str(ca.certificate)), server) == version.replace("_", ".")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
def test_a_server_of_yesterday_is_refused(ca: Ca, server: ssl.SSLContext) -> None:
    server.minimum_version, server.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    client = client_context(str(ca.certificate))
    client.set_ciphers("DEFAULT:@SECLEVEL=0")  # so that it is the version which is refused
    with pytest.raises(ssl.SSLError) as refused:
        agreed(client, server)
    assert fault_of(refused.value) is CertificateFault.NO_TLS


def test_without_a_ca_of_the_company_the_systems_store_decides(
    ca: Ca, server: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.minimum_version, server.maximum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
    nobody = new_ca(tmp_path)
    for stored, believed in ((nobody, False), (ca, True)):
        monkeypatch.setenv("SSL_CERT_FILE", str(stored.certificate))  # the system's store, to OpenSSL
        monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
        if believed:
            assert agreed(client_context(), server)
        else:
            with pytest.raises(ssl.SSLCertVerificationError) as refused:
                agreed(client_context(), server)
            assert fault_of(refused.value) is CertificateFault.UNKNOWN_CA
