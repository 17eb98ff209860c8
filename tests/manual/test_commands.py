"""Every `desk` command that the manual shows is one that the program knows, with the words and options it has."""

import argparse
import re
import shlex

import pytest

from desk.cli.command import _parser
from tools.manual.blocks import Command, commands, pages

# What running text may leave out: it names a command, it does not show how it is typed.
_LEFT_OUT = re.compile(
    r"the following arguments are required|expected (one|at least one) argument|one of the arguments"
)
_PLACE = re.compile(r"invalid .* value: '[A-Z][A-Z_]*'")  # a word in capitals stands for what is yours


class Refused(Exception):
    pass


def _refuse(self: argparse.ArgumentParser, message: str) -> None:
    raise Refused(message)


@pytest.fixture
def parser(monkeypatch: pytest.MonkeyPatch) -> argparse.ArgumentParser:
    """The program's own; it raises what it would say."""
    monkeypatch.setattr(argparse.ArgumentParser, "error", _refuse)
    return _parser()


def fault(command: Command, parser: argparse.ArgumentParser) -> str:
    """Why the program would not take it, "" where it would."""
    try:
        parser.parse_args(shlex.split(command.words))
    except Refused as refusal:
        said = str(refusal)
        return "" if _PLACE.search(said) or (not command.whole and _LEFT_OUT.search(said)) else said
    except SystemExit:  # --version, --help
        return ""
    return ""


def test_the_manual_shows_no_command_that_the_program_does_not_know(parser: argparse.ArgumentParser) -> None:
    shown = [command for page in pages() for command in commands(page)]
    assert len(shown) > 100
    wrong = {(command.where, command.words): said for command in shown if (said := fault(command, parser))}
    assert not wrong


@pytest.mark.parametrize(
    ("words", "whole", "taken"),
    [
        ("central upgrade --oldest-program 0.2", True, True),
        ("central user add", False, True),
        ("central user add", True, False),
        ("central usr add 1001", False, False),
        ("verify --nothing-like-this", False, False),
        ("demo data --households N", False, True),
    ],
)
def test_a_command_is_judged_by_the_real_parser(
    parser: argparse.ArgumentParser, words: str, whole: bool, taken: bool
) -> None:
    assert (fault(Command("a page", words, whole), parser) == "") is taken


def test_a_choice_of_words_is_as_many_commands() -> None:
    from tools.manual.blocks import _told

    found = _told(pages()[0], "desk central init|upgrade [--yes]   # once", whole=True)
    assert [command.words for command in found] == ["central init --yes", "central upgrade --yes"]
