from desk.store.change_log import SqlChangeLog
from desk.store.store import Store
from desk.store.warming import warm
from tests.making import change


def test_warming_reads_numbers_that_are_there(store: Store, log: SqlChangeLog) -> None:
    assert warm(store) == 0
    log.append([change("number", "n1", {"raw": "13900000000", "lookup_key": "+8613900000000", "person_id": "p1"})])
    assert warm(store) > 0
