"""What a person reads in Slack, in an e-mail or on a page behind a link is a template.

A string of two or more words in `bot` or `handlers` is something else: one of the kinds below.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.verbs import BY_WORD
from tests.docs.found_in_code import text_of
from tests.docs.pages import ROOT

TWO_WORDS = re.compile(r"[A-Za-z][a-z']*[,;:]? +(?:[^ ]* +)*?[A-Za-z][a-z']+")
FOR_OPERATORS = (
    "bot/configuration/",  # In a terminal, at the start.
    "bot/network/",
    "bot/policy/",
    "bot/gateways/",
    "bot/log/",  # In the log.
    "bot/store/",
    "bot/slack/",  # In the log.
    "bot/worker/metrics/",  # At /metrics and /readyz.
    "bot/worker/upkeep/",
    "bot/domain/incidents/sealed.py",  # By `verify-export`.
    "bot/services/incidents/export.py",
    "handlers/http/",  # To a program that sends a request.
)
"""Files whose strings only those see who run the bot, or other programs."""
RECORDED = "bot/domain/recorded.py"
"""Words that are stored, and stay as they were written."""
TYPED = (
    "bot/domain/times/",
    "bot/domain/incidents/codenames.py",
    "handlers/typed/states.py",
    "handlers/unclear/meant.py",
    "handlers/unclear/undoing.py",
)
"""Files with lists of what people type, and of the commands that they mean by it."""
LOGGED = frozenset(
    {"debug", "info", "warning", "error", "exception", "critical", "log"}
    | {"attempt", "going_on", "on", "report", "start"}
)
"""Calls whose strings are a line of the log, or name a piece of work there."""
WHY = frozenset(
    {
        "LeftAsPosted",
        "NothingToSay",
        "NoHistory",
        "NotAsItShould",
        "NotTaken",
        "NotYet",
        "Retry",
        "Unreadable",
    }
    | {"StoreUnavailable", "outcome"}
)
"""Reasons for the log and the metrics: why nothing is sent, or is tried again."""
FAULTS = frozenset({"AssertionError", "LookupError", "RuntimeError", "TypeError", "ValueError"})
"""Faults of the program."""
OF_READERS = frozenset({"compile", "fullmatch", "match", "search", "sub", "several", "split"})
"""What is looked for in a text."""
NOT_SAID = LOGGED | WHY | FAULTS | OF_READERS
_NAMED = r"…|of|by|me|<[^<>]+>|\[[^\[\]]+\]|@[a-z]+|ESC-[nm0-9]+"
A_COMMAND = re.compile(rf"(?P<verb>…|[a-z]+)?(?: *(?:{_NAMED})[:,]?)*")
"""A verb and what it names, or the end of one, and no other word."""


def test_the_files_that_are_left_out_are_there() -> None:
    left_out = (*FOR_OPERATORS, *TYPED, RECORDED)
    assert [name for name in left_out if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    "path",
    [path for part in ("bot", "handlers") for path in sorted((ROOT / part).rglob("*.py"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_sentence_stands_in_python(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    if name.startswith((*FOR_OPERATORS, *TYPED, RECORDED)):
        return
    assert list(said_in(path.read_text(encoding="utf-8"))) == []


def said_in(source: str) -> Iterator[str]:
    """Yield the strings of two or more words that are of none of the kinds."""
    for node in _visited(ast.parse(source)):
        text = text_of(node)
        if TWO_WORDS.search(text) and not _is_a_command(text):
            yield text


def _visited(node: ast.AST) -> Iterator[ast.AST]:
    for child in _said_by(node):
        yield child
        if not isinstance(child, ast.JoinedStr):
            yield from _visited(child)
        else:
            for part in child.values:
                if isinstance(part, ast.FormattedValue):
                    yield from _visited(part.value)


def _said_by(node: ast.AST) -> list[ast.AST]:
    """The parts of a node in which there may be a sentence."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return []
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in NOT_SAID:
            return []
        case ast.ClassDef(bases=[ast.Name(id="StrEnum" | "Enum" | "IntEnum")], body=body):
            return [one for one in body if not isinstance(one, ast.Assign)]
        case ast.MatchValue() | ast.Compare() | ast.Set():
            return []
        case ast.AnnAssign(value=value):
            return [value] if value else []
        case ast.FunctionDef(args=args, body=body) | ast.AsyncFunctionDef(args=args, body=body):
            return [*args.defaults, *filter(None, args.kw_defaults), *body]
        case ast.Dict(values=values):
            return list(values)
        case _:
            return list(ast.iter_child_nodes(node))


def _is_a_command(text: str) -> bool:
    found = A_COMMAND.fullmatch(text.strip())
    return found is not None and (found["verb"] in (None, "…") or found["verb"] in BY_WORD)


@pytest.mark.parametrize(
    "source",
    [
        'raise BadInput("when", "this is not a time")',
        'BadInput("note", NoText(), "called the manager, waiting for a reply")',
        'raise Unclear(f"`{verb}` takes no text")',
        'problem = "close the form first"',
        'return message("You acknowledged it")',
        'errors = {"title": "Say what it is about."}',
        'def say(said: str = "by hand"): ...',
        'button(label="Take it")',
        'f"{name} now owns it"',
        'f"{verb} ends the escalation"',
    ],
)
def test_a_sentence_would_be_found(source: str) -> None:
    assert len(list(said_in(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        '"""What it is for."""',
        'logger.warning("The relay could not claim: %s", code)',
        'raise ValueError("a ladder has a step")',
        're.compile("not an escalation")',
        'class Kind(StrEnum):\n    ASKED = "asked again"',
        'if said in {"false alarm", "all clear"}: ...',
        'BadInput("incident", NotAReference(said), "duplicate ESC-12 of ESC-7")',
        'f"handover {of} <team or @person> <summary>"',
        'def read(words: str) -> "First | None": ...',
    ],
)
def test_what_is_no_sentence_is_not_taken_for_one(source: str) -> None:
    assert list(said_in(source)) == []
