"""Shipped texts that are data, not translations: the category tree and the phrases, read from resources/ and checked
whole. A mistake in a file is a `TextsError` that names the entry. Read once per process, off the ui's thread: the tree
takes some 50 ms."""

import logging
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from desk.domain.categories import Category, CategoryTree, Whereabouts
from desk.domain.message_texts import BadTemplate, MessageText, check
from desk.domain.tickets import Kind, Priority
from desk.resources import resources_dir


class TextsError(Exception):
    """A shipped or edited text file that cannot be used, and where it is wrong."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A standard phrase (话术). `moment`: when it is offered ("greeting", "closing" ...). The text may hold
    `{work_number}`, `{company}` and `{name}`."""

    code: str
    moment: str
    zh: str
    en: str

    def text(self, language: str, **known: str) -> str:
        """The phrase with what is known filled in, and nothing in the place of what is not."""
        names = {"work_number": "", "company": "", "name": ""} | known
        return (self.en if language == "en" else self.zh).format_map(names)


@dataclass(frozen=True, slots=True)
class _Leaf:
    code: str
    zh: str
    en: str
    priority: Priority = Priority.NORMAL
    at: Whereabouts | None = None
    raised_zh: str = ""
    raised_en: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Group:
    kind: Kind
    code: str
    zh: str
    en: str
    leaves: tuple[_Leaf, ...]
    at: Whereabouts = Whereabouts.HOME


@dataclass(frozen=True, slots=True)
class _CategoryFile:
    group: tuple[_Group, ...]


@dataclass(frozen=True, slots=True)
class _PhraseFile:
    phrase: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class _Message:
    code: str
    zh: str
    en: str
    title_zh: str = ""
    title_en: str = ""


@dataclass(frozen=True, slots=True)
class _MessageFile:
    message: tuple[_Message, ...]


_File = TypeVar("_File", _CategoryFile, _PhraseFile, _MessageFile)
T = TypeVar("T")
_log = logging.getLogger(__name__)


class ShippedTexts:
    """`ports.Texts` over the files in `folder` (the shipped resources by default). `own`: a folder of the company's,
    whose files stand in the place of those; one that cannot be used is left out, and the log says why."""

    def __init__(self, folder: Path | None = None, language: str = "zh_CN", own: str = "") -> None:
        self._folder = folder or resources_dir()
        self._own = Path(own).expanduser() if own else None
        self._language = language

    def categories(self) -> CategoryTree:
        """The tree. Raises `TextsError`."""
        return self._own_or_shipped("categories.toml", _categories)

    def all_phrases(self) -> tuple[Phrase, ...]:
        """In the order of a call. Raises `TextsError`."""
        return self._own_or_shipped("phrases.toml", _phrases)

    def phrases(self) -> Mapping[str, str]:
        """code -> text in the chosen language, with its placeholders."""
        return {p.code: p.en if self._language == "en" else p.zh for p in self.all_phrases()}

    def messages(self, own: Path | None = None) -> dict[str, MessageText]:
        """Templates of messages by their code; those of the file `own` stand in the place of the shipped ones. Raises
        `TextsError`."""
        found: dict[str, MessageText] = {}
        for file in (self._folder / "messages.toml", *([own] if own else [])):
            for each in _convert(file, _MessageFile).message:
                english = self._language == "en"
                text = MessageText(
                    each.code, each.en if english else each.zh, each.title_en if english else each.title_zh
                )
                try:
                    check(text)
                except BadTemplate as error:
                    raise TextsError(f"{file.name}: {each.code}: {error}") from error
                found[each.code] = text
        return found

    def troubles(self) -> tuple[str, ...]:
        """What of the company's own is left out, a sentence each. Reads them again."""
        told: list[str] = []
        for name, read in _OWN.items():
            if self._own is not None and (self._own / name).exists():
                try:
                    read(self._own / name)
                except TextsError as error:
                    told.append(str(error))
        return tuple(told)

    def _own_or_shipped(self, name: str, read: Callable[[Path], T]) -> T:
        if self._own is not None and (self._own / name).exists():
            try:
                return read(self._own / name)
            except TextsError as error:
                _log.error("the company's texts are left out: %s", error)
        return read(self._folder / name)


def _categories(file: Path) -> CategoryTree:
    groups = _convert(file, _CategoryFile).group
    try:
        return CategoryTree(_category(group, leaf) for group in groups for leaf in group.leaves)
    except ValueError as error:
        raise TextsError(f"{file.name}: {error}") from error


def _phrases(file: Path) -> tuple[Phrase, ...]:
    phrases = _convert(file, _PhraseFile).phrase
    for phrase in phrases:
        try:
            for language in ("zh_CN", "en"):
                phrase.text(language)
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            raise TextsError(f"{file.name}: {phrase.code}: a name in braces that nobody knows: {error}") from error
    return phrases


_OWN: Mapping[str, Callable[[Path], object]] = {"categories.toml": _categories, "phrases.toml": _phrases}


def _category(group: _Group, leaf: _Leaf) -> Category:
    return Category(
        code=f"{group.kind.value}.{group.code}.{leaf.code}",
        kind=group.kind,
        group_zh=group.zh,
        group_en=group.en,
        zh=leaf.zh,
        en=leaf.en,
        priority=leaf.priority,
        whereabouts=leaf.at or group.at,
        raised_when_zh=leaf.raised_zh,
        raised_when_en=leaf.raised_en,
        keywords=leaf.keywords,
    )


def _convert(file: Path, to: type[_File]) -> _File:
    try:
        untrusted_tree = tomllib.loads(file.read_text(encoding="utf-8"))
        return msgspec.convert(untrusted_tree, to)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise TextsError(f"{file.name}: {error}") from error
