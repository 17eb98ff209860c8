"""Why a server's certificate was not accepted, by name. The sentences belong to the ui; `LineState.reason` carries the
value."""

from enum import Enum


class CertificateFault(Enum):
    EXPIRED = "certificate_expired"
    NOT_YET_VALID = "certificate_not_yet_valid"  # or this computer's clock is wrong
    WRONG_NAME = "certificate_wrong_name"  # it is another server's
    SELF_SIGNED = "certificate_self_signed"
    UNKNOWN_CA = "certificate_unknown_ca"
    REVOKED = "certificate_revoked"
    OTHER = "certificate_refused"
    CA_FILE = "ca_file_unusable"  # the file named in the settings is missing, or no certificates are in it
    NO_TLS = "tls_failed"  # the server speaks no TLS here, or none that is new enough (1.2, 1.3)
