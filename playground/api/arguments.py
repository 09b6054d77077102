"""The arguments of one Web API call, from a form, JSON or the query."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from playground.web.refusal import Refusal

_TRUE = ("1", "true", "True")

#: Values that clients send for an option that is off.
UNSET: tuple[Any, ...] = (None, "", "0", "false", "False", "[]", "none", False, 0, [])


class Arguments:
    """Reads values of both kinds: forms carry JSON as text and booleans as `1`/`0`."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = {name: value for name, value in given.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self.given

    def text(self, name: str, default: str = "") -> str:
        value = self.given.get(name, default)
        if isinstance(value, dict | list):
            raise invalid(f"must provide a string [json-pointer:/{name}]")
        return str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.given.get(name, default)
        return value if isinstance(value, bool) else str(value) in _TRUE

    def number(self, name: str, default: int, *, most: int = 1000) -> int:
        value = self.given.get(name, default)
        try:
            number = int(str(value))
        except ValueError as wrong:
            raise Refusal("invalid_limit") from wrong
        if number < 1:
            raise Refusal("invalid_limit")
        return min(number, most)

    def structure(self, name: str, error: str = "invalid_arguments") -> Any:
        """Return a JSON value; None if it was not given."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as wrong:
            raise Refusal(error) from wrong

    def ids(self, name: str) -> list[str]:
        """Return ids that were given as a list or separated by commas."""
        value = self.given.get(name)
        parts = value if isinstance(value, list) else str(value or "").split(",")
        return list(dict.fromkeys(part.strip() for part in map(str, parts) if part.strip()))


def invalid(message: str) -> Refusal:
    return Refusal("invalid_arguments", response_metadata={"messages": [f"[ERROR] {message}"]})
