"""The manual page: written by hand in two languages, its list of commands taken from the program itself."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli.command import _parser

if TYPE_CHECKING:
    from tools.deb.tree import Release


def page(template: Path, release: "Release") -> str:
    text = template.read_text(encoding="utf-8")
    filled = {"DATE": release.at.strftime("%Y-%m-%d"), "VERSION": release.version, "COMMANDS": _commands()}
    for name, value in filled.items():
        text = text.replace(f"@{name}@", value)
    return text


def _commands() -> str:
    """One paragraph each, in troff's words."""
    actions = [action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction)]
    choices = [choice for action in actions for choice in action._choices_actions]
    return "\n".join(f".TP\n.B desk {_plain(choice.dest)}\n{_plain(choice.help or '')}" for choice in choices)


def _plain(text: str) -> str:
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("%%", "%")
    return "\\&" + escaped if escaped.startswith((".", "'")) else escaped
