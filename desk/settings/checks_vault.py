"""What `[vault]` and `[retention]` may say. Whether the vault answers is not asked here: it may be away when the seat
starts. Pure functions, any thread."""

import re
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import urlsplit

from desk.domain.tickets import Kind
from desk.i18n import _
from desk.settings.recording_values import RetentionRule, VaultSettings
from desk.settings.values import Settings

Problem = tuple[str, str]  # dotted key, reason
S3 = "s3://"
MOST_KBIT_S = 10_000_000
LONGEST_DAYS = 36_500
MOST_RULES = 100
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9._-]*)(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_WORD = re.compile(r"[A-Za-z0-9._-]{0,64}")
_ACCESS_KEY = re.compile(r"[A-Za-z0-9/+=._-]{1,256}")


def problem(settings: Settings) -> Problem | None:
    """The first value that cannot be."""
    return _vault(settings) or _retention(settings)


def _vault(settings: Settings) -> Problem | None:
    vault = settings.vault
    for key in ("upload_kbit_s", "upload_in_call_kbit_s"):
        if not 0 <= getattr(vault, key) <= MOST_KBIT_S:
            return f"vault.{key}", _("a number of kbit/s from 0 (no limit) to {most}").format(most=MOST_KBIT_S)
    if vault.url.startswith(S3):
        return _s3(vault)
    for key in ("endpoint", "region", "access_key", "ca_file"):
        if getattr(vault, key):
            return f"vault.{key}", _('this is for a storage only: url = "s3://bucket/prefix"')
    return _folder(settings) if vault.url else None


def _folder(settings: Settings) -> Problem | None:
    url = settings.vault.url
    if "://" in url:
        return "vault.url", _('neither "s3://bucket/prefix" nor a folder')
    if "\0" in url or not _is_whole(url):
        return "vault.url", _("a folder's whole name is needed, from the root on")
    if Path(url).expanduser() in (settings.sealed_dir, settings.spool_dir, settings.data_dir):
        return "vault.url", _("the seat's own folder cannot be the vault: take another one")
    return None


def _is_whole(folder: str) -> bool:
    """As this or another system has it; "~/" counts."""
    return folder.startswith("~/") or PurePosixPath(folder).is_absolute() or PureWindowsPath(folder).is_absolute()


def _s3(vault: VaultSettings) -> Problem | None:
    bucket, slash, prefix = vault.url.removeprefix(S3).partition("/")
    if not _BUCKET.fullmatch(bucket) or (slash and prefix and not _PREFIX.fullmatch(prefix.rstrip("/"))):
        return "vault.url", _('not a bucket, as in "s3://recordings/hotline"')
    if not _ACCESS_KEY.fullmatch(vault.access_key):
        return "vault.access_key", _(
            "the access key is missing or not one; its secret is kept with `desk secret set vault:access_key@bucket`"
        )
    if not _WORD.fullmatch(vault.region):
        return "vault.region", _('not a region, as in "cn-north-1"')
    if "\0" in vault.ca_file:
        return "vault.ca_file", _("not a file's name")
    if vault.endpoint:
        return _endpoint(vault.endpoint)
    return None


def _endpoint(endpoint: str) -> Problem | None:
    reason = _('not the address of a storage, as in "https://s3.example.com"')
    try:
        url = urlsplit(endpoint)
        host, _port = url.hostname, url.port
    except ValueError:
        return "vault.endpoint", reason
    if url.scheme not in ("https", "http") or not host or url.path.strip("/") or url.query or url.fragment:
        return "vault.endpoint", reason
    if url.username or url.password:
        return "vault.endpoint", _(
            "no password may stand in this file: keep it with `desk secret set vault:access_key@bucket`"
        )
    return None


def _retention(settings: Settings) -> Problem | None:
    retention = settings.retention
    if retention.automatic and not retention.rules:
        return "retention.automatic", _(
            "there is no rule: write a [[retention.rules]] with its days, or leave it false"
        )
    if len(retention.rules) > MOST_RULES:
        return "retention.rules", _("more than {most} rules").format(most=MOST_RULES)
    return next((found for rule in retention.rules if (found := _rule(rule)) is not None), None)


def _rule(rule: RetentionRule) -> Problem | None:
    if not 1 <= rule.days <= LONGEST_DAYS:
        return "retention.rules.days", _("a number of days from {least} to {most}").format(least=1, most=LONGEST_DAYS)
    known = [kind.value for kind in Kind]
    for kind in rule.kinds:
        if kind not in known:
            return "retention.rules.kinds", _("{text} is no kind of ticket; there are {known}").format(
                text=repr(kind[:40]), known=", ".join(known)
            )
    for tag in rule.tags:
        if not tag.strip() or tag != tag.strip() or len(tag) > 64:
            return "retention.rules.tags", _("a tag has 1 to 64 characters, and no space around it")
    return None
