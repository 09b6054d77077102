"""Turns a validated policy file into the objects of `bot.policy.model`."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity
from bot.domain.times.times_of_day import WorkingTime
from bot.policy.model import (
    Category,
    ChannelRule,
    DigestRule,
    FallbackRule,
    LadderRule,
    LadderStep,
    Policy,
    RoleRules,
    SeverityRule,
    TeamRule,
)
from bot.policy.schema import (
    CategorySection,
    DigestSection,
    FallbackSection,
    LadderSection,
    PolicyFile,
    RolesSection,
    SeveritySection,
    TeamSection,
)

GROUP = "usergroup:"

K = TypeVar("K")
V = TypeVar("V")


def policy_from(file: PolicyFile, *, source: str, digest: str) -> Policy:
    """Build the policy. Every name in `file` must exist: `cross_references` has checked them."""
    people = _People(file.people)
    return Policy(
        source=source,
        digest=digest,
        people=people.by_name,
        severities=_frozen({s: _severity(s, file.severity[s]) for s in Severity}),
        categories=_frozen({key: _category(key, c) for key, c in file.category.items()}),
        default_category=file.default_category,
        surfaces=_frozen(file.surface),
        markets=_frozen(file.market),
        sources=_frozen(file.source),
        affected=_frozen(file.affected),
        actions=_frozen(file.action),
        root_causes=_frozen(file.root_cause),
        precedents=_frozen(file.precedent),
        teams=_frozen({TeamKey(key): _team(key, t, people) for key, t in file.team.items()}),
        default_ladders=_frozen({s: _ladder(file.ladder[s], people) for s in Severity}),
        roles=_roles(file.roles, people),
        managers_on_duty=people.ids(file.on_duty.managers),
        operations=people.ids(file.on_duty.operations),
        channel=ChannelRule(file.channel.private, file.channel.prefix, file.channel.fallback),
        digests=tuple(_digest(section, people) for section in file.digest),
        follow_up_days=tuple(sorted(set(file.follow_up.days_after_resolution))),
        task_lead=file.follow_up.task_lead,
        fallback=_fallback(file.fallback, people),
        default_zone=file.time_zone,
        working=_working(file),
    )


class _People:
    """Looks up mentions such as `@priya` in [people]."""

    def __init__(self, people: Mapping[str, str]) -> None:
        self.by_name: Mapping[str, UserId] = _frozen(
            {name: UserId(member) for name, member in people.items()}
        )

    def ids(self, mentions: Iterable[str]) -> tuple[UserId, ...]:
        return tuple(self.id(mention) for mention in mentions)

    def id(self, mention: str) -> UserId:
        return self.by_name[mention.removeprefix("@")]

    def step_target(self, word: str) -> str:
        return self.id(word) if word.startswith("@") else word


def _working(file: PolicyFile) -> WorkingTime:
    """Return the working time. A market with a key of two letters counts as an ISO 3166 country."""
    countries = frozenset(key.upper() for key in file.market if len(key) == 2)
    return WorkingTime(file.working_hours.start, file.working_hours.end, countries)


def _severity(severity: Severity, section: SeveritySection) -> SeverityRule:
    return SeverityRule(
        severity=severity,
        name=section.name,
        criteria=_frozen(section.criteria),
        ack_within=section.ack_within,
        decide_within=section.decide_within,
        update_every=section.update_every,
    )


def _category(key: str, section: CategorySection) -> Category:
    return Category(
        key=key,
        label=section.label,
        dsa=section.dsa,
        teams=_frozen({severity: _proposed(section, severity) for severity in Severity}),
        tier=Tier(section.tier),
        references_only=section.references_only,
        least_severity=section.least_severity,
    )


def _proposed(section: CategorySection, severity: Severity) -> tuple[TeamKey, ...]:
    """Return the teams of this severity and of every milder one, the mildest first."""
    return tuple(
        dict.fromkeys(
            TeamKey(team)
            for level in reversed(Severity)
            if not level.worse_than(severity)
            for team in section.teams.get(level, [])
        )
    )


def _team(key: str, section: TeamSection, people: _People) -> TeamRule:
    return TeamRule(
        key=TeamKey(key),
        name=section.name,
        on_call=people.ids(section.on_call),
        members=people.ids(section.members),
        aliases=tuple(section.aliases),
        ladders=_frozen({s: _ladder(ladder, people) for s, ladder in section.ladder.items()}),
    )


def _ladder(section: LadderSection, people: _People) -> LadderRule:
    steps = tuple(
        LadderStep(tuple(people.step_target(word) for word in step.who), step.wait)
        for step in section.steps
    )
    return LadderRule(steps, section.rounds)


def _fallback(section: FallbackSection, people: _People) -> FallbackRule:
    ways = {people.id(name): tuple(ways) for name, ways in section.people.items()}
    return FallbackRule(_frozen(section.after), _frozen(ways))


def _digest(section: DigestSection, people: _People) -> DigestRule:
    return DigestRule(
        key=section.key,
        name=section.name,
        weekday=section.weekday,
        at=section.at,
        zone=section.zone,
        channels=tuple(section.channels),
        people=people.ids(section.people),
        teams=tuple(TeamKey(team) for team in section.teams),
    )


def _roles(section: RolesSection, people: _People) -> RoleRules:
    """Return the roles. A person or group named for several roles has the highest."""
    holders = {
        Role.VIEWER: section.viewer,
        Role.MEMBER: section.member,
        Role.RESPONDER: section.responder,
        Role.MANAGER: section.manager,
        Role.ADMIN: section.admin,
    }
    by_person: dict[UserId, Role] = {}
    by_group: dict[str, Role] = {}
    for role in sorted(holders):
        for holder in holders[role]:
            if holder.startswith(GROUP):
                by_group[holder.removeprefix(GROUP)] = role
            else:
                by_person[people.id(holder)] = role
    everyone = Role[section.everyone.upper()] if section.everyone else Role.NOBODY
    return RoleRules(_frozen(by_person), _frozen(by_group), everyone, section.emergency)


def _frozen(mapping: Mapping[K, V]) -> Mapping[K, V]:
    return MappingProxyType(dict(mapping))
