"""The words about settings: `desk config show`, `desk config explain KEY`: what holds, and who says so. What is read is
what a seat would read. Main thread."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk import exit_codes
from desk.i18n import _, speak

if TYPE_CHECKING:
    from desk.settings.file import Layered
    from desk.settings.layers import Said

    Words = argparse._SubParsersAction[argparse.ArgumentParser]


def add_words(words: "Words") -> None:
    config = words.add_parser("config", help="what is set at this seat, and who says so")
    actions = config.add_subparsers(metavar="ACTION", required=True)
    show = actions.add_parser("show", help="everything that is not as shipped, with where it is set")
    show.add_argument("--all", action="store_true", help="what is as shipped, too")
    show.set_defaults(run=_show)
    explain = actions.add_parser("explain", help="one setting: its value, where from, and what the others said")
    explain.add_argument("key", help='as in "line.port", "line[1].port", "seat.name"')
    explain.set_defaults(run=_explain)
    for action in (show, explain):
        action.add_argument("--json", action="store_true", help="for a machine")


def _layered(file: Path) -> "Layered":
    from desk.settings.file import layered

    found = layered(file)
    speak(found.settings.seat.language)
    return found


def _show(arguments: argparse.Namespace, file: Path) -> int:
    found = _layered(file)
    heard = {key: (said.value, _rank(said), said.place) for key, said in found.merged.heard()}
    if arguments.all:
        for key, value in _values(found).items():
            heard.setdefault(key, (value, "default", ""))
    if arguments.json:
        rows = [{"key": key, "value": row[0], "from": row[1], "place": row[2]} for key, row in sorted(heard.items())]
        print(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return exit_codes.OK
    for key, (value, rank, place) in sorted(heard.items()):
        print(f"{key} = {_shown(value)}    # {_rank_words(rank)}{' ' + place if place else ''}")
    if not heard:
        print(_("Everything is as shipped."))
    for told in found.merged.overruled:
        print(
            _("{key}: {place} says {value}, and is not heard: {stronger} is stronger.").format(
                key=told.key, place=told.weaker.place, value=_shown(told.weaker.value), stronger=told.stronger.place
            ),
            file=sys.stderr,
        )
    return exit_codes.OK


def _explain(arguments: argparse.Namespace, file: Path) -> int:
    found = _layered(file)
    known = _values(found)
    keys = [key for key in known if arguments.key in (key, _unnumbered(key))]
    if not keys:
        print(_("There is no setting {key}.").format(key=arguments.key), file=sys.stderr)
        near = [key for key in known if arguments.key.rpartition(".")[2] == key.rpartition(".")[2]]
        if near:
            print(_("Did you mean {keys}?").format(keys=", ".join(near[:8])), file=sys.stderr)
        return exit_codes.FAULT
    heard = dict(found.merged.heard())
    report = [_report(found, key, known[key], heard.get(key)) for key in keys]
    if arguments.json:
        print(json.dumps(report, ensure_ascii=False, indent=2, default=str))
        return exit_codes.OK
    for one in report:
        print(f"{one['key']} = {_shown(one['value'])}")
        for voice in one["voices"]:
            mark = "→" if voice["heard"] else " "
            print(f"  {mark} {_rank_words(voice['from'])}: {_shown(voice['value'])}  {voice['place']}".rstrip())
    return exit_codes.OK


def _report(found: "Layered", key: str, value: Any, heard: "Said | None") -> dict[str, Any]:
    voices = [
        {
            "from": _rank(said),
            "value": said.value,
            "place": said.place,
            "heard": heard is not None and said.layer is heard.layer and said.path == heard.path,
        }
        for said in found.merged.voices(key if heard is None else _own_key(key, found))
    ]
    voices.append({"from": "default", "value": _default(key), "place": "", "heard": heard is None})
    return {"key": key, "value": value, "from": _rank(heard) if heard else "default", "voices": voices}


def _own_key(key: str, found: "Layered") -> str:
    """Layers may count their lines otherwise: all of theirs are shown, where there are several."""
    return key if len(found.merged.layers) == 1 else _unnumbered(key)


def _values(found: "Layered") -> dict[str, Any]:
    """Every setting by its key, as it holds; of several lines each."""
    from desk.settings.shapes import tables

    values: dict[str, Any] = {}
    for name, table in tables().items():
        several = {"line": "lines", "channel": "channels"}.get(name, name)
        owners: Any = getattr(found.settings, several) if name else found.settings
        owners = owners if isinstance(owners, tuple) else (owners,)
        for number, owner in enumerate(owners):
            prefix = (f"{name}[{number}]." if len(owners) > 1 else f"{name}.") if name else ""
            values.update({f"{prefix}{key}": getattr(owner, key) for key in table.shapes})
    return values


def _default(key: str) -> Any:
    from desk.settings import LineSettings, Settings
    from desk.settings.values import ChannelSettings

    table, dot, rest = _unnumbered(key).rpartition(".")
    owner = {"line": LineSettings, "channel": ChannelSettings}.get(table)
    if owner is not None:
        return getattr(owner(), rest)
    return getattr(getattr(Settings(), table) if dot else Settings(), rest)


def _unnumbered(key: str) -> str:
    name, bracket, rest = key.partition("[")
    return f"{name}{rest.partition(']')[2]}" if bracket else key


def _rank(said: "Said") -> str:
    return "company" if said.layer.table else said.layer.rank


def _rank_words(rank: str) -> str:
    return {
        "policy": _("policy"),
        "seat": _("this PC"),
        "company": _("company's file"),
        "user": _("user"),
        "default": _("default"),
    }[rank]


def _shown(value: Any) -> str:
    """As it could stand in a settings file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_shown(one)}" for key, one in value.items()) + "}"
    return json.dumps(str(value), ensure_ascii=False)
