"""`desk keys`: the keys that open recordings. Private keys are in this computer's keyring, and on their way to another
one in a file that a passphrase locks; they are never shown."""

import getpass
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from desk import exit_codes
from desk.compose.clock import now
from desk.compose.keys_here import own_keys_of
from desk.i18n import _
from desk.recording.files import write_new
from desk.recording.sealing import age
from desk.recording.sealing.keys import HotlineKeys
from desk.recording.sealing.rotate import Rotated, Rotation
from desk.recording.vault.configured import vault_of
from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.port import Vault
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.usecases.recording_ports import VaultAway, VaultRefused

Say = Callable[[str], None]
MOST_KEY_FILE_BYTES = 100_000
SHORT_PASSPHRASE = 12
PROGRESS_EVERY = 1000


def run(settings: Settings, arguments: Namespace, say: Say = print, secrets: Secrets | None = None) -> int:
    """One of the actions; the exit code. Raises `KeyringWeak`."""
    secrets = secrets or KeyringSecrets()
    hotline = HotlineKeys(secrets)
    try:
        match arguments.action:
            case "new":
                return _new(hotline, say)
            case "show":
                return _show(settings, hotline, secrets, say)
            case "export":
                return _export(hotline, arguments.file, say)
            case "import":
                return _import(hotline, arguments.file, say)
            case "forget":
                return _forget(hotline, arguments.recipient, arguments.yes, say)
            case _:
                return _rotate(settings, hotline, secrets, arguments, say)
    except (age.KeyNotUsable, age.NotEncryptedForThese) as error:
        return _refused(_("This is no key that can be used: {detail}").format(detail=error))
    except OSError as error:
        detail = error.strerror or error
        return _refused(_("{file} cannot be used: {detail}").format(file=error.filename or "", detail=detail))


def _new(hotline: HotlineKeys, say: Say) -> int:
    identity = age.new_identity()
    hotline.add(identity, first=True)
    say(_("The private key is in this computer's keyring. Export it now and keep the file in a safe place:"))
    say("    desk keys export FILE")
    say(_("The recipient, for `recipients` in the settings of every seat:"))
    say(str(identity.to_public()))
    return exit_codes.OK


def _show(settings: Settings, hotline: HotlineKeys, secrets: Secrets, say: Say) -> int:
    here = [str(identity.to_public()) for identity in hotline.identities()]
    configured = settings.recording.recipients
    if configured:
        say(_("This seat seals recordings for:"))
    elif here:
        say(_("This seat stands alone and seals recordings for its own key:"))
    else:
        say(_("This seat makes its own key at the first recording; none yet."))
    for recipient in configured or here[:1]:
        can = _("the private key is here") if recipient in here else _("the private key is elsewhere")
        say(f"  {recipient}  ({can})")
    others = [recipient for recipient in here if recipient not in (configured or here[:1])]
    if others:
        say(_("Older recordings can be opened here with:"))
        for recipient in others:
            say(f"  {recipient}")
    days = len(own_keys_of(settings, secrets).listed())
    say(
        _("Agents may hear their own calls for {days} days, scored ones for longer; day keys here: {count}").format(
            days=settings.recording.own_days, count=days
        )
    )
    return exit_codes.OK


def _export(hotline: HotlineKeys, file: Path, say: Say) -> int:
    identities = hotline.identities()
    if not identities:
        return _refused(_("This keyring holds no key of recordings. Make one with `desk keys new`."))
    if file.exists():
        return _refused(_("{file} exists. Choose another name; nothing was written.").format(file=file))
    passphrase = _asked(_("Passphrase to lock the file: "))
    if len(passphrase) < SHORT_PASSPHRASE:
        return _refused(_("The passphrase is too short: {least} characters at least.").format(least=SHORT_PASSPHRASE))
    if sys.stdin.isatty() and passphrase != getpass.getpass(_("The same once more: ")):
        return _refused(_("The two are not the same. Nothing was written."))
    text = "".join(f"# {identity.to_public()}\n{identity}\n" for identity in identities)
    write_new(file, age.lock(text.encode("ascii"), passphrase))
    say(_("Written to {file}. Whoever has this file and the passphrase can open all recordings.").format(file=file))
    return exit_codes.OK


