"""Errors about input that the bot does not understand."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.errors.base import Refused
from bot.domain.problems import Problem


@dataclass(eq=False)
class Misread(Refused):
    """The bot does not understand what the person typed.

    `no_report`: do not offer to open a new escalation. The text is clearly a command, or this
    person may not open one. `here`: the escalation in whose channel the person typed. `verb`: the
    command that was not carried out.
    """

    no_report: bool = field(default=False, kw_only=True)
    here: str | None = field(default=None, kw_only=True)
    verb: str = field(default="", kw_only=True)


@dataclass(eq=False)
class NotFound(Misread):
    """Nothing has that name here.

    `nearest`: what the person may have meant. `known`: all the names. `or_person`: the name of a
    person would do too.
    """

    what: str
    named: str
    nearest: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    or_person: bool = False


@dataclass(eq=False)
class BadInput(Misread):
    """The bot does not understand a value. `field_name`: the form's field or verb's argument."""

    field_name: str
    problem: Problem
    example: str = ""


@dataclass(eq=False)
class Unclear(Misread):
    """The text may mean several things. `commands`: one exact command for each.

    `report`: the text that *Open this* opens, if a new escalation is one of the meanings.
    """

    problem: Problem
    commands: tuple[str, ...] = ()
    report: str = ""


@dataclass(eq=False)
class FormErrors(Refused):
    """One or more fields of a form are wrong.

    `verb`: the command that was not carried out, if the input came from one. `commands`: commands
    that help.
    """

    errors: Mapping[str, Problem] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    verb: str = ""
