"""Mistakes in a policy file, as sentences that name the key and the expected value."""

from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.policy.schema import PolicyFile
from bot.policy.source_lines import Path
from bot.policy.values import shown


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake: its place, and a sentence about it."""

    path: Path
    problem: str

    @property
    def key(self) -> str:
        """The path in readable form, with indexes from 1: `ladder.P0.steps[2].wait`."""
        words = list(self.path)
        while words and isinstance(words[-1], int):
            words.pop()
        said = ""
        for word in words:
            said += f"[{word + 1}]" if isinstance(word, int) else f".{word}"
        return said.removeprefix(".")


def shape_faults(error: ValidationError) -> Iterator[Fault]:
    """Translate pydantic's errors into faults in the terms of the policy file."""
    for detail in error.errors(include_url=False):
        path = tuple(word for word in detail["loc"] if word != "[key]")
        yield Fault(path, _problem(detail, path))


def did_you_mean(wrong: str, known: Iterable[str], mark: str = "") -> str:
    """Return `; did you mean '@priya'?`, or an empty text if no name is near."""
    nearest = get_close_matches(wrong, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{mark}{nearest[0]}'?" if nearest else ""


_PLAIN: Mapping[str, str] = {
    "bool_type": "expected true or false, found {found}",
    "int_type": "expected a whole number, found {found}",
    "list_type": "expected a list in [ ], found {found}",
    "dict_type": "expected a table, found {found}",
    "model_type": "expected a table, found {found}",
    "string_type": "expected a text in quotes, found {found}",
    "greater_than_equal": "expected at least {ge}, found {found}",
    "less_than_equal": "expected at most {le}, found {found}",
    "too_short": "expected at least {min_length}, found none",
    "too_long": "expected at most {max_length}, found {many}",
    "literal_error": "expected {expected}, found {found}",
}


def _problem(detail: ErrorDetails, path: Path) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "expected":
        return str(context["problem"])
    if kind == "missing":
        return _missing(path)
    if kind == "extra_forbidden":
        return _unknown_key(path)
    if kind in _PLAIN:
        given = detail["input"]
        # Count here: pydantic stops counting at the first item too many.
        many = len(given) if isinstance(given, Sized) else 0
        return _PLAIN[kind].format(found=shown(given), many=many, **context)
    return detail["msg"]


def _missing(path: Path) -> str:
    field = _fields(path[:-1]).get(str(path[-1]))
    if field is not None and field.examples:
        return f'this key is missing; expected for example {path[-1]} = "{field.examples[0]}"'
    return "this is missing"


def _unknown_key(path: Path) -> str:
    known = sorted(_fields(path[:-1]))
    guess = did_you_mean(str(path[-1]), known)
    return f"there is no such key here{guess or '; there are: ' + ', '.join(known)}"


def _fields(path: Path) -> Mapping[str, FieldInfo]:
    """Return the keys that the schema allows in the table at `path`."""
    annotation: Any = PolicyFile
    for word in path:
        if _is_section(annotation):
            field = annotation.model_fields.get(str(word))
            annotation = field.annotation if field is not None else None
        elif get_origin(annotation) in (dict, list):
            annotation = get_args(annotation)[-1]
    return annotation.model_fields if _is_section(annotation) else {}


def _is_section(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
