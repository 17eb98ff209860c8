"""Quiet hours (免打扰时段): when nobody is sent a message, by the clock on the wall where they live. Pure functions."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `until` in the zone's time, over midnight where `start` is later; both the same: never."""

    start: time
    until: time
    zone: tzinfo

    def hold(self, at: datetime) -> bool:
        """Whether it is quiet at this (aware) time."""
        now = at.astimezone(self.zone).time()
        if self.start <= self.until:
            return self.start <= now < self.until
        return now >= self.start or now < self.until

    def after(self, at: datetime) -> datetime:
        """The first time from `at` on when it is not quiet: `at` itself, or the end of the quiet hours, in UTC."""
        if not self.hold(at):
            return at
        local = at.astimezone(self.zone)
        end = local.replace(hour=self.until.hour, minute=self.until.minute, second=0, microsecond=0)
        if end <= local:
            end = (local + timedelta(days=1)).replace(hour=self.until.hour, minute=self.until.minute, second=0)
            end = end.replace(microsecond=0)
        return end.astimezone(UTC)
