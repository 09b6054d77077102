"""Every method that the playground knows, under Slack's name for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from playground.api.arguments import Arguments
from playground.facade import Playground
from playground.state.records import Json

#: Answers the fields that stand beside `ok: true`; raises Refusal otherwise.
Method: TypeAlias = Callable[[Playground, Arguments], Json]

METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    def register(function: Method) -> Method:
        METHODS[name] = function
        return function

    return register
