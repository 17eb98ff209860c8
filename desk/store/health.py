"""What the seat store's health is, looked at without touching it: no key is made, no table, no note of damage, and no
schema brought up to date, for the doctor may be of another version than the seat. Beside a running seat it is one more
reader. Any thread but the ui's."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desk.domain.health import Finding, Level
from desk.domain.times import from_text
from desk.i18n import _
from desk.store import cipher, damage, schema

CACHE_KIB = 2_048
UNSENT_LONG_H = 24.0
_UNSENT = "SELECT count(*), min(at) FROM change WHERE central_seq IS NULL AND refused IS NULL"
_REFUSED = "SELECT count(*) FROM change WHERE refused IS NOT NULL"
_WHOLE = "PRAGMA quick_check(1)"
WHOLE_MB = 50  # of a larger store every page would be read for seconds; sync does that in quiet moments
_LOOKED_AT = "SELECT count(*) FROM (SELECT change_id FROM change ORDER BY change_id DESC LIMIT 100)"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Changes that the centre has not taken; `oldest_at` aware UTC, None where none waits."""

    unsent: int
    refused: int
    oldest_at: datetime | None


class StoreLook:
    """`key`: of the store, from the keyring; None where there is none."""

    def __init__(self, file: Path, key: str | None) -> None:
        self._file, self._key = file, key

    @property
    def is_there(self) -> bool:
        return self._file.exists() and self._file.stat().st_size > 0

    def findings(self) -> Sequence[Finding]:
        if not self.is_there:
            return (Finding("store", Level.OK, _("There is none yet; the first start makes it.")),)
        if (noted := damage.noted(self._file)) is not None:
            return (_broken(noted.why),)
        assert self._key is not None  # noqa: S101 - the keyring's entries are checked before
        if cipher.fit(self._file, self._key) is cipher.Fit.UNFIT:
            return (
                Finding(
                    "store",
                    Level.WRONG,
                    _("The key in the keyring does not open this seat's store."),
                    _("Sign in as the user who set this seat up; if the key is lost: desk store repair --anew"),
                ),
            )
        try:
            version, whole = self._read()
        except cipher.DriverError as error:
            return (_broken(str(error)),)
        figures: dict[str, float | int | str] = {"schema": version, "size_mb": self._size_mb}
        if whole != "ok":
            return (_broken(whole),)
        if version > len(schema.STEPS):
            return (
                Finding(
                    "store",
                    Level.WRONG,
                    _("The store was made by a newer Desk (schema {schema}).").format(schema=version),
                    _("Update this program: desk update status"),
                    figures,
                ),
            )
        said = _("It opens and is whole ({size_mb} MB).") if self._is_small else _("It opens ({size_mb} MB).")
        return (Finding("store", Level.OK, said.format(**figures), figures=figures),)

    def waiting(self) -> Waiting:
        """Raises `DriverError`. Only of a store that is well."""
        if not self.is_there:
            return Waiting(0, 0, None)
        with closing(self._connect()) as connection:
            unsent, oldest = connection.execute(_UNSENT).fetchone()
            (refused,) = connection.execute(_REFUSED).fetchone()
        return Waiting(int(unsent), int(refused), from_text(oldest) if oldest else None)

    def _read(self) -> tuple[int, str]:
        with closing(self._connect()) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (looked,) = connection.execute(_WHOLE if self._is_small else _LOOKED_AT).fetchone()
        return int(version), str(looked) if self._is_small else "ok"

    @property
    def _size_mb(self) -> float:
        return round(self._file.stat().st_size / 1_000_000, 1)

    @property
    def _is_small(self) -> bool:
        return self._size_mb <= WHOLE_MB

    def _connect(self) -> Any:
        assert self._key is not None  # noqa: S101 - see above
        connection = cipher.connect(self._file, self._key, CACHE_KIB, quiet=True)
        connection.execute("PRAGMA query_only = ON")
        return connection


def changes(waiting: Waiting, now: datetime, *, alone: bool) -> Sequence[Finding]:
    """`alone`: there is no centre to send anything to."""
    if alone:
        return ()
    hours = (now - waiting.oldest_at.astimezone(UTC)).total_seconds() / 3600 if waiting.oldest_at else 0.0
    figures: dict[str, float | int | str] = {
        "unsent": waiting.unsent,
        "refused": waiting.refused,
        "oldest_hours": round(max(hours, 0.0), 1),
    }
    found = []
    if waiting.refused:
        found.append(
            Finding(
                "changes",
                Level.WARNING,
                _("The centre would not take {refused} changes of this seat.").format(**figures),
                _("Ctrl+Shift+C lists them with the reasons, and what can be done."),
                figures,
            )
        )
    if hours >= UNSENT_LONG_H:
        found.append(
            Finding(
                "changes",
                Level.WARNING,
                _("{unsent} changes wait to be sent, the oldest for {oldest_hours:.0f} hours.").format(**figures),
                _("Start the seat and leave it on until they are sent; whoever wrote them may have to sign in."),
                figures,
            )
        )
    return found or (
        Finding("changes", Level.OK, _("{unsent} changes wait to be sent.").format(**figures), figures=figures),
    )


def _broken(detail: str) -> Finding:
    return Finding(
        "store",
        Level.WRONG,
        _("The seat's store is damaged ({detail}).").format(detail=detail),
        _("Start the seat: it repairs itself before its window opens; or run `desk store repair`."),
    )
