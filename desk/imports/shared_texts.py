"""The texts of an .xlsx workbook that its cells share (ECMA-376 18.4.9), kept in little memory: a million people
have some three million of them. Any thread."""

from array import array
from xml.parsers import expat


class PackedTexts:
    """Very many texts in little memory."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", (0,))

    def append(self, text: str) -> None:
        self._bytes += text.encode("utf-8", "replace")
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode()


class SharedTexts:
    """Gathers them from the parser's calls. Readings that stand above Chinese characters (rPh) are none of the text."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.texts = PackedTexts()
        self.parser = parser
        self._pieces: list[str] = []
        self._said = self._above = False
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._data

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        match bare(tag):
            case "si":
                self._pieces.clear()
            case "rPh":
                self._above = True
            case "t":
                self._said = not self._above

    def _end(self, tag: str) -> None:
        match bare(tag):
            case "si":
                self.texts.append("".join(self._pieces))
            case "rPh":
                self._above = False
            case "t":
                self._said = False

    def _data(self, text: str) -> None:
        if self._said:
            self._pieces.append(text)


def bare(tag: str) -> str:
    """Without the prefix of its namespace."""
    return tag if ":" not in tag else tag.rpartition(":")[2]
