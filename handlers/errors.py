"""Maps each error to words for the person and a line for the log.

A log line names the error's type and its place, never its text. The text of a database error
contains the values that were being stored.
"""

import logging
import secrets
import traceback
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from slack_sdk.errors import SlackApiError

from bot.domain.errors import Refused, StoreUnavailable, Stranger, TocsinError
from bot.render.incidents import answers
from bot.render.message import Message
from bot.render.wording import Wording
from handlers.http.failures import CALL_LOST, error_code

Result = TypeVar("Result")

logger = logging.getLogger("tocsin.handlers")


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that was not done. If the fault is ours, `reference` finds the log line."""

    error: Exception
    reference: str | None = None

    def message(self, wording: Wording) -> Message:
        return answers.refused(wording, self.error, self.reference)

    @property
    def refused(self) -> bool:
        """Whether the person can fix the cause. The same request again would not help."""
        return isinstance(self.error, Refused)


async def attempt(work: Awaitable[Result], about: str) -> Result | Failure:
    """Do the work of a request and return every error as a value."""
    try:
        return await work
    except Refused as refusal:
        return Failure(refusal)
    except Exception as error:  # noqa: BLE001 - the one place: a person must get an answer
        return Failure(error, report(error, about))


def report(error: BaseException, about: str) -> str | None:
    """Log an error without its text and return the reference that finds the line.

    A refusal by Slack or by the database is not the program's fault: it is logged as a warning with
    Slack's code. A database that is down fails every request in the same way, as does Slack when it
    does not describe people. Those lines have no reference and count as one.
    """
    if isinstance(error, StoreUnavailable | Stranger):
        logger.warning("%s failed: %s", about, _types(error))
        return None
    reference = secrets.token_hex(4)
    foreign = isinstance(error, CALL_LOST)
    logger.log(
        logging.WARNING if foreign else logging.ERROR,
        "%s failed: %s (error reference %s)%s",
        about,
        _types(error),
        reference,
        _where(error) if not (foreign or isinstance(error, TocsinError)) else "",
        extra={"error_reference": reference, "error_type": type(error).__name__},
    )
    return reference


def _types(error: BaseException) -> str:
    """Name the types: `StoreUnavailable from OperationalError from Timeout`, or Slack's code."""
    if isinstance(error, SlackApiError):
        return f"{type(error).__name__} {error_code(error)}"
    names: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(names) < 5:
        names.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return " from ".join(names)


def _where(error: BaseException) -> str:
    """Return the places in the traceback, never the exception's own text."""
    return "\n" + "".join(traceback.format_tb(error.__traceback__)).rstrip()
