"""Which tags of residents not everybody may read, read from tags.toml. Reads files, off the ui's thread."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desk.domain.sensitive_tags import SensitiveTags, plain_tag
from desk.i18n import _
from desk.policies.files import Policy, PolicyFolders, Wrong, read_policy

_NAME = "tags"
_LONGEST = 64


@dataclass(frozen=True, kw_only=True)
class RawTags:
    sensitive: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_tags(folders: PolicyFolders) -> Policy[SensitiveTags]:
    """Raises `PolicyError` where the shipped file is broken."""
    return read_policy(folders, _NAME, RawTags, _build)


def _build(raw: RawTags, wrong: Wrong) -> SensitiveTags:
    listed: dict[str, tuple[str, ...]] = {}
    taken: dict[str, str] = {}
    for name, words in raw.sensitive.items():
        if not words:
            continue  # the company does not count it among them
        for word in (name, *words):
            if not word.strip() or word != word.strip() or len(word) > _LONGEST:
                raise wrong(("sensitive", name), _("a tag has 1 to 64 characters, and no space around it"))
            other = taken.setdefault(plain_tag(word), name)
            if other != name:
                raise wrong(
                    ("sensitive", name), _("{word} is a word for {other} already").format(word=word, other=other)
                )
        listed[name] = tuple(dict.fromkeys(words))
    return SensitiveTags(listed)
