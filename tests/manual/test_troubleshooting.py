"""Whatever the doctor finds has a place in the manual under its own name."""

import ast
import inspect
import re
import textwrap

from desk.health import words
from tools.manual.blocks import DOCS

PAGE = DOCS / "troubleshooting.md"


def known() -> set[str]:
    """Every check that has a title, but those of the check of the night, which is not the doctor's."""
    source = ast.parse(textwrap.dedent(inspect.getsource(words.title)))
    names = {
        key.value
        for node in ast.walk(source)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    return {name for name in names if not name.startswith("self_check.")}


def test_each_check_of_the_doctor_has_a_section_of_its_name() -> None:
    sections = set(re.findall(r"^### (\S+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert len(known()) > 20
    assert sections == known()
