"""A click on a button, or a choice in a menu: who, where, and on what."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from bot.domain.act import Act
from bot.render.answers import said
from bot.render.desk import Desk
from bot.render.message import Message
from bot.store.database import Database
from handlers.answer import Answer
from handlers.shell import Shell

Args = ParamSpec("Args")
Result = TypeVar("Result")


class Surface(Enum):
    """Where the button stands, which decides how the answer comes."""

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
class Click:
    """`value` is an opaque id; it may be forged, so every service asks who may."""

    shell: Shell
    act: Act
    value: str
    surface: Surface

    @property
    def desk(self) -> Desk:
        return self.shell.desk

    async def read(
        self,
        call: Callable[Concatenate[Database, Args], Result],
        *args: Args.args,
        **named: Args.kwargs,
    ) -> Result:
        return await self.shell.threads.read(call, self.shell.db, *args, **named)

    async def write(
        self,
        call: Callable[Concatenate[Database, Args], Result],
        *args: Args.args,
        **named: Args.kwargs,
    ) -> Result:
        return await self.shell.threads.write(call, self.shell.db, *args, **named)

    def say(self, block: str, **values: object) -> Message:
        return said(self.desk, "answers", block, **values)


Handler: TypeAlias = Callable[[Click], Awaitable[Answer]]


def value_of(action: Mapping[str, Any]) -> str:
    """A button carries its value itself, a menu in the option that was chosen."""
    chosen = action.get("selected_option")
    if isinstance(chosen, Mapping):
        return str(chosen.get("value") or "")
    return str(action.get("value") or "")
