"""Checks across the policy file: a name in one place must exist in another.

The checks read the raw tables, not the validated ones. This way a file with a mistake in its shape
gets all its other mistakes reported in the same run. They ignore values of the wrong type, because
`schema` reports those.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import Who
from bot.policy.faults import Fault, did_you_mean
from bot.policy.schema import DEFAULT_CATEGORY
from bot.policy.source_lines import Path

Table = Mapping[str, Any]

_USUAL_HOURS = {"start": "09:00", "end": "18:00"}

_PEOPLE_IN: tuple[tuple[str, ...], ...] = (
    ("on_duty", "*", "*"),
    ("roles", "*", "*"),
    ("team", "*", "on_call", "*"),
    ("team", "*", "members", "*"),
    ("team", "*", "ladder", "*", "steps", "*", "who"),
    ("team", "*", "ladder", "*", "steps", "*", "who", "*"),
    ("ladder", "*", "steps", "*", "who"),
    ("ladder", "*", "steps", "*", "who", "*"),
    ("digest", "*", "people", "*"),
)
_TEAMS_IN: tuple[tuple[str, ...], ...] = (
    ("category", "*", "teams", "*", "*"),
    ("digest", "*", "teams", "*"),
)
_LISTS_OF_NAMES: tuple[tuple[str, ...], ...] = (
    ("on_duty", "*"),
    ("roles", "*"),
    ("team", "*", "on_call"),
    ("team", "*", "members"),
    ("team", "*", "aliases"),
    ("category", "*", "teams", "*"),
    ("digest", "*", "channels"),
    ("digest", "*", "people"),
    ("digest", "*", "teams"),
)


def cross_reference_faults(data: Table) -> Iterator[Fault]:
    """Yield a fault for each name that does not exist or is given twice, each ladder or digest that
    reaches no one, and each mistake in other values that depend on each other."""
    yield from _unknown_people(data)
    yield from _unknown_teams(data)
    yield from _missing_severities(data)
    yield from _listed_twice(data)
    yield from _people_named_twice(data)
    yield from _ways_of_nobody(data)
    yield from _team_names_taken(data)
    yield from _criteria_taken(data)
    yield from _categories_without_teams(data)
    yield from _default_category(data)
    yield from _digests(data)
    yield from _working_hours(data)
    yield from _ladders_that_reach_nobody(data)


def _unknown_people(data: Table) -> Iterator[Fault]:
    people = _table(data, "people")
    for pattern in _PEOPLE_IN:
        for path, word in _at(data, pattern):
            if isinstance(word, str) and word.startswith("@") and word[1:] not in people:
                guess = did_you_mean(word[1:], people, "@")
                yield Fault(path, f"'{word[:60]}' is not in [people]{guess}")


def _unknown_teams(data: Table) -> Iterator[Fault]:
    teams = _table(data, "team")
    for pattern in _TEAMS_IN:
        for path, key in _at(data, pattern):
            if isinstance(key, str) and key not in teams:
                guess = did_you_mean(key, teams)
                yield Fault(path, f"there is no team '{key[:60]}'{guess}")


def _missing_severities(data: Table) -> Iterator[Fault]:
    for table in ("severity", "ladder"):
        if table in data:
            for severity in Severity:
                if severity.value not in _table(data, table):
                    problem = f"[{table}.{severity}] is missing; expected one for each of P0 to P3"
                    yield Fault((table,), problem)


def _listed_twice(data: Table) -> Iterator[Fault]:
    for pattern in _LISTS_OF_NAMES:
        for path, names in _at(data, pattern):
            if isinstance(names, list):
                for index, name in enumerate(names):
                    if isinstance(name, str) and name in names[:index]:
                        yield Fault((*path, index), f"'{name[:60]}' is listed twice")


def _people_named_twice(data: Table) -> Iterator[Fault]:
    names: dict[str, str] = {}
    for name, member in _table(data, "people").items():
        if isinstance(member, str) and member in names:
            problem = f"'{member[:60]}' is already '{names[member]}'; one name for each person"
            yield Fault(("people", name), problem)
        elif isinstance(member, str):
            names[member] = name


def _ways_of_nobody(data: Table) -> Iterator[Fault]:
    people = _table(data, "people")
    fallback = _table(data, "fallback")
    for path, ways in _at(fallback, ("people", "*"), ("fallback",)):
        name = str(path[-1])
        if name not in people:
            guess = did_you_mean(name, people)
            yield Fault(path, f"'{name[:60]}' is not in [people]{guess}")
        for index, way in enumerate(ways if isinstance(ways, list) else ()):
            if isinstance(way, str) and way in ways[:index]:
                yield Fault((*path, index), "this way is listed twice")


def _team_names_taken(data: Table) -> Iterator[Fault]:
    teams = _table(data, "team")
    taken = {key.casefold(): key for key in teams}
    for key, team in teams.items():
        for path, name in (
            *_at(team, ("name",), ("team", key)),
            *_at(team, ("aliases", "*"), ("team", key)),
        ):
            if not isinstance(name, str):
                continue
            owner = taken.setdefault(name.casefold(), key)
            if owner != key:
                yield Fault(path, f"'{name[:60]}' already means team '{owner}'")


def _criteria_taken(data: Table) -> Iterator[Fault]:
    taken: dict[str, str] = {}
    for path, _ in _at(data, ("severity", "*", "criteria", "*")):
        severity, code = str(path[1]), str(path[3])
        owner = taken.setdefault(code, severity)
        if owner != severity:
            yield Fault(path, f"criterion '{code}' already belongs to {owner}")


def _categories_without_teams(data: Table) -> Iterator[Fault]:
    for path, teams in _at(data, ("category", "*", "teams")):
        if isinstance(teams, dict) and not any(teams.values()):
            yield Fault(path, 'expected at least one team, such as teams.P3 = ["operations"]')


def _default_category(data: Table) -> Iterator[Fault]:
    """Check that the default category exists: a command names none, so it opens with this one."""
    categories = _table(data, "category")
    key = data.get("default_category", DEFAULT_CATEGORY)
    if not categories or not isinstance(key, str) or key in categories:
        return
    if "default_category" in data:
        problem = f"there is no category '{key[:60]}'{did_you_mean(key, categories)}"
        yield Fault(("default_category",), problem)
    else:
        problem = (
            f"there is no category '{key}', which commands open escalations in; add it, or name "
            f'another one at the top: default_category = "{next(iter(categories))}"'
        )
        yield Fault(("category",), problem)


def _digests(data: Table) -> Iterator[Fault]:
    keys: set[str] = set()
    for path, digest in _at(data, ("digest", "*")):
        if not isinstance(digest, dict):
            continue
        key = digest.get("key")
        if isinstance(key, str) and key in keys:
            yield Fault((*path, "key"), f"there is already a digest '{key[:60]}'")
        elif isinstance(key, str):
            keys.add(key)
        if not digest.get("channels") and not digest.get("people"):
            problem = "expected channels or people: this digest would go to no one"
            yield Fault((*path, "channels"), problem)


def _working_hours(data: Table) -> Iterator[Fault]:
    hours = _table(data, "working_hours")
    start, end = (str(hours.get(key, usual)).zfill(5)[:5] for key, usual in _USUAL_HOURS.items())
    if hours and _is_clock(start) and _is_clock(end) and end <= start:
        yield Fault(("working_hours", "end"), f"expected a time after the start ({start})")


def _is_clock(text: str) -> bool:
    return text[2:3] == ":"


def _ladders_that_reach_nobody(data: Table) -> Iterator[Fault]:
    for key, team in _table(data, "team").items():
        on_call = team.get("on_call") if isinstance(team, dict) else None
        if not isinstance(on_call, list) or not on_call:
            continue
        own = _table(team, "ladder")
        for path, who in _at(own, ("*", "steps", "*", "who"), ("team", key, "ladder")):
            if _words(who) == {Who.BACKUP} and len(on_call) < 2:
                problem = f"'backup' is no one: team '{key}' has one person on call"
                yield Fault(path, problem)
        if len(on_call) < 2:
            yield from _default_ladders_of_backups_only(data, key, own)


def _default_ladders_of_backups_only(data: Table, team: str, own: Table) -> Iterator[Fault]:
    for severity, ladder in _table(data, "ladder").items():
        words = [_words(who) for _, who in _at(ladder, ("steps", "*", "who"))]
        if words and severity not in own and all(step == {Who.BACKUP} for step in words):
            problem = f"this ladder reaches no one in team '{team}', which has no backup"
            yield Fault(("ladder", severity, "steps"), problem)


def _words(who: Any) -> set[Any]:
    words = who if isinstance(who, list) else [who]
    return {word for word in words if isinstance(word, str)}


def _table(data: Any, key: str) -> Table:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _at(data: Any, pattern: tuple[str, ...], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the path and value of each match of `pattern`. `*` matches any key or list element."""
    if not pattern:
        yield path, data
        return
    word, rest = pattern[0], pattern[1:]
    if isinstance(data, dict):
        for key in list(data) if word == "*" else [word] * (word in data):
            yield from _at(data[key], rest, (*path, key))
    elif isinstance(data, list) and word == "*":
        for index, element in enumerate(data):
            yield from _at(element, rest, (*path, index))
