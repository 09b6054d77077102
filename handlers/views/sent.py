"""A form that was sent: who, about what, and what it holds."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from bot.domain.act import Act
from bot.render.answers import said
from bot.render.desk import Desk
from bot.render.message import Message
from bot.store.database import Database
from handlers.shell import Shell
from handlers.views.fields import Fields

Args = ParamSpec("Args")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Sent:
    """`subject` is the view's private_metadata: an id, which may be forged."""

    shell: Shell
    act: Act
    subject: str
    fields: Fields

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


Became: TypeAlias = Message | dict[str, Any]
"""What the modal turns into: an answer to read, or a view."""

Handler: TypeAlias = Callable[[Sent], Awaitable[Became]]
