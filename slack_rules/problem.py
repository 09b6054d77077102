"""A mistake in a payload for which Slack would refuse it."""

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
    """One mistake. `pointer`: a JSON pointer into the payload; '' means the payload itself."""

    code: ProblemCode
    message: str
    pointer: str

    def __str__(self) -> str:
        """Return the text in the format of Slack's `response_metadata.messages`."""
        return f"[ERROR] {self.message} [json-pointer:{self.pointer or '/'}]"
