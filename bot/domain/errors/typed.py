"""What was typed or chosen is not understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.errors.base import Refused
from bot.domain.problems import Problem


@dataclass(eq=False)
class Misread(Refused):
    """What was typed was not understood.

    `no_report`: it does not only begin like a command, or this person may not open a report.
    `here`: the escalation in whose channel it was typed. `verb`: the command that was not done.
    """

    no_report: bool = field(default=False, kw_only=True)
    here: str | None = field(default=None, kw_only=True)
    verb: str = field(default="", kw_only=True)


@dataclass(eq=False)
class NotFound(Misread):
    """Nothing has that name here. `nearest`: what may be meant; `known`: all that there are.

    `or_person`: a person may be named in its place.
    """

    what: str
    named: str
    nearest: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    or_person: bool = False


@dataclass(eq=False)
class BadInput(Misread):
    """A value cannot be understood. `field_name` is the form's field or the verb's argument."""

    field_name: str
    problem: Problem
    example: str = ""


@dataclass(eq=False)
class Unclear(Misread):
    """What was typed may mean several things; `commands` are those that say it exactly.

    `report`: what *Open this* opens, where a new escalation is one of them.
    """

    problem: Problem
    commands: tuple[str, ...] = ()
    report: str = ""


@dataclass(eq=False)
class FormErrors(Refused):
    """Several fields of a form are wrong at once.

    `verb`: the command that was not done, where it came from one; `commands` are those that help.
    """

    errors: Mapping[str, Problem] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    verb: str = ""
