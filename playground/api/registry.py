"""The playground's methods, by their names in Slack."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from playground.api.arguments import Arguments
from playground.facade import Playground
from playground.state.records import Json

#: Returns the fields besides `ok: true`, or raises Refusal.
Method: TypeAlias = Callable[[Playground, Arguments], Json]

METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    def register(function: Method) -> Method:
        METHODS[name] = function
        return function

    return register
