"""Jinja2 for the page, and fragments that the browser replaces only if they changed."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from playground.page.shown.reader import Reader, hue, lines, safe_url

_HERE = Path(__file__).parent.parent
STATIC = _HERE / "static"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _local_image(url: object) -> str | None:
    """Return a local image's address. The page loads nothing from other hosts."""
    address = safe_url(url)
    if address is None or urlsplit(address).hostname not in _LOOPBACK:
        return None
    return address


def _person_name(user: str, reader: Reader) -> str:
    return reader.name(user)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        hue=hue,
        lines=lines,
        local_image=_local_image,
        person_name=_person_name,
        safe_url=safe_url,
    )
    return environment


_JINJA = _environment()


def render(template: str, **context: Any) -> Markup:
    """Render a whole template as safe HTML."""
    return Markup(_JINJA.get_template(template).render(**context))


def macro(template: str, name: str, *args: Any) -> Markup:
    """Call one macro of a template."""
    module: Any = _JINJA.get_template(template).module
    return Markup(getattr(module, name)(*args))


def keyed(tag: str, key: str, body: Markup, **attributes: str) -> Markup:
    """Build an element with the key and revision that `hx-swap="keyed"` compares."""
    given = Markup("").join(
        Markup(' {}="{}"').format(name.replace("_", "-").strip("-"), value)
        for name, value in attributes.items()
    )
    revision = blake2b(f"{given}\n{body}".encode(), digest_size=6).hexdigest()
    return Markup('<{0} data-key="{1}" data-rev="{2}"{3}>{4}</{0}>').format(
        Markup(tag), key, revision, given, body
    )


def join(parts: Iterable[Markup]) -> Markup:
    return Markup("\n").join(parts)
