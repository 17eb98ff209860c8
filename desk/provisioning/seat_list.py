"""IT's list of seats: a heading, and a row for each. Columns without a point are passwords, for the codes
(`desk provision codes`); columns with one are settings, `line.user` say, and become the seats' tables of the company's
file (`desk provision seats`). Text in, text out; nothing here reads or writes a file."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from typing import Any, get_type_hints

from desk.i18n import _
from desk.provisioning.refusals import Refused
from desk.settings.phone_values import LineSettings
from desk.settings.values import Settings

BEGIN = "# ---- seats: made of IT's list by `desk provision seats`, and made anew by it; write nothing here"
END = "# ---- the end of the seats"
_SETTING = re.compile(r"(?P<table>line(?=:)|[a-z_]+(?!:))(?::(?P<label>[^.]+))?\.(?P<key>[a-z_]+)")
_HEADINGS = {
    "坐席": "seat", "席位": "seat", "sip密码": "sip", "分机密码": "sip", "中心密码": "central", "数据库密码": "central",
    "录音库密钥": "vault", "推送密钥": "hook", "password": "sip", "密码": "sip",
    "line user": "line.user", "extension": "line.user", "分机": "line.user", "分机号": "line.user",
    "central user": "central.user", "数据库用户": "central.user",
    "agent": "seat.agent", "工号": "seat.agent", "agent name": "seat.agent_name", "姓名": "seat.agent_name",
}  # fmt: skip


@dataclass(frozen=True)
class SeatRow:
    """A seat of a list. `row`: where it stands; `secrets`: by the list's own words ("sip", "central"); `settings`: by
    their columns ("line.user", "line:热线.user")."""

    row: int
    seat: str
    secrets: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)


def rows_of(table: Sequence[tuple[int, Sequence[str]]]) -> list[SeatRow]:
    """Of a list with a heading: a column `seat` (坐席), the others are settings, words of `entries_of`, or whole
    entries of the keyring. Raises `Refused`."""
    rows = [
        (number, [text.strip() for text in texts]) for number, texts in table if any(text.strip() for text in texts)
    ]
    if not rows:
        raise Refused("list", _("The list is empty."))
    words = [_word(text) for text in rows[0][1]]
    if "seat" not in words:
        raise Refused("list", _("The list needs a heading with a column seat, and one for each password: seat, sip."))
    found: list[SeatRow] = []
    for number, texts in rows[1:]:
        by_word = dict(zip(words, texts, strict=False))
        seat = by_word.pop("seat", "")
        if seat in {row.seat for row in found} or not re.fullmatch(r"[A-Z0-9]{1,8}", seat):
            raise Refused(
                "list",
                _("Row {row}: {seat} is no seat's name (A-Z, 0-9, up to 8), or stands there twice.").format(
                    row=number, seat=repr(seat[:20])
                ),
            )
        given = {word: text for word, text in by_word.items() if word and text}
        settings = {word: text for word, text in given.items() if _SETTING.fullmatch(word)}
        found.append(SeatRow(number, seat, {w: text for w, text in given.items() if w not in settings}, settings))
    _refuse_shared(found)
    return found


def _word(heading: str) -> str:
    """What a column is. Large and small letters are the same, but in a line's label and in an entry of the keyring."""
    small = heading.lower()
    return _HEADINGS.get(small, heading if ":" in heading else small)


def _refuse_shared(rows: Sequence[SeatRow]) -> None:
    """Two telephones with one account take each other's calls, two seats with one user each other's changes."""
    taken: dict[tuple[str, str, str], int] = {}
    for row in rows:
        for column, text in row.settings.items():
            table, _point, key = column.rpartition(".")
            if key != "user":
                continue
            where = row.settings.get(f"{table}.registrar", "") or row.settings.get(f"{table}.url", "")
            other = taken.setdefault((column, text, where), row.row)
            if other != row.row:
                raise Refused(
                    "list",
                    _("Row {row}: {column} is {text} as in row {other}; each seat has its own.").format(
                        row=row.row, column=column, text=repr(text[:20]), other=other
                    ),
                )


