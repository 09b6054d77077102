"""Requests and their results, as frozen values from which the bot writes its answer."""

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
    """The content of the opening form or of `/escalate open`. All keys come from the policy."""

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
    """One thing that a person who typed `open` may have meant. Nothing opens until they choose."""

    severity: Severity
    title: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The result of opening an incident, told to the person at once."""

    head: Head
    paged: tuple[TeamRow, ...]
    unreachable_teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhichTask:
    """A person with several tasks types `/escalate done`. No task is done until they choose one.

    The tasks are in order of their due time, the earliest first.
    """

    reference: str
    tasks: tuple[TaskLine, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class WillPage:
    """A team or a person whose paging changes with the severity.

    `targets`: the people paged; empty if no one can be reached. `again`: the team or person was
    paged before. `next_at`: for a run that is slower now, the time of its next step. `follows`:
    what the run does then. `person`: set if one person was asked for, not a team.
    """

    name: str
    targets: tuple[UserId, ...]
    again: bool = False
    next_at: datetime | None = None
    follows: Follows | None = None
    person: UserId | None = None


@dataclass(frozen=True, slots=True)
class SeverityChanged:
    """The result of a change of severity, told to the person at once."""

    reference: str
    severity: Severity
    paged: tuple[WillPage, ...]
    slower: tuple[WillPage, ...] = ()


@dataclass(frozen=True, slots=True)
class Beyond:
    """A place that still shows an incident's words and that the bot cannot edit.

    It is a message to a `person` sent `at` a time (outside Slack, `way` is the gateway), or a
    `channel`, such as the incident's old public one.
    """

    person: UserId | None = None
    way: str = ""
    at: datetime | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """The corrections that a person wants. None leaves a field as it is."""

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
    """The content of the decision form. `actions` and `precedent` are keys from the policy."""

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
    """The result of a correction: the changed `fields`.

    `title`: the new title, for a standard incident only. `beyond`: where the words stay visible
    after the incident was `tightened`.
    """

    reference: str
    fields: tuple[str, ...]
    title: str = ""
    tightened: bool = False
    beyond: tuple[Beyond, ...] = ()
    paged: tuple[WillPage, ...] = ()
