"""The words about the central database: `desk central init|upgrade|check|restored|user|audit`. Used by IT, with the
role that owns the database. What they do stands in `desk.compose.central`, loaded when it is asked for. Main thread."""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli import central_status
from desk.cli.reading import load

if TYPE_CHECKING:
    from desk.compose.central import Given

    Words = argparse._SubParsersAction[argparse.ArgumentParser]

KINDS = ("agent", "supervisor", "admin", "reader", "seat")
_URL = "postgresql://user@host/database of its owner (default: the settings' own)"


def add_words(words: "Words") -> None:
    central = words.add_parser("central", help="the central database: setting up, people, what was refused")
    actions = central.add_subparsers(metavar="ACTION", required=True)

    init = _word(actions, "init", "make groups and schema in an empty database")
    upgrade = _word(actions, "upgrade", "bring the schema to this program's version")
    for word in (init, upgrade):
        word.add_argument("--yes", action="store_true", help="do it without asking (default: show the plan and ask)")
        word.set_defaults(run=_upgrade)
    upgrade.add_argument(
        "--oldest-program", default="", metavar="VERSION", help="seats before it are told to be renewed"
    )

    _word(actions, "check", "say whether a hotline can work with it").set_defaults(run=_check)

    restored = _word(actions, "restored", "after a backup was restored: let the seats give back what supervisors wrote")
    restored.add_argument(
        "--hours", type=_limit, default=24, metavar="N", help="for so long (default: 24); 0 = no longer"
    )
    restored.set_defaults(run=_restored)

    audit = _word(actions, "audit", "what was refused to whom, and what was done to accounts")
    audit.add_argument("--since", type=_moment, metavar="WHEN", help="24h, 7d or yyyy-mm-dd (default: 24h)")
    audit.add_argument("--who", default="", metavar="ROLE", help="only of this role")
    audit.add_argument("--json", action="store_true", help="one line of JSON for each")
    audit.set_defaults(run=_audit)

    central_status.add_words(actions)

    user = actions.add_parser("user", help="people and seats: who may come in, and what they may")
    _users(user.add_subparsers(metavar="ACTION", required=True))


def _users(actions: "Words") -> None:
    add = _user(actions, "add", "let somebody in")
    _rights(add, "agent")
    _carries(add)
    _password(add)
    add.set_defaults(run=_add)

    change = _user(actions, "change", "give somebody other rights; what is not named stays")
    _rights(change, None)
    _carries(change)
    change.add_argument("--own-only", action="store_true", help="no longer bring the changes of others")
    change.set_defaults(run=_change)

    for name, what in (("disable", "out at once; the account stays"), ("enable", "in again")):
        word = _user(actions, name, what)
        word.set_defaults(run=_switch, action=name)

    reset = _user(actions, "reset", "a new password, and the hour's limits begin anew")
    _password(reset)
    reset.set_defaults(run=_reset)

    _word(actions, "list", "who is there").set_defaults(run=_list)


def _carries(word: argparse.ArgumentParser) -> None:
    word.add_argument(
        "--for-supervisors",
        action="store_true",
        help="a seat: it brings what supervisors with an account wrote, too (they sign in from the list there)",
    )


def _word(actions: "Words", name: str, what: str) -> argparse.ArgumentParser:
    word = actions.add_parser(name, help=what)
    word.add_argument("--url", default="", help=_URL)
    return word


def _user(actions: "Words", name: str, what: str) -> argparse.ArgumentParser:
    word = _word(actions, name, what)
    word.add_argument("role", help="the work number; for a seat its name")
    return word


def _rights(word: argparse.ArgumentParser, usual_kind: str | None) -> None:
    word.add_argument("--kind", choices=KINDS, default=usual_kind)
    word.add_argument("--name", help="as it is shown to people")
    word.add_argument("--agent", metavar="NUMBER", help="the work number, where the role is called otherwise")
    word.add_argument("--estate", action="append", metavar="ID", help='only this one; more than once; "" = all')
    word.add_argument(
        "--sensitive", action=argparse.BooleanOptionalAction, default=None, help="may read sensitive tags"
    )
    word.add_argument("--reads", type=_limit, metavar="N", help="rows with numbers in an hour; 0 = not counted")
    word.add_argument("--writes", type=_limit, metavar="N", help="changes in an hour; 0 = not counted")


def _password(word: argparse.ArgumentParser) -> None:
    word.add_argument("--generate", action="store_true", help="make a password and show it once (default: ask for one)")
    word.add_argument("--days", type=_limit, default=0, metavar="N", help="how long the password holds; 0 = for ever")
    if word.prog.endswith("add"):
        word.add_argument("--no-password", action="store_true", help="LDAP, Kerberos or a certificate knows them")


def _moment(text: str) -> datetime:
    now = datetime.now(UTC)
    try:
        if text.endswith("h"):
            return now - timedelta(hours=int(text[:-1]))
        if text.endswith("d"):
            return now - timedelta(days=int(text[:-1]))
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise argparse.ArgumentTypeError("24h, 7d or yyyy-mm-dd") from error


def _limit(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 1_000_000_000:
        raise argparse.ArgumentTypeError("between 0 and 1000000000")
    return number


def _given(arguments: argparse.Namespace, file: Path) -> "Given":
    from desk.compose.central import Given

    return Given(load(file), arguments.url, print)


def _upgrade(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import central

    return central.upgrade(_given(arguments, file), arguments.yes, getattr(arguments, "oldest_program", ""))


def _check(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import central

    return central.check(_given(arguments, file))


def _restored(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import central

    return central.restored(_given(arguments, file), arguments.hours)


def _audit(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import central

    since = arguments.since or datetime.now(UTC) - timedelta(hours=24)
    return central.audit(_given(arguments, file), since, arguments.who, arguments.json)


def _add(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import central_people

    return central_people.add(_given(arguments, file), arguments)


def _change(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import central_people

    return central_people.change(_given(arguments, file), arguments)


def _switch(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import central_people

    return central_people.switch(_given(arguments, file), arguments.role, arguments.action == "enable")


def _reset(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import central_people

    return central_people.reset(_given(arguments, file), arguments.role, arguments.generate, arguments.days)


def _list(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import central_people

    return central_people.show(_given(arguments, file))