def known(rows: Sequence[SeatRow], seats: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Whether the company's file knows these seats, and says of each what the list says. The seats of the file that
    stand in no row. Raises `Refused`. A file that names no seat speaks to all alike."""
    for row in rows:
        if seats and row.seat not in seats:
            raise Refused(
                "list",
                _("Row {row}: the company's file knows no seat {seat}; it has {seats}.").format(
                    row=row.row, seat=row.seat, seats=_some(sorted(seats))
                ),
            )
        for column, text in row.settings.items():
            if _said(seats.get(row.seat, {}), column) != _value(row, column, text):
                raise Refused(
                    "list",
                    _(
                        "Row {row}: for {seat} the company's file does not have the {column} of the list. Take the "
                        "list into it (`desk provision seats`), sign it, then make the codes."
                    ).format(row=row.row, seat=row.seat, column=column),
                )
    return sorted(set(seats) - {row.seat for row in rows})


def with_tables(text: str, rows: Sequence[SeatRow]) -> str:
    """The text of a company's file with the seats of this list: in the place of those that a list had made before, else
    at the end. Raises `Refused` for a column that is no setting."""
    made = "\n".join([BEGIN, *(line for row in rows for line in _tables(row)), END])
    before, begin, rest = text.partition(BEGIN)
    if not begin:
        return f"{text.rstrip()}\n\n{made}\n"
    _old, end, after = rest.partition(END)
    if not end:
        raise Refused("list", _("The line that ends the seats of the list is gone: {line}").format(line=END))
    return f"{before}{made}{after}"


def _tables(row: SeatRow) -> list[str]:
    """A seat that has nothing of its own is named all the same: it may have a code."""
    lines = ["", f"[seats.{row.seat}]"]
    heads: dict[str, list[str]] = {}
    for column, text in row.settings.items():
        at = _SETTING.fullmatch(column)
        assert at is not None  # noqa: S101 - `rows_of` asked
        head = f"[seats.{row.seat}.{at['table']}]"
        if at["label"]:
            head = f"[[seats.{row.seat}.{at['table']}]]\nlabel = {_toml(at['label'])}"
        heads.setdefault(head, []).append(f"{at['key']} = {_toml(_value(row, column, text))}")
    for head, keys in heads.items():
        lines += [head, *keys]
    return lines


def _value(row: SeatRow, column: str, text: str) -> str | int | bool:
    """As the setting wants it: "8001" is a text as a user and a number as a port."""
    at = _SETTING.fullmatch(column)
    kinds = {"line": LineSettings, **{name: kind for name, kind in _hints(Settings).items() if is_dataclass(kind)}}
    kind = _hints(kinds[at["table"]]).get(at["key"]) if at and at["table"] in kinds else None
    if kind is None:
        raise Refused("list", _("There is no setting that column {column} could mean.").format(column=column))
    if kind is int and re.fullmatch(r"\d{1,9}", text):
        return int(text)
    if kind is bool and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind in (int, bool):
        raise Refused(
            "list",
            _("Row {row}: {text} is no value for {column}.").format(row=row.row, text=repr(text[:20]), column=column),
        )
    return text


def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _said(own: Mapping[str, Any], column: str) -> Any:
    """What the file says of one seat by this column."""
    at = _SETTING.fullmatch(column)
    assert at is not None  # noqa: S101 - `rows_of` asked
    found = own.get(at["table"], {})
    if isinstance(found, list):
        found = next((one for one in found if one.get("label", "") == (at["label"] or "")), {})
    return found.get(at["key"])


def _toml(value: str | int | bool) -> str:
    return json.dumps(value, ensure_ascii=False)  # JSON's strings, numbers and words are TOML's, too


def _some(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 6 else f"{', '.join(names[:3])} ... {names[-1]}"
