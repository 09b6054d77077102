"""What all requests of a person have in common: the person and the means to serve them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from bot.domain.act import Act
from bot.policy import Policy
from bot.render.incidents.answers import said
from bot.render.message import Message
from bot.render.wording import Wording
from bot.services.access import identity
from bot.store.database import Database
from handlers.shell import Shell

Args = ParamSpec("Args")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Request:
    """A command, a click or a sent form."""

    shell: Shell
    act: Act
    _zones: list[ZoneInfo] = field(init=False, repr=False, compare=False, default_factory=list)
    """The person's time zone, once it is read."""

    @property
    def wording(self) -> Wording:
        return self.shell.wording

    @property
    def policy(self) -> Policy:
        return self.shell.policy

    async def zone(self) -> ZoneInfo:
        """Return the person's time zone, read once for each request."""
        if not self._zones:
            self._zones.append(await self.read(identity.zone_of, self.policy, self.act))
        return self._zones[0]

    async def read(
        self,
        call: Callable[Concatenate[Database, Args], Result],
        *args: Args.args,
        **named: Args.kwargs,
    ) -> Result:
        """Call a service that only reads."""
        return await self.shell.threads.read(call, self.shell.db, *args, **named)

    async def write(
        self,
        call: Callable[Concatenate[Database, Args], Result],
        *args: Args.args,
        **named: Args.kwargs,
    ) -> Result:
        """Call a service that writes."""
        return await self.shell.threads.write(call, self.shell.db, *args, **named)

    def say(self, block: str, **values: object) -> Message:
        return said(self.wording, "answers", block, **values)
