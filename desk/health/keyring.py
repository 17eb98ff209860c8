"""The keyring: whether this computer has one that encrypts, whether it opens, and whether it holds what the settings
call for. Only names of entries are ever told, no secret.

Any process, any thread but the ui's: a locked keyring may ask the person first, and waits for the answer."""

from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from desk.domain.health import Finding, Level
from desk.i18n import _
from desk.secrets import KeyringShut, Secrets
from desk.settings import Settings
from desk.usecases.ports import KeyringWeak

STORE = "store"
_PROBE = "doctor"  # never set: reading it tells whether the keyring opens


def kind(secrets: Callable[[], Secrets]) -> Sequence[Finding]:
    """`secrets` raises `KeyringWeak` where there is none to trust."""
    try:
        found = secrets()
        found.get(_PROBE)
    except KeyringShut as error:
        return (Finding("keyring", Level.WRONG, str(error), _("Unlock it: sign in to the desktop with a password.")),)
    except KeyringWeak as error:
        return (Finding("keyring", Level.WRONG, str(error), _("Install gnome-keyring, and sign in to a desktop.")),)
    name = getattr(found, "name", type(found).__name__)
    return (Finding("keyring", Level.OK, _("Keyring: {name}, open.").format(name=name), figures={"kind": name}),)


def entries(settings: Settings, secrets: Callable[[], Secrets]) -> Sequence[Finding]:
    """Each that is missing; one where all are there."""
    keyring = secrets()
    wanted = list(dict.fromkeys(_wanted(settings)))
    missing = [entry for entry in wanted if not keyring.get(entry)]
    if not missing:
        return (
            Finding(
                "keyring.entries",
                Level.OK,
                _("All {count} passwords and keys that the settings need are in the keyring.").format(
                    count=len(wanted)
                ),
            ),
        )
    return [_missing(entry) for entry in missing]


def _missing(entry: str) -> Finding:
    if entry == STORE:
        why = _("The key of this seat's store is not in the keyring; the store cannot be opened.")
        remedy = _("Sign in as the user who set this seat up, or put that user's keyring back.")
    else:
        why = _("The keyring has no password under {entry}.").format(entry=entry)
        remedy = f"desk secret set {entry}"
    return Finding("keyring.entries", Level.WRONG, why, remedy)


def _wanted(settings: Settings) -> Iterator[str]:
    yield from (f"sip:{line.user}@{line.registrar}" for line in settings.lines if line.kind == "registered")
    central, vault = settings.central, settings.vault
    if central.url and settings.seat.sign_in == "list":
        parts = urlsplit(central.url)
        yield f"central:{central.user or parts.username}@{parts.hostname or 'localhost'}"
    if vault.url.startswith("s3://"):
        yield f"vault:{vault.access_key}@{urlsplit(vault.url).netloc}"
    if settings.store_file.exists() and settings.store_file.stat().st_size:
        yield STORE
