"""The gateways file: it has a URL for each gateway that the policy names.

It is separate from the policy because it holds passwords. No error quotes its URLs.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.configuration.settings import SettingsError
from bot.domain.fallback.ways import FallbackWay
from bot.policy import Policy
from bot.policy.source_lines import line_of, lines_by_path

SETTING = "FALLBACK_GATEWAYS"
PLACE = "{to}"
_WORD = re.compile(r"[a-z][a-z0-9-]{0,11}")
_BEGUN = re.compile(r"\s*([^\s=\"']+)\s*=")
_POSITION = re.compile(r"\(at line (\d+)")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Gateways:
    """Apprise URLs by the gateway's key. `{to}` in a URL stands for the person's address."""

    urls: Mapping[str, str] = field(default_factory=dict, repr=False)

    def url(self, way: FallbackWay) -> str:
        """Return the URL for this way, with the address escaped so that it stays one part of it."""
        return self.urls[way.gateway].replace(PLACE, quote(way.address, safe=""))

    def __contains__(self, word: str) -> bool:
        return word in self.urls

    def __bool__(self) -> bool:
        return bool(self.urls)


def load_gateways(path: Path | None) -> Gateways:
    """Read the file; raises SettingsError with a line for each mistake."""
    if path is None:
        return Gateways()
    text = _decoded(path, _read(path))
    data = _parsed(path, text)
    lines = lines_by_path(text)
    faults = [
        f"{path}, line {line_of(lines, (word,))}{_named(word)}: {fault}"
        for word, fault in _faults(data)
    ]
    if faults:
        raise SettingsError("\n".join(faults))
    return Gateways(data)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SettingsError(f"{SETTING} names {path}, and there is no such file.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror} ({SETTING}).") from None
    except ValueError:
        raise SettingsError(f"{SETTING} is not the name of a file.") from None


def _decoded(path: Path, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{path}, line {line}: expected UTF-8 text ({SETTING}).") from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    """Parse the file. The error leaves out tomllib's text, which may quote a password."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _POSITION.search(str(error))
        number = int(found[1]) if found else text.count("\n") + 1
    except (ValueError, RecursionError):
        # A number with thousands of digits, or very deep brackets. Probably on the longest line.
        lengths = [len(line) for line in text.split("\n")]
        number = lengths.index(max(lengths)) + 1
    begun = _BEGUN.match([*text.split("\n"), ""][number - 1])
    raise SettingsError(
        f"{path}, line {number}{_named(begun[1]) if begun else ''} ({SETTING}): not valid TOML; "
        'expected each gateway once, such as email = "mailtos://…?to={to}"'
    )


def _named(word: str) -> str:
    """Return a gateway's key for the error; empty for anything else, which may be a password."""
    return f", {word}" if _WORD.fullmatch(word) else ""


def _faults(data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    if not data:
        yield "", f'expected a gateway, such as email = "mailtos://…?to={{to}}" ({SETTING})'
    for word, url in data.items():
        if not _WORD.fullmatch(word):
            yield (
                word,
                "expected a key of at most 12 small letters, digits and hyphens before the = "
                "(the value is not repeated here)",
            )
        if not isinstance(url, str) or not _SCHEME.match(url):
            yield word, "expected an Apprise URL in quotes, such as 'mailtos://…?to={to}'"
        elif url.count(PLACE) != 1:
            yield (
                word,
                "expected {to} once, where the person's address belongs: without it "
                "everyone's pages go to one place",
            )


def missing(policy: Policy, gateways: Gateways) -> list[str]:
    """Return a sentence for each gateway missing from the file, with the people who need it."""
    names = {user: name for name, user in policy.people.items()}
    absent: dict[str, list[str]] = {}
    for user, ways in policy.fallback.ways.items():
        for way in ways:
            if way.gateway not in gateways:
                absent.setdefault(way.gateway, []).append(names.get(user, user))
    return [
        f"{policy.source}, fallback.people: there is no gateway '{word}' for "
        f'{", ".join(sorted(set(people)))}; add {word} = "…{{to}}…" to the file that {SETTING} '
        "names, or take the way out of the policy."
        for word, people in sorted(absent.items())
    ]


def gateways_for(policy: Policy, path: Path | None) -> Gateways:
    """Return the gateways that the policy's ways need; raises SettingsError if one is missing."""
    gateways = load_gateways(path)
    absent = missing(policy, gateways)
    if absent:
        raise SettingsError("\n".join(absent))
    return gateways
