"""The base classes of errors, and the errors about the database and the policy."""

from dataclasses import dataclass


class TocsinError(Exception):
    """Root of every error that this product raises on purpose."""


class Refused(TocsinError):
    """A person asked for something that the bot cannot do. Nothing has changed."""

    def __str__(self) -> str:
        return type(self).__name__


@dataclass(eq=False)
class AlreadyHandled(Refused):
    """The same request arrived twice. `outcome`: the result of the first one."""

    outcome: str = ""


class NotYours(Refused):
    """A button or form names something that is not this person's, or that does not exist.

    It carries no fields, because saying which of the two is true would reveal too much.
    """


@dataclass(eq=False)
class StoreUnavailable(TocsinError):
    """The database is out of reach or full, so the request was not stored.

    `why` and `advice` are sentences for the operator. They quote nothing from the request.
    """

    why: str
    advice: str


class PerhapsStored(StoreUnavailable):
    """The database connection failed during a commit, so the outcome is not known yet."""


class HistoryGone(StoreUnavailable):
    """The SQLite database file was deleted, moved, replaced, overwritten or truncated while this
    process was using it."""


class PolicyError(TocsinError):
    """The policy file is wrong. The message gives the file, line, key and what was expected."""
