"""What a person asks for and what came of it, as frozen values: the answer says it."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from bot.domain.access.visibility import Tier
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.needs import Need
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.views import Head, TaskLine, TeamRow
from bot.domain.paging.outlook import Follows


@dataclass(frozen=True, slots=True)
class OpeningDraft:
    """What the opening form or `/escalate open` asks for; keys are the policy's."""

    title: str
    severity: Severity
    category: str
    surface: str | None = None
    market: str | None = None
    source: str | None = None
    references: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    teams: tuple[TeamKey, ...] | None = None
    tier: Tier = Tier.STANDARD
    permalink: str | None = None
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Meant:
    """What somebody may have meant who typed `open`; nothing is opened until they say which."""

    severity: Severity
    title: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening brought about: said to the person at once."""

    head: Head
    paged: tuple[TeamRow, ...]
    unreachable_teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhichTask:
    """`/escalate done` of a person who has several tasks there: none is done until they say which.

    The first due comes first.
    """

    reference: str
    tasks: tuple[TaskLine, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class WillPage:
    """A team or a person that a change of severity pages: `again` where it had been paged before.

    `targets` is empty where nobody can be reached. `next_at`: it is slower now, until then;
    `follows` is what its run does then. `person`: no team was asked for, but this one.
    """

    name: str
    targets: tuple[UserId, ...]
    again: bool = False
    next_at: datetime | None = None
    follows: Follows | None = None
    person: UserId | None = None


@dataclass(frozen=True, slots=True)
class SeverityChanged:
    """What a change of severity brought about: said to the person at once."""

    reference: str
    severity: Severity
    paged: tuple[WillPage, ...]
    slower: tuple[WillPage, ...] = ()


@dataclass(frozen=True, slots=True)
class Beyond:
    """What shows an incident's words and cannot be edited: a message that left Slack (`person`, by
    which `way`, when), or its old public `channel`."""

    person: UserId | None = None
    way: str = ""
    at: datetime | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What of an incident is to be otherwise; None leaves it as it is."""

    title: str | None = None
    category: str | None = None
    references: tuple[str, ...] | None = None
    tier: Tier | None = None
    needs: tuple[Need, ...] | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(one.name for one in fields(self) if getattr(self, one.name) is not None)


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What the form asks for; `actions` and `precedent` are the policy's keys."""

    actions: tuple[str, ...]
    scope: str
    clause: str
    policy_version: str
    rationale: str
    approvers: tuple[UserId, ...]
    precedent: str
    dissent: str = ""

    def trimmed(self) -> "NewDecision":
        return replace(
            self,
            scope=self.scope.strip(),
            clause=self.clause.strip(),
            policy_version=self.policy_version.strip(),
            rationale=self.rationale.strip(),
            dissent=self.dissent.strip(),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "actions": list(self.actions),
            "scope": self.scope,
            "clause": self.clause,
            "policy_version": self.policy_version,
            "rationale": self.rationale,
            "dissent": self.dissent,
            "approvers": list(self.approvers),
            "precedent": self.precedent,
        }


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction changed (`fields`), and where the old words stay if it was `tightened`.

    `title`: the new one, of a standard incident.
    """

    reference: str
    fields: tuple[str, ...]
    title: str = ""
    tightened: bool = False
    beyond: tuple[Beyond, ...] = ()
    paged: tuple[WillPage, ...] = ()
