"""The vault that the settings name. What is not used is not loaded: a folder needs no obstore."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.marker import KnownVaults
from desk.recording.vault.port import Vault
from desk.settings import Settings
from desk.usecases.ports import Clock, KeyringWeak
from desk.usecases.recording_ports import VaultRefused

if TYPE_CHECKING:
    from desk.recording.vault.s3_request import Bucket

S3 = "s3://"
KNOWN_VAULTS = "vaults.json"  # beside the seat's other books
_REGION = "us-east-1"  # what S3-compatible storages take where none is set


def vault_of(settings: Settings, secret_of: Callable[[str], str | None], clock: Clock) -> Vault:
    """`secret_of`: the keyring, by entry. Nothing is connected to yet."""
    url = settings.vault.url
    if url.startswith(S3):
        from desk.recording.vault.s3_vault import S3Vault

        return S3Vault(lambda: bucket_of(settings, secret_of), clock)
    known = KnownVaults(settings.data_dir / KNOWN_VAULTS)
    if url:
        return FolderVault(Path(url).expanduser(), known=known)
    return FolderVault(settings.recordings_dir, make=True, known=known)


def secret_entry(settings: Settings) -> str:
    """Where the access key's secret is in the keyring."""
    return f"vault:{settings.vault.access_key}@{urlsplit(settings.vault.url).netloc}"


def bucket_of(settings: Settings, secret_of: Callable[[str], str | None]) -> "Bucket":
    """Raises `VaultRefused` where the keyring has no secret."""
    from desk.recording.vault.s3_request import Bucket

    vault, entry = settings.vault, secret_entry(settings)
    try:
        secret = secret_of(entry)
    except KeyringWeak as error:
        raise VaultRefused(f"the keyring does not open: {error}") from error
    if not secret:
        raise VaultRefused(f"the keyring has no secret for the vault: desk secret set {entry}")
    url = urlsplit(vault.url)
    region = vault.region or _REGION
    endpoint = vault.endpoint.rstrip("/") or f"https://s3.{region}.amazonaws.com"
    return Bucket(endpoint, region, url.netloc, url.path.strip("/"), vault.access_key, secret, vault.ca_file)
