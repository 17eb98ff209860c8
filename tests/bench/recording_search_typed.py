"""What comes before and after the search itself, on a register of a million people: a typed line becomes a query
(`FindCalls.read`: names, letters, rooms, numbers, agents, categories, several together), and the calls of a page get
their names. The calls in the big store are few: the search among a million is measured beside this, and a page as
typed is the sum of both."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from desk.demo.sample_numbers import AREA_CODE
from desk.domain.call_search import CallQuery
from desk.domain.listening import Listener, Role
from desk.domain.working_time import CHINA
from desk.secrets import FakeSecrets
from desk.store.call_search import SqlCallSearch
from desk.store.calls import SqlCallLog
from desk.store.key import ENTRY
from desk.store.residents import SqlResidents
from desk.store.scores import SqlScores
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.texts import ShippedTexts
from desk.usecases.estate_map import EstateMap
from desk.usecases.find_calls import FindCalls
from desk.usecases.find_category import CategoryFinder
from desk.usecases.find_person import PersonFinder
from desk.usecases.find_place import PlaceFinder
from desk.usecases.search_calls import Asked, SearchCalls
from tests.bench.figures import Figure, percentile
from tests.bench.spine_store import HOUSEHOLDS, big_store

QUICK_HOMES = 2_000
_LINES, _SEED = 200, 11
_NAMES = ("张伟", "王小明", "李", "陈建国", "欧阳", "wxm", "zhangwei", "赵敏")
_OTHERS = (
    "漏水",
    "停电",
    "1001",
    "昨天",
    "近7天",
    "保持>60",
    "未录音",
    "评分<60",
    "还是没人来",
    "8003",
    "138 尾号8003",
)


def measure(folder: Path, say: Callable[[str], None], quick: bool = False) -> list[Figure]:
    big = big_store(folder, say, QUICK_HOMES if quick else HOUSEHOLDS)
    store = Store.open(big.file, FakeSecrets({ENTRY: big.key}))
    try:
        find, search = _uses(store)
        lines = list(_lines(big.numbers(20, _SEED)))
        find.read("张", (), CallQuery())  # the register's map and the modules
        read_ms = [_took_ms(lambda line=line: find.read(line)) for line in lines]  # type: ignore[misc]
        whole_ms = [_took_ms(lambda line=line: search.look(Asked(line))) for line in lines]  # type: ignore[misc]
    finally:
        store.close()
    worst = max(zip(read_ms, lines, strict=True))
    people = f"{big.people:,} people"
    say(
        f"search: a line is read, {people}: p95 {percentile(read_ms, 0.95):.1f} ms; worst {worst[0]:.1f} ms: {worst[1]}"
    )
    return [
        Figure(f"search: a line is read, {people}, p95", percentile(read_ms, 0.95), "ms"),
        Figure(f"search: a line read, its page named, {people}, p95", percentile(whole_ms, 0.95), "ms", "<= 50"),
    ]


def _uses(store: Store) -> tuple[FindCalls, SearchCalls]:
    """As `desk.compose.replay` puts them together."""
    residents, calls = SqlResidents(store), SqlCallLog(store)
    estate_map = EstateMap(residents)
    places = PlaceFinder(residents, estate_map)
    people = PersonFinder(residents, estate_map, AREA_CODE, places)
    categories = CategoryFinder(ShippedTexts().categories())
    categories.load()
    now = datetime.now(UTC)
    find = FindCalls(residents, people, places, categories, lambda: now, CHINA, AREA_CODE)
    search = SearchCalls(
        find, SqlCallSearch(store), calls, SqlTickets(store), SqlScores(store), residents, estate_map,
        lambda: Listener("9001", Role.SUPERVISOR), lambda: now, 7, AREA_CODE,
    )  # fmt: skip
    return find, search


def _lines(numbers: list[str]) -> Iterator[str]:
    """One to three words, as somebody types them."""
    draw = random.Random(_SEED)
    rooms = [
        f"{draw.randrange(1, 30)}-{draw.randrange(1, 4)}-{draw.randrange(1, 30)}0{draw.randrange(1, 5)}"
        for _ in range(20)
    ]
    words = (*_NAMES, *_OTHERS, *rooms, *(number.removeprefix("+86") for number in numbers))
    for _ in range(_LINES):
        yield " ".join(draw.sample(words, draw.randint(1, 3)))


def _took_ms(do: Callable[[], object]) -> float:
    began = perf_counter()
    do()
    return (perf_counter() - began) * 1000
