"""Finds the lines of keys and values in a TOML text, so that an error can name its line.

`tomllib` keeps no positions. This code walks a text that tomllib has already accepted, so it does
not check it. It only has to step over strings, arrays, tables and comments in the same way.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping

Path = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_TEXT = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")
_SPACE = re.compile(r"[ \t\r]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)+")


def lines_by_path(text: str) -> Mapping[Path, int]:
    """Return the line (from 1) of every table, key and array element of a valid TOML text.

    The path of an element in an array of tables has its index, from 0: `("digest", 0, "at")`.
    """
    return _Walk(text).document()


def line_of(lines: Mapping[Path, int], path: Iterable[str | int]) -> int:
    """Return the line of `path`, or of the nearest table or key around it, or 1."""
    wanted = tuple(path)
    while wanted:
        if wanted in lines:
            return lines[wanted]
        wanted = wanted[:-1]
    return 1


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.counted_to = 0
        self.line = 1
        self.elements: dict[Path, int] = {}

    def document(self) -> Mapping[Path, int]:
        table: Path = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.peek("[["):
                table = self.header("[[", "]]")
            elif self.peek("["):
                table = self.header("[", "]")
            else:
                self.pair(table)
            self.skip(_BLANK)
        return self.lines

    def header(self, opening: str, closing: str) -> Path:
        line = self.line_here()
        self.at += len(opening)
        path = self.inside_elements(self.key())
        self.at += len(closing)
        if opening == "[[":
            number = self.elements.get(path, -1) + 1
            self.elements[path] = number
            self.note(path, line)
            path = (*path, number)
        self.note(path, line)
        return path

    def inside_elements(self, key: tuple[str, ...]) -> Path:
        """Add element indexes to a key: `[digest.x]` belongs to the latest `[[digest]]`."""
        path: Path = ()
        for position, word in enumerate(key):
            path = (*path, word)
            if path in self.elements and position < len(key) - 1:
                path = (*path, self.elements[path])
        return path

    def pair(self, table: Path) -> None:
        line = self.line_here()
        key = self.key()
        for length in range(1, len(key) + 1):
            self.note((*table, *key[:length]), line)
        self.skip(_SPACE)
        self.at += 1  # the equals sign
        self.skip(_SPACE)
        self.value((*table, *key))

    def key(self) -> tuple[str, ...]:
        words: list[str] = []
        while True:
            self.skip(_SPACE)
            quoted = _QUOTED.match(self.text, self.at)
            found = quoted or _BARE.match(self.text, self.at)
            if found is None:
                return tuple(words)
            words.append(_unquoted(found[0]) if quoted else found[0])
            self.at = found.end()
            self.skip(_SPACE)
            if not self.peek("."):
                return tuple(words)
            self.at += 1

    def value(self, path: Path) -> None:
        if self.peek("["):
            self.array(path)
        elif self.peek("{"):
            self.inline_table(path)
        elif not self.skip(_TEXT):
            self.skip(_SCALAR)

    def array(self, path: Path) -> None:
        self.at += 1
        number = 0
        self.skip(_BLANK)
        while self.at < len(self.text) and not self.peek("]"):
            element = (*path, number)
            self.note(element, self.line_here())
            self.value(element)
            number += 1
            self.skip(_BLANK)
            if self.peek(","):
                self.at += 1
                self.skip(_BLANK)
        self.at += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        self.skip(_BLANK)
        while self.at < len(self.text) and not self.peek("}"):
            self.pair(path)
            self.skip(_BLANK)
            if self.peek(","):
                self.at += 1
                self.skip(_BLANK)
        self.at += 1

    def peek(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def skip(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.match(self.text, self.at)
        if found is None:
            return False
        self.at = found.end()
        return True

    def line_here(self) -> int:
        self.line += self.text.count("\n", self.counted_to, self.at)
        self.counted_to = self.at
        return self.line

    def note(self, path: Path, line: int) -> None:
        self.lines.setdefault(path, line)


def _unquoted(key: str) -> str:
    return next(iter(tomllib.loads(f"{key} = 0")))
