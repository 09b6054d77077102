"""One thing that Slack would refuse in a payload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ProblemCode = Literal[
    "too_long",
    "too_short",
    "too_many",
    "too_few",
    "missing",
    "unsupported_type",
    "unknown_field",
    "wrong_type",
    "invalid_value",
    "duplicate",
    "not_on_surface",
    "no_text",
    "too_large",
    "blocks_too_long",
]


@dataclass(frozen=True)
class Problem:
    """`pointer` is a JSON pointer into the payload, '' for the payload itself."""

    code: ProblemCode
    message: str
    pointer: str

    def __str__(self) -> str:
        """As in Slack's `response_metadata.messages`."""
        return f"[ERROR] {self.message} [json-pointer:{self.pointer or '/'}]"
