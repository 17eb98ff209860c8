"""Where a key of a sheet stands in its file: TOML readers tell no lines. Pure functions."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A key within the tables of arrays that lead to it: (("section", 1), ("question", 0)) and "weight"."""

    key: str
    path: tuple[tuple[str, int], ...] = ()

    def line(self, text: str) -> int:
        """Where it stands: the key's line, else the header of its table, 0 if neither can be told."""
        counts: dict[str, int] = {}
        wanted = ".".join(name for name, _number in self.path)
        here, header_line = not self.path, 0
        for number, line in enumerate(text.splitlines(), 1):
            header = re.match(r"\s*\[\[?\s*([\w. ]+?)\s*\]", line)
            if header:
                name = header[1].replace(" ", "")
                counts[name] = counts.get(name, -1) + 1
                for below in [other for other in counts if other.startswith(f"{name}.")]:
                    del counts[below]
                places = [
                    counts.get(".".join(part for part, _n in self.path[: depth + 1])) for depth in range(len(self.path))
                ]
                here = name == wanted and places == [index for _name, index in self.path]
                header_line = number if here else header_line
            elif here and re.match(rf"\s*[\"']?{re.escape(self.key)}[\"']?\s*=", line):
                return number
        return header_line


def at(key: str, *path: tuple[str, int]) -> Place:
    return Place(key, path)
