"""What everything that can go wrong is, and what comes of it when nothing was stored."""

from dataclasses import dataclass


class TocsinError(Exception):
    """Root of every error that this product raises on purpose."""


class Refused(TocsinError):
    """A person asked for something that cannot be done; nothing was changed."""

    def __str__(self) -> str:
        return type(self).__name__


@dataclass(eq=False)
class AlreadyHandled(Refused):
    """The same request arrived twice; `outcome` is what the first one brought about."""

    outcome: str = ""


class NotYours(Refused):
    """What a button or a form names is not this person's, or not there. Which of the two it is
    would be an answer by itself, so it carries nothing."""


@dataclass(eq=False)
class StoreUnavailable(TocsinError):
    """The database cannot be reached or is full; what was asked for was not stored.

    `why` and `advice` are sentences for the operator, and quote nothing that was to be stored.
    """

    why: str
    advice: str


class PerhapsStored(StoreUnavailable):
    """The database went away while it stored, and nobody can tell yet whether it did."""


class HistoryGone(StoreUnavailable):
    """The file of the SQLite database was deleted, moved, replaced, overwritten or cut off while
    this process uses it."""


class PolicyError(TocsinError):
    """The policy file is wrong: file, line, key, what was expected."""
