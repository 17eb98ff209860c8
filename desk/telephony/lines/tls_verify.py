"""TLS as a line wants it: version 1.2 or 1.3, certificate and host name verified, and a name for what was wrong.

Python's own ssl (OpenSSL 3 on Debian and in Python's Windows build), never PJSIP's. Without a company CA the system's
store decides, Windows' included. Pure, any thread."""

import ssl

from desk.domain.certificates import CertificateFault

# X509_V_ERR_... of OpenSSL's x509_vfy.h
_FAULTS = {
    9: CertificateFault.NOT_YET_VALID,
    10: CertificateFault.EXPIRED,
    18: CertificateFault.SELF_SIGNED,
    19: CertificateFault.UNKNOWN_CA,
    2: CertificateFault.UNKNOWN_CA,
    20: CertificateFault.UNKNOWN_CA,
    21: CertificateFault.UNKNOWN_CA,
    23: CertificateFault.REVOKED,
    62: CertificateFault.WRONG_NAME,
    64: CertificateFault.WRONG_NAME,
}


class CaFileUnusable(Exception):
    """The text tells why."""


def client_context(ca_file: str = "") -> ssl.SSLContext:
    """`ca_file`: a PEM file of the company's CA, "" = the system's store. Raises `CaFileUnusable`."""
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        why = error.strerror if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else ""
        raise CaFileUnusable(why or "no certificate in PEM") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["sip/2"])
    return context


def fault_of(error: Exception) -> CertificateFault | None:
    """What was wrong with the other side; None where it is no matter of TLS (nobody answered)."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _FAULTS.get(error.verify_code, CertificateFault.OTHER)
    if isinstance(error, CaFileUnusable):
        return CertificateFault.CA_FILE
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return CertificateFault.NO_TLS
    return None
