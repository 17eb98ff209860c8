"""The sample estate: `desk demo data --households N`. Changes like any other, so that the sample travels the one way
that data has; deterministic in (households, seed), with notices and history told relative to `now`.

The register is streamed estate by estate: memory stays flat at a million households (some nine million changes, a
minute to make and a few to write). Patches are written out by hand here, because reflection would cost more than the
rest; a test holds them against the dataclasses. Command-line process, main thread."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from desk.demo.estate_plan import BUILDING_AREAS, ESTATE_AREAS, BuildingPlan, high_rise_plan, reference_plan
from desk.demo.history import Caller, history
from desk.demo.known import AGENT, AGENT_NAME, KNOWN, SMALLEST
from desk.demo.names import Names, estate_name
from desk.demo.real_seat import refuse_enrolled, refuse_residents
from desk.demo.sample_ids import SampleIds
from desk.demo.sample_numbers import fixed, key_of, mobile, written
from desk.domain.changes import Change, FieldValue
from desk.domain.identity import ChangeId
from desk.domain.import_plan import natural_id
from desk.domain.times import to_text
from desk.i18n import _

if TYPE_CHECKING:
    from desk.settings import Settings

IMPORTED_AT = datetime(2024, 1, 1, tzinfo=UTC)
AUTHOR, SEAT = "sample", "DEMO"
CALLERS_KEPT = 20_000  # of whom the history tells
HISTORY_PER_HOUSEHOLD, HISTORY_MOST = 0.6, 100_000


def generate(households: int, seed: int, now: datetime) -> Iterator[Change]:
    """The changes of a whole sample estate, some nine per household. `households` >= 10, else `ValueError`."""
    if households < SMALLEST:
        raise ValueError(f"a sample estate has at least {SMALLEST} households")
    yield from _changes(_Register(seed), households, seed, now)


def sample(households: int, seed: int, now: datetime) -> tuple[list[Change], list[Caller]]:
    """The same, all at once, with those of its people who call."""
    register = _Register(seed)
    return list(_changes(register, households, seed, now)), register.callers


def _changes(register: "_Register", households: int, seed: int, now: datetime) -> Iterator[Change]:
    yield from register.agents()
    made = index = 0
    while made < households:
        plan = high_rise_plan() if index % 3 == 2 else reference_plan()
        wanted = min(households - made, sum(building.households for building in plan))
        yield from register.estate(index, plan, wanted, now, step=max(1, households // CALLERS_KEPT))
        made += wanted
        index += 1
    tickets = min(int(households * HISTORY_PER_HOUSEHOLD), HISTORY_MOST)
    yield from history(register.callers, register.handlers, seed, tickets, now)


def make(
    settings: "Settings",
    settings_file: Path,
    households: int,
    seed: int,
    report: Callable[[str], None],
    *,
    into_real: bool = False,
) -> None:
    """Fill this seat's store. Told again with the same seed it adds nothing but newer history. Raises `RealSeat` where
    people work at this seat, unless `into_real`, and what the store and the keyring raise."""
    from desk.compose.floor_imports import take_in_shipped
    from desk.secrets import KeyringSecrets
    from desk.store.change_log import SqlChangeLog
    from desk.store.store import Store

    if not into_real:
        refuse_enrolled(settings_file)
    store = Store.open(settings.store_file, KeyringSecrets())
    try:
        if not into_real:
            refuse_residents(store, IMPORTED_AT)
        fill(SqlChangeLog(store).append_bulk, households, seed, datetime.now(UTC), report, settings.store_file)
        take_in_shipped(settings, store)
    finally:
        store.close()


def fill(
    append_bulk: Callable[[Iterator[Change], Callable[[int], None]], int],
    households: int,
    seed: int,
    now: datetime,
    report: Callable[[str], None],
    where: Path,
) -> int:
    """Write a sample estate through `append_bulk` and say how far it is; the number of changes."""
    expected = households * 9
    told = -1

    def progress(done: int) -> None:
        nonlocal told
        tenth = min(done * 10 // max(expected, 1), 9)
        if tenth != told:
            told = tenth
            report(_("{percent} %: {count} records").format(percent=tenth * 10, count=f"{done:,}"))

    count = append_bulk(generate(households, seed, now), progress)
    done = _("100 %: {households} households, {count} records in {file}")
    report(done.format(households=f"{households:,}", count=f"{count:,}", file=where))
    return count


@dataclass
class _Home:
    """The household that is being filled."""

    household_id: str
    estate_id: str
    building: BuildingPlan
    building_id: str
    unit: str
    room: str
    place: str

    @property
    def code(self) -> str:
        return f"{self.building.code}-{self.unit}-{self.room}"


@dataclass
class _Register:
    """Makes the register, estate by estate, and keeps some callers for the history."""

    seed: int
    callers: list[Caller] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = Random(f"estate {self.seed}")  # noqa: S311
        self._names = Names(self._random)
        self._ids = SampleIds(self.seed, 0, IMPORTED_AT)
        self._owner: tuple[str, str] = ("", "")  # of the household before, who may own this one too
        self._agency = mobile(self._random)
        self._made = 0

    def agents(self) -> Iterator[Change]:
        """The hotline's own people."""
        for number in range(1001, 1013):
            name = AGENT_NAME if str(number) == AGENT else self._names.person()
            yield self._staff(str(number), name, "agent", str(number))[1]
        yield self._staff("9001", self._names.person(), "supervisor", "9001")[1]

    def estate(
        self, index: int, plan: Sequence[BuildingPlan], households: int, now: datetime, step: int
    ) -> Iterator[Change]:
        """One estate cut off after so many households."""
        estate_id = self._ids.new()
        yield self._change("estate", estate_id, {"name": estate_name(index)})
        assistants: dict[str, str] = {}
        for area in dict.fromkeys(b.area for b in plan):
            name = KNOWN.assistant if index == 0 and not assistants else self._names.person()
            number = f"{2000 + 4 * index + len(assistants)}"
            assistants[area], change = self._staff(number, name, "area_assistant", mobile(self._random))
            yield change
        for handler in range(6):
            staff_id, change = self._staff(
                f"H{6 * index + handler + 1:04d}", self._names.person(), "handler", mobile(self._random)
            )
            self.handlers.append(staff_id)
            yield change
        for name in ESTATE_AREAS:
            yield self._area(estate_id, None, name)
        buildings: dict[str, str] = {}
        left = households
        for building in plan:
            if left <= 0:
                break
            building_id = buildings[building.code] = self._ids.new()
            yield self._building(building, building_id, estate_id, assistants[building.area])
            for name in BUILDING_AREAS:
                units = range(1, building.units + 1) if "{unit}" in name else (0,)
                for unit in units:
                    yield self._area(estate_id, building_id, name.format(unit=unit))
            yield from self._homes(building, building_id, estate_id, index, min(left, building.households), step)
            left -= building.households
        yield from self._notices(estate_id, buildings, now)

    def _homes(
        self, building: BuildingPlan, building_id: str, estate_id: str, index: int, households: int, step: int
    ) -> Iterator[Change]:
        homes = building.homes()
        for _number in range(households):
            unit, room = next(homes)
            place = f"{building.phase}{building.name}{unit}单元{room}"
            home = _Home(self._ids.new(), estate_id, building, building_id, unit, room, place)
            yield self._household(home)
            before = len(self.callers)
            if index == 0 and home.code == KNOWN.place_code:
                yield from self._known(home)
            elif index == 0 and home.code == KNOWN.neighbour_place_code:
                yield from self._resident(home, self._names.person(), "owner", [])
            else:
                yield from self._people(home)
            self._made += 1
            if self._made % step and not (index == 0 and building.code == KNOWN.building):
                del self.callers[before:]

    def _known(self, home: _Home) -> Iterator[Change]:
        owner, wife = self._ids.new(), self._ids.new()
        yield self._person(home, owner, KNOWN.name, [KNOWN.tag], "")
        yield self._person(home, wife, KNOWN.wife, [], "")
        yield self._member(home, owner, "owner")
        yield self._member(home, wife, "family")
        yield self._number(KNOWN.number_written, KNOWN.number_key, owner, None, "")
        other = mobile(self._random)
        yield self._number(written(self._random, other), key_of(other), wife, None, "")
        line = fixed(self._random)
        yield self._number(f"0755-{line}", key_of(line), None, home.household_id, "")
        self.callers.append(self._caller(home, owner, KNOWN.name, KNOWN.number_signalled, KNOWN.number_key))

    def _people(self, home: _Home) -> Iterator[Change]:
        """Who lives here: nobody in 5 of 100, tenants in 20, a shop in 2 (on the ground floor), else the owners."""
        random, names = self._random, self._names
        state = random.random()
        if state < 0.05:
            return
        if state < 0.08 and self._owner[0]:
            yield self._member(home, self._owner[0], "owner")  # a second flat of the same owner
        else:
            yield from self._resident(home, names.person(), "owner", [])
        owner_name = self._owner[1]
        if state < 0.25:
            for _tenant in range(random.choice((1, 1, 2))):
                yield from self._resident(home, names.person(), "tenant", [])
            if state < 0.10:  # let by an agency whose number is on all of its flats
                yield self._number(self._agency, key_of(self._agency), None, home.household_id, "中介")
            return
        if state < 0.29 and home.room.startswith("1") and len(home.room) == 3:
            yield from self._resident(home, names.shop(), "shop", [])
            return
        for _relative in range(random.choice((0, 0, 1, 1, 1, 2, 2, 3))):
            yield from self._resident(home, names.person(owner_name[0]), "family", [])
        if random.random() < 0.12:
            line = fixed(random)
            yield self._number(written(random, line), key_of(line), None, home.household_id, "")

    def _resident(self, home: _Home, name: str, role: str, tags: list[str]) -> Iterator[Change]:
        random = self._random
        person_id = self._ids.new()
        chance = random.random()
        tag = next((t for below, t in _TAGS if chance < below), "") if role == "owner" else ""
        shown = [*tags, tag] if tag and tag != _NOT_FOR_ALL else tags
        yield self._person(home, person_id, name, shown, _NOTES.get(tag, ""))
        if tag == _NOT_FOR_ALL:
            patch: dict[str, FieldValue] = {"subject": "person", "subject_id": person_id, "tag": tag, "ended": False}
            yield self._change("sensitive_tag", natural_id(home.estate_id, "sensitive_tag", person_id, tag), patch)
        yield self._member(home, person_id, role)
        if role == "owner":
            self._owner = (person_id, name)
        if role == "family" and random.random() < 0.3:
            return  # a child, or somebody without a number of their own
        bare = mobile(random)
        yield self._number(written(random, bare), key_of(bare), person_id, None, "")
        self.callers.append(self._caller(home, person_id, name, bare, key_of(bare)))
        if random.random() < 0.15:
            other = mobile(random) if random.random() < 0.6 else fixed(random)
            yield self._number(
                written(random, other), key_of(other), person_id, None, random.choice(("", "单位", "家里"))
            )

    def _caller(self, home: _Home, person_id: str, name: str, number: str, key: str) -> Caller:
        known = home.code == KNOWN.place_code and number == KNOWN.number_signalled
        return Caller(
            person_id,
            name,
            number,
            key,
            home.household_id,
            home.building_id,
            home.place,
            known,
            below_known=home.code == KNOWN.neighbour_place_code,
        )

    # Patches: one field of the domain's dataclass, one key.

    def _household(self, home: _Home) -> Change:
        return self._change(
            "household",
            home.household_id,
            {
                "estate_id": home.estate_id,
                "building_id": home.building_id,
                "unit": home.unit,
                "room": home.room,
                "place_code": home.code,
                "tags": [],
                "notes": "",
            },
        )

    def _person(self, home: _Home, person_id: str, name: str, tags: list[str], notes: str) -> Change:
        patch: dict[str, FieldValue] = {"name": name, "tags": list(tags), "notes": notes}
        return self._change("person", person_id, {**patch, "estate_id": home.estate_id})

    def _member(self, home: _Home, person_id: str, role: str) -> Change:
        patch: dict[str, FieldValue] = {"household_id": home.household_id, "person_id": person_id}
        return self._change("membership", self._ids.new(), {**patch, "role": role, "ended": False})

    def _number(self, raw: str, key: str, person_id: str | None, household_id: str | None, label: str) -> Change:
        patch: dict[str, FieldValue] = {"raw": raw, "lookup_key": key, "person_id": person_id}
        rest: dict[str, FieldValue] = {"household_id": household_id, "label": label, "ended": False}
        return self._change("number", self._ids.new(), {**patch, **rest})

    def _building(self, plan: BuildingPlan, building_id: str, estate_id: str, assistant_id: str) -> Change:
        patch: dict[str, FieldValue] = {"estate_id": estate_id, "code": plan.code, "name": plan.name}
        rest: dict[str, FieldValue] = {"phase": plan.phase, "area": plan.area, "area_assistant_id": assistant_id}
        return self._change("building", building_id, {**patch, **rest})

    def _area(self, estate_id: str, building_id: str | None, name: str) -> Change:
        patch: dict[str, FieldValue] = {"estate_id": estate_id, "name": name, "building_id": building_id}
        return self._change("public_area", self._ids.new(), patch)

    def _staff(self, number: str, name: str, duty: str, phone: str) -> tuple[str, Change]:
        staff_id = self._ids.new()
        patch: dict[str, FieldValue] = {"number": number, "name": name, "duty": duty, "phone": phone, "active": True}
        return staff_id, self._change("staff", staff_id, patch)

    def _notices(self, estate_id: str, buildings: dict[str, str], now: datetime) -> Iterator[Change]:
        """One that applies now, one of last week, one of next week for the whole estate."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        for title, text, start, hours, codes in _NOTICES:
            begins = hour + timedelta(hours=start)
            patch: dict[str, FieldValue] = {
                "estate_id": estate_id,
                "title": title,
                "text": text,
                "start": to_text(begins),
                "until": to_text(begins + timedelta(hours=hours)),
                "building_ids": [buildings[code] for code in codes if code in buildings],
            }
            if not codes or patch["building_ids"]:
                yield self._change("notice", self._ids.new(), patch)

    def _change(self, entity: str, entity_id: str, patch: dict[str, FieldValue]) -> Change:
        return Change(ChangeId(self._ids.new()), entity, entity_id, IMPORTED_AT, AUTHOR, SEAT, patch)


_TAGS = ((0.01, "vip"), (0.03, "elderly_alone"), (0.035, "sensitive"), (0.037, "litigation"))
_NOT_FOR_ALL = "litigation"
_NOTES = {
    "elderly_alone": "独居，听力不好，请放慢语速；紧急时联系女儿。",
    "sensitive": "曾多次投诉，沟通请耐心，先听完再答复。",
    "litigation": "费用问题请转法务，不作承诺。",
}
# title, text, begins in hours from now, lasts hours, buildings ((): the whole estate)
_NOTICES: tuple[tuple[str, str, int, int, tuple[str, ...]], ...] = (
    (
        KNOWN.notice_title,
        "因二次供水管道检修，3-8栋停水，请提前储水。完工后先放水几分钟再用。",
        -2,
        10,
        tuple("345678"),
    ),
    ("12栋电梯年检", "12栋2单元电梯年检，期间请使用另一部电梯。", -26, 60, ("12",)),
    ("一期停电", "供电局线路检修，一期停电，电梯停运。", -7 * 24, 6, tuple("123456789")),
    ("生活水箱清洗", "全小区生活水箱清洗消毒，期间停水。", 5 * 24, 8, ()),
)
