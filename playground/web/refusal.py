"""The only exception of the Web API's methods: an answer with `ok: false`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from slack_rules import Problem


class Refusal(Exception):
    """`code` is Slack's error. `extra` holds further fields of the answer."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    @classmethod
    def of_payload(cls, code: str, problems: Iterable[Problem]) -> Refusal:
        return cls(code, response_metadata={"messages": [str(problem) for problem in problems]})

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.code, **self.extra}
