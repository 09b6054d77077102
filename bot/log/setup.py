"""Sets up logs: a sentence and fields, never a request body, a token or an incident's words."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from bot.log.repeats import Sparing

_LONGEST_CHAIN = 5
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


class _Formatter(logging.Formatter):
    """Logs an exception's type and place, never its text: a database error's text holds the values
    that were being stored."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        lines: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None and len(lines) < _LONGEST_CHAIN:
            places = "".join(traceback.format_tb(error.__traceback__)).rstrip()
            lines.append(f"{type(error).__name__}\n{places}")
            error = error.__cause__ or error.__context__
        return "\nfrom ".join(lines)


class TextFormatter(_Formatter):
    """Writes `2026-11-30T12:00:01Z WARNING The sentence  field=value`; the time is UTC."""

    def format(self, record: logging.LogRecord) -> str:
        fields = " ".join(f"{name}={value}" for name, value in _fields(record).items())
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        line = f"{at} {record.levelname:<7} {record.getMessage()}"
        line = f"{line}  {fields}" if fields else line
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonFormatter(_Formatter):
    """Writes one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str, ensure_ascii=False)


def _worth_saying(record: logging.LogRecord) -> bool:
    """Tell whether a library's line is useful.

    Bolt warns about settings that it does not use, and quotes requests that have no handler.
    APScheduler warns when a tick waits for the one before it, which is normal.
    """
    chatty = record.name.startswith(("slack_bolt", "apscheduler"))
    return not chatty or record.levelno >= logging.ERROR


def configure(log_format: str) -> None:
    """Log to standard error. Libraries log from WARNING up: below that they quote bodies."""
    written = logging.StreamHandler(sys.stderr)
    written.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    handler = Sparing(written)
    handler.addFilter(_worth_saying)
    root = logging.getLogger()
    for replaced in root.handlers:
        if isinstance(replaced, Sparing):
            replaced.close()  # It writes what it still holds back.
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("bot", "handlers", "commandline"):
        logging.getLogger(name).setLevel(logging.INFO)
