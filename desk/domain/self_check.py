"""When a seat checks itself at night. Pure, any thread."""

from datetime import datetime, time, timedelta, tzinfo
from zlib import crc32

SPREAD = timedelta(minutes=10)  # thirty seats do not call the exchange at once
PATIENCE = timedelta(hours=3)  # so long it is waited for a quiet moment
SOON_AGAIN = timedelta(minutes=5)  # after a real call came in between


def due_since(now: datetime, at: str, seat: str, zone: tzinfo) -> datetime | None:
    """The moment of this night's check (aware UTC) while it is due, None while none is. `at`: "03:30", "" = never;
    `seat`: its name, which gives it a moment of its own within `SPREAD`."""
    if not at:
        return None
    wanted = time.fromisoformat(at)
    share = timedelta(seconds=crc32(seat.encode()) % int(SPREAD.total_seconds()))
    here = now.astimezone(zone)
    for day in (here.date(), here.date() - timedelta(days=1)):  # one that began before midnight
        begins = (datetime.combine(day, wanted, zone) + share).astimezone(now.tzinfo)
        if begins <= now < begins + PATIENCE:
            return begins
    return None
