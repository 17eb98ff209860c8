"""`desk bundle`: a support bundle is made, listed or opened. Works with and without a running seat: the notes of its
processes lie where they lie."""

import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from desk import exit_codes
from desk.compose.call_remembered import remembered
from desk.compose.support import opened, own_identities, shelf_of, what_happened_of
from desk.domain.health import Finding
from desk.domain.mishaps import Mishap
from desk.i18n import _
from desk.recording.files import write_new
from desk.recording.sealing import age
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.support import bundle
from desk.support.shelf import SUFFIX

Say = Callable[[str], None]
MOST_SEALED = 50_000_000
MOST_KEY_FILE = 100_000


def make(
    settings: Settings,
    arguments: Namespace,
    say: Say = print,
    secrets: Secrets | None = None,
    examine: Callable[[], Sequence[Finding]] = tuple,
) -> int:
    """Of the last minutes, or of one call, with what the doctor finds now (`examine`). Raises `KeyringWeak`,
    `OSError`."""
    what = what_happened_of(settings, secrets)
    look = what.look(timedelta(minutes=arguments.minutes), arguments.call or "")
    if (
        arguments.call
        and look.seen.call is None
        and (call := remembered(settings, arguments.call, secrets)) is not None
    ):
        look = look.about(call)
    if not look.knows_call:
        return _refused(_("Nothing is known of call {call}.").format(call=arguments.call))
    say(look.why if look.mishaps[0] is Mishap.NOTHING else f"{look.why} {look.remedy}")
    for sentence in look.also:
        say(_("Also: {sentence}").format(sentence=sentence))
    health = examine()
    if arguments.out is None:
        kept = what.keep(look, health=health)
        file, size = what.shelf.folder / kept.name, kept.size
    else:
        sealed = what.sealed(look, health=health)
        file, size = arguments.out.absolute(), len(sealed)
        write_new(file, sealed)
    say(_("{file} ({size} kB)").format(file=file, size=-(-size // 1000)))
    say(
        _("Sealed for the recipients in the settings; it stays here until somebody takes it.")
        if settings.support.recipients
        else _("Sealed for this seat's own key: `desk bundle open` at this seat opens it.")
    )
    return exit_codes.OK


def list_them(settings: Settings, say: Say = print) -> int:
    """The newest first."""
    found = shelf_of(settings).listed()
    if not found:
        say(_("There is no support bundle at this seat."))
    for one in found:
        when, sent = f"{one.at.astimezone():%Y-%m-%d %H:%M}", _("brought away") if one.sent_at else ""
        say(f"{when}  {-(-one.size // 1000):>5} kB  {one.name}  {one.why}  {sent}".rstrip())
    return exit_codes.OK


def open_one(settings: Settings, arguments: Namespace, say: Say = print, secrets: Secrets | None = None) -> int:
    """Into a folder of its own. Raises `KeyringWeak`, `OSError`."""
    file: Path = arguments.file if arguments.file.exists() else settings.support_dir / arguments.file.name
    with file.open("rb") as stream:
        untrusted = stream.read(MOST_SEALED + 1)
    try:
        identities = _identities(arguments.key, secrets)
        if len(untrusted) > MOST_SEALED:
            raise bundle.NoBundle("too large")  # noqa: TRY301 - told with the rest
        members = bundle.members(opened(untrusted, identities))
    except age.NotEncryptedForThese:
        return _refused(_("None of the keys here opens {file}, or it is damaged.").format(file=file))
    except age.KeyNotUsable as error:
        return _refused(_("This is no key that can be used: {detail}").format(detail=error))
    except bundle.NoBundle as error:
        return _refused(_("{file} is no support bundle ({detail}).").format(file=file, detail=error))
    folder: Path = arguments.to or Path.cwd() / file.name.removesuffix(SUFFIX)
    if folder.exists() and any(folder.iterdir()):
        return _refused(_("{folder} is there already; nothing was written.").format(folder=folder))
    for name, text in members.items():
        write_new(folder / name, text)
    say(members["report.json"].rstrip())
    say(_("All of it is in {folder}; begin with timeline.txt.").format(folder=folder))
    return exit_codes.OK


def _identities(key: Path | None, secrets: Secrets | None) -> list[age.Identity]:
    if key is None:
        return own_identities(secrets or KeyringSecrets())
    with key.open("rb") as stream:
        untrusted = stream.read(MOST_KEY_FILE).decode("ascii", "replace")
    lines = [line.strip() for line in untrusted.splitlines()]
    return [age.identity_of(line) for line in lines if line and not line.startswith("#")]


def _refused(sentence: str) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201 - a command's own words
    return exit_codes.FAULT
