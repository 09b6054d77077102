"""Loads every sentence that a person reads from `templates/<locale>/<subject>/`.

A file holds a family of messages. Each of its `{% block %}`s is one text.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.runtime import Context

from bot.domain.incidents.lifecycle import shown
from bot.domain.recorded import NAMELESS
from bot.domain.text.showing import together
from bot.domain.times.durations import humane
from bot.render.text import mrkdwn
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.text.template_cache import CompiledTemplate

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
DEFAULT_LOCALE = "en"
_SUFFIX = ".j2"
Filter = Callable[..., str]
_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)


class Templates:
    """The templates of a locale, compiled once. English fills in what a locale lacks.

    A call returns mrkdwn in which every value is escaped. `plain` is for e-mail, SMS and Slack's
    plain_text, which Slack does not parse and which must not be escaped. `html` is for the pages
    that open in a browser.
    """

    def __init__(self, locale: str = DEFAULT_LOCALE, templates: Path = TEMPLATES) -> None:
        self.locale = locale
        folders = [
            folder
            for each in dict.fromkeys([locale, DEFAULT_LOCALE])
            for folder in _rooms(templates / each)
        ]
        self._mrkdwn = _compiled(folders, _mrkdwn_environment(folders))
        self._plain = _compiled(folders, _plain_environment(folders))
        self._folders = folders

    def __call__(self, template: str, block: str, /, **values: Any) -> Mrkdwn:
        return Mrkdwn(_said(self._mrkdwn[template], block, values))

    def plain(self, template: str, block: str, /, **values: Any) -> str:
        return _said(self._plain[template], block, values)

    def html(self, template: str, block: str, /, **values: Any) -> str:
        return _said(self._html[template], block, values)

    @cached_property
    def _html(self) -> dict[str, Template]:
        # Few people ever follow a link, so start-up does not wait for these templates.
        return _compiled(self._folders, _html_environment(self._folders))

    def has(self, template: str, block: str) -> bool:
        return block in self._mrkdwn[template].blocks

    def blocks(self) -> Mapping[str, frozenset[str]]:
        """Return each template's name and the names of its texts."""
        return {name: frozenset(template.blocks) for name, template in self._mrkdwn.items()}


def _said(template: Template, block: str, values: Mapping[str, Any]) -> str:
    # Does what `Template.new_context` does, but does not copy every block of the file for one.
    names = {**_global_names(template), **values}
    context = Context(template.environment, names, template.name, {})
    text = "".join(template.blocks[block](context)).strip()
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text)) if "\n" in text else text


@cache
def _global_names(template: Template) -> dict[str, Any]:
    return dict(template.globals)


def _rooms(locale: Path) -> list[Path]:
    """A locale's folder and its subject folders. Template names are unique within a locale."""
    return [locale, *sorted(path for path in locale.glob("*") if path.is_dir())]


def _compiled(folders: list[Path], environment: Environment) -> dict[str, Template]:
    names = {path.name for folder in folders for path in folder.glob(f"*{_SUFFIX}")}
    return {name.removesuffix(_SUFFIX): environment.get_template(name) for name in sorted(names)}


def _mrkdwn_environment(folders: list[Path]) -> Environment:
    environment = _environment(folders, "mrkdwn", _escaped, autoescape=True)
    environment.filters |= {
        "person": mrkdwn.person,
        "people": mrkdwn.people,
        "at": mrkdwn.at,
        "quote": mrkdwn.quote,
        "code": mrkdwn.code,
        "command": mrkdwn.command,
    }
    return environment


def _html_environment(folders: list[Path]) -> Environment:
    """Like plain text, but escaped by Jinja2's own rules."""
    return _with_plain_filters(_environment(folders, "html", _or_nothing, autoescape=True))


def _plain_environment(folders: list[Path]) -> Environment:
    return _with_plain_filters(_environment(folders, "plain", _as_text, autoescape=False))


def _with_plain_filters(environment: Environment) -> Environment:
    def unnamed(count: int) -> str:
        return _said(environment.get_template(f"unnamed{_SUFFIX}"), "people", {"count": count})

    environment.filters |= {
        # Outside Slack, nothing turns an id into a name.
        "person": lambda _user: unnamed(1),
        "people": lambda users: unnamed(len(users)),
        "at": _moment(environment, mrkdwn.at_plain),
        "quote": mrkdwn.prose,
        "code": mrkdwn.one_line,
        "command": mrkdwn.prose,
    }
    return environment


def _moment(environment: Environment, shown: Callable[..., mrkdwn.ShownMoment | None]) -> Filter:
    """A filter that words a moment with `moments.j2`."""

    def said(moment: datetime | str, *zone: str) -> str:
        found = shown(moment, *zone)
        if found is None:
            return ""
        return _said(environment.get_template(f"moments{_SUFFIX}"), found.block, found.parts)

    return said


def _environment(
    folders: list[Path], way: str, finalize: Callable[[Any], Any], *, autoescape: bool
) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=autoescape,
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=CompiledTemplate(folders[0].parent, way),
    )
    environment.filters |= {
        "line": mrkdwn.one_line,
        "names": mrkdwn.names,
        "local": _moment(environment, mrkdwn.local),
        "prose": mrkdwn.prose,
        "quoted": mrkdwn.quoted,
        "sentence": mrkdwn.sentence,
        "together": together,
        "begins": _begins,
        "span": humane,
        "state": shown,
    }
    return environment


def _begins(name: str) -> str:
    """Begin a sentence with a name. A name stays as it is; `NAMELESS` gets a capital letter."""
    return mrkdwn.sentence(name) if name == NAMELESS else name


def _escaped(value: Any) -> Any:
    """Escape values before Jinja2 does: it leaves `__html__` alone, but would escape quotes."""
    if value is None:
        return Mrkdwn("")
    return value if hasattr(value, "__html__") else mrkdwn.escape(str(value))


def _or_nothing(value: Any) -> Any:
    if value is None:
        return ""
    return value if hasattr(value, "__html__") else mrkdwn.bare(str(value))


def _as_text(value: Any) -> str:
    return "" if value is None else mrkdwn.bare(str(value))
