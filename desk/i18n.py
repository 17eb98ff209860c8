"""Words for people. English source strings in the code, translations in `resources/locale` (gettext). Every process
calls `speak` once at its start; `_` and `ngettext` may then be used at run time, never at import."""

import gettext
from pathlib import Path

from desk.resources import resources_dir

_translations: gettext.NullTranslations = gettext.NullTranslations()


def locale_dir() -> Path:
    return resources_dir() / "locale"


def speak(language: str) -> None:
    """Choose the language ("zh_CN", "en") for this process. A missing translation falls back to English."""
    global _translations
    _translations = gettext.translation("desk", locale_dir(), [language], fallback=True)


def _(message: str) -> str:
    """This message in the chosen language."""
    return _translations.gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    return _translations.ngettext(singular, plural, n)
