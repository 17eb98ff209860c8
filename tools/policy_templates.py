"""Group Policy's templates for Desk's settings (ADMX, and ADML in Chinese and English), written into a folder by
`python -m tools.policy_templates FOLDER`, to be copied into a domain's PolicyDefinitions. What they write into the
registry is what `desk.settings.policy_registry` reads.

Made of the settings themselves, so that there is a policy for each: the keys and their kinds of `desk.settings.shapes`,
the English of docs/settings.md, the Chinese of installer/windows/policies.zh_CN.toml. Left out are arrays of tables
(several lines, rules, channels), for which Group Policy has no editor: they come with the company's file, or as keys in
the registry."""

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from desk.settings.policy_registry import ROOT
from desk.settings.shapes import Shape, tables

HERE = Path(__file__).parents[1]
MANUAL = HERE / "docs" / "settings.md"
CHINESE = HERE / "installer" / "windows" / "policies.zh_CN.toml"
NAMESPACE = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions"
MOST = 2**31 - 1
LONGEST_TEXT = 1023  # of Group Policy's editor
_TOP = "desk"  # the category of what stands at the top of the file
_PROSE = {
    "zh-CN": "设置文件中的位置：{name}。默认：{default}。\n\n{meaning}",
    "en-US": "{name}. Default: {default}.\n\n{meaning}",
}
_DESK = {"zh-CN": "Desk 热线坐席", "en-US": "Desk (hotline seat)"}


@dataclass(frozen=True)
class Policy:
    """One key of the settings. `default` and `english`: as they stand in the manual; "" where it does not say."""

    shape: Shape
    default: str
    english: str
    chinese: str

    @property
    def id(self) -> str:
        return self.shape.name.replace(".", "_")

    @property
    def category(self) -> str:
        return self.shape.table or _TOP

    @property
    def key(self) -> str:
        return rf"{ROOT}\{self.shape.table}" if self.shape.table else ROOT

    @property
    def place(self) -> str:
        return f"[{self.shape.table}] {self.shape.key}" if self.shape.table else self.shape.key


def policies() -> list[Policy]:
    """Every key that Group Policy can set, in the order of the settings."""
    manual, chinese = _manual(MANUAL.read_text("utf-8")), tomllib.loads(CHINESE.read_text("utf-8"))
    return [
        Policy(shape, *manual.get(shape.name, ("", "")), chinese.get(shape.table or "top", {}).get(shape.key, ""))
        for shape in _shapes()
    ]


def _shapes() -> Iterator[Shape]:
    for table in tables().values():
        if table.several and table.name != "line":
            continue
        yield from (shape for shape in table.shapes.values() if shape.kind != "table")


def _manual(text: str) -> dict[str, tuple[str, str]]:
    """By dotted key: what the manual says is its default, and what it means, as plain text."""
    table = ""
    found: dict[str, tuple[str, str]] = {}
    for line in text.splitlines():
        if heading := re.match(r"## (?:\[+(\w+)\]+|.*)", line):
            table = heading[1] or ""
        row = re.match(r"\| `(\w+)` \| (.*?) \| (.*) \|$", line)
        if row:
            found.setdefault(f"{table}.{row[1]}" if table else row[1], (_plain(row[2]), _plain(row[3])))
    return found


def _plain(text: str) -> str:
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text).replace("`", "").replace("**", "")


def admx(all_policies: list[Policy]) -> bytes:
    root = _root("policyDefinitions")
    names = SubElement(root, "policyNamespaces")
    SubElement(names, "target", prefix="desk", namespace="Desk.Policies")
    SubElement(names, "using", prefix="windows", namespace="Microsoft.Policies.Windows")
    SubElement(root, "resources", minRequiredRevision="1.0")
    categories = SubElement(root, "categories")
    for category in dict.fromkeys([_TOP, *(policy.category for policy in all_policies)]):
        one = SubElement(categories, "category", name=category, displayName=f"$(string.category_{category})")
        if category != _TOP:
            SubElement(one, "parentCategory", ref=_TOP)
    each = SubElement(root, "policies")
    for policy in all_policies:
        _add(each, policy)
    return _bytes(root)


