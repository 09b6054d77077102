"""A module, and one change of it."""

import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.mutants.places import Places

About = tuple[str, str, str, str]


@dataclass(frozen=True)
class Module:
    """A module by its path in the repository, with its text."""

    path: str
    text: str

    @classmethod
    def read(cls, root: Path, path: Path) -> "Module":
        return cls(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))

    @property
    def unchanged(self) -> "Mutant":
        """Return the module without a change. Its tests have to pass."""
        return Mutant(self, 0, 0, "")

    @property
    def name(self) -> str:
        return self.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def places(self) -> Places:
        return Places(self.text, self.tree)


@dataclass(frozen=True)
class Mutant:
    """A module with one change. `was` and `became` are the lines around it, for people."""

    module: Module
    start: int
    end: int
    instead: str
    again: int = 1
    """Counts the same change within one function, this one included."""

    @property
    def text(self) -> str:
        whole = self.module.text
        return whole[: self.start] + self.instead + whole[self.end :]

    @property
    def first_line(self) -> int:
        return self.module.text.count("\n", 0, self.start) + 1

    @property
    def last_line(self) -> int:
        return self.module.text.count("\n", 0, max(self.start, self.end - 1)) + 1

    @property
    def function(self) -> str:
        return self.module.places.owner(self.first_line)

    @property
    def was(self) -> str:
        begins, ends = self._lines()
        return _flat(self.module.text[begins:ends])

    @property
    def became(self) -> str:
        begins, ends = self._lines()
        whole = self.module.text
        return _flat(whole[begins : self.start] + self.instead + whole[self.end : ends])

    @property
    def about(self) -> About:
        """Return the name in `explained.toml` and in the results. It has no line number, as lines
        move.
        """
        where = self.function if self.again == 1 else f"{self.function} ({self.again})"
        return self.module.path, where, self.was, self.became

    def _lines(self) -> tuple[int, int]:
        whole = self.module.text
        ends = whole.find("\n", max(self.start, self.end - 1))
        return whole.rfind("\n", 0, self.start) + 1, len(whole) if ends < 0 else ends


def _flat(text: str) -> str:
    return " ".join(text.split())
