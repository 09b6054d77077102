"""What every text is made from: the policy's labels and a locale's templates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.act import Role
from bot.domain.ids import TeamKey, UserId
from bot.policy import Policy
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.text.templates import Templates

MOST_NAMED = 3


@dataclass(frozen=True)
class Wording:
    """The first argument of every function that renders.

    A key that the policy no longer has shows as the bare key: old incidents outlive a policy.
    """

    policy: Policy
    words: Templates
    _fixed: dict[tuple[str, str], str] = field(default_factory=dict, repr=False, compare=False)
    _said: dict[tuple[str, str], Mrkdwn] = field(default_factory=dict, repr=False, compare=False)

    def say(self, template: str, block: str, /, **values: Any) -> Mrkdwn:
        if values:
            return self.words(template, block, wording=self, **values)
        # A sentence without values is rendered once.
        key = (template, block)
        if key not in self._said:
            self._said[key] = self.words(template, block, wording=self)
        return self._said[key]

    def plain(self, template: str, block: str, /, **values: Any) -> str:
        if values:
            return self.words.plain(template, block, wording=self, **values)
        # A label without values (a button's, a field's) is rendered once.
        key = (template, block)
        if key not in self._fixed:
            self._fixed[key] = self.words.plain(template, block, wording=self)
        return self._fixed[key]

    def category(self, key: str | None) -> str | None:
        known = self.policy.categories.get(key) if key else None
        return known.label if known else key

    def surface(self, key: str | None) -> str | None:
        return _label(self.policy.surfaces, key)

    def market(self, key: str | None) -> str | None:
        return _label(self.policy.markets, key)

    def source(self, key: str | None) -> str | None:
        return _label(self.policy.sources, key)

    def root_cause(self, key: str | None) -> str | None:
        return _label(self.policy.root_causes, key)

    def precedent(self, key: str | None) -> str | None:
        return _label(self.policy.precedents, key)

    def affected(self, keys: Iterable[str]) -> str:
        return _labels(self.policy.affected, keys)

    def actions(self, keys: Iterable[str]) -> str:
        return _labels(self.policy.actions, keys)

    def criteria(self, codes: Iterable[str]) -> str:
        known = {
            code: label
            for rule in self.policy.severities.values()
            for code, label in rule.criteria.items()
        }
        return _labels(known, codes)

    def aggravating(self, criteria: Iterable[str], affected: Iterable[str]) -> str:
        """Label what raises the severity: ticked criteria, and affected groups that demand one."""
        table = self.policy.criteria_table()
        return self.criteria(dict.fromkeys([*criteria, *(one for one in affected if one in table)]))

    @property
    def administrators(self) -> tuple[UserId, ...]:
        """The first few people to ask for a role. Members of user groups have no name here."""
        roles = self.policy.roles.people
        return tuple(user for user, role in roles.items() if role is Role.ADMIN)[:MOST_NAMED]

    def place(self, team: TeamKey) -> int:
        """A team's position in the policy's order. A team that left the policy comes last."""
        known = list(self.policy.teams)
        return known.index(team) if team in known else len(known)

    def team(self, key: str) -> str:
        known = self.policy.teams.get(TeamKey(key))
        return known.name if known else key


def _label(labels: Mapping[str, str], key: str | None) -> str | None:
    return labels.get(key, key) if key else key


def _labels(labels: Mapping[str, str], keys: Iterable[str]) -> str:
    return ", ".join(labels.get(key, key) for key in keys)