def _add(parent: Element, policy: Policy) -> None:
    shape = policy.shape
    one = SubElement(
        parent,
        "policy",
        {
            "name": policy.id,
            "class": "Machine",
            "displayName": f"$(string.{policy.id})",
            "explainText": f"$(string.{policy.id}_explain)",
            "key": policy.key,
        },
    )
    switch = shape.kind == "switch"
    if switch:
        one.set("valueName", shape.key)
    else:
        one.set("presentation", f"$(presentation.{policy.id})")
    SubElement(one, "parentCategory", ref=policy.category)
    SubElement(one, "supportedOn", ref="windows:SUPPORTED_Windows_10_0")
    if switch:
        SubElement(SubElement(one, "enabledValue"), "decimal", value="1")
        SubElement(SubElement(one, "disabledValue"), "decimal", value="0")
        return
    elements = SubElement(one, "elements")
    if shape.several:
        SubElement(elements, "list", id="value", key=rf"{policy.key}\{shape.key}", valuePrefix="")
    elif shape.words:
        chosen = SubElement(elements, "enum", id="value", valueName=shape.key, required="true")
        for word in shape.words:
            item = SubElement(chosen, "item", displayName=f"$(string.word_{word})")
            SubElement(SubElement(item, "value"), "string").text = word
    elif shape.kind == "number":
        SubElement(
            elements, "decimal", id="value", valueName=shape.key, required="true", minValue="0", maxValue=str(MOST)
        )
    else:
        SubElement(elements, "text", id="value", valueName=shape.key, required="true", maxLength=str(LONGEST_TEXT))


def adml(all_policies: list[Policy], language: str) -> bytes:
    """`language`: "zh-CN" or "en-US"."""
    chinese = language == "zh-CN"
    root = _root("policyDefinitionResources")
    SubElement(root, "displayName").text = _DESK[language]
    SubElement(root, "description").text = _DESK[language]
    resources = SubElement(root, "resources")
    strings = SubElement(resources, "stringTable")
    presentations = SubElement(resources, "presentationTable")
    names = tomllib.loads(CHINESE.read_text("utf-8"))["tables"] if chinese else {}
    texts = {f"category_{_TOP}": _DESK[language]}
    for table in dict.fromkeys(policy.shape.table for policy in all_policies):
        if table:
            texts[f"category_{table}"] = f"{names.get(table, '')} [{table}]".lstrip()
    for policy in all_policies:
        texts |= {f"word_{word}": word for word in policy.shape.words}
        texts[policy.id] = f"{policy.chinese}（{policy.shape.key}）" if chinese else policy.place
        texts[f"{policy.id}_explain"] = _PROSE[language].format(
            name=policy.place, default=policy.default or "-", meaning=policy.chinese if chinese else policy.english
        )
        if policy.shape.kind != "switch":
            _present(SubElement(presentations, "presentation", id=policy.id), policy)
    for name, text in texts.items():
        SubElement(strings, "string", id=name).text = text
    return _bytes(root)


def _present(parent: Element, policy: Policy) -> None:
    shape, label = policy.shape, f"{policy.shape.key}:"
    if shape.several:
        SubElement(parent, "listBox", refId="value").text = label
    elif shape.words:
        SubElement(parent, "dropdownList", refId="value", noSort="true", defaultItem="0").text = label
    elif shape.kind == "number":
        SubElement(parent, "decimalTextBox", refId="value", defaultValue=str(shape.default or 0)).text = label
    else:
        box = SubElement(parent, "textBox", refId="value")
        SubElement(box, "label").text = label


def _root(name: str) -> Element:
    return Element(name, {"xmlns": NAMESPACE, "revision": "1.0", "schemaVersion": "1.0"})


def _bytes(root: Element) -> bytes:
    ElementTree.indent(root)
    text = bytes(ElementTree.tostring(root, "utf-8", xml_declaration=True))
    return text.replace(b"\n", b"\r\n") + b"\r\n"


def write(folder: Path) -> None:
    """`Desk.admx`, and a folder per language beside it, as PolicyDefinitions has them."""
    known = policies()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Desk.admx").write_bytes(admx(known))
    for language in _DESK:
        (folder / language).mkdir(exist_ok=True)
        (folder / language / "Desk.adml").write_bytes(adml(known, language))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
