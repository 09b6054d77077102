"""The escalation policy as frozen objects, for the rest of the product."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.errors import NotFound
from bot.domain.fallback.ways import FallbackWay
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import Ladder, Step, Team, resolve
from bot.domain.text.likeness import near
from bot.domain.times.times_of_day import WorkingTime


@dataclass(frozen=True, slots=True)
class SeverityRule:
    """The criteria of one severity, and how fast such an incident must move."""

    severity: Severity
    name: str
    criteria: Mapping[str, str]
    """Code → label. An incident takes the worst severity of its codes."""
    ack_within: timedelta
    decide_within: timedelta
    update_every: timedelta


@dataclass(frozen=True, slots=True)
class Category:
    """A subject that an incident can be about."""

    key: str
    label: str
    dsa: str
    """The statement category of the EU DSA Transparency Database."""
    teams: Mapping[Severity, tuple[TeamKey, ...]]
    """The teams to propose. A worse severity includes the teams of milder ones."""
    tier: Tier
    references_only: bool
    """Incidents take item ids only: no description, no URL, no file."""
    least_severity: Severity | None


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step in the policy's own words: those of `ladders.Who`, or people by id."""

    who: tuple[str, ...]
    wait: timedelta


@dataclass(frozen=True, slots=True)
class LadderRule:
    steps: tuple[LadderStep, ...]
    rounds: int


@dataclass(frozen=True, slots=True)
class TeamRule:
    """A stakeholder team. `ladders` holds only the ladders that replace a default one."""

    key: TeamKey
    name: str
    on_call: tuple[UserId, ...]
    members: tuple[UserId, ...]
    aliases: tuple[str, ...]
    ladders: Mapping[Severity, LadderRule]

    @property
    def everyone(self) -> tuple[UserId, ...]:
        return tuple(dict.fromkeys((*self.on_call, *self.members)))

    def for_paging(self) -> Team:
        return Team(self.key, self.name, self.on_call, self.members)


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """The rules for making an incident's channel."""

    private: bool
    prefix: str
    shared: str | None
    """The ID of the channel that holds an incident's thread if its own channel cannot be made."""


@dataclass(frozen=True, slots=True)
class FallbackRule:
    """When a page that Slack has not accepted goes out another way, and which ways people have."""

    after: Mapping[Severity, timedelta]
    """Pages of a severity that is not listed never go out another way."""
    ways: Mapping[UserId, tuple[FallbackWay, ...]]

    def __bool__(self) -> bool:
        return bool(self.after and self.ways)

    def way(self, user: UserId, key: str) -> FallbackWay | None:
        """Find a person's way by its key; None if the policy no longer has it."""
        return next((way for way in self.ways.get(user, ()) if way.key == key), None)


@dataclass(frozen=True, slots=True)
class DigestRule:
    """One weekly digest. `weekday` 0 is Monday. Empty `teams` means all teams."""

    key: str
    name: str
    weekday: int
    at: time
    zone: ZoneInfo
    channels: tuple[str, ...]
    people: tuple[UserId, ...]
    teams: tuple[TeamKey, ...]


@dataclass(frozen=True, slots=True)
class RoleRules:
    """The roles of people and of Slack user groups.

    `emergency`: a sentence that tells people without a role how to report an emergency.
    """

    people: Mapping[UserId, Role]
    groups: Mapping[str, Role]
    everyone: Role
    emergency: str = ""


