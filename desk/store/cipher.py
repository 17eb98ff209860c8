"""A connection to an encrypted file, and what its pages tell without SQLite: whether a key fits the file, and whether
the file is damaged.

Every page of SQLCipher ends with an HMAC that is made with the key and the file's salt. So a wrong key and a damaged
file, which SQLite reports alike, can be told apart: with the right key most pages verify, with a wrong one none does
(https://www.zetetic.net/sqlcipher/design/: a raw key, two rounds of PBKDF2-HMAC-SHA512 for the HMAC's). Any thread."""

import hashlib
import hmac
import struct
from enum import Enum
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

DriverError = dbapi2.Error
BUSY_S = 10.0
PAGE = 4096
_SALT, _HMAC, _ROUNDS, _MASK = 16, 64, 2, 0x3A
_LOOKED_AT = 64  # pages

# https://www.sqlite.org/rescode.html: corrupt, no database; and of the i/o errors those of reading
_DAMAGED = frozenset({11, 26})
_UNREADABLE = frozenset({266, 522, 8202, 8458})


class Fit(Enum):
    FITS = "fits"
    DAMAGED = "damaged"  # the key is right, the first page is not whole
    UNFIT = "unfit"  # not one page goes with this key


def connect(file: Path, key: str, cache_kib: int, *, quiet: bool = False) -> Any:
    """`key`: 64 hexadecimal digits. Autocommit: SQLAlchemy's own BEGIN would be a deferred one, which fails when two
    writers meet half-way. `quiet`: what is damaged is expected to be, and not told on stderr."""
    connection = dbapi2.connect(
        str(file), timeout=BUSY_S, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    if quiet:
        connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key}'\"")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{cache_kib}")
    return connection


def is_damage(error: BaseException | None) -> bool:
    """Whether this error of the driver says that the file is not what was written into it."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in _DAMAGED or code in _UNREADABLE


def fit(file: Path, key: str) -> Fit:
    """Raises `OSError`."""
    size = file.stat().st_size
    pages = size // PAGE
    with file.open("rb") as handle:
        salt = handle.read(_SALT)
        if len(salt) < _SALT or not pages:
            return Fit.UNFIT
        hmac_key = hashlib.pbkdf2_hmac("sha512", bytes.fromhex(key), bytes(one ^ _MASK for one in salt), _ROUNDS, 32)
        step = max(1, pages // _LOOKED_AT)
        numbers = [1, *range(2, pages + 1, step)]
        whole = [_is_whole(handle, hmac_key, number) for number in numbers]
    if whole[0]:
        return Fit.FITS
    return Fit.DAMAGED if any(whole) else Fit.UNFIT


def _is_whole(handle: Any, hmac_key: bytes, number: int) -> bool:
    handle.seek((number - 1) * PAGE)
    try:
        page = handle.read(PAGE)
    except OSError:
        return False
    begin = _SALT if number == 1 else 0
    made = hmac.new(hmac_key, page[begin : PAGE - _HMAC] + struct.pack("<I", number), "sha512").digest()
    return hmac.compare_digest(made, page[PAGE - _HMAC :])