def _import(hotline: HotlineKeys, file: Path, say: Say) -> int:
    with file.open("rb") as handle:
        untrusted = handle.read(MOST_KEY_FILE_BYTES + 1)
    if len(untrusted) > MOST_KEY_FILE_BYTES:
        return _refused(_("{file} is too large to be a key file.").format(file=file))
    if untrusted.startswith(b"age-encryption.org/"):
        try:
            untrusted = age.unlock(untrusted, _asked(_("Passphrase of the file: ")))
        except age.NotEncryptedForThese:
            return _refused(_("The passphrase does not open {file}. Nothing was changed.").format(file=file))
    lines = [line.strip() for line in untrusted.decode("ascii", "replace").splitlines()]
    found = [age.identity_of(line) for line in lines if line and not line.startswith("#")]
    if not found:
        return _refused(_("There is no private key in {file}.").format(file=file))
    for identity in found:
        if hotline.add(identity):
            say(_("Taken into the keyring: {recipient}").format(recipient=identity.to_public()))
        else:
            say(_("Was here already: {recipient}").format(recipient=identity.to_public()))
    return exit_codes.OK


def _forget(hotline: HotlineKeys, recipient: str, yes: bool, say: Say) -> int:
    if not yes:
        say(_("Without its private key nobody can open what was sealed for {recipient}.").format(recipient=recipient))
        if _asked(_("Type yes to drop it from this keyring: "), hidden=False).strip().lower() != "yes":
            return _refused(_("Nothing was changed."))
    if not hotline.forget(recipient):
        return _refused(_("This keyring holds no key of {recipient}.").format(recipient=recipient))
    say(_("Dropped from this keyring."))
    return exit_codes.OK


def _rotate(settings: Settings, hotline: HotlineKeys, secrets: Secrets, arguments: Namespace, say: Say) -> int:
    wanted = [*settings.recording.recipients, *arguments.to]
    if not settings.recording.recipients:
        wanted += [str(identity.to_public()) for identity in hotline.identities()]
    recipients = [one for one in dict.fromkeys(wanted) if one not in arguments.drop]
    if not recipients:
        return _refused(_("Nobody could open the recordings any more. Name a recipient with --to."))
    vault: Vault = (
        FolderVault(arguments.folder) if arguments.folder is not None else vault_of(settings, secrets.get, now)
    )
    rotation = Rotation(vault, hotline.identities(), recipients)
    counts: Counter[Rotated] = Counter()

    def on_each(name: str, done: Rotated) -> None:
        counts[done] += 1
        if done in (Rotated.NOT_FOR_US, Rotated.DAMAGED):
            say(f"{name}: {_words(done)}")
        if counts.total() % PROGRESS_EVERY == 0:
            say(_("{count} recordings so far").format(count=counts.total()))

    try:
        rotation.run(arguments.prefix, on_each)
    except (VaultAway, VaultRefused) as error:
        say(_("Broken off after {count} recordings. Run it again: it goes on.").format(count=counts.total()))
        return _refused(str(error))
    for done in Rotated:
        say(f"{counts[done]:>9}  {_words(done)}")
    return exit_codes.FAULT if counts[Rotated.NOT_FOR_US] or counts[Rotated.DAMAGED] else exit_codes.OK


def _words(done: Rotated) -> str:
    return {
        Rotated.WRAPPED: _("wrapped anew"),
        Rotated.DONE_BEFORE: _("were for these recipients already"),
        Rotated.NOT_FOR_US: _("no key in this keyring opens it"),
        Rotated.DAMAGED: _("its seal or key is damaged"),
        Rotated.DELETED: _("were deleted by rule"),
    }[done]


def _asked(prompt: str, *, hidden: bool = True) -> str:
    """Typed at a terminal, else the next line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt) if hidden else input(prompt)
    return sys.stdin.readline().rstrip("\r\n")


def _refused(sentence: str) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201 - a command's own words
    return exit_codes.FAULT
