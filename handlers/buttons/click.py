"""A click on a button or a choice in a menu."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from handlers.answers import Answer
from handlers.request import Request


class Surface(Enum):
    """Where the button is. It decides how the answer is shown."""

    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Surface":
        view = body.get("view")
        if not isinstance(view, Mapping):
            return cls.MESSAGE
        return cls.HOME if view.get("type") == "home" else cls.MODAL


@dataclass(frozen=True, slots=True)
class Click(Request):
    """`value` is an opaque id. It may be forged, so every service checks the person's rights."""

    value: str
    surface: Surface


Handler: TypeAlias = Callable[[Click], Awaitable[Answer]]


def value_of(action: Mapping[str, Any]) -> str:
    """Return the value: of a button its own, of a menu the value of the chosen option."""
    chosen = action.get("selected_option")
    if isinstance(chosen, Mapping):
        return str(chosen.get("value") or "")
    return str(action.get("value") or "")
