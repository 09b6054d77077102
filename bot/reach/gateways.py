"""The gateways file: for each word of the policy's ways, where such messages are handed in.

It holds passwords, so it is a file of its own, and nothing here repeats what stands in it.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from bot.domain.reach import Way
from bot.policy import Policy
from bot.settings import SettingsError

SETTING = "FALLBACK_GATEWAYS"
PLACE = "{to}"
_WORD = re.compile(r"[a-z][a-z0-9-]{0,11}")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Gateways:
    """Word → Apprise's URL, in which `{to}` stands for the address."""

    urls: Mapping[str, str] = field(default_factory=dict, repr=False)

    def url(self, way: Way) -> str:
        """Return where to hand in a message for this way; the address cannot break out of it."""
        return self.urls[way.gateway].replace(PLACE, quote(way.address, safe=""))

    def __contains__(self, word: str) -> bool:
        return word in self.urls

    def __bool__(self) -> bool:
        return bool(self.urls)


def load_gateways(path: Path | None) -> Gateways:
    """Read the file; raises SettingsError with a line for each mistake."""
    if path is None:
        return Gateways()
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    except FileNotFoundError:
        raise SettingsError(f"{SETTING} names {path}, and there is no such file.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror} ({SETTING}).") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: expected UTF-8 text ({SETTING}).") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} ({SETTING}): not valid TOML: {error}") from None
    faults = [f"{path}, {word}: {fault}" for word, fault in _faults(data)]
    if faults:
        raise SettingsError("\n".join(faults))
    return Gateways(data)


def _faults(data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    if not data:
        yield SETTING, 'expected a gateway, such as email = "mailtos://…?to={to}"'
    for word, url in data.items():
        if not _WORD.fullmatch(word):
            yield word[:40], "expected a word of at most 12 small letters, digits and hyphens"
        if not isinstance(url, str) or not _SCHEME.match(url):
            yield word[:40], "expected an Apprise URL in quotes, such as 'mailtos://…?to={to}'"
        elif url.count(PLACE) != 1:
            yield (
                word[:40],
                "expected {to} once, where the person's address belongs: without it "
                "everybody's pages go to one place",
            )


def missing(policy: Policy, gateways: Gateways) -> list[str]:
    """Say for each way of the policy whose gateway is not in the file whom it leaves unreached."""
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
    """Return the gateways that the policy's ways need; raises SettingsError where one lacks."""
    gateways = load_gateways(path)
    absent = missing(policy, gateways)
    if absent:
        raise SettingsError("\n".join(absent))
    return gateways