@dataclass(frozen=True)
class Policy:
    """The whole policy file, validated. Only `bot.policy.load` makes one."""

    source: str
    digest: str
    """The first 12 hex digits of the file's SHA-256. They tell which policy an escalation began
    with."""
    people: Mapping[str, UserId]
    severities: Mapping[Severity, SeverityRule]
    categories: Mapping[str, Category]
    default_category: str
    """The category of an escalation opened by a command: a key of `categories`."""
    surfaces: Mapping[str, str]
    markets: Mapping[str, str]
    sources: Mapping[str, str]
    affected: Mapping[str, str]
    actions: Mapping[str, str]
    root_causes: Mapping[str, str]
    precedents: Mapping[str, str]
    teams: Mapping[TeamKey, TeamRule]
    default_ladders: Mapping[Severity, LadderRule]
    roles: RoleRules
    managers_on_duty: tuple[UserId, ...]
    operations: tuple[UserId, ...]
    channel: ChannelRule
    digests: tuple[DigestRule, ...]
    follow_up_days: tuple[int, ...]
    task_lead: timedelta
    fallback: FallbackRule
    default_zone: ZoneInfo
    working: WorkingTime

    def team(self, text: str) -> TeamRule:
        """Find a team by key, name or alias, in any case, with or without an @.

        Raises NotFound with the nearest ones.
        """
        names = {_folded(name): self.teams[key] for name, key in self.team_names().items()}
        wanted = _folded(text.strip().removeprefix("@"))
        if wanted in names:
            return names[wanted]
        close = dict.fromkeys(names[name].key for name in near(wanted, names))
        raise NotFound("team", text.strip(), tuple(close)[:3], no_report=bool(close))

    def team_names(self) -> dict[str, TeamKey]:
        """Return every name of every team as the policy writes it: aliases, name and key."""
        return {
            name: team.key
            for team in self.teams.values()
            for name in (*team.aliases, team.name, team.key)
        }

    def category(self, key: str) -> Category:
        if key in self.categories:
            return self.categories[key]
        names = {
            _folded(name): category.key
            for category in self.categories.values()
            for name in (category.label, category.key)
        }
        close = dict.fromkeys(names[name] for name in near(_folded(key), names))
        raise NotFound(
            "category", key, tuple(close)[:3], known=tuple(self.categories), no_report=True
        )

    def ladder(self, team: TeamKey, severity: Severity) -> Ladder:
        """Return the ladder that a team's run keeps from now to its end, with people by id.

        It leaves out a step whose word names no one in this team, such as a missing backup.
        """
        rule = self.teams[team].ladders.get(severity) or self.default_ladders[severity]
        people = self.teams[team].for_paging()
        steps = (
            Step(_targets(step.who, people, self.managers_on_duty), step.wait)
            for step in rule.steps
        )
        return Ladder(tuple(step for step in steps if step.targets), rule.rounds)

    def proposed_teams(self, category: str, severity: Severity) -> tuple[TeamKey, ...]:
        return self.in_order(self.category(category).teams[severity])

    def in_order(self, teams: Collection[TeamKey]) -> tuple[TeamKey, ...]:
        """Return teams in the order of the policy file, so that every list has the same order."""
        return tuple(team for team in self.teams if team in teams)

    def role_of(self, user: UserId, groups: Collection[str]) -> Role:
        """Return the highest role that a person has by name, user group, team or manager's duty.

        It does not know guests, external or deactivated people. The caller keeps them out.
        """
        roles = [self.roles.everyone, self.roles.people.get(user, Role.NOBODY)]
        roles += [self.roles.groups[group] for group in groups if group in self.roles.groups]
        if any(user in team.everyone for team in self.teams.values()):
            roles.append(Role.RESPONDER)
        if user in self.managers_on_duty:
            roles.append(Role.MANAGER)
        return max(roles)

    def criteria_table(self) -> Mapping[str, Severity]:
        """Return a map from each criterion's code to its severity."""
        return {code: rule.severity for rule in self.severities.values() for code in rule.criteria}

    @property
    def channel_ids(self) -> Mapping[str, tuple[str, ...]]:
        """A map from each channel in the policy to the places that name it."""
        named = [
            (channel, f"digest '{digest.key}'")
            for digest in self.digests
            for channel in digest.channels
        ]
        if self.channel.shared is not None:
            named.insert(0, (self.channel.shared, "channel.fallback"))
        return _collected(named)

    @property
    def user_ids(self) -> Mapping[str, tuple[str, ...]]:
        """A map from each person in the policy to their short name in [people]."""
        return _collected([(user, f"@{name}") for name, user in self.people.items()])

    @property
    def group_ids(self) -> Mapping[str, tuple[str, ...]]:
        """A map from each Slack user group in the policy to the role that it gives."""
        return _collected(
            [(group, f"roles.{role.word}") for group, role in self.roles.groups.items()]
        )


def _targets(who: Sequence[str], team: Team, managers: Sequence[UserId]) -> tuple[UserId, ...]:
    return tuple(dict.fromkeys(target for word in who for target in resolve(word, team, managers)))


def _collected(named: Sequence[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    places: dict[str, tuple[str, ...]] = {}
    for identifier, place in named:
        places[identifier] = (*places.get(identifier, ()), place)
    return places


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").replace("_", " ").split())
