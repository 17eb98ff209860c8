"""The one table of cases that holds all folds together: the domain's, the seat store's and the centre's.

Each: an entity, the patches of its changes in central order ("itself" stands for its id), and what its row then holds;
a field that is not named is empty."""

from desk.domain.changes import FieldValue

Row = dict[str, FieldValue]
FOLD_CASES: dict[str, tuple[str, list[Row], Row]] = {
    "one change": ("person", [{"name": "王小明"}], {"name": "王小明"}),
    "the last value wins, field by field": (
        "person",
        [{"name": "王小明", "tags": ["VIP"]}, {"name": "汪晓敏"}],
        {"name": "汪晓敏", "tags": ["VIP"]},
    ),
    "the first writer may come back": (
        "ticket",
        [{"stage": "registered"}, {"stage": "dispatched"}, {"stage": "registered"}],
        {"stage": "registered"},
    ),
    "an empty list is a value": ("person", [{"tags": ["VIP", "独居老人"]}, {"tags": []}], {"tags": []}),
    "nothing empties a list": ("person", [{"tags": ["VIP"]}, {"tags": None}], {}),
    "nothing empties a text": ("person", [{"name": "a"}, {"name": None}], {}),
    "nothing, then something": ("person", [{"name": None}, {"name": "a"}], {"name": "a"}),
    "an empty text is not nothing": ("person", [{"name": "a"}, {"name": ""}], {"name": ""}),
    "a change without a field makes a row": ("person", [{}], {}),
    "a change without a field alters nothing": ("person", [{"notes": "x"}, {}], {"notes": "x"}),
    "text that looks like SQL": (
        "person",
        [{"notes": "'; DROP TABLE desk.change; --"}],
        {"notes": "'; DROP TABLE desk.change; --"},
    ),
    "all quotes there are": (
        "staff",
        [{"name": "quote \" and 'apostrophe' and \\ and 😀\n"}],
        {"name": "quote \" and 'apostrophe' and \\ and 😀\n"},
    ),
    "its own id in the patch": ("person", [{"person_id": "itself", "name": "x"}], {"name": "x"}),
    "an ended membership": ("membership", [{"ended": False}, {"ended": True}], {"ended": True}),
    "false is not nothing": ("recording", [{"interrupted": True}, {"interrupted": False}], {"interrupted": False}),
    "nothing empties a flag": ("recording", [{"interrupted": True}, {"interrupted": None}], {}),
    "zero is not nothing": ("recording", [{"length_ms": 7}, {"length_ms": 0}], {"length_ms": 0}),
    "numbers beyond 32 bits": (
        "recording",
        [{"length_ms": 0, "marks": ["12.340 held"]}, {"length_ms": 2**40}],
        {"length_ms": 2**40, "marks": ["12.340 held"]},
    ),
    "the largest number and the smallest": (
        "recording",
        [{"length_ms": 2**63 - 1, "size_bytes": -(2**63)}],
        {"length_ms": 2**63 - 1, "size_bytes": -(2**63)},
    ),
    "a list of odd texts": (
        "notice",
        [{"building_ids": ["", "a,b", '"', "{}", "null", "楼"]}],
        {"building_ids": ["", "a,b", '"', "{}", "null", "楼"]},
    ),
    "where a row belongs may be written again": (
        "household",
        [{"estate_id": "e1", "room": "203"}, {"estate_id": "e2"}],
        {"estate_id": "e2", "room": "203"},
    ),
    "a tag that not everybody reads": (
        "sensitive_tag",
        [{"subject": "person", "subject_id": "p1", "tag": "诉讼"}, {"ended": True}],
        {"subject": "person", "subject_id": "p1", "tag": "诉讼", "ended": True},
    ),
    "a message that was tried twice": (
        "message",
        [{"delivery": "waiting", "tries": 1}, {"delivery": "sent", "tries": 2, "why": ""}],
        {"delivery": "sent", "tries": 2, "why": ""},
    ),
}


def case_of(name: str, entity_id: str) -> tuple[str, list[Row], Row]:
    """The case for an entity with this id."""
    entity, patches, row = FOLD_CASES[name]
    return entity, [{k: entity_id if v == "itself" else v for k, v in patch.items()} for patch in patches], row
