"""A verb of `/escalate`, and what it gets."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto

from bot.domain.access.rights import Deed
from bot.domain.act import Act
from bot.domain.errors import BadInput
from bot.domain.ids import UserId
from bot.domain.incidents.views import Head
from bot.services.incidents import queries
from bot.services.incidents.queries import FoundIncident
from handlers.answers import Answer
from handlers.request import Request
from handlers.shell import Shell
from handlers.typed.words import plain


@dataclass(frozen=True, slots=True)
class Ask(Request):
    """One command: who asks, from where, about which incident, and the words behind the verb.

    `words` are still as Slack escaped them; `text` is what was typed; `said` begins at the verb.
    """

    words: str
    named: str | None
    channel: str | None
    said: str = ""

    @property
    def text(self) -> str:
        return plain(self.words)

    @property
    def me(self) -> UserId:
        return self.act.user

    async def incident(self) -> FoundIncident:
        """The incident that is named, else the one in whose channel this was typed."""
        return await self.read(queries.find, self.act, self.named, self.channel)

    async def incident_if_any(self) -> FoundIncident | None:
        """Like `incident`, where a command makes sense without one too."""
        if self.named:
            return await self.incident()
        try:
            return await self.incident()
        except BadInput:
            return None

    async def head(self, deed: Deed) -> Head:
        """The incident as a form shows it, to a person who may send that form."""
        found = await self.incident()
        return await self.read(queries.head, self.act, found.incident_id, deed)


class Behind(Enum):
    """What stands behind a verb and its reference, which decides what a bare number there means."""

    NOTHING = auto()
    """A number is a reference; any other text is refused."""
    NAMES = auto()
    """A team, a person, a state: a number is none of them, so it is a reference."""
    NUMBERS = auto()
    """A severity, a time: a number is one of them."""
    WORDS = auto()
    """Text: a number is part of it, unless nothing follows."""
    REASON = auto()
    """Text that ends or reopens something: a number before it is refused."""
    REFERENCES = auto()
    """The verb reads its references itself."""


class Asking(Enum):
    """What a question mark behind a verb means."""

    TEXT = auto()
    """Nothing: it belongs to the text."""
    NAMES = auto()
    """Behind what is named it makes a question; the text may be one, as the reason of a page."""
    DECIDES = auto()
    """At the end it makes a question too: who asks has not decided yet."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One row: what it is called, what it takes, what it does. Its words are in `verbs.j2`.

    `deed` is the least that a person must be entitled to, did they belong to the incident; the
    service asks again for the incident at hand. `about_incident`: a reference in front of the words
    names the incident; elsewhere it belongs to them ('open ESC-7 is back'). `needs_incident`: it
    makes no sense without one. `straight`: does it for
    a person not identified yet, in one transaction; None where the words ask for something else.
    `asking`: what a question mark means behind it. `must_say`: what a command that is offered has
    in the place of what was not typed, where it would be refused without. `lines`: further
    lines say what is needed of those who are paged. `takes_time`: a time stands behind it, or
    before its text.
    """

    name: str
    deed: Deed | None
    run: Callable[[Ask], Awaitable[Answer]]
    aliases: tuple[str, ...] = ()
    straight: Callable[[Shell, Act, str], Awaitable[Answer] | None] | None = None
    about_incident: bool = True
    needs_incident: bool = True
    behind: Behind = Behind.NAMES
    asking: Asking = Asking.TEXT
    must_say: str = ""
    lines: bool = False
    takes_time: bool = False
