"""A verb of `/escalate`, and the command that it gets."""

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
    """One command: the person, the place, the incident it is about and the words after the verb.

    `words` are still escaped by Slack. `text` is what the person typed. `said` begins at the verb.
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
        """Return the named incident, or else the one in whose channel the command was typed."""
        return await self.read(queries.find, self.act, self.named, self.channel)

    async def incident_if_any(self) -> FoundIncident | None:
        """Like `incident`, for a command that also works without one."""
        if self.named:
            return await self.incident()
        try:
            return await self.incident()
        except BadInput:
            return None

    async def head(self, deed: Deed) -> Head:
        """Return the incident's head for a form, if the person may send that form."""
        found = await self.incident()
        return await self.read(queries.head, self.act, found.incident_id, deed)


class Behind(Enum):
    """What follows a verb and its reference. It decides what a bare number there means."""

    NOTHING = auto()
    """A number is a reference; any other text is refused."""
    NAMES = auto()
    """A team, a person or a state. A number is none of these, so it is a reference."""
    NUMBERS = auto()
    """A severity or a time. A number is part of it."""
    WORDS = auto()
    """Text. A number is part of it unless nothing follows the number."""
    REASON = auto()
    """Text that ends or reopens something. A number before it is refused."""
    REFERENCES = auto()
    """The verb reads its references itself."""


class Asking(Enum):
    """What a question mark after a verb means."""

    TEXT = auto()
    """The question mark belongs to the text."""
    NAMES = auto()
    """After the names it makes a question. The text may be a question, as in a page's reason."""
    DECIDES = auto()
    """At the end it also makes a question: the person has not decided yet."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One row: the verb's name, what it takes and what it does. Its words are in `verbs.j2`.

    `deed` is the least right that a person needs, assuming that they belong to the incident. The
    service checks again for the incident in question. `about_incident`: a reference before the
    words names the incident; for other verbs it is part of the words ('open ESC-7 is back').
    `needs_incident`: the verb makes no sense without an incident. `straight` does the work for a
    person who is not identified yet, in one transaction, or returns None if the words ask for
    something else. `asking` says what a question mark after the verb means. `must_say` fills in for
    missing text in an offered command that would be refused without it. `lines`: further lines say
    what the paged people need to do. `takes_time`: a time follows the verb or precedes its text.
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
