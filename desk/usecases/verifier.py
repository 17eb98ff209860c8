"""A password's verifier for the times when the centre is away: scrypt, made and compared. Some 32 MiB and a third of a
second each, on any thread but Qt's; other threads run meanwhile."""

import hashlib
import hmac
from datetime import datetime

from desk.domain.sign_in import Verifier

COST = (1 << 15, 8, 3)  # N, r, p: OWASP's Password Storage Cheat Sheet, the line with 32 MiB
SALT_BYTES = 16
_DIGEST_BYTES = 32


def make_verifier(
    number: str, name: str, password: str, salt: bytes, judged_at: datetime, password_until: datetime | None
) -> Verifier:
    """`salt`: `SALT_BYTES` fresh random ones."""
    return Verifier(number, name, salt, _digest(password, salt, COST), COST, judged_at, password_until)


def matches(verifier: Verifier, password: str) -> bool:
    return hmac.compare_digest(_digest(password, verifier.salt, verifier.cost), verifier.digest)


def _digest(password: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
    n, r, p = cost
    return hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=n,
        r=r,
        p=p,
        maxmem=128 * r * (n + p + 4) * 2,
        dklen=_DIGEST_BYTES,
    )
