"""The radar's watch: what the banner of every seat shows now, derived from the rows that this seat has. Nothing is
asked of the centre, so that it works through an outage; two seats show the same as soon as they have the same rows.

That the radar has seen something is also kept (`note`), once: by the seat at which the newest report was taken, in a
change that leaves the state out, so that a late one sets nothing back that somebody has confirmed meanwhile. Worker's
thread, a few milliseconds."""

from datetime import timedelta

from desk.domain.changes import FieldValue
from desk.domain.identity import EstateId
from desk.domain.incidents import Incident
from desk.domain.patches import patch_of
from desk.domain.radar import Alarm, RadarPolicy, Sieve, alarms
from desk.usecases.estate_map import EstateMap
from desk.usecases.incident_ports import Incidents
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock

LONGEST = timedelta(days=3)  # an incident that nobody has ended is left to its ticket


class WatchIncidents:
    """`seat`: this seat's short name."""

    def __init__(
        self,
        change_log: ChangeLog,
        author: ChangeAuthor,
        incidents: Incidents,
        estate_map: EstateMap,
        clock: Clock,
        seat: str,
        policy: RadarPolicy,
    ) -> None:
        self._log, self._author = change_log, author
        self._incidents, self._map = incidents, estate_map
        self._clock, self._seat = clock, seat
        self.policy = policy

    def look(self) -> list[Alarm]:
        """The newest first."""
        now, policy = self._clock(), self.policy
        known = [one for one in self._incidents.lately(now - LONGEST) if now - one.first_at <= LONGEST]
        since = now - policy.reach
        lasting = {str(one.building_id): one.first_at - policy.reach for one in reversed(known) if one.over_at is None}
        longer = {building: first for building, first in lasting.items() if first < since}
        sieve = Sieve(policy, frozenset((str(one.building_id), one.category) for one in known))
        return alarms(self._incidents.reports(since, sieve, longer), known, policy, now)

    def note(self, found: list[Alarm]) -> list[Alarm]:
        """Keep those that nobody has kept and whose newest report was taken here. The ones that were kept now."""
        new = [one for one in found if one.incident is None and one.reports and one.reports[-1].seat == self._seat]
        if new:
            self._log.append([self._author.change("incident", one.id, self._seen(one)) for one in new])
        return new

    def _seen(self, alarm: Alarm) -> dict[str, FieldValue]:
        building = self._map.building(alarm.building_id)
        incident = Incident(
            alarm.id,
            alarm.building_id,
            alarm.category,
            alarm.first_at,
            estate_id=EstateId(building.estate_id) if building else None,
        )
        kept = ("building_id", "category", "first_at", "estate_id")
        return {field: value for field, value in patch_of(incident, "incident_id").items() if field in kept}
